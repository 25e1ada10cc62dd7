"""How Dice falls when the sector's box is found badly, or the picture is mirrored.

The workstation crops to the sector before a model sees a picture. Each edge of that box is moved inwards and outwards,
alone and together, margins are filled with black or with the scanner's graphics, and Dice is taken at the frame's own
resolution, so that what a crop cuts away counts as missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.camus_pairs import LV_CAVITY
from ..datasets.labelled_clip import LabelledClip
from ..running.segmentation import dice
from ..running.shown import shown_box
from ..running.subject import Subject
from ..sector import Box
from ..sector.resize import resize
from .degradation import moved_box, scanner_graphics
from .outcome import progress
from .viewing import cut, model_images, upright

if TYPE_CHECKING:
    from ..phantom import PhantomClip

ERRORS = (-0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2)
SINGLE_ERRORS = (-0.2, -0.1, -0.05, 0.05, 0.1, 0.2)
SIDES = ("top", "bottom", "left", "right")
MISSING_EDGE = -0.3
GRAPHICS_MARGIN = 0.1
RANDOM_ERRORS = (0.05, 0.1, 0.2)
PHANTOM_FRAMES = 10  # of each scanner phantom, evenly spread


@dataclass(frozen=True)
class Condition:
    """One way of cropping badly. ``error``: share of the box's side, outwards positive."""

    series: str
    error: float
    errors: Callable[[np.random.Generator], tuple[float, float, float, float]]  # top, bottom, left, right
    graphics: bool = False
    mirrored: bool = False


@dataclass(frozen=True)
class Score:
    material: str
    key: str
    series: str
    error: float
    dice: float  # mean over the clip's frames
    lost_share: float  # share of the true cavity that lies outside the box


def conditions() -> list[Condition]:
    def all_sides(error: float) -> Callable[[np.random.Generator], tuple[float, float, float, float]]:
        return lambda _: (error, error, error, error)

    def one_side(side: int, error: float) -> Callable[[np.random.Generator], tuple[float, float, float, float]]:
        return lambda _: tuple(error if at == side else 0.0 for at in range(4))  # type: ignore[return-value]

    def random_sides(error: float) -> Callable[[np.random.Generator], tuple[float, float, float, float]]:
        return lambda rng: tuple(rng.uniform(-error, error, 4))  # type: ignore[return-value]

    found = [Condition("all sides", error, all_sides(error)) for error in ERRORS]
    for side, name in enumerate(SIDES):
        found += [Condition(name, error, one_side(side, error)) for error in SINGLE_ERRORS]
        found.append(Condition(f"{name} edge missing", MISSING_EDGE, one_side(side, MISSING_EDGE)))
    found += [Condition("random sides", error, random_sides(error)) for error in RANDOM_ERRORS]
    found.append(Condition("graphics over the sector", 0.0, all_sides(0.0), graphics=True))
    found.append(Condition("graphics in a margin", GRAPHICS_MARGIN, all_sides(GRAPHICS_MARGIN), graphics=True))
    found.append(Condition("mirrored", 0.0, all_sides(0.0), mirrored=True))
    return found


def segment_box(subject: Subject, frames: np.ndarray, box: Box) -> np.ndarray:
    """Masks (T, H, W) of frames (T, H, W) uint8 cropped to a box that may reach beyond them."""
    height, width = frames.shape[1:]
    found = upright(subject.runner.clip(model_images(frames, subject, box)), subject)
    back = resize(found, box.bottom - box.top, box.right - box.left) > subject.threshold
    out = np.zeros(frames.shape, bool)
    top, left, bottom, right = max(0, box.top), max(0, box.left), min(height, box.bottom), min(width, box.right)
    out[:, top:bottom, left:right] = back[:, top - box.top : bottom - box.top, left - box.left : right - box.left]
    return out


def score(
    subject: Subject, material: str, key: str, frames: np.ndarray, truth: np.ndarray, box: Box, condition: Condition
) -> Score:
    """frames (T, H, W) uint8, truth (T, H, W) bool; ``box``: the right one. Graphics need a box inside the frames."""
    # Seeded by the clip alone, so that a condition changes one thing only.
    rng = np.random.default_rng([ord(letter) for letter in key])
    shown = moved_box(box, condition.errors(rng))
    if condition.graphics:
        frames = frames.copy()
        inside = slice(shown.top, shown.bottom), slice(shown.left, shown.right)
        frames[(slice(None), *inside)] = scanner_graphics(rng, frames[(slice(None), *inside)])
    if condition.mirrored:
        frames, truth = frames[..., ::-1], truth[..., ::-1]
        width = frames.shape[2]
        shown = Box(shown.top, shown.bottom, width - shown.right, width - shown.left)
    found = segment_box(subject, frames, shown)
    kept = cut(truth, shown).sum() / max(1, truth.sum())
    overlap = np.nanmean([dice(mask, reference) for mask, reference in zip(found, truth)])
    return Score(material, key, condition.series, condition.error, float(overlap), float(1 - kept))


def one_view_each(clips: Sequence[LabelledClip]) -> list[LabelledClip]:
    """One clip of every patient, views alternating, so that few clips stand for many patients."""
    chosen = []
    for at, patient in enumerate(sorted({clip.patient for clip in clips})):
        own = sorted((clip for clip in clips if clip.patient == patient), key=lambda clip: clip.view)
        chosen.append(own[at % len(own)])
    return chosen


def study_camus(subject: Subject, clips: Sequence[LabelledClip]) -> list[Score]:
    scores = []
    for clip in progress(clips, "CAMUS crops"):
        # Room around the picture, so that margins can hold graphics.
        room = [round(0.25 * side) for side in clip.frames.shape[1:]]
        pad = ((0, 0), (room[0], room[0]), (room[1], room[1]))
        found = shown_box(clip.frames, subject, clip.regions)
        box = Box(found.top + room[0], found.bottom + room[0], found.left + room[1], found.right + room[1])
        frames, truth = np.pad(clip.frames, pad), np.pad(clip.masks, pad)
        scores += [score(subject, "CAMUS", clip.key, frames, truth, box, condition) for condition in conditions()]
    return scores


def study_scanner(subject: Subject, phantoms: Sequence[PhantomClip]) -> list[Score]:
    """Whole scanner pictures, cropped as the workstation crops and around that: real margins hold real graphics."""
    scores = []
    for phantom in progress(phantoms, "scanner phantoms"):
        pictures = phantom.pictures if phantom.pictures.ndim == 3 else phantom.pictures.max(3)
        at = np.linspace(0, len(pictures) - 1, min(PHANTOM_FRAMES, len(pictures))).round().astype(int)
        truth = phantom.labels[at] == LV_CAVITY
        box = shown_box(phantom.pictures, subject)
        for condition in conditions():
            if condition.series in ("all sides", "mirrored"):
                key = str(phantom.seed)
                scores.append(score(subject, "scanner phantoms", key, pictures[at], truth, box, condition))
    return scores
