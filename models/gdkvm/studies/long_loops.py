"""Is a model the same after hundreds of frames as after the first few?

Nothing in the published architecture keeps its recurrent state bounded (see ``gated_delta_rule``), and a bounded state
need not be a useful one. So phantoms are played for 300 frames, beat after beat, and real loops three times over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.camus_pairs import LV_CAVITY
from ..running.segmentation import dice
from ..running.shown import shown_box
from ..running.subject import Subject
from .material import Loop
from .outcome import Check, at_least, at_most, progress
from .viewing import memory_norm, model_images, model_masks, squeeze_to_input, stepping_runner

if TYPE_CHECKING:
    from ..phantom import PhantomClip

FRAMES = 300
EARLY, LATE = slice(10, 61), slice(200, FRAMES)
PASSES_OF_A_LOOP = 3
# Limits. That of the norm is ours: between the frames of a beat it stays within a few percent.
DICE_CHANGE, CORRELATION, NORM_RATIO = 0.01, 0.98, 1.5


@dataclass(frozen=True)
class Course:
    """One long run. ``norm``: Frobenius norm of the key-value memory after each frame; ``dice`` only of phantoms."""

    name: str
    period: int  # frames after which the same pictures come again
    area: np.ndarray  # (T,) pixels above the threshold at the model's resolution
    norm: np.ndarray  # (T,)
    dice: np.ndarray | None = None  # (T,)

    def norm_ratio(self) -> float:
        """Largest norm from frame 10 on over the median of frames 10 to 60; infinite when not a number."""
        early = self.norm[EARLY] if len(self.norm) > EARLY.start else self.norm
        ratio = float(np.max(self.norm[min(EARLY.start, len(self.norm) - 1) :]) / max(float(np.median(early)), 1e-12))
        return ratio if np.isfinite(ratio) else float("inf")

    def dice_change(self) -> float:
        """Mean Dice of frames 200 to 299 less that of frames 10 to 60."""
        assert self.dice is not None
        return float(self.dice[LATE].mean() - self.dice[EARLY].mean())

    def passes_correlation(self) -> float:
        """Correlation of the area curves of the second and third pass; 1 where both are constant and equal."""
        second, third = self.area[self.period : 2 * self.period], self.area[2 * self.period : 3 * self.period]
        if np.array_equal(second, third):
            return 1.0
        if second.std() == 0 or third.std() == 0:
            return 0.0
        return float(np.corrcoef(second, third)[0, 1])

    def passes_difference(self) -> float:
        """Mean absolute difference of area between second and third pass, percent of the mean area."""
        second, third = self.area[self.period : 2 * self.period], self.area[2 * self.period : 3 * self.period]
        return float(100 * np.abs(second - third).mean() / max(1.0, float(second.mean())))


def diastolic_jitter(area: np.ndarray) -> float:
    """Median change of area from frame to frame where the ventricle is full, in percent of its mean area. area (T,)

    Full: the pairs of neighbours around which the mean of six frames lies in the upper 40 %. That is late diastole,
    where a ventricle hardly changes, so that what is left is mostly the model's own unrest. Needs no ECG.
    """
    if len(area) < 5:
        return float("nan")
    steps = np.abs(np.diff(area.astype(np.float64)))
    around = np.array([area[max(0, at - 2) : at + 4].mean() for at in range(len(steps))])
    full = around >= np.quantile(around, 0.6)
    return float(100 * np.median(steps[full]) / max(1.0, float(around[full].mean())))


def run(subject: Subject, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """images (T, S, S) -> masks (T, S, S) bool and norms (T,), one pass from an empty memory."""
    runner = stepping_runner(subject)
    runner.reset()
    masks, norms = [], []
    for image in images:
        masks.append(runner.step(image) > subject.threshold)
        norms.append(memory_norm(runner))
    return np.stack(masks), np.array(norms)


def phantom_course(subject: Subject, phantom: PhantomClip, frames: int = FRAMES) -> Course:
    """A phantom's whole beats over and over (all its frames where it has no whole beat)."""
    starts = [end_diastole for end_diastole, _ in phantom.beats]
    first, last = (starts[0], starts[-1]) if len(starts) > 1 else (0, len(phantom.pictures))
    period = last - first
    order = first + np.arange(frames) % period
    images = squeeze_to_input(phantom.pictures[first:last] / np.float32(255), subject)
    truth = model_masks(phantom.labels[first:last] == LV_CAVITY, subject)
    masks, norms = run(subject, images[order - first])
    scores = np.array([dice(mask, truth[at - first]) for mask, at in zip(masks, order)])
    return Course(f"phantom {phantom.seed}", period, masks.sum((1, 2)), norms, np.nan_to_num(scores))


def loop_course(subject: Subject, loop: Loop) -> Course:
    """A real loop three times over."""
    images = model_images(loop.frames, subject, shown_box(loop.frames, subject, loop.regions))
    masks, norms = run(subject, np.concatenate([images] * PASSES_OF_A_LOOP))
    return Course(loop.name, len(images), masks.sum((1, 2)), norms)


def study(subject: Subject, phantoms: list[PhantomClip], loops: list[Loop]) -> list[Course]:
    courses = [phantom_course(subject, phantom) for phantom in progress(phantoms, "phantoms")]
    return courses + [loop_course(subject, loop) for loop in progress(loops, "real loops")]


def checks(courses: list[Course]) -> list[Check]:
    """Against the limits: mean change of Dice over phantoms and the worst of each other number."""
    phantoms = [course for course in courses if course.dice is not None]
    loops = [course for course in courses if course.dice is None]
    found = []
    if phantoms:
        change = float(np.mean([course.dice_change() for course in phantoms]))
        found.append(at_most("phantoms: |change of mean Dice|, frames 200-299 against 10-60", abs(change), DICE_CHANGE))
        worst = min(phantoms, key=Course.dice_change)
        found.append(at_least(f"largest fall of Dice ({worst.name})", worst.dice_change(), -DICE_CHANGE))
    if courses:
        worst = max(courses, key=Course.norm_ratio)
        found.append(at_most(f"largest norm of S over its early median ({worst.name})", worst.norm_ratio(), NORM_RATIO))
    if loops:
        worst = min(loops, key=Course.passes_correlation)
        what = f"lowest correlation of area, third pass with second ({worst.name})"
        found.append(at_least(what, worst.passes_correlation(), CORRELATION))
    return found
