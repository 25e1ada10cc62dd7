"""The contour's curve and the control points that it goes through."""

from __future__ import annotations

import numpy as np

POINTS_PER_WALL_AT_FIRST = 5
MOST_POINTS = 21
# Deviation of the curve from the wall that needs no further point: a share of the wall's length, in px at least.
TOLERANCE_SHARE = 0.003
LEAST_TOLERANCE_PX = 0.5
# Control points nearer than this share of the wall make kinks rather than accuracy.
LEAST_GAP_SHARE = 0.025
SAMPLES = 8


def spline_polyline(points: np.ndarray, samples: int = SAMPLES) -> np.ndarray:
    """Centripetal Catmull-Rom curve through control points (n, 2): ((n - 1) * samples + 1, 2), base line left out.

    Yuksel, Schaefer and Keyser 2011, "Parameterization and applications of Catmull-Rom curves". At its ends the curve
    goes on as a parabola.
    """
    before = 3 * (points[0] - points[1]) + points[2]
    after = 3 * (points[-1] - points[-2]) + points[-3]
    padded = np.vstack([before, points, after])
    p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    d0, d1, d2 = knot_span(p0, p1), knot_span(p1, p2), knot_span(p2, p3)
    from_ = d1 * ((p1 - p0) / d0 - (p2 - p0) / (d0 + d1) + (p2 - p1) / d1)
    to = d1 * ((p2 - p1) / d1 - (p3 - p1) / (d1 + d2) + (p3 - p2) / d2)
    t = (np.arange(1, samples + 1) / samples)[None, :, None]
    p1, p2, from_, to = p1[:, None], p2[:, None], from_[:, None], to[:, None]
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * p1
        + (t**3 - 2 * t**2 + t) * from_
        + (-2 * t**3 + 3 * t**2) * p2
        + (t**3 - t**2) * to
    )
    return np.vstack([points[:1], curve.reshape(-1, 2)])


def knot_span(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Square root of the distance (centripetal); the floor keeps coinciding points from dividing by zero."""
    return np.maximum(np.sqrt(np.hypot(*(b - a).T)), 1e-6)[:, None]


def fit_control_points(wall: np.ndarray, apex: int) -> tuple[np.ndarray, int]:
    """Control points whose spline follows a wall, and the apex's index among them.

    Both ends and the apex, five evenly spaced on either side of it, then one more wherever the curve is farthest from
    the wall, until it is near enough or has 21 points. wall (n, 2) from hinge to hinge, evenly spaced and dense.
    """
    last = len(wall) - 1
    knots = [*evenly(0, apex), *evenly(apex, last), last]
    step = float(np.hypot(*np.diff(wall, axis=0).T).sum()) / last
    tolerance = max(LEAST_TOLERANCE_PX, TOLERANCE_SHARE * step * last)
    least_gap = max(2, int(np.floor(LEAST_GAP_SHARE * last + 0.5)))
    while len(knots) < MOST_POINTS:
        worst = worst_place(wall, knots, least_gap)
        if worst is None or worst[0] <= tolerance:
            break
        knots.insert(worst[2] + 1, worst[1])
    return wall[knots], knots.index(apex)


def evenly(start: int, end: int) -> list[int]:
    """``start`` and five indices between it and ``end``, without ``end``; distinct."""
    count = min(POINTS_PER_WALL_AT_FIRST + 1, end - start)
    return [start + int(np.floor(k * (end - start) / count + 0.5)) for k in range(count)]


def worst_place(wall: np.ndarray, knots: list[int], least_gap: int) -> tuple[float, int, int] | None:
    """Deviation, index in the wall and segment of the point farthest from the curve."""
    curve = spline_polyline(wall[knots])
    worst: tuple[float, int, int] | None = None
    for segment in range(len(knots) - 1):
        indices = np.arange(knots[segment] + least_gap, knots[segment + 1] - least_gap + 1)
        if not len(indices):
            continue
        deviation = distance_to_polyline(wall[indices], curve[segment * SAMPLES : (segment + 1) * SAMPLES + 1])
        at = int(np.argmax(deviation))
        if worst is None or deviation[at] > worst[0]:
            worst = (float(deviation[at]), int(indices[at]), segment)
    return worst


def distance_to_polyline(points: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Distance of each point (n, 2) from an open polyline (m, 2)."""
    a, d = line[None, :-1], np.diff(line, axis=0)[None]
    squared = np.maximum((d**2).sum(2), 1e-300)
    t = np.clip(((points[:, None] - a) * d).sum(2) / squared, 0, 1)
    return np.sqrt((((points[:, None] - a) - t[..., None] * d) ** 2).sum(2).min(1))
