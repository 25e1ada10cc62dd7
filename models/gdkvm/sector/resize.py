"""Resizing of pictures, the way the workstation does it.

Bilinear with antialiasing: a triangle filter whose support grows with the shrink factor, as in Pillow. Pixel centres
are at half-integers, so the same fraction of the picture maps to the same fraction of the result.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def axis_weights(source: int, start: float, stop: float, target: int) -> np.ndarray:
    """Weights (target, source) that resample the interval [start, stop) of one axis, in source pixel edges."""
    scale = (stop - start) / target
    support = max(scale, 1.0)
    centre = start + (np.arange(target) + 0.5) * scale
    distance = (np.arange(source)[None] + 0.5 - centre[:, None]) / support
    weights = np.maximum(0.0, 1.0 - np.abs(distance))
    total = weights.sum(1, keepdims=True)
    return (weights / np.where(total == 0, 1, total)).astype(np.float32)


def resize(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """(..., H, W) -> float32 (..., height, width)"""
    rows = axis_weights(picture.shape[-2], 0.0, float(picture.shape[-2]), height)
    columns = axis_weights(picture.shape[-1], 0.0, float(picture.shape[-1]), width)
    return rows @ picture.astype(np.float32) @ columns.T
