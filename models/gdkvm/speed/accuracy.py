"""What lower precision costs: Dice of the LV cavity and ejection fraction on CAMUS validation patients, beside the
float32 model's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.camus_pack import read_camus_pack_clips
from ..datasets.labelled_clip import LabelledClip
from ..evaluation.contour import mask_volume_ml
from ..evaluation.ejection import ejection_fraction
from ..running.onnx_runner import OnnxRunner
from ..running.segmentation import dice
from ..sector.resize import resize

VALIDATION, TRAINING = "camus-224-val.npz", "camus-224-train.npz"
CALIBRATION_CLIPS = 32


@dataclass(frozen=True)
class Score:
    patient: str
    view: str
    phase: str
    dice: float
    volume: float  # by disks, of pixels taken as 1 mm: only ratios within a clip mean anything


@dataclass(frozen=True)
class Picture:
    """What the model takes, out of its manifest."""

    size: int
    transposed: bool
    threshold: float

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> Picture:
        entry = manifest["input"]
        if entry["width"] != entry["height"]:
            raise ValueError(f"{manifest['name']}: takes {entry['width']} x {entry['height']}, not a square")
        return cls(entry["width"], entry["orientation"] == "transposed", float(manifest["threshold"]))

    def prepared(self, clip: LabelledClip) -> np.ndarray:
        """The whole frames of an upright clip as model input, (T, S, S) in [0, 1]."""
        frames = clip.frames.transpose(0, 2, 1) if self.transposed else clip.frames
        return resize(frames, self.size, self.size) / np.float32(255)


def scores(runner: OnnxRunner, clips: Sequence[LabelledClip], picture: Picture) -> list[Score]:
    """Dice of every labelled frame at the data's resolution."""
    found = []
    for clip in clips:
        probability = runner.clip(picture.prepared(clip))
        if picture.transposed:
            probability = probability.transpose(0, 2, 1)
        rows = list(clip.labelled)
        upright = resize(probability[rows], *clip.frames.shape[1:])
        for shown, row, phase in zip(upright, rows, clip.phases):
            overlap = dice(shown > picture.threshold, clip.masks[row])
            volume = mask_volume_ml(shown, (1.0, 1.0), picture.threshold)
            found.append(Score(clip.patient, clip.view, phase, overlap, volume))
    return found


def mean_dice(found: Sequence[Score]) -> float:
    return float(np.nanmean([score.dice for score in found]))


def ejection_fractions(found: Sequence[Score]) -> dict[tuple[str, str], float]:
    """Percent, by patient and view; not a number where ED or ES has no contour."""
    volumes = {(one.patient, one.view, one.phase): one.volume for one in found}
    clips = sorted({(one.patient, one.view) for one in found})
    return {
        clip: ejection_fraction(volumes.get((*clip, "ED"), np.nan), volumes.get((*clip, "ES"), np.nan))
        for clip in clips
    }


def ejection_fraction_changes(before: Sequence[Score], after: Sequence[Score]) -> np.ndarray:
    """By how many points the ejection fractions of two models differ, clip by clip, where both have one."""
    first, second = ejection_fractions(before), ejection_fractions(after)
    changes = np.array([abs(second[clip] - first[clip]) for clip in first])
    return changes[np.isfinite(changes)]


def validation_clips(camus: Path, count: int | None = None) -> list[LabelledClip]:
    """Validation clips, all or evenly picked."""
    return evenly(read_camus_pack_clips(camus / VALIDATION), count)


def calibration_clips(camus: Path, picture: Picture, count: int = CALIBRATION_CLIPS) -> list[np.ndarray]:
    """Training clips as model input, (4, S, S) each: ED, ES, ES, ED, so that the state has been through a beat."""
    clips = evenly(read_camus_pack_clips(camus / TRAINING), count)
    return [picture.prepared(clip)[[0, 1, 1, 0]] for clip in clips]


def evenly(clips: list[LabelledClip], count: int | None) -> list[LabelledClip]:
    if count is None or count >= len(clips):
        return clips
    return [clips[index] for index in np.linspace(0, len(clips) - 1, count).round().astype(int)]
