"""The contour of the left-ventricular cavity in a probability map, and its volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .boundary import component_boundary, resample_closed, smooth_closed
from .component import Component, largest_component
from .disks import Plane, disk_diameters, single_plane_volume
from .landmarks import Landmarks, find_landmarks
from .spline import fit_control_points, spline_polyline

# An area smaller than this share of the picture (or this many pixels) is a speck, not a ventricle.
LEAST_AREA_SHARE = 5e-4
LEAST_AREA_PX = 30


@dataclass(frozen=True)
class Trace:
    """Control points (n, 2) of an open spline from hinge to hinge; ``apex`` is an index into them."""

    points: np.ndarray
    apex: int

    def polyline(self) -> np.ndarray:
        """The curve from the first hinge over the apex to the second; the base line closes it."""
        return spline_polyline(self.points)

    def plane(self, spacing_mm: tuple[float, float]) -> Plane:
        """Long axis and disks in mm. spacing_mm (row, column)."""
        scale = np.array([spacing_mm[1], spacing_mm[0]])
        base = (self.points[0] + self.points[-1]) / 2 * scale
        apex = self.points[self.apex] * scale
        length = float(np.hypot(*(apex - base)))
        return Plane(length, disk_diameters(self.polyline() * scale, base, apex))


def trace_from_probability(
    probability: np.ndarray, threshold: float = 0.5, spacing_mm: tuple[float, float] | None = None
) -> Trace | None:
    """Largest area, its border to a fraction of a pixel, hinges and apex on it, and control points between them.

    probability (rows, columns) upright; spacing_mm (row, column), so that landmarks are looked for in true proportions.
    None where no contour can be measured.
    """
    component = largest_component(probability, threshold)
    least = max(LEAST_AREA_PX, LEAST_AREA_SHARE * probability.size)
    if component is None or component.area_px < least:
        return None
    border = component_boundary(component, probability, threshold)
    count = min(512, max(128, len(border)))
    outline = smooth_closed(resample_closed(border, count), 1)
    marks = landmarks_in_proportion(outline, component, spacing_mm)
    if marks is None:
        return None
    reach = (marks.second - marks.first) % count
    wall = outline[(marks.first + np.arange(reach + 1)) % count]
    points, apex = fit_control_points(wall, (marks.apex - marks.first) % count)
    trace = Trace(points, apex)
    return trace if measurable(trace) else None


def landmarks_in_proportion(
    outline: np.ndarray, component: Component, spacing_mm: tuple[float, float] | None
) -> Landmarks | None:
    width = spacing_mm[1] / spacing_mm[0] if spacing_mm else 1.0
    (cx, cy), (xx, xy, yy) = component.centroid, component.covariance
    return find_landmarks(outline * [width, 1.0], (cx * width, cy), (xx * width**2, xy * width, yy))


def measurable(trace: Trace) -> bool:
    """A long axis, a base line and an area, and no crossing of its own path."""
    points = trace.points
    if len(points) < 5 or not 0 < trace.apex < len(points) - 1:
        return False
    base = np.hypot(*(points[-1] - points[0]))
    axis = np.hypot(*((points[0] + points[-1]) / 2 - points[trace.apex]))
    curve = trace.polyline()
    x, y = (curve - curve[0]).T
    area = abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2
    return bool(base >= 1 and axis >= 1 and area >= 4) and not crosses_itself(curve)


def crosses_itself(polygon: np.ndarray) -> bool:
    """True when two sides of the closed polygon cross properly (interiors meet in one point)."""
    a, b = polygon, np.roll(polygon, -1, axis=0)

    def turn(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    first, second, third, fourth = a[:, None], b[:, None], a[None], b[None]
    apart = turn(first, second, third) * turn(first, second, fourth) < 0
    both = apart & (turn(third, fourth, first) * turn(third, fourth, second) < 0)
    return bool(both.any())


def trace_volume_ml(trace: Trace | None, spacing_mm: tuple[float, float]) -> float:
    """Single-plane volume by 20 disks in millilitres; not a number without a contour."""
    if trace is None:
        return float("nan")
    volume = single_plane_volume(trace.plane(spacing_mm)) / 1000
    return volume if volume > 0 else float("nan")


def mask_volume_ml(probability: np.ndarray, spacing_mm: tuple[float, float], threshold: float = 0.5) -> float:
    """Volume of the cavity in a probability map or a mask (rows, columns), spacing (row, column)."""
    return trace_volume_ml(trace_from_probability(np.asarray(probability, float), threshold, spacing_mm), spacing_mm)
