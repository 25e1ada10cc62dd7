"""Finds the box of the ultrasound sector in a clip's frames, from the pixels alone.

Models were trained on pictures that end at the sector's edge. Scanners surround the sector with text, ECG and margins,
which are thin or coloured, while the sector is one large grey patch that shines or moves.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from .resize import resize

GRID = 128
THRESHOLD = 6.0


class Box(NamedTuple):
    """Pixel edges: rows top..bottom, columns left..right, the ends not included."""

    top: int
    bottom: int
    left: int
    right: int


def largest_component(mask: np.ndarray) -> np.ndarray:
    """The largest 4-connected patch of a small boolean picture."""
    labels = np.zeros(mask.shape, np.int32)
    sizes = [0]
    for start in zip(*np.nonzero(mask)):
        if labels[start]:
            continue
        current = len(sizes)
        labels[start] = current
        queue, count = deque([start]), 0
        while queue:
            row, column = queue.popleft()
            count += 1
            for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if 0 <= near[0] < mask.shape[0] and 0 <= near[1] < mask.shape[1] and mask[near] and not labels[near]:
                    labels[near] = current
                    queue.append(near)
        sizes.append(count)
    return labels == int(np.argmax(sizes)) if len(sizes) > 1 else mask


def sector_box(frames: np.ndarray) -> Box:
    """Box of the sector. frames (T, H, W) or (T, H, W, 3) uint8; the whole frame where nothing is found."""
    height, width = frames.shape[1:3]
    grey = frames if frames.ndim == 3 else frames.max(3)
    bright = grey.max(0).astype(np.float32)
    if frames.ndim == 4:
        colour = frames.max(3).astype(np.int16) - frames.min(3)
        bright[(colour > 60).any(0)] = 0
    rows, columns = min(GRID, height), min(GRID, width)
    shining = resize((bright > THRESHOLD).astype(np.float32), rows, columns) > 0.45
    # Thin graphics that touch the sector go with an opening by a 3x3 square.
    padded = np.pad(shining, 1)
    eroded = np.min([padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)], 0).astype(bool)
    patch = largest_component(eroded)
    if patch.sum() < 0.02 * patch.size:
        return Box(0, height, 0, width)
    padded = np.pad(patch, 1)
    patch = np.max([padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)], 0).astype(bool)
    inside_rows, inside_columns = np.nonzero(patch.any(1))[0], np.nonzero(patch.any(0))[0]
    return Box(
        int(np.floor(inside_rows[0] * height / rows)),
        int(np.ceil((inside_rows[-1] + 1) * height / rows)),
        int(np.floor(inside_columns[0] * width / columns)),
        int(np.ceil((inside_columns[-1] + 1) * width / columns)),
    )
