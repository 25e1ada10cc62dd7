"""How one reader's contour differs from another's: larger or smaller, a base line or a hinge elsewhere, a wall moved,
papillary muscles in or out.

A style is a handful of numbers that say how far the border lies outside (positive) or inside of the true one, each over
its part of the heart; the opposite style is minus them. Readers keep to their style and vary about it: part of it is
the same in the whole clip, part drifts from frame to frame, part is one frame's alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from scipy import ndimage

LEAST_AREA = 60  # pixels of a cavity that can be drawn in a style
MOST_AREA = 0.14  # of the cavity's area
MOST_HINGE = 0.07  # of its long axis: 5 mm of 75
MOST_WALL = 0.06
WALL_SPREAD = 0.16  # of the long axis, standard deviation: a third of its length is moved
BUMPS = 2
DRIFT_FRAMES = 6.0  # after which the drifting part has lost all but 1/e of what it had in common
JITTER = 0.12  # of the constant part


class Anatomy(NamedTuple):
    """Of each frame of clips, in pixels of the clip. All (B, T, S, S) but the last two, (B, T)."""

    distance: torch.Tensor  # to the border, positive inside
    along: torch.Tensor  # 0 at the apex, 1 at the base
    across: torch.Tensor  # pixels from the long axis, negative on one side
    length: torch.Tensor  # pixels of the long axis
    shell: torch.Tensor  # area over perimeter: pixels that a border moves for an area twice as large


def anatomy(cavities: torch.Tensor, atria: torch.Tensor) -> Anatomy:
    """cavities, atria (B, T, S, S) soft. A frame without a cavity has a length of 0."""
    shape = cavities.shape
    found = [
        one_frame(cavity > 0.5, atrium > 0.5) for cavity, atrium in zip(*(flat(part) for part in (cavities, atria)))
    ]
    planes = (torch.from_numpy(np.stack(part)).view(shape) for part in zip(*(entry[:3] for entry in found)))
    numbers = torch.tensor([entry[3:] for entry in found]).view(*shape[:2], 2)
    return Anatomy(*planes, numbers[..., 0], numbers[..., 1])


def flat(clips: torch.Tensor) -> np.ndarray:
    return clips.flatten(0, 1).numpy()


def one_frame(cavity: np.ndarray, atrium: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    size = cavity.shape[0]
    nothing = np.zeros(cavity.shape, np.float32)
    area = int(cavity.sum())
    if area < LEAST_AREA or area == cavity.size:
        return nothing, nothing, nothing, 0.0, 0.0
    inside, outside = (ndimage.distance_transform_edt(part) for part in (cavity, ~cavity))
    distance = (inside - outside + np.where(cavity, -0.5, 0.5)).astype(np.float32)
    y, x = np.nonzero(cavity)
    middle = np.array([x.mean(), y.mean()])
    covariance = np.cov(np.stack([x, y]))
    angle = 0.5 * np.arctan2(2 * covariance[0, 1], covariance[0, 0] - covariance[1, 1])
    axis = np.array([np.cos(angle), np.sin(angle)])
    towards = np.array([0.0, 1.0])
    if atrium.sum() > 20:
        ay, ax = np.nonzero(atrium)
        towards = np.array([ax.mean(), ay.mean()]) - middle
    if axis @ towards < 0:
        axis = -axis
    rows, columns = np.mgrid[:size, :size]
    along = (columns - middle[0]) * axis[0] + (rows - middle[1]) * axis[1]
    across = -(columns - middle[0]) * axis[1] + (rows - middle[1]) * axis[0]
    low, high = along[cavity].min(), along[cavity].max()
    length = max(float(high - low), 1.0)
    perimeter = max(float((np.abs(distance) < 1).sum()) / 2, 1.0)
    return distance, ((along - low) / length).astype(np.float32), across.astype(np.float32), length, area / perimeter


class Styles(NamedTuple):
    """Of B clips of T frames."""

    amounts: torch.Tensor  # (B, T, 3 + BUMPS): area, hinge on either side, walls; shares of what they are shares of
    places: torch.Tensor  # (B, BUMPS) along the axis
    sides: torch.Tensor  # (B, BUMPS) -1 or 1

    def opposite(self) -> Styles:
        return self._replace(amounts=-self.amounts)


def draw_styles(rng: np.random.Generator, times: np.ndarray, scale: np.ndarray, drift: np.ndarray) -> Styles:
    """For frames at ``times`` (B, T), in frames of a loop. ``scale`` (B,): how much of a style, 0 for none; ``drift``
    (B,): its drifting part as a share of the constant one."""
    batch, frames = times.shape
    constant = draw_amounts(rng, batch)
    drifting = drift[:, None, None] * drifting_amounts(rng, times)
    jitter = JITTER * np.stack([draw_amounts(rng, batch) for _ in range(frames)], 1)
    amounts = (constant[:, None] + drifting + jitter) * scale[:, None, None]
    # Papillary muscles lie on either side of the middle; other walls are moved anywhere.
    papillary = rng.random((batch, BUMPS)) < 0.4
    places = np.where(papillary, rng.uniform(0.4, 0.65, papillary.shape), rng.uniform(0.02, 0.95, papillary.shape))
    sides = rng.choice([-1.0, 1.0], (batch, BUMPS))
    return Styles(*(torch.from_numpy(part.astype(np.float32)) for part in (amounts, places, sides)))


def draw_amounts(rng: np.random.Generator, batch: int) -> np.ndarray:
    """(batch, 3 + BUMPS)"""
    area = rng.uniform(-MOST_AREA, MOST_AREA, batch) * (rng.random(batch) < 0.7)
    line = rng.uniform(-MOST_HINGE, MOST_HINGE, batch) * (rng.random(batch) < 0.35)
    tilt = rng.uniform(-MOST_HINGE, MOST_HINGE, batch) * (rng.random(batch) < 0.25)
    walls = rng.uniform(-MOST_WALL, MOST_WALL, (batch, BUMPS)) * (rng.random((batch, BUMPS)) < [0.45, 0.2])
    return np.stack([area, line + tilt, line - tilt, *walls.T], 1)


def drifting_amounts(rng: np.random.Generator, times: np.ndarray) -> np.ndarray:
    """Of the same kinds, such that neighbouring frames have most of them in common. (B, T, kinds)"""
    batch, frames = times.shape
    apart = np.abs(times[:, :, None] - times[:, None, :])
    factor = np.linalg.cholesky(np.exp(-apart / DRIFT_FRAMES) + 1e-6 * np.eye(frames))
    free = np.stack([draw_amounts(rng, batch) for _ in range(frames)], 1)
    return factor @ free


def drawn_in_style(masks: torch.Tensor, heart: Anatomy, styles: Styles) -> torch.Tensor:
    """Soft masks (B, T, S, S) as a reader of that style would draw them; where nothing is asked, as they are."""
    area, first, second, *walls = (amount[..., None, None] for amount in styles.amounts.unbind(2))
    length, shell = heart.length[..., None, None], heart.shell[..., None, None]
    side = torch.sigmoid(heart.across / 3.0)
    base = torch.sigmoid((heart.along - 0.85) / 0.05) * length
    moved = area * shell + base * (first * side + second * (1 - side))
    for bump, amount in enumerate(walls):
        place, which = (part[:, bump].view(-1, 1, 1, 1) for part in (styles.places, styles.sides))
        there = torch.exp(-0.5 * ((heart.along - place) / WALL_SPREAD) ** 2) * torch.sigmoid(which * heart.across / 3.0)
        moved = moved + amount * length * there
    drawn = (0.5 + heart.distance + moved).clamp(0, 1)
    asked = (styles.amounts.abs().amax(2) > 0) & (heart.length > 0)
    return torch.where(asked[..., None, None], drawn, masks)
