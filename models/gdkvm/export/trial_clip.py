"""A drawn clip on which a network can be tried where no recordings are at hand: a cavity that contracts in a sector."""

from __future__ import annotations

import numpy as np

SEED = 17
WALL, TISSUE, CAVITY = 0.75, 0.4, 0.08


def trial_masks(size: int, frames: int, scale: float = 1.0) -> np.ndarray:
    """(frames, size, size) float32, 1 in the cavity; its axes are ``scale`` times as long as those that are drawn."""
    return np.stack([(distance(size, frame, frames) < scale).astype(np.float32) for frame in range(frames)])


def distance(size: int, frame: int, frames: int) -> np.ndarray:
    """From the cavity's middle, in units of its half axes, which are a fifth shorter in the middle of the clip."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    shortened = 1 - 0.2 * np.sin(np.pi * frame / max(1, frames - 1))
    return np.hypot((x - 0.5) / (0.14 * shortened), (y - 0.45) / (0.27 * shortened))


def trial_clip(size: int, frames: int, seed: int = SEED) -> np.ndarray:
    """(frames, size, size) float32 in [0, 1]: cavity, wall and tissue under speckle, its own in each frame."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    inside = np.abs(x - 0.5) < 0.05 + 0.5 * y
    pictures = []
    for frame in range(frames):
        away = distance(size, frame, frames)
        grey = np.where(away < 1, CAVITY, np.where(away < 1.35, WALL, TISSUE))
        speckle = np.abs(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))) / 1.25
        pictures.append(np.clip(grey * (0.5 + 0.5 * smoothed(speckle)), 0, 1) * inside)
    return np.stack(pictures).astype(np.float32)


def smoothed(picture: np.ndarray) -> np.ndarray:
    """Mean over three by three pixels, round the edges."""
    rows = sum(np.roll(picture, step, 0) for step in (-1, 0, 1)) / 3
    return sum(np.roll(rows, step, 1) for step in (-1, 0, 1)) / 3
