"""Closed outlines as distance from a fixed centre by direction: inside or outside becomes one table look-up a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DIRECTIONS = 1024


@dataclass(frozen=True)
class StarMap:
    """Pixels seen from a centre: distance in mm and index of the direction, both of the pixels' shape."""

    distance: np.ndarray
    direction: np.ndarray

    def gather(self, table: np.ndarray) -> np.ndarray:
        """Values (T, DIRECTIONS) at each pixel: (T, *pixels)."""
        return table.take(self.direction, axis=1)

    def depth_inside(self, radius: np.ndarray) -> np.ndarray:
        """Distance beyond the outline along the ray, negative inside. radius (T, DIRECTIONS); result (T, *pixels)."""
        return self.distance - self.gather(radius)


def star_map(x: np.ndarray, y: np.ndarray, centre: np.ndarray) -> StarMap:
    dx, dy = x - centre[0], y - centre[1]
    direction = np.floor((np.arctan2(dx, -dy) / (2 * np.pi) + 0.5) * DIRECTIONS).astype(np.int32) % DIRECTIONS
    return StarMap(np.hypot(dx, dy).astype(np.float32), direction)


def star_tables(outlines: np.ndarray, centre: np.ndarray, values: np.ndarray | None = None) -> np.ndarray:
    """Radius of closed outlines (T, P, 2) by direction, and ``values`` (T, P, C) that belong to their points.

    Returns (1 + C, T, DIRECTIONS) float32. The outline must be seen from the centre without overlap.
    """
    grid = ((np.arange(DIRECTIONS) + 0.5) / DIRECTIONS - 0.5) * 2 * np.pi
    relative = outlines - centre
    theta = np.arctan2(relative[..., 0], -relative[..., 1])
    radius = np.hypot(relative[..., 0], relative[..., 1])
    columns = [radius] if values is None else [radius, *np.moveaxis(values, -1, 0)]
    made = np.empty((len(columns), len(outlines), DIRECTIONS), np.float32)
    for frame in range(len(outlines)):
        for number, column in enumerate(columns):
            made[number, frame] = np.interp(grid, theta[frame], column[frame], period=2 * np.pi)
    return made


def closed_by_base(line: np.ndarray, points: int = 15) -> np.ndarray:
    """Open outlines (T, P, 2) closed by a straight line from the last point to the first."""
    share = (np.arange(1, points + 1) / (points + 1))[:, None]
    return np.concatenate([line, line[:, -1:] * (1 - share) + line[:, :1] * share], 1)


def rounded(control: np.ndarray, steps: int = 8) -> np.ndarray:
    """Closed Catmull-Rom curve through control points (T, P, 2): (T, P * steps, 2)."""
    before, after, later = (np.roll(control, shift, 1) for shift in (1, -1, -2))
    pieces = []
    for t in np.arange(steps) / steps:
        pieces.append(
            0.5
            * (
                2 * control
                + (after - before) * t
                + (2 * before - 5 * control + 4 * after - later) * t**2
                + (3 * control - before - 3 * after + later) * t**3
            )
        )
    return np.stack(pieces, 2).reshape(len(control), -1, 2)
