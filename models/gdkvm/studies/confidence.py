"""A confidence for every frame that means something: fitted to tell frames with a bad contour from good ones.

Fitted on CAMUS validation pairs as they are, on spoiled and badly cropped copies of them, and on phantoms that are
neither trained on nor tested with. Judged by values from fits that did not see the patient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..datasets.labelled_clip import LabelledClip
from ..datasets.structure_masks import CAVITY, structure_mask
from ..running.shown import shown_box
from ..running.subject import Subject
from .calibration import Fit, area_under_curve, fit_worthwhile, folds_by_group
from .degradation import KINDS, degrade, moved_box, passing_trouble
from .features import FEATURE_NAMES, clip_features, feature_table
from .material import FIRST_STUDY_SEED, Loop
from .outcome import progress
from .viewing import cut, model_images, model_masks, squeeze_to_input

if TYPE_CHECKING:
    from ..phantom import PhantomClip

BAD_DICE = {CAVITY: 0.85, "lv-wall": 0.92, "left-atrium": 0.8}
"""By structure. The wall's counts its cavity too; the atrium is cut by the sector's far edge in many pictures."""
FLAGGED_SHARE = 0.10  # of untouched CAMUS frames
FOLDS = 5
FIRST_SEED = FIRST_STUDY_SEED + 100_000  # of phantoms, apart from those of the other studies
COPIES = 3  # spoiled copies of each CAMUS pair
PHANTOM_STEP = 3  # every third frame is scored; neighbours are nearly the same frame
UNTOUCHED, SPOILED, PHANTOM = "CAMUS", "CAMUS, spoiled", "phantoms"
# More of these raises (1) or lowers (-1) the confidence, or is left out of the fit.
SIGNS = {
    "borderConfidence": 1,
    "uncertainShare": -1,
    "areaShare": 1,
    "peak": 1,
    "fragmentShare": -1,
    "areaJump": -1,
}


@dataclass(frozen=True)
class Samples:
    """Frames with what their maps tell and how good they are."""

    table: np.ndarray  # (N, F), FEATURE_NAMES
    dice: np.ndarray  # (N,)
    source: np.ndarray  # (N,) of names
    group: np.ndarray  # (N,) patient
    kind: np.ndarray  # (N,) how the picture was spoiled, "" where it was not
    bad_below: np.ndarray  # (N,) Dice

    @property
    def good(self) -> np.ndarray:
        return self.dice >= self.bad_below

    @property
    def bad_dice(self) -> float:
        """The one limit of all of them."""
        return float(self.bad_below[0])

    def only(self, chosen: np.ndarray) -> Samples:
        return Samples(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @classmethod
    def join(cls, parts: Sequence[Samples]) -> Samples:
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


@dataclass(frozen=True)
class Calibration:
    """``held_out`` (N,): log-odds above the limit, both from a calibration without the patient; below 0 is flagged.

    ``limit`` belongs to the fit on all.
    """

    samples: Samples
    fit: Fit
    limit: float
    held_out: np.ndarray


Measure = Callable[[np.ndarray, np.ndarray, np.ndarray, str, str, str], Samples]
"""One clip: images (T, S, S), truth (T, S, S) bool, lost (T,) share of the true cavity outside the picture; source,
group and kind of its samples."""


def measure_model(subject: Subject, bad_dice: float = BAD_DICE[CAVITY]) -> Measure:
    """The model's own maps."""

    def measure(images: np.ndarray, truth: np.ndarray, lost: np.ndarray, source: str, group: str, kind: str) -> Samples:
        found = subject.runner.clip(images)
        return samples_of(found, truth, lost, subject.threshold, source, group, kind, bad_dice)

    return measure


def samples_of(
    found: np.ndarray,
    truth: np.ndarray,
    lost: np.ndarray,
    threshold: float,
    source: str,
    group: str,
    kind: str,
    bad_dice: float = BAD_DICE[CAVITY],
) -> Samples:
    """Of maps (T, S, S); the others as in ``Measure``."""
    masks = found > threshold
    whole = truth.sum((1, 2)) / np.maximum(1 - lost, 0.05)
    dice = 2 * (masks & truth).sum((1, 2)) / np.maximum(masks.sum((1, 2)) + whole, 1)
    rows = feature_table(clip_features(found, threshold))
    texts = (np.full(len(rows), text, dtype=object) for text in (source, group, kind))
    return Samples(rows, dice, *texts, np.full(len(rows), bad_dice))


def camus_samples(
    subject: Subject, clips: Sequence[LabelledClip], measure: Measure, copies: int = COPIES
) -> list[Samples]:
    """Each pair as it is, and copies of it spoiled in ways that go round, every fourth by a bad crop."""
    parts = []
    kinds = [*KINDS, "crop"]
    for number, clip in enumerate(progress(clips, "CAMUS")):
        rng = np.random.default_rng([7, number])
        box = shown_box(clip.frames, subject, clip.regions)
        images, truth = model_images(clip.frames, subject, box), model_masks(clip.masks, subject, box)
        none = np.zeros(len(images))
        parts.append(measure(images, truth, none, UNTOUCHED, clip.patient, ""))
        for copy in range(copies):
            kind, strength = kinds[(number * copies + copy) % len(kinds)], float(rng.uniform(0.2, 1.0))
            if kind == "crop":
                shown = moved_box(box, tuple(rng.uniform(-0.3, 0.25, 4)))  # type: ignore[arg-type]
                images_, truth_ = model_images(clip.frames, subject, shown), model_masks(clip.masks, subject, shown)
                lost = 1 - cut(clip.masks, shown).sum((1, 2)) / np.maximum(clip.masks.sum((1, 2)), 1)
            else:
                spoiled = degrade(rng, cut(clip.frames, box) / np.float32(255), kind, strength)
                images_, truth_, lost = squeeze_to_input(spoiled, subject), truth, none
            parts.append(measure(images_, truth_, lost, SPOILED, clip.patient, kind))
    return parts


def phantom_samples(
    subject: Subject, phantoms: Sequence[PhantomClip], measure: Measure, structure: str = CAVITY
) -> list[Samples]:
    """Each phantom as it is and with passing trouble."""
    parts = []
    for phantom in progress(phantoms, "phantoms"):
        pictures = phantom.pictures / np.float32(255)
        truth = model_masks(structure_mask(phantom.labels, structure), subject)
        troubled = passing_trouble(np.random.default_rng(phantom.seed), pictures)
        for kind, shown in (("", pictures), ("passing trouble", troubled)):
            images = squeeze_to_input(shown, subject)
            name = f"phantom {phantom.seed}"
            all_frames = measure(images, truth, np.zeros(len(images)), PHANTOM, name, kind)
            columns = (getattr(all_frames, field)[::PHANTOM_STEP] for field in Samples.__dataclass_fields__)
            parts.append(Samples(*columns))
    return parts


def calibrate(samples: Samples) -> Calibration:
    fold = folds_by_group(samples.group, FOLDS)
    held_out = np.empty(len(samples.dice))
    for index in range(FOLDS):
        inside = fold == index
        fit, limit = fit_and_limit(samples.only(~inside))
        held_out[inside] = fit.log_odds(samples.table[inside]) - np.log(limit / (1 - limit))
    return Calibration(samples, *fit_and_limit(samples), held_out)


def fit_and_limit(samples: Samples) -> tuple[Fit, float]:
    """The fit, and the value below which it flags."""
    signs = [SIGNS[name] for name in FEATURE_NAMES]
    fit = fit_worthwhile(samples.table, samples.good, samples.group, signs, FOLDS)
    untouched = samples.source == UNTOUCHED
    return fit, float(np.quantile(fit.values(samples.table[untouched]), FLAGGED_SHARE))


def judge(calibration: Calibration, chosen: np.ndarray) -> dict[str, Any]:
    """What the flag is worth on some of the samples. chosen (N,) bool"""
    values, dice = calibration.held_out[chosen], calibration.samples.dice[chosen]
    good, flagged = calibration.samples.good[chosen], values < 0

    def mean(part: np.ndarray) -> float | None:
        return float(part.mean()) if len(part) else None

    return {
        "frames": int(chosen.sum()),
        "badFrames": int((~good).sum()),
        "meanDice": mean(dice),
        "auc": area_under_curve(values, good),
        "flaggedShare": float(flagged.mean()),
        "badFound": mean(flagged[~good].astype(float)),
        "flaggedMeanDice": mean(dice[flagged]),
        "unflaggedMeanDice": mean(dice[~flagged]),
    }


def manifest_entry(calibration: Calibration, of: str = "") -> dict[str, Any]:
    """The ``confidence`` object of a manifest: features that count, and what the flag is worth on untouched CAMUS.
    ``of``: what was done to its frames."""
    samples, fit = calibration.samples, calibration.fit
    kept = [at for at, weight in enumerate(fit.weights) if weight]
    worth = judge(calibration, samples.source == UNTOUCHED)
    if not np.isfinite(worth["auc"]):
        raise ValueError(
            f"{worth['badFrames']} of {worth['frames']} untouched CAMUS frames have a Dice below {samples.bad_dice}:"
            " with none or all of them a confidence cannot be judged; take all patients, or another model"
        )
    spoiled, phantom = ((samples.source == source).sum() for source in (SPOILED, PHANTOM))
    return {
        "features": [FEATURE_NAMES[at] for at in kept],
        "weights": [round(float(fit.weights[at]), 6) for at in kept],
        "bias": round(fit.bias, 6),
        "limit": round(calibration.limit, 4),
        "calibration": {
            "dataset": f"CAMUS official validation frames {of or 'as they are'}, by {FOLDS} fits that did not see the "
            f"patient; fitted on these, {spoiled} spoiled copies and {phantom} phantom frames",
            "frames": worth["frames"],
            "badDice": samples.bad_dice,
            **{
                key: None if worth[key] is None else round(worth[key], 4)
                for key in ("auc", "flaggedShare", "flaggedMeanDice", "unflaggedMeanDice")
            },
        },
    }


def no_ventricle_clips(size: int = 160, frames: int = 8) -> list[Loop]:
    """Pictures without a ventricle: black, even grey, noise, and a sector of structureless speckle."""
    rng = np.random.default_rng(11)
    y, x = np.mgrid[0:size, 0:size] / size
    sector = (np.abs(x - 0.5) < 0.7 * y) & (np.hypot(x - 0.5, y) < 1)
    speckle = np.clip(rng.rayleigh(64, (frames, size, size)), 0, 255)
    return [
        Loop("black", np.zeros((frames, size, size), np.uint8)),
        Loop("even grey", np.full((frames, size, size), 100, np.uint8)),
        Loop("white", np.full((frames, size, size), 255, np.uint8)),
        Loop("noise", rng.integers(0, 256, (frames, size, size)).astype(np.uint8)),
        Loop("sector of speckle", (speckle * sector).astype(np.uint8)),
    ]


def loop_values(subject: Subject, loop: Loop, calibration: Calibration) -> np.ndarray:
    """Confidence of every frame, 0 where nothing was found at all: that is no contour, whatever its value. (T,)"""
    box = shown_box(loop.frames, subject, loop.regions)
    found = subject.runner.clip(model_images(loop.frames, subject, box))
    values = calibration.fit.values(feature_table(clip_features(found, subject.threshold)))
    return np.where((found > subject.threshold).any((1, 2)), values, 0.0)
