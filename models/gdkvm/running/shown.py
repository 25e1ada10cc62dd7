"""The part of a clip's pictures that a model is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..sector import Box, find_sector
from .subject import Subject


def shown_box(frames: np.ndarray, subject: Subject, regions: Sequence[Box] = ()) -> Box:
    """What the workstation cuts out for the model: the sector's box with the manifest's margin, or the whole frame.

    frames (T, H, W) or (T, H, W, 3) uint8, upright; regions as in :func:`find_sector`.
    """
    height, width = frames.shape[1:3]
    whole = Box(0, height, 0, width)
    if subject.geometry != "sector":
        return whole
    box = find_sector(frames, regions).box
    rows = math.floor(subject.margin_fraction * (box.bottom - box.top) + 0.5)
    columns = math.floor(subject.margin_fraction * (box.right - box.left) + 0.5)
    return Box(box.top - rows, box.bottom + rows, box.left - columns, box.right + columns).cut_to(whole) or whole
