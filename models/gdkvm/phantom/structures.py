"""Thin bright structures as point scatterers that ride on the outlines: leaflets, annulus, chordae, moderator band."""

from __future__ import annotations

import numpy as np

from .outlines import HALF, Outlines
from .scanner import Levels
from .sector import Sector


def polyline(points: np.ndarray, count: int) -> np.ndarray:
    """``count`` points (T, count, 2) evenly along control points (T, P, 2), smooth for three points or more."""
    at = np.linspace(0, 1, count)[None, :, None]
    if points.shape[1] == 3:  # quadratic Bézier curve
        return (1 - at) ** 2 * points[:, :1] + 2 * at * (1 - at) * points[:, 1:2] + at**2 * points[:, 2:]
    return points[:, :1] * (1 - at) + points[:, 1:] * at


class Structures:
    """Positions in polar cells and complex strengths of point scatterers."""

    def __init__(
        self, rng: np.random.Generator, outlines: Outlines, levels: Levels, sector: Sector, samples: int, lines: int
    ) -> None:
        self.samples, self.lines, self.sector = samples, lines, sector
        self.rng = rng
        self.rows: list[np.ndarray] = []
        self.columns: list[np.ndarray] = []
        self.strengths: list[np.ndarray] = []
        endo, opening = outlines.endo, outlines.opening[:, None]
        left, right, apex = endo[:, 0], endo[:, -1], endo[:, HALF]
        base = (left + right) / 2
        down = base - apex
        down /= np.hypot(down[:, 0], down[:, 1])[:, None]
        width = np.hypot(*(right - left).T)[:, None]
        across = (right - left) / width
        coaptation = rng.uniform(0.45, 0.62)
        tenting = rng.uniform(-0.04, 0.24)
        long, short = rng.uniform(0.6, 0.75), rng.uniform(0.4, 0.5)
        meet = left + across * width * coaptation - down * width * tenting
        for hinge, toward, reach in ((left, across, long), (right, -across, short)):
            tip_open = hinge + toward * width * (0.16 + 0.1 * rng.random()) - down * width * reach
            tip = meet * (1 - opening) + tip_open * opening
            bulge = rng.uniform(-0.12, 0.16)
            belly = hinge * 0.5 + tip * 0.5 + (down * bulge * (1 - opening) - toward * 0.08 * opening) * width
            self.place(polyline(np.stack([hinge, belly, tip], 1), 42), levels.leaflets, 0.5)
            if rng.random() < 0.35:  # chordae to the wall's middle
                wall = endo[:, HALF + ((1 if hinge is right else -1) * 22)]
                anchor = wall * 0.75 + (0.5 * base + 0.5 * apex) * 0.25
                self.place(polyline(np.stack([tip, anchor], 1), 24), levels.leaflets - 9, 0.4)
        for hinge, sideways in ((left, -across), (right, across)):
            size = rng.uniform(1.2, 2.6)
            self.blob(hinge + sideways * size + down * size * 0.6, levels.annulus + rng.normal(0, 2), size)
        if outlines.right_ventricle is not None:
            ventricle = outlines.right_ventricle
            free, septal = ventricle[:, 4], outlines.epi[:, 0]
            span = septal - free
            wide = np.hypot(*span.T)[:, None]
            span = span / wide
            middle = free + span * wide * 0.5
            for hinge, toward in ((free, span), (septal, -span)):
                tip = middle * (1 - opening) + (hinge + toward * wide * 0.2 - down * wide * 0.5) * opening
                belly = (hinge + tip) / 2 + down * wide * 0.05
                self.place(polyline(np.stack([hinge, belly, tip], 1), 32), levels.leaflets - 4, 0.5)
            if rng.random() < 0.5:
                wall, septum = ventricle[:, 2], ventricle[:, 8]
                self.place(polyline(np.stack([wall, (wall + septum) / 2 - down * 4, septum], 1), 24), levels.wall, 1.2)
        # Trabeculae and false tendons: flecks inside the apical half of the cavity.
        for _ in range(int(rng.integers(0, 14))):
            at = endo[:, HALF + int(rng.integers(-26, 27))]
            inward = rng.uniform(0.03, 0.3)
            self.blob(
                at * (1 - inward) + (0.5 * apex + 0.5 * base) * inward, rng.uniform(-12, 2), rng.uniform(0.5, 1.4)
            )

    def place(self, points: np.ndarray, level: float, spread: float) -> None:
        """Point scatterers about points (T, P, 2), fixed to them; ``level`` of a densely covered cell."""
        rng, sector = self.rng, self.sector
        count = points.shape[1]
        points = np.repeat(points, 2, 1) + rng.normal(0, spread, (1, 2 * count, 2))
        radius = np.hypot(points[..., 0], points[..., 1] + sector.behind)
        angle = np.arctan2(points[..., 0], points[..., 1] + sector.behind)
        self.rows.append((radius - sector.behind) / sector.depth * self.samples - 0.5)
        self.columns.append((angle - sector.left) / (sector.right - sector.left) * self.lines - 0.5)
        # Partly coherent: thin smooth sheets reflect as well as scatter.
        phase = rng.normal(0, 0.9) + rng.normal(0, 1.6, 2 * count)
        patchy = np.interp(np.linspace(0, 1, 2 * count), np.linspace(0, 1, 6), rng.normal(-2, 4, 6))
        self.strengths.append(10 ** ((level + patchy) / 20) * np.exp(1j * phase) * rng.rayleigh(0.8, 2 * count))

    def blob(self, centre: np.ndarray, level: float, size: float) -> None:
        self.place(np.repeat(centre[:, None], max(6, int(5 * size)), 1), level, size * 0.6)

    def add(self, field: np.ndarray, frames: slice) -> None:
        """Adds the scatterers of these frames to (2, T, samples, lines), bilinear."""
        row = np.concatenate([part[frames] for part in self.rows], 1)
        column = np.concatenate([part[frames] for part in self.columns], 1)
        strength = np.broadcast_to(np.concatenate(self.strengths), row.shape)
        r, c = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
        frame = np.arange(len(row))[:, None] + np.zeros_like(r)
        for dr in (0, 1):
            for dc in (0, 1):
                weight = np.abs(1 - dr - (row - r)) * np.abs(1 - dc - (column - c))
                keep = (r + dr >= 0) & (r + dr < self.samples) & (c + dc >= 0) & (c + dc < self.lines)
                index = ((frame * self.samples + r + dr) * self.lines + c + dc)[keep]
                for part, value in enumerate((strength.real, strength.imag)):
                    added = np.bincount(index, (weight * value)[keep], field[part].size)
                    field[part] += added.reshape(field[part].shape).astype(np.float32)
