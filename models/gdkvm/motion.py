"""Moving pictures from an ED/ES pair: both pictures are warped to any phase between them.

The outline of the cavity at a phase lies between its ED and ES outlines; its displacement spreads smoothly into the
surrounding tissue and fades. Speckle moves with the tissue because it is part of the warped picture.
"""

from __future__ import annotations

import numpy as np

FIELD = 32
SPREAD = 0.085  # of the picture's side
FADE = 0.25


def backward_field(walls: np.ndarray, phase: float, source: int, amplitude: float, size: int) -> np.ndarray:
    """Where each point of the frame at ``phase`` (0 ED, 1 ES) comes from in picture ``source`` (0 or 1).

    walls (2, points, 2) x, y in pixels of the size x size pictures. Returns displacements (2, FIELD, FIELD) as x, y in
    fractions of the side.
    """
    here = (walls[0] + phase * amplitude * (walls[1] - walls[0])) / size
    there = walls[source] / size
    coordinate = ((np.arange(FIELD) + 0.5) / FIELD).astype(np.float32)
    dx = coordinate[None, :, None] - here[None, None, :, 0]
    dy = coordinate[:, None, None] - here[None, None, :, 1]
    weight = np.exp(-(dx * dx + dy * dy) / (2 * SPREAD**2))
    total = weight.sum(-1) + FADE
    field = weight @ (there - here) / total[..., None]
    return field.transpose(2, 0, 1).astype(np.float32)


def phases(rng: np.random.Generator, frames: int) -> np.ndarray:
    """Phases of a clip's frames: part of a cycle, ED at 0, ES at 1."""
    start = rng.random()
    step = rng.uniform(0.02, 0.2) * rng.choice([-1, 1])
    return 0.5 - 0.5 * np.cos(2 * np.pi * (start + step * np.arange(frames)))


def phases_near_ends(rng: np.random.Generator, frames: int) -> np.ndarray:
    """Phases at ED and ES or little beyond them, jumping from one to the other at random; a pair shows both."""
    jumps = rng.random(frames) < (0.8 if frames == 2 else 0.4)
    end = (int(rng.random() < 0.35) + np.cumsum(jumps)) % 2
    away = np.minimum(np.abs(rng.normal(0, 0.06, frames)), 0.15) * (rng.random(frames) < 0.4)
    return np.where(end == 1, 1 - away, away)
