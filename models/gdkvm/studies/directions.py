"""Offline, the future of a loop is known: does using it help, and what does it cost?

One pass forwards; a pass that first warms the memory backwards over the beat; and the mean of a forward and a backward
pass, on the same clips: CAMUS pairs, phantoms, and phantoms whose pictures get bad for some frames.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.camus_pairs import LV_CAVITY
from ..datasets.labelled_clip import LabelledClip
from ..evaluation.contour import mask_volume_ml
from ..running.passes import PASSES, PassesRunner
from ..running.segmentation import dice
from ..running.shown import shown_box
from ..running.subject import Subject
from .degradation import passing_trouble
from .outcome import progress
from .viewing import model_images, model_masks, squeeze_to_input, upright

if TYPE_CHECKING:
    from ..phantom import PhantomClip

MATERIALS = ("CAMUS ED and ES", "phantoms", "phantoms with noise and dropout")
WARM_FRAMES = 32


@dataclass(frozen=True)
class Case:
    """A clip as the model sees it. ends: ED and ES frame, None where the clip has no whole beat."""

    material: str
    key: str
    group: str  # patient
    images: np.ndarray  # (T, S, S) in [0, 1]
    truth: np.ndarray  # (T, S, S) bool
    ends: tuple[int, int] | None
    spacing_mm: tuple[float, float]  # row, column, of upright maps at the model's resolution


@dataclass(frozen=True)
class Score:
    """One clip by one kind of pass."""

    material: str
    key: str
    group: str
    passes: str
    dice: float  # mean over frames
    worst_dice: float
    ef_error: float  # points, found less true, both by disks; not a number where there is none
    roughness: float  # percent; not a number for clips of fewer than five frames
    milliseconds: float  # per frame of the clip


def roughness(area: np.ndarray) -> float:
    """Mean absolute second difference of the area curve in percent of its mean. area (T,)"""
    if len(area) < 5:
        return float("nan")
    return float(100 * np.abs(np.diff(area, 2)).mean() / max(1.0, float(area.mean())))


def ejection_fraction(maps: np.ndarray, case: Case, threshold: float) -> float:
    """Percent, by 20 disks in this view. maps (T, S, S) upright"""
    if case.ends is None:
        return float("nan")
    diastole, systole = (mask_volume_ml(maps[frame], case.spacing_mm, threshold) for frame in case.ends)
    return 100 * (1 - systole / diastole)


def camus_cases(clips: list[LabelledClip], subject: Subject) -> list[Case]:
    """The spacing of a patient's A4C serves its A2C too: both views come from one examination and scanner."""
    spacings = {clip.patient: clip.spacing_mm for clip in clips if clip.spacing_mm}
    cases = []
    for clip in clips:
        box = shown_box(clip.frames, subject, clip.regions)
        spacing = clip.spacing_mm or spacings.get(clip.patient) or (1.0, 1.0)
        scale = ((box.bottom - box.top) / subject.size[0], (box.right - box.left) / subject.size[1])
        images, truth = model_images(clip.frames, subject, box), model_masks(clip.masks, subject, box)
        at = (spacing[0] * scale[0], spacing[1] * scale[1])
        cases.append(Case(MATERIALS[0], clip.key, clip.patient, images, truth, (0, 1), at))
    return cases


def phantom_cases(phantoms: list[PhantomClip], subject: Subject) -> list[Case]:
    """Each phantom twice: as it is, and with passing trouble."""
    cases = []
    for phantom in phantoms:
        pictures = phantom.pictures / np.float32(255)
        troubled = passing_trouble(np.random.default_rng(phantom.seed), pictures)
        truth = model_masks(phantom.labels == LV_CAVITY, subject)
        ends = phantom.beats[0] if phantom.beats else None
        scale = phantom.pictures.shape[1] / subject.size[0], phantom.pictures.shape[2] / subject.size[1]
        at = (phantom.spacing_mm[0] * scale[0], phantom.spacing_mm[1] * scale[1])
        for material, shown in zip(MATERIALS[1:], (pictures, troubled)):
            images = squeeze_to_input(shown, subject)
            cases.append(Case(material, f"{phantom.seed}", f"{phantom.seed}", images, truth, ends, at))
    return cases


def score(case: Case, subject: Subject) -> Iterator[Score]:
    """The case by every kind of pass."""
    true_ef = ejection_fraction(upright(case.truth.astype(np.float32), subject), case, 0.5)
    for passes in PASSES:
        started = time.perf_counter()
        found = PassesRunner(subject.runner.runner, passes, WARM_FRAMES).clip(case.images)
        spent = time.perf_counter() - started
        masks = found > subject.threshold
        scores = np.nan_to_num([dice(mask, truth) for mask, truth in zip(masks, case.truth)])
        yield Score(
            case.material,
            case.key,
            case.group,
            passes,
            float(scores.mean()),
            float(scores.min()),
            ejection_fraction(upright(found, subject), case, subject.threshold) - true_ef,
            roughness(masks.sum((1, 2))),
            1000 * spent / len(found),
        )


def study(subject: Subject, clips: list[LabelledClip], phantoms: list[PhantomClip]) -> list[Score]:
    cases = camus_cases(clips, subject) + phantom_cases(phantoms, subject)
    return [one for case in progress(cases, "directions") for one in score(case, subject)]
