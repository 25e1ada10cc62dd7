"""The largest connected area of a probability map, with the moments that give its centre and its axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage


@dataclass(frozen=True)
class Component:
    """Pixels of one 4-connected area."""

    member: np.ndarray  # (rows, columns) bool
    area_px: int
    centroid: tuple[float, float]  # x, y
    covariance: tuple[float, float, float]  # xx, xy, yy: central second moments divided by the area
    start: tuple[int, int]  # x, y of its first pixel in reading order


def largest_component(probability: np.ndarray, threshold: float) -> Component | None:
    """The largest area of pixels at or above the threshold, of equal ones the first in reading order; None without any.

    probability (rows, columns). Values that are not numbers count as below.
    """
    with np.errstate(invalid="ignore"):
        labels, count = ndimage.label(probability >= threshold)
    if not count:
        return None
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    # Labels are given in reading order, and argmax takes the first of equals.
    member = labels == 1 + int(np.argmax(sizes[1:]))
    y, x = np.nonzero(member)
    cx, cy = float(x.mean()), float(y.mean())
    dx, dy = x - cx, y - cy
    covariance = (float((dx * dx).mean()), float((dx * dy).mean()), float((dy * dy).mean()))
    return Component(member, len(x), (cx, cy), covariance, (int(x[0]), int(y[0])))
