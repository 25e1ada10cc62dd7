"""The outline of an area, to a fraction of a pixel."""

from __future__ import annotations

import numpy as np

from .component import Component


def component_boundary(component: Component, probability: np.ndarray, threshold: float) -> np.ndarray:
    """Closed polygon (n, 2) of the places where the probability, linear between neighbours, crosses the threshold.

    Clockwise as seen on screen, the first point not repeated. Beyond the picture the probability is zero.
    """
    # Only the area's box with one pixel around it: lists of a whole picture are slow to make.
    rows, columns = np.nonzero(component.member.any(1))[0], np.nonzero(component.member.any(0))[0]
    top, left = int(rows[0]), int(columns[0])
    box = np.s_[top : top + rows[-1] - rows[0] + 3, left : left + columns[-1] - columns[0] + 3]
    member = np.pad(component.member, 1)[box].tolist()
    padded = np.pad(np.asarray(probability, float), 1)[box]
    # What lies outside the area but above the threshold belongs to another one: it counts as background.
    outside = np.where(padded < threshold, padded, 0.0).tolist()
    inside = padded.tolist()
    x, y = component.start[0] + 1 - left, component.start[1] + 1 - top
    start = (x, y, 0, -1)
    out_x, out_y = 0, -1
    points = []
    while True:
        within, beyond = inside[y][x], outside[y + out_y][x + out_x]
        share = min(1.0, max(0.0, (within - threshold) / (within - beyond))) if within > beyond else 0.5
        points.append((x + out_x * share, y + out_y * share))
        # Clockwise: "ahead" is along the border, seen from inside with the outside on the left.
        ahead_x, ahead_y = -out_y, out_x
        if not member[y + ahead_y][x + ahead_x]:
            out_x, out_y = ahead_x, ahead_y
        elif member[y + ahead_y + out_y][x + ahead_x + out_x]:
            x, y = x + ahead_x + out_x, y + ahead_y + out_y
            out_x, out_y = -ahead_x, -ahead_y
        else:
            x, y = x + ahead_x, y + ahead_y
        if (x, y, out_x, out_y) == start:
            return np.array(points) + [left - 1, top - 1]


def resample_closed(polygon: np.ndarray, count: int) -> np.ndarray:
    """``count`` points (count, 2) spaced evenly along a closed polygon, starting at its first point."""
    closed = np.vstack([polygon, polygon[:1]])
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    wanted = lengths[-1] * np.arange(count) / count
    segment = np.clip(np.searchsorted(lengths, wanted, side="left") - 1, 0, len(closed) - 2)
    span = lengths[segment + 1] - lengths[segment]
    share = np.where(span > 0, (wanted - lengths[segment]) / np.where(span > 0, span, 1), 0.0)[:, None]
    return closed[segment] * (1 - share) + closed[segment + 1] * share


def smooth_closed(polygon: np.ndarray, sigma_samples: float) -> np.ndarray:
    """A closed, evenly spaced polygon with its coordinates averaged over neighbours (Gaussian weights)."""
    reach = int(np.ceil(2.5 * sigma_samples))
    if sigma_samples <= 0 or len(polygon) < 2 * reach + 1:
        return polygon.copy()
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sigma_samples) ** 2)
    shifted = np.stack([np.roll(polygon, -offset, axis=0) for offset in offsets])
    return np.tensordot(weights / weights.sum(), shifted, axes=1)
