"""Grey levels, and which frames of a clip its sector is found from."""

from __future__ import annotations

import math

import numpy as np

SAMPLES = 12  # enough to see what moves
DIM_SHARE = 0.3  # a frame darker than this share of the median one tells nothing of the sector: blanked, or black


def grey_levels(frames: np.ndarray) -> np.ndarray:
    """(..., H, W) uint8 as it is; (..., H, W, 3) uint8 -> Rec. 601 luma (..., H, W) uint8, rounded as Pillow does."""
    if frames.shape[-1] != 3:
        return frames
    red, green, blue = (frames[..., channel].astype(np.uint32) for channel in range(3))
    return ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16).astype(np.uint8)


def sampled(frames: np.ndarray) -> np.ndarray:
    """Grey levels (n, H, W) of up to a dozen frames spread over a clip, without those that are all but black."""
    count = min(SAMPLES, len(frames))
    step = (len(frames) - 1) / max(1, count - 1)
    grey = grey_levels(frames[[math.floor(index * step + 0.5) for index in range(count)]])
    means = grey.mean((1, 2))
    lit = (means > 0) & (means >= DIM_SHARE * np.sort(means)[count // 2])
    return grey[lit] if lit.any() else grey
