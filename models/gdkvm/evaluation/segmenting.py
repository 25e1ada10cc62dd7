"""From a labelled clip to probabilities at the resolutions that are scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..datasets.camus_release import squeeze
from ..datasets.labelled_clip import LabelledClip
from ..running.segmentation import segment_clip
from ..running.shown import shown_box
from ..running.subject import Subject
from ..sector import Box
from ..sector.resize import resize
from .sources import Source

Spacing = tuple[float, float]


@dataclass(frozen=True)
class View:
    """The labelled frames of a clip at one resolution. Arrays (n, H, W); spacing (row, column), None where unknown."""

    pictures: np.ndarray  # uint8
    probability: np.ndarray  # float32
    truth: np.ndarray  # bool
    spacing_mm: Spacing | None

    def transposed(self) -> View:
        swapped = [array.transpose(0, 2, 1) for array in (self.pictures, self.probability, self.truth)]
        return View(*swapped, self.spacing_mm[::-1] if self.spacing_mm else None)


@dataclass(frozen=True)
class Segmented:
    """``model``: at the model's input size and orientation, None where the picture was cropped; ``data``: upright, at
    the size of the data."""

    clip: LabelledClip
    model: View | None
    data: View


def segment_source(source: Source, subject: Subject, batch: int = 1) -> Iterator[Segmented]:
    """Every clip of a source, ``batch`` at a time where its frames are squeezed whole."""
    if source.crop == "sector":
        for clip in source.read():
            yield cropped(clip, subject)
        return
    for group in grouped(source.read(), batch):
        inputs = [model_input(clip, subject, source.stored) for clip in group]
        found = subject.runner.clips([pictures / np.float32(255) for pictures in inputs])
        for clip, pictures, probability in zip(group, inputs, found):
            yield whole(clip, subject, source.stored, pictures, probability)


def grouped(clips: Iterable[LabelledClip], count: int) -> Iterator[list[LabelledClip]]:
    group: list[LabelledClip] = []
    for clip in clips:
        group.append(clip)
        if len(group) == count:
            yield group
            group = []
    if group:
        yield group


def cropped(clip: LabelledClip, subject: Subject) -> Segmented:
    probability = segment_as_shown(clip.frames, subject, regions=clip.regions)
    rows = list(clip.labelled)
    return Segmented(clip, None, View(clip.frames[rows], probability[rows], clip.masks[rows], clip.spacing_mm))


def segment_as_shown(
    frames: np.ndarray, subject: Subject, whole_frame: bool = False, regions: Sequence[Box] = ()
) -> np.ndarray:
    """As the workstation does it: the part that the model wants, squeezed, and back: probabilities (T, H, W).

    frames (T, H, W) or (T, H, W, 3) uint8, upright. ``whole_frame``: the frames end at the sector's edge already.
    """
    height, width = frames.shape[1:3]
    box = Box(0, height, 0, width) if whole_frame else shown_box(frames, subject, regions)
    return segment_clip(subject.runner, frames, subject.size, subject.transposed, box)


def model_input(clip: LabelledClip, subject: Subject, stored: bool) -> np.ndarray:
    """All frames, squeezed whole to the model's size, in its orientation: uint8, as the re-release caches them."""
    frames = clip.frames if stored == subject.transposed else clip.frames.transpose(0, 2, 1)
    if frames.shape[1:] == subject.size:
        return np.ascontiguousarray(frames)
    return squeeze(np.ascontiguousarray(frames), square(subject), picture=True)


def square(subject: Subject) -> int:
    if subject.size[0] != subject.size[1]:
        raise ValueError(f"{subject.name}: the protocol squeezes to a square, but the model takes {subject.size}")
    return subject.size[0]


def whole(
    clip: LabelledClip, subject: Subject, stored: bool, pictures: np.ndarray, probability: np.ndarray
) -> Segmented:
    rows = list(clip.labelled)
    turned = stored != subject.transposed
    truth = clip.masks[rows].transpose(0, 2, 1) if turned else clip.masks[rows]
    spacing = clip.spacing_mm[::-1] if clip.spacing_mm and turned else clip.spacing_mm
    own = truth.shape[1:]
    if own == subject.size:
        model = View(pictures[rows], probability[rows], truth, spacing)
        return Segmented(clip, model, model.transposed() if subject.transposed else model)
    small = squeeze(truth.astype(np.uint8), square(subject), picture=False) > 0
    scaled = None
    if spacing:
        scaled = tuple(round(mm * pixels / size, 6) for mm, pixels, size in zip(spacing, own, subject.size))
    model = View(pictures[rows], probability[rows], small, scaled)
    upright_truth = truth.transpose(0, 2, 1) if subject.transposed else truth
    upright_frames = clip.frames[rows].transpose(0, 2, 1) if stored else clip.frames[rows]
    found = probability[rows].transpose(0, 2, 1) if subject.transposed else probability[rows]
    upright_spacing = clip.spacing_mm[::-1] if clip.spacing_mm and stored else clip.spacing_mm
    data = View(upright_frames, resize(found, *upright_truth.shape[1:]), upright_truth, upright_spacing)
    return Segmented(clip, model, data)
