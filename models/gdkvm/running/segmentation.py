"""Runs a model over a clip as the workstation does: crop, squeeze, frame by frame, and back."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ..sector import Box, find_sector, grey_levels
from ..sector.resize import resize


class Runner(Protocol):
    def clip(self, images: np.ndarray) -> np.ndarray:
        """images (T, S, S) in [0, 1] -> probabilities (T, S, S)"""
        ...


def to_grey(frames: np.ndarray) -> np.ndarray:
    """(T, H, W) or (T, H, W, 3) uint8 -> grey levels (T, H, W) float32."""
    return grey_levels(frames).astype(np.float32)


def segment_clip(
    runner: Runner, frames: np.ndarray, size: tuple[int, int], transposed: bool = False, box: Box | None = None
) -> np.ndarray:
    """Probabilities (T, H, W) at the frames' own resolution, zero outside the sector's box.

    frames (T, H, W) or (T, H, W, 3) uint8; size (height, width) of the model's input; ``transposed`` for models that
    want lateral positions as rows.
    """
    box = box or find_sector(frames).box
    crop = to_grey(frames)[:, box.top : box.bottom, box.left : box.right] / 255
    if transposed:
        crop = crop.transpose(0, 2, 1)
    found = runner.clip(resize(crop, *size))
    found = resize(found, *crop.shape[1:])
    if transposed:
        found = found.transpose(0, 2, 1)
    out = np.zeros(frames.shape[:3], np.float32)
    out[:, box.top : box.bottom, box.left : box.right] = found
    return out


def dice(found: np.ndarray, truth: np.ndarray) -> float:
    """2 |A and B| / (|A| + |B|) of two boolean masks; not a number where both are empty."""
    total = int(found.sum()) + int(truth.sum())
    return 2 * int((found & truth).sum()) / total if total else float("nan")
