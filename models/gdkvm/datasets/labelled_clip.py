"""A clip with reference masks, whatever data set it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..sector import Box


@dataclass(frozen=True)
class LabelledClip:
    """One view of one patient.

    frames (T, H, W) uint8 as stored; masks (T, H, W) bool, the LV cavity, false on frames without a reference;
    ``labelled`` the indices of frames that have one, end-diastole first where both phases are known. ``labels``
    (T, H, W) uint8, where the data set has more structures: 1 LV cavity, 2 myocardium, 3 left atrium.
    """

    key: str  # unique within the data set, as in "patient0001_4CH"
    patient: str
    view: str  # "A4C", "A2C" or "" where unknown
    frames: np.ndarray
    masks: np.ndarray
    labelled: tuple[int, ...]
    phases: tuple[str, ...]  # "ED" or "ES" for each labelled frame, "" where unknown
    spacing_mm: tuple[float, float] | None  # row, column
    labels: np.ndarray | None = None
    regions: tuple[Box, ...] = ()  # of 2D tissue, as the file has them

    def __post_init__(self) -> None:
        if self.frames.shape != self.masks.shape or self.frames.ndim != 3:
            raise ValueError(f"{self.key}: frames {self.frames.shape} and masks {self.masks.shape} must be (T, H, W)")
        if self.labels is not None and self.labels.shape != self.frames.shape:
            raise ValueError(f"{self.key}: labels {self.labels.shape} must have the frames' shape {self.frames.shape}")
        if len(self.labelled) != len(self.phases):
            raise ValueError(f"{self.key}: {len(self.labelled)} labelled frames but {len(self.phases)} phases")
