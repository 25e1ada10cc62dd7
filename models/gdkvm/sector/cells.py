"""Small pictures that clips are boiled down to; a cell stands for a square of ``cell`` x ``cell`` pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .box import Box

MAP_SIZE = 320  # cells along the longer side: fine enough for a sector's edge, coarse enough to be quick
FRAMES_TO_TRIM = 5  # from so many on, the highest and the lowest level of a cell are left out


class Activity(NamedTuple):
    """motion: range of grey levels of each cell over the frames, without what shows in one frame only (a sweeping
    line); brightness: highest mean level. Both float32 (rows, columns)."""

    cell: int
    motion: np.ndarray
    brightness: np.ndarray


class Part(NamedTuple):
    """A connected part of a mask, over edges of cells."""

    number: int  # its label among the parts
    size: int
    width: int
    height: int


def clip_activity(grey: np.ndarray) -> Activity:
    """grey (n, H, W) uint8"""
    cell = max(1, -(-max(grey.shape[1:]) // MAP_SIZE))
    levels = np.sort(np.stack([cell_means(frame, cell) for frame in grey]), 0)
    trim = 1 if len(grey) >= FRAMES_TO_TRIM else 0
    return Activity(cell, levels[-1 - trim] - levels[trim], levels[-1])


def cell_means(frame: np.ndarray, cell: int) -> np.ndarray:
    """(H, W) -> float32 (rows, columns); cells at the far edges may be cut."""
    starts = [np.arange(0, side, cell) for side in frame.shape]
    sums = np.add.reduceat(np.add.reduceat(frame.astype(np.int64), starts[0], 0), starts[1], 1)
    counts = [np.minimum(cell, side - start) for side, start in zip(frame.shape, starts)]
    return (sums / np.outer(*counts)).astype(np.float32)


def window_sums(values: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums over the square of (2 reach + 1)^2 cells around each cell, cut at the edges, and how many cells it has."""
    sums = np.pad(values.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    (top, bottom), (left, right) = (
        (np.maximum(0, at - reach), np.minimum(len(at), at + reach + 1)) for at in map(np.arange, values.shape)
    )
    found = sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)]
    found = found - sums[np.ix_(bottom, left)] + sums[np.ix_(top, left)]
    return found, np.outer(bottom - top, right - left)


def smooth(values: np.ndarray, reach: int) -> np.ndarray:
    sums, counts = window_sums(values, reach)
    return (sums / counts).astype(np.float32)


def grown(mask: np.ndarray, reach: int) -> np.ndarray:
    return window_sums(mask, reach)[0] > 0


def shrunk(mask: np.ndarray, reach: int) -> np.ndarray:
    """Cells beyond the edge count neither way, so that what ends at the picture's edge is not eaten from there."""
    sums, counts = window_sums(mask, reach)
    return sums == counts


def opened(mask: np.ndarray, reach: int) -> np.ndarray:
    """Keeps what a square of (2 reach + 1)^2 cells fits into: thin lines and letters go."""
    return grown(shrunk(mask, reach), reach)


def closed(mask: np.ndarray, reach: int) -> np.ndarray:
    """Closes gaps narrower than 2 reach + 1 cells."""
    return shrunk(grown(mask, reach), reach)


def parts(mask: np.ndarray) -> tuple[np.ndarray, list[Part]]:
    """The mask's cells by number of their connected part, and the parts, the one with the most cells first."""
    from scipy.ndimage import find_objects, label

    labels, _ = label(mask)
    sizes = np.bincount(labels.ravel())[1:]
    found = [
        Part(number, int(size), columns.stop - columns.start, rows.stop - rows.start)
        for number, (size, (rows, columns)) in enumerate(zip(sizes, find_objects(labels)), 1)
    ]
    return labels, sorted(found, key=lambda part: -part.size)


def bounds(mask: np.ndarray) -> Box:
    """Box of a mask, as edges of cells."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    return Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
