"""Point spread, slow changes and interpolation on the polar grid, as matrices."""

from __future__ import annotations

import numpy as np


def gaussian(size: int, sigma: float) -> np.ndarray:
    """Blur along one axis (size, size); keeps the power of white noise at 1."""
    distance = np.arange(size)[:, None] - np.arange(size)[None]
    kernel = np.exp(-0.5 * (distance / max(sigma, 0.2)) ** 2)
    return (kernel / np.sqrt((kernel**2).sum(1, keepdims=True))).astype(np.float32)


def averaging(size: int, sigma: float) -> np.ndarray:
    """Blur along one axis (size, size); keeps the mean."""
    distance = np.arange(size)[:, None] - np.arange(size)[None]
    kernel = np.exp(-0.5 * (distance / max(sigma, 0.2)) ** 2)
    return (kernel / kernel.sum(1, keepdims=True)).astype(np.float32)


def lateral_blurs(samples: int, lines: int, sigma: float, focus: float) -> np.ndarray:
    """Blur across the lines at each depth (samples, lines, lines), narrowest at the focus."""
    depth = (np.arange(samples) + 0.5) / samples
    width = np.maximum(sigma * np.sqrt(1 + ((depth - focus) / 0.42) ** 2), 0.3)
    offset = np.arange(1 - lines, lines, dtype=np.float32)
    kernel = np.exp(-0.5 * (offset / width[:, None].astype(np.float32)) ** 2)
    kernel /= np.sqrt((kernel**2).sum(1, keepdims=True))
    index = np.arange(lines)[:, None] - np.arange(lines)[None] + lines - 1
    return kernel.take(index, axis=1)


def linear(size: int, coarse: int) -> np.ndarray:
    """Linear interpolation (size, coarse) from cell centres."""
    position = np.clip((np.arange(size) + 0.5) / size * coarse - 0.5, 0, coarse - 1)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(coarse)[None])).astype(np.float32)


def slow_noise(rng: np.random.Generator, samples: int, lines: int, cells: tuple[int, int]) -> np.ndarray:
    """Slowly varying, mean 0, standard deviation 1."""
    coarse = rng.standard_normal((cells[0] + 4, cells[1] + 4))

    def smooth(size: int, count: int) -> np.ndarray:
        position = (np.arange(size) + 0.5) / size * count + 1.5
        weight = np.exp(-0.5 * ((position[:, None] - np.arange(count + 4)[None]) / 0.75) ** 2)
        return weight / np.sqrt((weight**2).sum(1, keepdims=True))

    return (smooth(samples, cells[0]) @ coarse @ smooth(lines, cells[1]).T).astype(np.float32)
