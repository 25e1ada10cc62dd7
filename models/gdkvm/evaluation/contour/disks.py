"""Single-plane method of disks (ASE/EACVI chamber quantification, Lang et al., J Am Soc Echocardiogr 28:1-39, 2015)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

DISKS = 20


class Plane(NamedTuple):
    """What the method needs of one plane, in mm."""

    length: float
    diameters: np.ndarray  # (20,), base first


def disk_diameters(polygon: np.ndarray, base: np.ndarray, apex: np.ndarray, count: int = DISKS) -> np.ndarray:
    """Diameters at the centres of the disks, perpendicular to the axis from ``base`` to ``apex``, base first.

    polygon (n, 2), closed by its base line (last point back to the first). A diameter is the length of the
    perpendicular inside the contour, so a wall that folds over is counted once.
    """
    diameters = np.zeros(count)
    length = float(np.hypot(*(apex - base)))
    if not length > 0:
        return diameters
    ux, uy = (apex - base) / length
    dx, dy = polygon[:, 0] - base[0], polygon[:, 1] - base[1]
    # Level is 0 at the centre of the first disk and grows by one from centre to centre.
    level = (dx * ux + dy * uy) / length * count - 0.5
    aside = dx * uy - dy * ux
    before_level, before_aside = np.roll(level, 1), np.roll(aside, 1)
    low, high = np.minimum(level, before_level), np.maximum(level, before_level)
    for k in range(count):
        crossing = (low <= k) & (k < high)
        share = (k - before_level[crossing]) / (level[crossing] - before_level[crossing])
        at = np.sort(before_aside[crossing] + share * (aside[crossing] - before_aside[crossing]))
        diameters[k] = (at[1::2] - at[: len(at) // 2 * 2 : 2]).sum()
    return diameters


def single_plane_volume(plane: Plane) -> float:
    """V = pi / 4 * sum of squared diameters * length / number of disks; mm in, mm3 out."""
    return float(np.pi / 4 * (plane.diameters**2).sum() * plane.length / len(plane.diameters))
