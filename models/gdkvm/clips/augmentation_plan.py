"""What scanners, crops and settings do to clips, drawn at random: numbers only, applied by ``augmentation``.

The workstation crops the sector's box before the model sees a frame; that crop may be off by some percent, lack an
edge, or hold other things than the sector.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch

from .unreadable import burst, poor_frames

WEDGES = 2  # dark wedges from the probe, at most
HAZE = 16  # points a side of the grid that veils the near field
BEND = 6  # points a side of the grid that bends the anatomy


class AugmentationPlan(NamedTuple):
    """For B clips of T frames. All float32 but ``overlay`` and ``seed``."""

    zoom: torch.Tensor  # (B,) 1 where the crop is a small part around the cavity
    crop: torch.Tensor  # (B, 2, 2) for x and y: both edges in [-1, 1]; of a zoomed crop its size and its shift
    follow: torch.Tensor  # (B,) how far a zoomed crop follows the cavity
    turn: torch.Tensor  # (B, 2) angle in radians, and -1 where mirrored
    bend: torch.Tensor  # (B, 2, BEND, BEND) displacement in fractions of the side
    sector: torch.Tensor  # (B, 6) on or off, top, slope, centre, far radius, near radius
    overlay: torch.Tensor  # (B, 1, S, S) uint8, scanner graphics
    wedges: torch.Tensor  # (B, WEDGES, 3) bearing, width, depth of the shadow
    gain: torch.Tensor  # (B, 1, 4, 4) smooth gain over the picture
    tone: torch.Tensor  # (B, 6) sharpness, softness of the noise, its strength, black level, gamma, gain
    poor: torch.Tensor  # (B, T, 6) what is done to frames so that they alone do not show the cavity; see unreadable
    poor_wedges: torch.Tensor  # (B, WEDGES, 3)
    poor_haze: torch.Tensor  # (B, 1, HAZE, HAZE) in [0, 1]
    moved: torch.Tensor  # (B, T, 2) of the probe, in fractions of the side
    flicker: torch.Tensor  # (B, T)
    seed: torch.Tensor  # () int64 of the noise


def draw_augmentation(
    rng: np.random.Generator, batch: int, frames: int, size: int, bursts: np.ndarray | None = None, warm: int = 0
) -> AugmentationPlan:
    """``bursts`` (B,) bool: the clips of which some frames in a row cannot be read, none of their first ``warm``."""
    zoom = (rng.random(batch) < 0.2).astype(np.float32)
    poor, poor_wedges = poor_frames(rng, batch, frames), wedges(rng, batch, 1.0)
    parts = {
        "zoom": zoom,
        "crop": crops(rng, zoom),
        "follow": rng.uniform(0.4, 0.9, batch),
        "turn": np.stack([rng.normal(0, 0.1, batch), np.where(rng.random(batch) < 0.12, -1.0, 1.0)], 1),
        "bend": rng.normal(0, 0.012, (batch, 2, BEND, BEND)) * (rng.random((batch, 1, 1, 1)) < 0.4),
        "sector": sectors(rng, batch),
        "wedges": wedges(rng, batch, 0.35),
        "gain": np.exp(rng.normal(0, 0.25, (batch, 1, 4, 4)) * (rng.random((batch, 1, 1, 1)) < 0.6)),
        "tone": tones(rng, batch),
        "poor": poor,
        "poor_wedges": poor_wedges,
        "poor_haze": np.zeros((batch, 1, HAZE, HAZE)),
        "moved": np.zeros((batch, frames, 2)),
        "flicker": 1 + 0.03 * rng.standard_normal((batch, frames)),
    }
    if bursts is not None and bursts.any():
        # After all others, so that clips without a burst are what they would be.
        parts["poor_haze"] = rng.random((batch, 1, HAZE, HAZE))
        for clip in np.nonzero(bursts)[0]:
            poor[clip], parts["moved"][clip] = burst(rng, frames, warm)
            poor_wedges[clip, :, 1:] = np.stack([rng.uniform(0.08, 0.25, WEDGES), rng.uniform(0.7, 1.0, WEDGES)], 1)
    tensors = {name: torch.from_numpy(np.asarray(part, np.float32)) for name, part in parts.items()}
    graphics = torch.from_numpy(overlays(rng, batch, size))
    return AugmentationPlan(**tensors, overlay=graphics, seed=torch.tensor(int(rng.integers(2**31))))


def crops(rng: np.random.Generator, zoom: np.ndarray) -> np.ndarray:
    """Half of the edges are where the workstation finds them, the others off by up to a tenth of the box."""
    batch = len(zoom)
    near, far = rng.normal(0, 0.02, (batch, 2, 2)), rng.uniform(-0.2, 0.16, (batch, 2, 2))
    error = np.where(rng.random((batch, 2, 2)) < 0.5, near, far)
    edges = np.stack([-1 + error[..., 0], 1 - error[..., 1]], 2)
    # Zoomed: the share of each side that is kept, and how far off the crop is from where the cavity draws it.
    zoomed = np.stack([rng.uniform(0.6, 0.95, (batch, 2)), rng.normal(0, 0.06, (batch, 2))], 2)
    return np.where(zoom[:, None, None] > 0, zoomed, edges)


def sectors(rng: np.random.Generator, batch: int) -> np.ndarray:
    """New sector borders for some clips: narrower angle, blunt top, cut bottom."""
    top = rng.uniform(-0.25, 0.05, batch)
    far, near = rng.uniform(0.92, 1.2, batch) - top, rng.uniform(0.0, 0.08, batch) - top
    slope, centre = rng.uniform(0.42, 0.75, batch), rng.uniform(0.44, 0.56, batch)
    return np.stack([rng.random(batch) < 0.3, top, slope, centre, far, near], 1)


def wedges(rng: np.random.Generator, batch: int, share: float) -> np.ndarray:
    """Dark wedges from the probe: one or two in that share of the clips, depth 0 elsewhere."""
    shape = (batch, WEDGES)
    depth = rng.uniform(0.2, 0.95, shape) * (rng.random((batch, 1)) < share)
    depth[:, 1] *= rng.random(batch) < 0.5
    return np.stack([rng.uniform(-0.7, 0.7, shape), rng.uniform(0.03, 0.2, shape), depth], 2)


def tones(rng: np.random.Generator, batch: int) -> np.ndarray:
    sharpness = rng.choice([0.0, 1.0, -1.0], batch, p=[0.5, 0.3, 0.2]) * rng.uniform(0, 1.0, batch)
    black = rng.uniform(-0.05, 0.32, batch) * (rng.random(batch) < 0.65)
    gain = np.exp(rng.normal(0.0, 0.3, batch)) * np.where(rng.random(batch) < 0.1, 0.4, 1.0)
    noise = rng.uniform(0, 0.22, batch) ** 1.3
    return np.stack([sharpness, rng.uniform(0, 1, batch), noise, black, np.exp(rng.normal(0, 0.32, batch)), gain], 1)


def overlays(rng: np.random.Generator, batch: int, size: int) -> np.ndarray:
    """Scanner graphics: ECG trace, depth dots, text, lines. uint8 (B, 1, size, size), 0 where there is none."""
    out = np.zeros((batch, 1, size, size), np.uint8)
    scale = size / 128
    for index in range(batch):
        if rng.random() < 0.6:
            continue
        canvas = out[index, 0]
        level = int(255 * rng.uniform(0.4, 1.0))
        if rng.random() < 0.5:  # ECG along the bottom
            columns = np.arange(int(size * rng.uniform(0.4, 1.0)))
            beat = (columns / size * rng.uniform(1, 5) + rng.random()) % 1
            height = np.exp(-(((beat - 0.5) / 0.03) ** 2)) * rng.uniform(4, 16) + rng.normal(0, 0.3, len(columns))
            rows = np.clip(size * rng.uniform(0.82, 0.99) - height * scale, 0, size - 1).astype(np.int64)
            for below in range(math.ceil(2 * scale)):
                canvas[np.clip(rows + below, 0, size - 1), columns] = level
        for _ in range(rng.integers(0, 4)):  # text: rows of small blocks, mostly in the corners
            rows, columns = int(rng.integers(2, 6) * scale), int(rng.integers(6, 34) * scale)
            top = int(scale * rng.choice([rng.integers(0, 24), rng.integers(128 - 34, 128 - 8)]))
            left = int(scale * rng.choice([rng.integers(0, 20), rng.integers(128 - 44, 128 - 36)]))
            block = (rng.random((rows, columns)) < 0.5) * level
            canvas[top : top + rows, left : left + columns] = block[: size - top, : size - left]
        if rng.random() < 0.3:  # dots along a border
            slope, start = rng.uniform(0.3, 0.9), rng.uniform(0.4, 0.6)
            depth = np.linspace(0.05, 0.98, rng.integers(6, 20))
            for sign in (-1, 1):
                rows = (depth * size).astype(np.int64)
                columns = np.clip((start + sign * slope * depth) * size, 0, size - 1).astype(np.int64)
                canvas[rows, columns] = level
        if rng.random() < 0.15:  # a straight line
            row = rng.integers(0, size)
            canvas[row, : rng.integers(10, size)] = level
    return out
