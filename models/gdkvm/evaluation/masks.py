"""Scores of one mask against its reference, by protocol gdkvm-rerelease-v1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import ndimage

Empty = Literal["", "one", "both"]
SMOOTHING = 1e-5


@dataclass(frozen=True)
class MaskScore:
    """Overlap in 0 to 1, distances in the unit of the spacing; all not a number where both masks are empty."""

    dice: float
    iou: float
    hd: float
    hd95: float
    asd: float
    empty: Empty


def surface(mask: np.ndarray) -> np.ndarray:
    """Pixels of the mask that its erosion by a cross takes away; outside the picture is background."""
    return mask ^ ndimage.binary_erosion(mask)


def field_of_view_diagonal(shape: tuple[int, int], spacing: tuple[float, float]) -> float:
    """Distance between the centres of opposite corner pixels."""
    return float(np.hypot((shape[0] - 1) * spacing[0], (shape[1] - 1) * spacing[1]))


def directed_distances(source: np.ndarray, target: np.ndarray, spacing: tuple[float, float]) -> np.ndarray:
    """Distance of every pixel of one surface to the nearest of the other; both (rows, columns) bool, not empty."""
    return ndimage.distance_transform_edt(~target, sampling=spacing)[source]


def score_mask(found: np.ndarray, truth: np.ndarray, spacing: tuple[float, float] = (1.0, 1.0)) -> MaskScore:
    """Dice, IoU and surface distances of two boolean masks (rows, columns); spacing (row, column).

    HD is the larger of the two directed maxima, HD95 the larger of the two directed 95th percentiles (not the
    percentile of both together), ASD the mean of both directions' distances together. One mask empty: no overlap, and
    the diagonal of the field of view for every distance. Both empty: nothing to score.
    """
    if found.shape != truth.shape or found.dtype != bool or truth.dtype != bool:
        raise ValueError(f"masks must be boolean and of one shape, not {found.dtype} {found.shape} and {truth.shape}")
    sizes = int(found.sum()), int(truth.sum())
    if not any(sizes):
        return MaskScore(*(float("nan"),) * 5, "both")
    if not all(sizes):
        far = field_of_view_diagonal(found.shape, spacing)
        return MaskScore(0.0, 0.0, far, far, far, "one")
    common = int((found & truth).sum())
    surfaces = surface(found), surface(truth)
    there, back = directed_distances(*surfaces, spacing), directed_distances(*surfaces[::-1], spacing)
    return MaskScore(
        2 * common / sum(sizes),
        common / (sum(sizes) - common),
        float(max(there.max(), back.max())),
        float(max(np.percentile(there, 95), np.percentile(back, 95))),
        float(np.concatenate([there, back]).mean()),
        "",
    )


def score_row_by_row(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Dice and IoU as the evaluator of the ICCV 2025 code computed them.

    It took the first axis of a single picture for a batch: every row of pixels is scored by itself, with 1e-5 added to
    numerator and denominator so that rows empty in both masks score 1, and the rows are averaged. Not comparable with
    scores of whole masks; for reading beside the paper's table only.
    """
    common = (found & truth).sum(1)
    total = found.sum(1) + truth.sum(1)
    dice = (2 * common + SMOOTHING) / (total + SMOOTHING)
    iou = (common + SMOOTHING) / (total - common + SMOOTHING)
    return float(dice.mean()), float(iou.mean())
