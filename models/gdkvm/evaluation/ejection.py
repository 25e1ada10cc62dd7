"""Ejection fractions of found and of reference masks, and how well they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .intervals import SEEDS, Mean, patient_mean

Method = Literal["surrogate", "disks"]


def surrogate_volume(mask: np.ndarray) -> float:
    """single-view-area-length-v1: 8 A^2 / (3 pi L) in cubed pixels of the mask; 0 for an empty one.

    A is the number of pixels, L the major axis of the equivalent ellipse of the whole foreground as one region. The
    spacing, and that it differs between the axes, is ignored: the protocol says so.
    """
    from skimage.measure import regionprops

    regions = regionprops(mask.astype(np.uint8))
    if not regions:
        return 0.0
    length = float(regions[0].axis_major_length)
    return 8 * float(regions[0].area) ** 2 / (3 * np.pi * length) if length > 0 else 0.0


def ejection_fraction(end_diastolic: float, end_systolic: float) -> float:
    """100 (EDV - ESV) / EDV in percent; not a number where EDV is 0 or a volume is missing."""
    if not end_diastolic > 0:
        return float("nan")
    return 100 * (end_diastolic - end_systolic) / end_diastolic


@dataclass(frozen=True)
class BeatVolumes:
    """End-diastolic and end-systolic volume of one clip; the reference is the same formula on the reference masks."""

    key: str
    patient: str
    view: str
    method: Method
    unit: str  # "ml", or "px3" where the spacing is not known or not used
    found_edv: float
    found_esv: float
    true_edv: float
    true_esv: float

    @property
    def found_ef(self) -> float:
        return ejection_fraction(self.found_edv, self.found_esv)

    @property
    def true_ef(self) -> float:
        return ejection_fraction(self.true_edv, self.true_esv)


@dataclass(frozen=True)
class Agreement:
    """Prediction against reference: errors are prediction - reference, limits bias +- 1.96 SD."""

    n: int
    undefined: int
    mae: Mean
    rmse: float
    r: float
    r2: float  # 1 - SSE / SST
    bias: float
    sd: float  # ddof 1
    lower_limit: float
    upper_limit: float


def agreement(
    found: Sequence[float], truth: Sequence[float], patients: Sequence[str], seed: int = SEEDS["ef-mae"]
) -> Agreement:
    """Pairs with a missing value are left out and counted."""
    predicted, reference = np.asarray(found, float), np.asarray(truth, float)
    usable = np.isfinite(predicted) & np.isfinite(reference)
    errors = predicted - reference
    mae = patient_mean(np.abs(errors).tolist(), patients, seed)
    p, t, e = predicted[usable], reference[usable], errors[usable]
    nothing = float("nan")
    if not len(e):
        return Agreement(0, int((~usable).sum()), mae, *(nothing,) * 7)
    bias, sd = float(e.mean()), float(e.std(ddof=1)) if len(e) > 1 else nothing
    spread = float(((t - t.mean()) ** 2).sum())
    varied = len(e) > 1 and p.std() > 0 and t.std() > 0
    return Agreement(
        len(e),
        int((~usable).sum()),
        mae,
        float(np.sqrt((e**2).mean())),
        float(np.corrcoef(p, t)[0, 1]) if varied else nothing,
        1 - float((e**2).sum()) / spread if spread > 0 else nothing,
        bias,
        sd,
        bias - 1.96 * sd,
        bias + 1.96 * sd,
    )


def percent_errors(found: Sequence[float], truth: Sequence[float]) -> list[float]:
    """Absolute volume errors in percent of the reference."""
    return [abs(f - t) / t * 100 if t > 0 else float("nan") for f, t in zip(found, truth)]
