"""Mitral hinges and apex on the closed outline of a left-ventricular cavity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# The upper end has to be this much wider than the lower one before it is taken for the base.
PRIOR_FOR_TOP = 1.5
# How far from its ends the width of a cavity tells base from apex, as a share of its length.
END_SHARE = 0.15
# How slanted the direction is in which a hinge is the outermost point: tangent of its angle off the side.
CORNER_SLANT = 1.0
# How far along the outline a hinge may move from its corner, as a share of the outline, and what that costs.
FLATTEN_REACH_SHARE = 0.12
FLATTEN_COST = 0.15
# Points this near to the greatest distance are as far as the farthest: a blunt apex is met in its middle.
APEX_TOLERANCE = 0.005


class Landmarks(NamedTuple):
    """Indices into the outline: the wall runs from ``first`` over ``apex`` to ``second`` in growing index."""

    first: int
    apex: int
    second: int


def find_landmarks(
    outline: np.ndarray, centroid: tuple[float, float], covariance: tuple[float, float, float]
) -> Landmarks | None:
    """Hinges and apex (the point of the walls farthest from the middle of the base line, ASE/EACVI 2015).

    outline (n, 2) clockwise, evenly spaced, in coordinates of equal scale; centre and second moments of its area in the
    same coordinates.
    """
    towards = apex_direction(outline, centroid, covariance)
    along, aside = in_axes(outline, centroid, towards)
    left = int(np.argmax(-aside - CORNER_SLANT * along))
    right = int(np.argmax(aside - CORNER_SLANT * along))
    if left == right:
        return None
    left, right = flatten_base(outline, left, right, along)
    apex = farthest_wall_point(outline, along, (outline[left] + outline[right]) / 2)
    if apex is None or apex in (left, right):
        return None
    n = len(outline)
    if (apex - left) % n < (right - left) % n:
        return Landmarks(left, apex, right)
    return Landmarks(right, apex, left)


def in_axes(
    outline: np.ndarray, centroid: tuple[float, float], towards: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Position along a direction and to its side, from the centre."""
    dx, dy = outline[:, 0] - centroid[0], outline[:, 1] - centroid[1]
    return dx * towards[0] + dy * towards[1], dx * towards[1] - dy * towards[0]


def apex_direction(
    outline: np.ndarray, centroid: tuple[float, float], covariance: tuple[float, float, float]
) -> tuple[float, float]:
    """Unit vector from base to apex: up the long axis, unless that end is clearly the blunter one."""
    xx, xy, yy = covariance
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    ux, uy = float(np.cos(angle)), float(np.sin(angle))
    if uy > 0:
        ux, uy = -ux, -uy
    along, aside = in_axes(outline, centroid, (ux, uy))
    top, bottom = along.max(), along.min()
    inset = END_SHARE * (top - bottom)
    flipped = width_at(along, aside, top - inset) > PRIOR_FOR_TOP * width_at(along, aside, bottom + inset)
    return (-ux, -uy) if flipped else (ux, uy)


def width_at(along: np.ndarray, aside: np.ndarray, level: float) -> float:
    """Width of the outline at one level along the axis."""
    a, b = along - level, np.roll(along, -1) - level
    crossing = (a < 0) != (b < 0)
    if not crossing.any():
        return -np.inf
    a, b = a[crossing], b[crossing]
    from_, to = aside[crossing], np.roll(aside, -1)[crossing]
    at = from_ + (to - from_) * a / (a - b)
    return float(at.max() - at.min())


def flatten_base(outline: np.ndarray, left: int, right: int, along: np.ndarray) -> tuple[int, int]:
    """Moves hinges along the outline towards each other where that makes the base line follow the outline.

    Where the wall curls under the cavity its corner lies outside of the hinge. Least area between base line and
    outline, weighed against the way moved.
    """
    n = len(outline)
    apex = int(np.argmax(along))
    apex_follows_left = (apex - left) % n < (right - left) % n
    start, end = (right, left) if apex_follows_left else (left, right)
    span = (end - start) % n
    reach = min(int(np.floor(FLATTEN_REACH_SHARE * n + 0.5)), span // 2 - 1)
    if reach < 1:
        return left, right
    path = outline[(start + np.arange(span + 1)) % n]
    cross = path[:-1, 0] * path[1:, 1] - path[1:, 0] * path[:-1, 1]
    doubled = np.concatenate([[0.0], np.cumsum(cross)])
    step = np.hypot(*(outline[1] - outline[0]))
    price = FLATTEN_COST * np.hypot(*(outline[right] - outline[left])) * step
    moved = np.arange(reach + 1)
    a, b = path[moved][:, None], path[span - moved][None]
    area = np.abs(doubled[span - moved][None] - doubled[moved][:, None] + b[..., 0] * a[..., 1] - a[..., 0] * b[..., 1])
    cost = area / 2 + price * (moved[:, None] + moved[None])
    best_a, best_b = np.unravel_index(int(np.argmin(cost)), cost.shape)
    start, end = (start + int(best_a)) % n, (end - int(best_b)) % n
    return (end, start) if apex_follows_left else (start, end)


def farthest_wall_point(outline: np.ndarray, along: np.ndarray, base: np.ndarray) -> int | None:
    """Index of the point of the upper half farthest from the base, in the middle of equally far ones."""
    n = len(outline)
    distances = np.hypot(*(outline - base).T)
    distances[along < 0.5 * (along.max() + along.min())] = -1
    farthest = int(np.argmax(distances))
    if not distances[farthest] > 0:
        return None
    enough = distances[farthest] * (1 - APEX_TOLERANCE)
    back = ahead = 0
    while back < n and distances[(farthest - back - 1) % n] >= enough:
        back += 1
    while ahead < n and distances[(farthest + ahead + 1) % n] >= enough:
        ahead += 1
    # Halves are rounded up, as in the workstation.
    return (farthest + int(np.floor((ahead - back) / 2 + 0.5))) % n
