"""Which pictures training clips are made of, drawn at random: numbers only, rendered by ``picture_library``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from ..datasets.camus_pairs import Pair
from .augmentation_plan import AugmentationPlan, draw_augmentation
from .motion import outline_at, phases, phases_near_ends

# Share of the clips whose frames are all near ED or ES. Pictures warped half-way resemble neither, and the more of them
# a model learns from, the larger it draws real end-systolic cavities (validation: 9 % with half, 13 % with two thirds).
NEAR_ENDS = 0.75
# Frames from one of a phantom's to the next: in half of the clips as a scanner shows them, in the others so far that
# two of them are as different as end-diastole and end-systole, whose ratio of areas is to be learned.
STRIDES = (1, 1, 2, 5, 5, 9)
BURST_STRIDES = (1, 1, 1, 2)
"""Where frames are lost, those around them have to tell what they showed."""


class ClipPlan(NamedTuple):
    """B clips of T frames. Outlines are x, y in fractions of the side; equal ones where nothing is warped."""

    picture: torch.Tensor  # (B, T) int64, rows of the picture library
    here: torch.Tensor  # (B, T, points, 2) the cavity's outline in the frame
    there: torch.Tensor  # (B, T, points, 2) and in its picture
    augmentation: AugmentationPlan

    def to(self, device: torch.device) -> ClipPlan:
        *parts, seed = self.augmentation  # the seed stays, so that nobody waits for the device to read it
        moved = AugmentationPlan(*(part.to(device, non_blocking=True) for part in parts), seed)
        return ClipPlan(*(part.to(device, non_blocking=True) for part in self[:3]), moved)


class ClipPlanner:
    """Draws plans of clips made from CAMUS pairs and from ``phantoms`` (clips, frames of each).

    Rows of the picture library: ED and ES of each pair, then the phantoms frame by frame.
    """

    def __init__(self, pairs: list[Pair], phantoms: tuple[int, int]) -> None:
        self.walls = np.stack([pair.walls / pair.images.shape[1] for pair in pairs])
        self.phantoms = phantoms

    def camus(
        self, rng: np.random.Generator, frames: int, smooth: bool = False
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows, outlines here and there of a clip made from a pair.

        Each frame comes from the nearer of the two pictures, or in some clips all from one of them. ``smooth``: the
        heart moves on from frame to frame.
        """
        index = int(rng.integers(len(self.walls)))
        near_ends = rng.random() < NEAR_ENDS and not smooth
        time = phases_near_ends(rng, frames) if near_ends else phases(rng, frames)
        both = near_ends or rng.random() < 0.6
        only = int(rng.random() < 0.5)
        amplitude = 1.0 if both else rng.uniform(0.4, 1.4)
        walls = self.walls[index]
        sources = (time > 0.5).astype(int) if both else np.full(frames, only)
        here = []
        for phase, source in zip(time, sources):
            # Seen from the source picture, the other phase lies at distance `away`.
            away = phase if source == 0 else 1 - phase
            here.append(outline_at(walls if source == 0 else walls[::-1], away, amplitude))
        return 2 * index + sources, np.stack(here), walls[sources]

    def phantom(self, rng: np.random.Generator, frames: int, strides: tuple[int, ...] = STRIDES) -> np.ndarray:
        """Rows of a phantom's frames at a random pace and direction, turning round at its ends."""
        clips, count = self.phantoms
        clip = int(rng.integers(clips))
        stride = int(rng.choice(strides)) * int(rng.choice([-1, 1]))
        index = (int(rng.integers(2 * count)) + stride * np.arange(frames)) % (2 * count)
        index = np.where(index < count, index, 2 * count - 1 - index)
        return 2 * len(self.walls) + clip * count + index

    def plan(
        self,
        rng: np.random.Generator,
        clips: int,
        frames: int,
        phantom_share: float,
        size: int,
        burst_share: float = 0.0,
        warm: int = 0,
    ) -> ClipPlan:
        """A batch for pictures of size x size. In ``burst_share`` of the clips some frames in a row cannot be read,
        none of the first ``warm``."""
        bursts = rng.random(clips) < burst_share if burst_share else np.zeros(clips, bool)
        rows, here, there = [], [], []
        still = np.full((frames, self.walls.shape[2], 2), 0.5)
        for lost in bursts:
            if rng.random() < phantom_share:
                row, *outlines = self.phantom(rng, frames, BURST_STRIDES if lost else STRIDES), still, still
            else:
                row, *outlines = self.camus(rng, frames, bool(lost))
            rows.append(row)
            here.append(outlines[0])
            there.append(outlines[1])
        moved = (torch.from_numpy(np.stack(part).astype(np.float32)) for part in (here, there))
        augmentation = draw_augmentation(rng, clips, frames, size, bursts, warm)
        return ClipPlan(torch.from_numpy(np.stack(rows)), *moved, augmentation)
