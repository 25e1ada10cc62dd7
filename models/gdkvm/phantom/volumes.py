"""Volume of the body of revolution of an outline, by many disks."""

from __future__ import annotations

import numpy as np

DISKS = 100


def single_plane_volumes_ml(endo: np.ndarray) -> np.ndarray:
    """Modified Simpson in one plane (ASE/EACVI 2015): disks perpendicular to the long axis, from the middle of the
    base line to the most distant point of the outline. endo (T, P, 2) in mm, hinge to hinge; result (T,) in mL.
    """
    volumes = []
    for line in endo:
        base = (line[0] + line[-1]) / 2
        apex = line[np.argmax(np.hypot(*(line - base).T))]
        length = np.hypot(*(apex - base))
        axis = (apex - base) / length
        relative = np.concatenate([line, line[:1]]) - base
        u, v = relative @ axis, relative @ np.array([-axis[1], axis[0]])
        at = (np.arange(DISKS) + 0.5) / DISKS * length
        crosses = (u[:-1, None] > at) != (u[1:, None] > at)
        step = np.where(crosses, u[1:, None] - u[:-1, None], 1)
        place = v[:-1, None] + (at - u[:-1, None]) / step * (v[1:, None] - v[:-1, None])
        widest = np.where(crosses, place, -np.inf).max(0) - np.where(crosses, place, np.inf).min(0)
        diameter = np.where(np.isfinite(widest), widest, 0)
        volumes.append(np.pi / 4 * (diameter**2).sum() * length / DISKS / 1000)
    return np.array(volumes)
