"""A sector's outline: two straight edges that meet in a virtual apex above, and an arc below. In cells."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .box import Box

SMALLEST_ANGLE, LARGEST_ANGLE, ANGLE_STEP = 20, 60, 0.5  # of edges that phased arrays show, degrees from straight down
FOLLOWED_SHARE = 0.3  # of the mask's height over which its border must follow an edge for the edge to be believed
TOLERANCE = 2  # cells by which the border may stray from its edge
LARGEST_GROWTH = 0.4  # how far the fan's corners may lie beyond the tissue seen, as a share of its width
TIP_SHARE = 0.4  # of a row between the edges that must be active for the tip to reach up to it
POINTED_SHARE = 0.05  # of the radius by which a tip may fall short of the apex and still be pointed, too dark to see
OUTLIERS = 0.03  # share of border points that may lie outside the edge: specks that the opening left
FEWEST_POINTS = 20


class Fan(NamedTuple):
    apex_x: float
    apex_y: float
    left_angle: float  # of the edges from straight down, radians
    right_angle: float
    radius: float  # from the apex to the arc


class Edge(NamedTuple):
    angle: float
    offset: float  # signed distance of the line from the origin, along its outward normal


def fit_fan(mask: np.ndarray) -> Fan | None:
    """The fan of a mask of tissue; None where the border has no two straight edges, as in a linear probe's picture.

    Lateral tissue deep in the sector is often black, but the upper edges show and, with the depth, say where the
    corners must be.
    """
    rows = np.nonzero(mask.any(1))[0]
    if len(rows) < FEWEST_POINTS:
        return None
    first = mask[rows].argmax(1).astype(float)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(1).astype(float)
    y = rows + 0.5
    height = y[-1] - y[0] + 1
    left, right = fit_edge(-first, y, height), fit_edge(last, y, height)
    if left is None or right is None:
        return None
    # -x cos L - y sin L = offset L and x cos R - y sin R = offset R meet in the apex.
    cos_left, sin_left = math.cos(left.angle), math.sin(left.angle)
    cos_right, sin_right = math.cos(right.angle), math.sin(right.angle)
    apex_y = -(left.offset * cos_right + right.offset * cos_left) / (sin_left * cos_right + sin_right * cos_left)
    apex_x = -(left.offset + apex_y * sin_left) / cos_left
    radius = float(y[-1] + 1 - apex_y)
    believable = 0 < radius < 1.6 * height and 0 < apex_x < mask.shape[1]
    return Fan(apex_x, apex_y, left.angle, right.angle, radius) if believable else None


def fit_edge(x: np.ndarray, y: np.ndarray, height: float) -> Edge | None:
    """The edge on the right of points, running down and outwards: the angle whose supporting line they follow
    longest."""
    best, followed = None, -1
    for step in range(round((LARGEST_ANGLE - SMALLEST_ANGLE) / ANGLE_STEP) + 1):
        angle = (SMALLEST_ANGLE + step * ANGLE_STEP) * math.pi / 180
        distances = x * math.cos(angle) - y * math.sin(angle)
        offset = float(np.sort(distances)[::-1][math.floor(len(distances) * OUTLIERS)])
        near = int((np.abs(distances - offset) <= TOLERANCE).sum())
        if near > followed:
            best, followed = Edge(angle, offset), near
    return best if followed >= FOLLOWED_SHARE * height else None


def fan_bounds(fan: Fan, tissue: Box, active: np.ndarray) -> Box:
    """Box of the fan between its corners, from its tip to its arc.

    tissue: box of the mask that the fan was fitted to; active: cells before thin parts were removed, since the tip is
    thin.
    """
    growth = LARGEST_GROWTH * (tissue.right - tissue.left)
    left = max(tissue.left - growth, fan.apex_x - fan.radius * math.sin(fan.left_angle))
    right = min(tissue.right + growth, fan.apex_x + fan.radius * math.sin(fan.right_angle))
    return Box(tip_row(fan, tissue.top, active), tissue.bottom, math.floor(left), math.ceil(right))


def tip_row(fan: Fan, start: int, active: np.ndarray) -> int:
    """The topmost row that the fan's active cells reach in one go from below; the apex where they all but reach it."""
    top = start
    for row in range(start - 1, -1, -1):
        depth = row + 1 - fan.apex_y
        if depth <= 0:
            break
        first = max(0, math.floor(fan.apex_x - depth * math.tan(fan.left_angle)))
        last = min(active.shape[1] - 1, math.floor(fan.apex_x + depth * math.tan(fan.right_angle)))
        if active[row, first : last + 1].sum() < TIP_SHARE * (last - first + 1):
            break
        top = row
    pointed = top - fan.apex_y <= POINTED_SHARE * fan.radius
    return max(0, min(top, math.floor(fan.apex_y))) if pointed else top
