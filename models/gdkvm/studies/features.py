"""What a probability map tells about its own quality: the inputs of a model's calibrated confidence.

The workstation computes the same numbers from the same maps (`core/trace`); `test/fixtures/confidence/vectors.json`
keeps the two alike. A map is the model's own output at its own resolution, before it goes back to the picture.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

UNDECIDED = (0.02, 0.98)  # exclusive: pixels outside are settled and tell nothing about the border
UNCERTAIN = (0.1, 0.9)  # exclusive
NEIGHBOURS = 2  # frames before and after that an area is compared with


class Features(NamedTuple):
    """Each (T,) float64, in the order of FEATURE_NAMES."""

    border_confidence: np.ndarray
    uncertain_share: np.ndarray
    area_share: np.ndarray
    peak: np.ndarray
    fragment_share: np.ndarray
    area_jump: np.ndarray


FEATURE_NAMES = ("borderConfidence", "uncertainShare", "areaShare", "peak", "fragmentShare", "areaJump")
"""As a manifest names them."""


def border_confidence(probability: np.ndarray) -> float:
    """Mean of |2p - 1| over pixels with 0.02 < p < 0.98; 1 when there are none. probability (S, S)"""
    undecided = (probability > UNDECIDED[0]) & (probability < UNDECIDED[1])
    return float(np.abs(2 * probability[undecided] - 1).mean()) if undecided.any() else 1.0


def uncertain_share(probability: np.ndarray, threshold: float) -> float:
    """Pixels with 0.1 < p < 0.9 per pixel above the threshold (at least one is counted). probability (S, S)

    The one feature that reacts to pictures without a ventricle: on black frames, noise and other views the map is
    undecided over an area as large as what it calls cavity.
    """
    uncertain = (probability > UNCERTAIN[0]) & (probability < UNCERTAIN[1])
    return float(uncertain.sum() / max(1, int((probability > threshold).sum())))


def fragment_share(inside: np.ndarray) -> float:
    """Share of the pixels inside that the largest 4-connected patch leaves out; 0 where none are. inside (S, S)"""
    total = int(inside.sum())
    if not total:
        return 0.0
    patches, _ = ndimage.label(inside)
    return 1.0 - float(np.bincount(patches.ravel())[1:].max()) / total


def area_jump(areas: np.ndarray) -> np.ndarray:
    """|A - median of A over two frames before to two after| / max(1, that median). areas (T,) in pixels -> (T,)

    The window ends where the clip ends; of an even number of areas the median is the mean of the middle two. 0 for
    clips of fewer than three frames.
    """
    if len(areas) < 3:
        return np.zeros(len(areas))
    jumps = np.empty(len(areas))
    for index, area in enumerate(areas):
        middle = float(np.median(areas[max(0, index - NEIGHBOURS) : index + NEIGHBOURS + 1]))
        jumps[index] = abs(float(area) - middle) / max(1.0, middle)
    return jumps


def clip_features(probabilities: np.ndarray, threshold: float = 0.5) -> Features:
    """Features of every frame. probabilities (T, S, S), as the model returns them."""
    # Double precision, as the workstation compares: 0.02 is not a single-precision number.
    probabilities = probabilities.astype(np.float64)
    inside = probabilities > threshold
    areas = inside.sum((1, 2))
    return Features(
        np.array([border_confidence(frame) for frame in probabilities]),
        np.array([uncertain_share(frame, threshold) for frame in probabilities]),
        areas / inside[0].size,
        probabilities.max((1, 2)),
        np.array([fragment_share(frame) for frame in inside]),
        area_jump(areas),
    )


def feature_table(features: Features, names: tuple[str, ...] | list[str] = FEATURE_NAMES) -> np.ndarray:
    """(T, len(names)) in the order of ``names``. Raises ValueError for a feature that is not known."""
    unknown = [name for name in names if name not in FEATURE_NAMES]
    if unknown:
        raise ValueError(f"unknown confidence features {', '.join(unknown)}; known are {', '.join(FEATURE_NAMES)}")
    return np.stack([features[FEATURE_NAMES.index(name)] for name in names], 1)


def confidence_values(table: np.ndarray, weights: list[float], bias: float) -> np.ndarray:
    """1 / (1 + exp(-(bias + table . weights))), near 1 for a frame that is likely good. table (T, F) -> (T,)"""
    return 1 / (1 + np.exp(-(bias + table @ np.asarray(weights, np.float64))))
