"""The scanner's sector: its geometry, the polar grid pictures are formed on, and scan conversion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Sector:
    """Beams leave a virtual point ``behind`` mm above the probe's surface. x right, y down from the surface, in mm."""

    depth: float  # from the surface to the arc
    left: float  # radians, negative
    right: float
    behind: float  # 0: pointed top, more: curved top
    flat_top: bool  # the curved top is cut straight
    limits: tuple[float, float, float]  # smallest x, largest x, largest y that the picture shows
    mirrored: bool

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, top, bottom of the sector's bounding box."""
        radius = self.depth + self.behind
        left = max(radius * np.sin(self.left), self.limits[0])
        right = min(radius * np.sin(self.right), self.limits[1])
        near = self.behind * min(np.cos(self.left), np.cos(self.right)) - self.behind
        top = 0.0 if self.flat_top else near
        return float(left), float(right), float(top), float(min(self.depth, self.limits[2]))

    def polar(self, samples: int, lines: int) -> tuple[np.ndarray, np.ndarray]:
        """x, y (samples, lines) of the polar grid."""
        radius = self.behind + (np.arange(samples) + 0.5)[:, None] / samples * self.depth
        angle = self.angles(lines)[None]
        return radius * np.sin(angle), radius * np.cos(angle) - self.behind

    def angles(self, lines: int) -> np.ndarray:
        return self.left + (self.right - self.left) * (np.arange(lines) + 0.5) / lines

    def pixels(self, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y (rows, columns) of the pixels of the sector's box, and which of them lie in the sector."""
        left, right, top, bottom = self.box
        x = left + (np.arange(columns) + 0.5) / columns * (right - left)
        y = top + (np.arange(rows) + 0.5)[:, None] / rows * (bottom - top)
        x, y = np.broadcast_arrays(x[::-1] if self.mirrored else x, y)
        radius, angle = np.hypot(x, y + self.behind), np.arctan2(x, y + self.behind)
        inside = (radius >= self.behind) & (radius < self.behind + self.depth)
        inside &= (angle >= self.left) & (angle < self.right) & (y >= top)
        return x, y, inside


class ScanConversion:
    """Polar pictures to pixels, bilinear. ``inside`` tells the pixels of the sector."""

    def __init__(self, sector: Sector, samples: int, lines: int, rows: int, columns: int) -> None:
        self.x, self.y, self.inside = sector.pixels(rows, columns)
        x, y = self.x[self.inside], self.y[self.inside] + sector.behind
        row = (np.hypot(x, y) - sector.behind) / sector.depth * samples - 0.5
        column = (np.arctan2(x, y) - sector.left) / (sector.right - sector.left) * lines - 0.5
        row, column = np.clip(row, 0, samples - 1.001), np.clip(column, 0, lines - 1.001)
        self.index = (np.floor(row) * lines + np.floor(column)).astype(np.int32)
        down, across = (row % 1).astype(np.float32), (column % 1).astype(np.float32)
        self.lines = lines
        self.weights = ((1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across)

    def __call__(self, polar: np.ndarray) -> np.ndarray:
        """(T, samples, lines) to (T, rows, columns), zero outside."""
        flat = polar.reshape(len(polar), -1)
        value = np.zeros((len(polar), len(self.index)), np.float32)
        for weight, offset in zip(self.weights, (0, 1, self.lines, self.lines + 1)):
            value += weight * flat.take(self.index + offset, axis=1)
        picture = np.zeros((len(polar), *self.inside.shape), np.float32)
        picture[:, self.inside] = value
        return picture
