"""From a clip to what the recogniser is shown: the sector on a few frames, and the whole picture.

The sector tells the view. The whole picture tells a spectrum or an M-mode, which the sector's box leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..sector import Box, find_sector, grey_levels
from ..sector.frames import DIM_SHARE
from ..sector.resize import resize

SIZE = 160  # rows and columns of what the network is shown
FRAMES = 8  # of a clip, at most


class Prepared(NamedTuple):
    """float32 in [0, 1]: sectors (n, 1, SIZE, SIZE), wholes (m, 1, SIZE, SIZE) with m = 1 or 2."""

    sectors: np.ndarray
    wholes: np.ndarray


def shown_frames(count: int) -> list[int]:
    """Up to FRAMES frames spread evenly over a clip, the first and the last among them; halves are rounded up."""
    shown = min(FRAMES, count)
    step = (count - 1) / max(1, shown - 1)
    return [math.floor(index * step + 0.5) for index in range(shown)]


def lit(grey: np.ndarray) -> np.ndarray:
    """Which of these frames (n, H, W) are not all but black, as :func:`gdkvm.sector.frames.sampled` tells; all where
    none is."""
    means = grey.mean((1, 2))
    found = (means > 0) & (means >= DIM_SHARE * np.sort(means)[len(means) // 2])
    return found if found.any() else np.ones(len(grey), bool)


def prepare(frames: np.ndarray, regions: Sequence[Box] = (), box: Box | None = None) -> Prepared:
    """frames (T, H, W) or (T, H, W, 3) uint8, upright; regions as in :func:`gdkvm.sector.find_sector`; box: the
    sector's, where it is known already.

    The sector's box without a margin, and the whole picture of the first and the last frame (one of a still), each
    squeezed to SIZE x SIZE with antialiasing, in grey levels over 255.
    """
    box = box or find_sector(frames, regions).box
    grey = grey_levels(frames[shown_frames(len(frames))])
    grey = grey[lit(grey)].astype(np.float32) / 255
    wholes = grey[[0, -1]] if len(grey) > 1 else grey
    sectors = grey[:, box.top : box.bottom, box.left : box.right]
    return Prepared(resize(sectors, SIZE, SIZE)[:, None], resize(wholes, SIZE, SIZE)[:, None])
