"""What a recogniser answers on clips whose view is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch

from ..sector.resize import resize
from .classes import A2C, A4C, OTHER, UNKNOWN, VIEWS
from .material import CamusClip
from .network import of_clip
from .preparation import SIZE, Prepared, prepare
from .real_pictures import RealClip
from .strips import screen

ANSWERS = (*VIEWS, UNKNOWN)
BINS = (0.0, 0.5, 0.7, 0.9, 0.95, 0.98, 1.0)


class KnownClip(NamedTuple):
    """``group``: the row of the table that it counts in."""

    name: str
    group: str
    view: int
    prepared: Prepared


@dataclass(frozen=True)
class Reading:
    """Logits of a clip's frames, before certainty."""

    name: str
    group: str
    view: int
    view_logits: np.ndarray  # (n, 4)
    strip_logits: np.ndarray  # (m,)

    def probabilities(self, temperature: float) -> np.ndarray:
        views, strips = torch.from_numpy(self.view_logits), torch.from_numpy(self.strip_logits)
        return of_clip(views, strips, temperature).numpy()

    def verdict(self, temperature: float) -> Verdict:
        return Verdict(self.group, self.view, self.probabilities(temperature))


def answer(probabilities: np.ndarray, certainty: float) -> int:
    """Index in ANSWERS."""
    best = int(probabilities.argmax())
    return best if probabilities[best] >= certainty else ANSWERS.index(UNKNOWN)


# CAMUS as it is, and as other crops, screens and settings would show it.


def plain(clip: CamusClip) -> Prepared:
    return prepare(clip[2])


def mirrored(clip: CamusClip) -> Prepared:
    return prepare(np.ascontiguousarray(clip[2][:, :, ::-1]))


def cropped(clip: CamusClip) -> Prepared:
    """A tenth of each side lost."""
    side = clip[2].shape[1]
    edge = side // 10
    return prepare(np.ascontiguousarray(clip[2][:, edge : side - edge, edge : side - edge]))


def random_of(clip: CamusClip) -> np.random.Generator:
    return np.random.default_rng([*clip[0].encode()])


def on_screen(clip: CamusClip) -> Prepared:
    """On a scanner's screen of 4:3, with letters and an ECG around."""
    rng = random_of(clip)
    sector = resize(clip[2].astype(np.float32), 400, 480)
    side = 600
    furniture = screen(rng, np.zeros((8, 8)), side, False)
    frames = np.repeat(furniture[None], 2, 0)
    frames[:, 70:470, 60:540] = sector
    return prepare(np.clip(resize(frames, side, 800), 0, 255).astype(np.uint8))


def with_strip(clip: CamusClip) -> Prepared:
    """A small picture above a drawn spectrum or M-mode. Its box is found right, so that the sector shows no strip."""
    rng = random_of(clip)
    whole = screen(rng, clip[2][0].astype(np.float32), SIZE, True) / 255
    sectors = resize(clip[2].astype(np.float32) / 255, SIZE, SIZE)
    return Prepared(sectors[:, None], whole.clip(0, 1).astype(np.float32)[None, None])


CAMUS_GROUPS: dict[str, Callable[[CamusClip], Prepared]] = {
    "as it is": plain,
    "mirrored": mirrored,
    "a tenth cut off": cropped,
    "on a screen": on_screen,
    "beside a drawn strip": with_strip,
}


def camus_known(clips: Iterable[CamusClip], groups: Sequence[str] = tuple(CAMUS_GROUPS)) -> list[KnownClip]:
    return [
        KnownClip(
            clip[0], f"CAMUS, {group}", OTHER if group == "beside a drawn strip" else clip[1], CAMUS_GROUPS[group](clip)
        )
        for clip in clips
        for group in groups
    ]


def real_known(clips: Iterable[RealClip]) -> list[KnownClip]:
    """Each as it is, and mirrored."""
    found = []
    for clip in clips:
        width = clip.frames.shape[2]
        other = clip.box._replace(left=width - clip.box.right, right=width - clip.box.left)
        mirrored_frames = np.ascontiguousarray(clip.frames[:, :, ::-1])
        found.append(KnownClip(clip.name, clip.scanner, clip.view, prepare(clip.frames, box=clip.box)))
        found.append(KnownClip(clip.name, f"{clip.scanner}, mirrored", clip.view, prepare(mirrored_frames, box=other)))
    return found


class Verdict(NamedTuple):
    """probabilities (4,) of a clip whose view is known."""

    group: str
    view: int
    probabilities: np.ndarray


class Tally(NamedTuple):
    """Of a group: its clips, how many were answered and rightly, and how many that show no such view were called A4C or
    A2C."""

    clips: int
    answered: int
    right: int
    wrongly_apical: int


def grouped(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.group, []).append(verdict)
    return groups


def tally(verdicts: Sequence[Verdict], certainty: float) -> Tally:
    answers = [answer(verdict.probabilities, certainty) for verdict in verdicts]
    pairs = [(found, verdict.view) for found, verdict in zip(answers, verdicts) if found < len(VIEWS)]
    wrong = sum(found in (A4C, A2C) and view == OTHER for found, view in pairs)
    return Tally(len(verdicts), len(pairs), sum(found == view for found, view in pairs), wrong)


def confusion(verdicts: Sequence[Verdict], certainty: float) -> np.ndarray:
    """Clips by true view (rows) and answer (columns, ANSWERS)."""
    table = np.zeros((len(VIEWS), len(ANSWERS)), int)
    for verdict in verdicts:
        table[verdict.view, answer(verdict.probabilities, certainty)] += 1
    return table


class Bin(NamedTuple):
    """Clips with a certainty above ``low`` and up to ``high``: how many, their mean certainty, the share that is
    right."""

    low: float
    high: float
    clips: int
    certainty: float
    right: float


def calibration(verdicts: Sequence[Verdict]) -> list[Bin]:
    pairs = [(each.probabilities.max(), each.probabilities.argmax() == each.view) for each in verdicts]
    rows = []
    for low, high in pairwise(BINS):
        inside = [pair for pair in pairs if low < pair[0] <= high]
        if inside:
            sure, right = np.mean(inside, 0)
            rows.append(Bin(low, high, len(inside), round(float(sure), 3), round(float(right), 3)))
    return rows


def fitted_temperature(readings: Sequence[Reading]) -> float:
    """The temperature under which the true views are likeliest, each group of clips weighing alike."""
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.group, []).append(reading)

    def loss(temperature: float) -> float:
        each = [
            np.mean([-np.log(max(1e-9, one.probabilities(temperature)[one.view])) for one in group])
            for group in groups.values()
        ]
        return float(np.mean(each))

    return min(np.round(np.geomspace(0.3, 6, 40), 3).tolist(), key=loss)


def table(verdicts: Sequence[Verdict], certainty: float) -> str:
    """Tallies by group, the confusion of all of them, and the calibration, to print."""
    lines = [f"{'':44}{'clips':>6}{'answered':>10}{'right':>7}{'wrongly A4C or A2C':>20}"]
    for group, members in grouped(verdicts).items():
        found = tally(members, certainty)
        lines.append(f"{group:44}{found.clips:6}{found.answered:10}{found.right:7}{found.wrongly_apical:20}")
    lines += ["", f"{'shown / called':16}" + "".join(f"{name:>9}" for name in ANSWERS)]
    for name, row in zip(VIEWS, confusion(verdicts, certainty)):
        lines.append(f"{name:16}" + "".join(f"{count:9}" for count in row))
    lines += ["", f"{'certainty':16}{'clips':>9}{'mean':>9}{'right':>9}"]
    for row in calibration(verdicts):
        lines.append(f"{row.low:.2f} to {row.high:.2f}    {row.clips:9}{row.certainty:9.3f}{row.right:9.3f}")
    return "\n".join(lines)
