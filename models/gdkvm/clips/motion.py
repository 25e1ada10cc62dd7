"""Moving pictures from an ED/ES pair: both pictures are warped to any phase between them.

The outline of the cavity at a phase lies between its ED and ES outlines; its displacement spreads smoothly into the
surrounding tissue and fades. Speckle moves with the tissue because it is part of the warped picture.
"""

from __future__ import annotations

import numpy as np
import torch

FIELD = 32
SPREAD = 0.085  # of the picture's side
FADE = 0.25


def outline_at(walls: np.ndarray, phase: float, amplitude: float = 1.0) -> np.ndarray:
    """The cavity's outline at ``phase`` (0 ED, 1 ES); walls (2, points, 2) at ED and ES."""
    return walls[0] + phase * amplitude * (walls[1] - walls[0])


def displacement_fields(here: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
    """Where each point of a frame comes from in its source picture.

    here, there (N, points, 2): the outline in the frame and in the source, x, y in fractions of the side. Returns
    displacements (N, 2, FIELD, FIELD) as x, y in fractions of the side.
    """
    coordinate = (torch.arange(FIELD, dtype=here.dtype, device=here.device) + 0.5) / FIELD
    # exp of a sum of squares is a product of two small factors: columns times rows.
    columns = torch.exp(-((coordinate[None, :, None] - here[:, None, :, 0]) ** 2) / (2 * SPREAD**2))
    rows = torch.exp(-((coordinate[None, :, None] - here[:, None, :, 1]) ** 2) / (2 * SPREAD**2))
    total = torch.einsum("nyp,nxp->nyx", rows, columns) + FADE
    moved = torch.einsum("nyp,nxp,npc->ncyx", rows, columns, there - here)
    return moved / total[:, None]


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
