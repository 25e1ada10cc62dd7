"""Views that the training data lack, made out of apical pictures of the same scanners.

Parasternal and subcostal pictures come from other scanners than most apical ones. A network that learned from those
alone would tell scanners apart; so apical pictures are turned, bent into short axes and given an outflow tract, and the
look of a picture says nothing of its class.
"""

from __future__ import annotations

import numpy as np

from ..datasets.camus_pairs import LEFT_ATRIUM, LV_CAVITY, MYOCARDIUM


def bilinear(picture: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Grey levels at pixel coordinates, 0 outside the picture."""
    height, width = picture.shape
    outside = (y < 0) | (y > height - 1) | (x < 0) | (x > width - 1)
    y, x = np.clip(y, 0, height - 1.001), np.clip(x, 0, width - 1.001)
    top, left = y.astype(np.int64), x.astype(np.int64)
    down, right = y - top, x - left
    found = (
        picture[top, left] * (1 - down) * (1 - right) + picture[top, left + 1] * (1 - down) * right
        + picture[top + 1, left] * down * (1 - right) + picture[top + 1, left + 1] * down * right
    )  # fmt: skip
    return np.where(outside, 0.0, found)


def turned(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """An apical picture turned by 45 degrees and more, or upside down, larger so that a new sector is full."""
    size = len(picture)
    angle = rng.uniform(np.pi / 4, np.pi * 1.05) * rng.choice([-1, 1])
    zoom = rng.uniform(0.9, 1.6)
    axis = np.arange(size) - (size - 1) / 2
    y, x = np.meshgrid(axis / zoom, axis / zoom, indexing="ij")
    middle_y, middle_x = size * rng.uniform(0.35, 0.6), size * rng.uniform(0.42, 0.58)
    cos, sin = np.cos(angle), np.sin(angle)
    return bilinear(picture, middle_y + cos * y - sin * x, middle_x + sin * y + cos * x)


def short_axis(rng: np.random.Generator, picture: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """The walls of a ventricle wound around its cavity; None where there is no cavity to wind them around.

    Rays from the middle of the picture show what lies on both sides of the long axis, at heights that change with the
    direction, so that the ring has the texture of its patient and no symmetry.
    """
    size = len(picture)
    cavity = labels == LV_CAVITY
    rows = np.nonzero(cavity.any(1))[0]
    if len(rows) < size // 8:
        return None
    height = rows[-1] - rows[0]
    row = rows[0] + height * rng.uniform(0.3, 0.7)
    sway, phase = height * rng.uniform(0.05, 0.25), rng.uniform(0, 2 * np.pi)
    radius, squash = size * rng.uniform(0.1, 0.2), rng.uniform(0.85, 1.15)
    y, x = np.mgrid[:size, :size].astype(float)
    y, x = y - size * rng.uniform(0.38, 0.62), x - size * rng.uniform(0.4, 0.6)
    distance, angle = np.hypot(y * squash, x) / radius, np.arctan2(y, x)
    level = np.clip(row + sway * np.sin(angle + phase) + 0.1 * height * np.sin(2 * angle), rows[0] + 2, rows[-1] - 2)
    sides = []
    for sign in (-1, 1):
        edges = [np.nonzero(line)[0] for line in cavity[rows[0] : rows[-1] + 1]]
        middle = np.array([line.mean() if len(line) else size / 2 for line in edges])
        half = np.array([max(4.0, (line[-1] - line[0]) / 2) if len(line) else size / 10 for line in edges])
        at = level - rows[0]
        centre, reach = (np.interp(at, np.arange(len(edges)), values) for values in (middle, half))
        sides.append(bilinear(picture, level, centre + sign * distance * reach))
    share = 1 / (1 + np.exp(-4 * np.cos(angle + rng.uniform(-0.6, 0.6))))
    return sides[0] * (1 - share) + sides[1] * share


def with_outflow(rng: np.random.Generator, picture: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """A two-chamber picture with an outflow tract and a root painted on the right of its base, as an apical long axis
    has them; None where no base can be told.

    Only a likeness: no valve moves, no root is measured.
    """
    size = len(picture)
    cavity = labels == LV_CAVITY
    rows = np.nonzero(cavity.any(1))[0]
    if len(rows) < size // 6 or not (labels == LEFT_ATRIUM).any() or not (labels == MYOCARDIUM).any():
        return None
    base = cavity[rows[-1] - max(3, len(rows) // 12)]
    columns = np.nonzero(base)[0]
    if len(columns) < size // 14:
        return None
    bottom = rows[-1] - 2
    left, right = float(columns[0]), float(columns[-1])
    width = (right - left) * rng.uniform(0.45, 0.65)
    lean = rng.uniform(0.05, 0.6)  # columns a row: the root leaves to the right
    length = size * rng.uniform(0.16, 0.34)
    y, x = np.mgrid[:size, :size].astype(float)
    along = (y - bottom) + 0.25 * (x - right + width / 2)
    middle = right - width * rng.uniform(0.25, 0.45) + lean * (y - bottom)
    bulge = width / 2 * (1 + 0.25 * np.sin(np.clip(along / length, 0, 1) * np.pi))
    across = np.abs(x - middle)
    wall = rng.uniform(1.5, 4.0) * size / 160
    reach = (along > -0.2 * length) & (along < length)
    fade = np.clip((length - along) / (0.3 * length), 0, 1)
    soft = 1.2 * size / 160
    inside = 1 / (1 + np.exp((across - bulge) / soft)) * reach * fade
    rim = np.exp(-0.5 * ((across - bulge - wall / 2) / (wall / 2)) ** 2) * (along > 0) * reach * fade
    blood = picture[cavity | (labels == LEFT_ATRIUM)].astype(float)
    tissue = float(np.percentile(picture[labels == MYOCARDIUM], rng.uniform(60, 95)))
    # Blood with the cavity's own grain.
    grain = blood[rng.integers(0, len(blood), picture.shape)]
    grain = (grain + np.roll(grain, 1, 1) + np.roll(grain, -1, 1)) / 3
    out = picture * (1 - inside) + grain * inside
    out = np.maximum(out, tissue * rim * rng.uniform(0.7, 1.2))
    valve = np.exp(-0.5 * ((along - rng.uniform(0.02, 0.2) * length) / (0.8 * size / 160)) ** 2) * (across < bulge)
    out = np.maximum(out, tissue * valve * rng.uniform(0.3, 1.1))
    # A root is no part of a sector that ends before it.
    return np.where(picture > 1, out, picture)


def enlarged(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A small part of a picture: a valve, a wall, an atrium, of which no view can be told."""
    size = len(picture)
    side = size * rng.uniform(0.18, 0.34)
    top, left = rng.uniform(size * 0.1, size * 0.9 - side), rng.uniform(size * 0.2, size * 0.8 - side)
    axis = (np.arange(size) + 0.5) / size * side
    return bilinear(picture, *np.meshgrid(top + axis, left + axis, indexing="ij"))


def with_histogram_of(picture: np.ndarray, model: np.ndarray) -> np.ndarray:
    """The picture with the distribution of grey levels that another has where it is not black."""
    mine, theirs = picture > 1.5, model > 1.5
    if mine.sum() < 100 or theirs.sum() < 100:
        return picture
    shares = np.linspace(0, 1, 65)
    source, target = np.quantile(picture[mine], shares), np.quantile(model[theirs], shares)
    return np.where(mine, np.interp(picture, source, target), picture)
