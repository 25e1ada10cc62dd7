"""Scores every labelled frame of a source and measures the volumes of every beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..running.subject import Subject
from .contour import mask_volume_ml
from .ejection import BeatVolumes, surrogate_volume
from .masks import MaskScore, score_mask, score_row_by_row
from .segmenting import Segmented, View, segment_source
from .sources import Source


@dataclass(frozen=True)
class FrameScore:
    """One mask against its reference, at the model's input size ("model") or that of the data ("data")."""

    key: str
    patient: str
    view: str
    phase: str
    frame: int
    resolution: str
    unit: str  # of the distances: "mm" or "px"
    score: MaskScore
    row_by_row: tuple[float, float]  # Dice, IoU as the historical evaluator had them


@dataclass(frozen=True)
class Case:
    """What a page of cases needs of one frame."""

    key: str
    phase: str
    dice: float
    picture: np.ndarray  # (H, W) uint8, upright
    found: np.ndarray  # (H, W) bool
    truth: np.ndarray
    aspect: float  # height of a pixel over its width


@dataclass
class SourceScores:
    source: Source
    frames: list[FrameScore] = field(default_factory=list)
    beats: list[BeatVolumes] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def score_source(
    source: Source, subject: Subject, batch: int = 1, done: Callable[[int], None] = lambda count: None
) -> SourceScores:
    """``done`` is told how many clips are through."""
    result = SourceScores(source)
    for count, segmented in enumerate(segment_source(source, subject, batch), start=1):
        if segmented.model is not None:
            result.frames += frame_scores(segmented, segmented.model, "model", subject.threshold)
        same = segmented.model is not None and segmented.model.truth.shape == segmented.data.truth.shape
        if not same:
            result.frames += frame_scores(segmented, segmented.data, "data", subject.threshold)
        result.beats += beat_volumes(segmented, subject.threshold)
        result.cases += cases(segmented, subject.threshold)
        done(count)
    if not result.frames:
        raise ValueError(f"{source.title}: not one clip could be scored; see the warnings above")
    return result


def frame_scores(segmented: Segmented, view: View, resolution: str, threshold: float) -> list[FrameScore]:
    clip = segmented.clip
    unit, spacing = ("mm", view.spacing_mm) if view.spacing_mm else ("px", (1.0, 1.0))
    rows = []
    for place, (frame, phase) in enumerate(zip(clip.labelled, clip.phases)):
        found, truth = view.probability[place] > threshold, view.truth[place]
        score = score_mask(found, truth, spacing)
        rows.append(
            FrameScore(
                clip.key,
                clip.patient,
                clip.view,
                phase,
                int(frame),
                resolution,
                unit,
                score,
                score_row_by_row(found, truth),
            )
        )
    return rows


def beat_volumes(segmented: Segmented, threshold: float) -> list[BeatVolumes]:
    """The protocol's surrogate at the model's resolution, disks at the data's where its spacing is known."""
    clip = segmented.clip
    places = {phase: place for place, phase in enumerate(clip.phases)}
    if not {"ED", "ES"} <= places.keys():
        return []
    order = [places["ED"], places["ES"]]
    rows = []
    if segmented.model is not None:
        view = segmented.model
        masks = [view.probability[place] > threshold for place in order] + [view.truth[place] for place in order]
        volumes = [surrogate_volume(mask) for mask in masks]
        rows.append(BeatVolumes(clip.key, clip.patient, clip.view, "surrogate", "px3", *volumes))
    view = segmented.data
    if view.spacing_mm is not None:
        found = [mask_volume_ml(view.probability[place], view.spacing_mm, threshold) for place in order]
        truth = [mask_volume_ml(view.truth[place], view.spacing_mm) for place in order]
        rows.append(BeatVolumes(clip.key, clip.patient, clip.view, "disks", "ml", *found, *truth))
    return rows


def cases(segmented: Segmented, threshold: float) -> list[Case]:
    clip, view = segmented.clip, segmented.data
    aspect = view.spacing_mm[0] / view.spacing_mm[1] if view.spacing_mm else 1.0
    rows = []
    for place, phase in enumerate(clip.phases):
        found, truth = view.probability[place] > threshold, view.truth[place]
        total = int(found.sum() + truth.sum())
        if total:
            dice = 2 * int((found & truth).sum()) / total
            rows.append(Case(clip.key, phase, dice, view.pictures[place], found, truth, aspect))
    return rows
