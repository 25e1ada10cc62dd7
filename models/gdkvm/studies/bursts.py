"""What a model does with a few frames in a row that cannot be read: does it remember what came before?

Phantoms play on readably, then five frames are lost in one of five ways. Their contours are held to the truth beside
those of a run whose state is empty at each of them, which is what the picture alone gives, and beside the contour of
the last readable frame, held still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from ..datasets.camus_pairs import LV_CAVITY
from ..running.segmentation import dice
from ..running.subject import Subject
from .degradation import BLACK, Clip, bright, dark, haze
from .outcome import Check, at_least, progress
from .viewing import SteppingRunner, model_masks, squeeze_to_input, stepping_runner

if TYPE_CHECKING:
    from ..phantom import PhantomClip

LENGTH = 5
EARLIEST = 10  # readable frames before a burst, at least
FRAMES = 32  # of a phantom
FIRST_SEED = 1_560_000_000
"""Of no other study and no training."""
GAIN_WANTED = 0.03


def dropout(rng: np.random.Generator, clip: Clip, _: np.ndarray) -> Clip:
    """The probe lost contact: nothing is left but the noise of the amplifier."""
    return clip * rng.uniform(0.0, 0.01) + 0.03 * np.abs(rng.standard_normal(clip.shape)) * (clip > BLACK)


def shadow_over_a_wall(rng: np.random.Generator, clip: Clip, truth: np.ndarray) -> Clip:
    """A rib or the lung before the wall on one side and half of the cavity."""
    height, width = clip.shape[1:]
    y, x = np.mgrid[0:height, 0:width]
    bearing = ((x + 0.5) / width - 0.5) / ((y + 0.5) / height + 0.08)
    inside = bearing[truth.any(0)]
    side = np.quantile(inside, 0.05 if rng.random() < 0.5 else 0.95) if len(inside) else rng.uniform(-0.3, 0.3)
    middle = float(np.median(inside)) if len(inside) else 0.0
    spread = max(0.08, 0.6 * abs(side - middle))
    return clip * (1 - 0.97 * np.exp(-0.5 * ((bearing - side) / spread) ** 2))


def hazy(rng: np.random.Generator, clip: Clip, _: np.ndarray) -> Clip:
    """Clutter that drowns all but a twentieth of the echo."""
    return haze(rng, 0.05 * clip, 1.0) + 0.04 * rng.standard_normal(clip.shape) * (clip > BLACK)


def wrong_gain(rng: np.random.Generator, clip: Clip, _: np.ndarray) -> Clip:
    """So much that nearly all is white, or so little that nearly all is black."""
    return bright(rng, clip, 6.0) if rng.random() < 0.5 else dark(rng, clip, 1.6)


def probe_motion(rng: np.random.Generator, clip: Clip, _: np.ndarray) -> Clip:
    """The probe slips while the picture is made: smeared over a quarter of its width, and dimmed."""
    reach = clip.shape[2] / 8
    angle = rng.uniform(0, np.pi)
    way = [
        ndimage.shift(clip, (0, at * np.sin(angle), at * np.cos(angle)), order=1)
        for at in np.linspace(-reach, reach, 7)
    ]
    return np.mean(way, 0) * rng.uniform(0.1, 0.3)


KINDS: dict[str, Callable[[np.random.Generator, Clip, np.ndarray], Clip]] = {
    "dropout": dropout,
    "shadow over a wall": shadow_over_a_wall,
    "haze": hazy,
    "gain": wrong_gain,
    "probe motion": probe_motion,
}


@dataclass(frozen=True)
class Burst:
    """One clip and one way to lose frames. Mean Dice over the lost frames."""

    seed: int
    kind: str
    readable: float  # of the same frames before they were lost
    lost: float
    state_emptied: float  # before each of them
    held: float  # contour of the last readable frame


def scores(found: list[np.ndarray], truth: np.ndarray, threshold: float) -> float:
    return float(np.mean([np.nan_to_num(dice(one > threshold, true)) for one, true in zip(found, truth)]))


def frames(runner: SteppingRunner, images: np.ndarray) -> list[np.ndarray]:
    return [runner.step(image) for image in images]


def phantom_bursts(subject: Subject, phantom: PhantomClip) -> list[Burst]:
    """The phantom with a burst at one place, in every kind."""
    rng = np.random.default_rng([phantom.seed, 5])
    start = int(rng.integers(EARLIEST, len(phantom.pictures) - LENGTH + 1))
    span = slice(start, start + LENGTH)
    truth = phantom.labels == LV_CAVITY
    true, clip = model_masks(truth[span], subject), phantom.pictures / 255.0
    before = squeeze_to_input(clip[:start].astype(np.float32), subject)
    runner = stepping_runner(subject)
    runner.reset()
    held = frames(runner, before)[-1:] * LENGTH
    known = runner.state

    def run(pictures: np.ndarray, emptied: bool) -> float:
        images = squeeze_to_input((np.round(pictures.clip(0, 1) * 255) / 255).astype(np.float32), subject)
        found = []
        runner.reset()
        if not emptied:
            runner.state, runner.first = known, False
        for image in images:
            if emptied:
                runner.reset()
            found.append(runner.step(image))
        return scores(found, true, subject.threshold)

    readable, still = run(clip[span], False), scores(held, true, subject.threshold)
    results = []
    for kind, lose in KINDS.items():
        lost = lose(rng, clip[span], truth[span])
        results.append(Burst(phantom.seed, kind, readable, run(lost, False), run(lost, True), still))
    return results


def study(subject: Subject, phantoms: list[PhantomClip]) -> list[Burst]:
    return [burst for phantom in progress(phantoms, "phantoms") for burst in phantom_bursts(subject, phantom)]


def table(bursts: list[Burst]) -> list[dict[str, float | str]]:
    """A row for each kind, and one for all."""
    rows: list[dict[str, float | str]] = []
    for kind in (*KINDS, "all"):
        part = [burst for burst in bursts if kind in ("all", burst.kind)]
        means = np.mean([[one.readable, one.lost, one.state_emptied, one.held] for one in part], 0).tolist()
        rows.append(dict(zip(("kind", "readable", "lost", "stateEmptied", "held"), (kind, *means))))
    return rows


def describe(rows: list[dict[str, float | str]]) -> list[str]:
    lines = [f"  {'':20} readable    lost  state emptied  last contour held"]
    for row in rows:
        numbers = (row["readable"], row["lost"], row["stateEmptied"], row["held"])
        lines.append("  {:20} {:8.4f} {:7.4f} {:14.4f} {:18.4f}".format(row["kind"], *numbers))
    return lines


def checks(bursts: list[Burst], beside: list[Burst]) -> list[Check]:
    """Against another model on the same frames."""
    gain = np.mean([mine.lost - other.lost for mine, other in zip(bursts, beside)])
    emptied = np.mean([one.lost - one.state_emptied for one in bursts])
    return [
        at_least("Dice of lost frames, gain over the other model", float(gain), GAIN_WANTED),
        at_least("Dice of lost frames, gain over an empty state", float(emptied), GAIN_WANTED),
    ]
