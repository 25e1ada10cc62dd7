"""What scanners, crops and settings do to a clip, drawn once per clip and applied to all its frames.

The workstation crops the sector's box before the model sees a frame; that crop may be off by some percent, lack an
edge, or hold other things than the sector. Everything here works on torch tensors of whole batches.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional as F


def crop_transforms(rng: np.random.Generator, centres: np.ndarray) -> np.ndarray:
    """Affine maps (B, 2, 3) from output to source coordinates, both in [-1, 1].

    ``centres`` (B, 2): middle of the cavity in source coordinates; zoomed crops keep it in the picture.
    """
    maps = np.zeros((len(centres), 2, 3), np.float32)
    for index, centre in enumerate(centres):
        if rng.random() < 0.2:
            scale = np.array([rng.uniform(0.6, 0.95), rng.uniform(0.6, 0.95)])
            offset = centre * rng.uniform(0.4, 0.9) * (1 - scale) / 0.5 + rng.normal(0, 0.06, 2)
            offset = np.clip(offset, -(1.12 - scale), 1.12 - scale)
        else:
            # Half of the edges are where the workstation finds them, the others off by up to a tenth of the box.
            near, far = rng.normal(0, 0.02, (2, 2)), rng.uniform(-0.2, 0.16, (2, 2))
            error = np.where(rng.random((2, 2)) < 0.5, near, far)
            low, high = -1 + error[0], 1 - error[1]
            scale, offset = (high - low) / 2, (high + low) / 2
        angle = rng.normal(0, 0.1)
        mirror = -1.0 if rng.random() < 0.12 else 1.0
        cos, sin = math.cos(angle), math.sin(angle)
        maps[index, :, :2] = np.array([[cos, -sin], [sin, cos]]) @ np.diag(scale * [mirror, 1.0])
        maps[index, :, 2] = offset
    return maps


def sample(
    pictures: torch.Tensor, masks: torch.Tensor, fields: torch.Tensor, maps: torch.Tensor, size: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Warps and crops in one resampling. pictures, masks (B, T, S, S) in [0, 1]; fields (B, T, 2, F, F) in fractions
    of the side; maps (B, 2, 3). Returns two (B, T, size, size)."""
    batch, frames = pictures.shape[:2]
    grid = F.affine_grid(maps, [batch, 1, size, size], align_corners=False)
    grid = grid.repeat_interleave(frames, 0)
    shift = F.grid_sample(fields.flatten(0, 1), grid, padding_mode="border", align_corners=False)
    grid = grid + 2 * shift.permute(0, 2, 3, 1)
    both = torch.stack([pictures, masks], 2).flatten(0, 1)
    out = F.grid_sample(both, grid, padding_mode="zeros", align_corners=False)
    out = out.view(batch, frames, 2, size, size)
    return out[:, :, 0], out[:, :, 1]


def sector_masks(rng: np.random.Generator, batch: int, size: int) -> torch.Tensor:
    """New sector borders for some clips: narrower angle, blunt top, cut bottom. (B, 1, size, size) of 0 and 1."""
    y, x = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size, indexing="ij")
    out = np.ones((batch, 1, size, size), np.float32)
    for index in range(batch):
        if rng.random() < 0.7:
            continue
        top = rng.uniform(-0.25, 0.05)
        slope = rng.uniform(0.42, 0.75)
        centre = rng.uniform(0.44, 0.56)
        radius = np.hypot((x - centre) / 0.9, y - top)
        inside = (np.abs(x - centre) < slope * (y - top)) & (radius < rng.uniform(0.92, 1.2) - top)
        inside &= radius > rng.uniform(0.0, 0.08) - top
        out[index, 0] = inside
    return torch.from_numpy(out)


def overlays(rng: np.random.Generator, batch: int, size: int) -> torch.Tensor:
    """Scanner graphics: ECG trace, depth dots, text, lines. (B, 1, size, size), 0 where there is none."""
    out = np.zeros((batch, 1, size, size), np.float32)
    for index in range(batch):
        if rng.random() < 0.6:
            continue
        canvas = out[index, 0]
        level = rng.uniform(0.4, 1.0)
        if rng.random() < 0.5:  # ECG along the bottom
            columns = np.arange(int(size * rng.uniform(0.4, 1.0)))
            beat = (columns / size * rng.uniform(1, 5) + rng.random()) % 1
            height = np.exp(-(((beat - 0.5) / 0.03) ** 2)) * rng.uniform(4, 16) + rng.normal(0, 0.3, len(columns))
            rows = np.clip(size * rng.uniform(0.82, 0.99) - height, 0, size - 1).astype(np.int64)
            canvas[rows, columns] = level
            canvas[np.clip(rows + 1, 0, size - 1), columns] = level
        for _ in range(rng.integers(0, 4)):  # text: rows of small blocks, mostly in the corners
            rows, columns = rng.integers(2, 6), rng.integers(6, 34)
            top = int(rng.choice([rng.integers(0, 24), rng.integers(size - 34, size - 8)]))
            left = int(rng.choice([rng.integers(0, 20), rng.integers(size - 44, size - 36)]))
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
    return torch.from_numpy(out)


def shadows(rng: np.random.Generator, batch: int, size: int) -> torch.Tensor:
    """Smooth gain over the picture, and dark wedges from the probe, multiplied. (B, 1, size, size)"""
    y, x = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size, indexing="ij")
    bearing = (x - 0.5) / (y + 0.08)
    out = np.ones((batch, 1, size, size), np.float32)
    for index in range(batch):
        if rng.random() < 0.35:
            for _ in range(rng.integers(1, 3)):
                centre, width = rng.uniform(-0.7, 0.7), rng.uniform(0.03, 0.2)
                out[index, 0] *= 1 - rng.uniform(0.2, 0.95) * np.exp(-0.5 * ((bearing - centre) / width) ** 2)
    coarse = torch.from_numpy(np.exp(rng.normal(0, 0.25, (batch, 1, 4, 4)) * (rng.random((batch, 1, 1, 1)) < 0.6)))
    smooth = F.interpolate(coarse.float(), size=(size, size), mode="bilinear", align_corners=False)
    return torch.from_numpy(out) * smooth


def blur(pictures: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    """Positive strength blurs, negative sharpens. pictures (B, T, S, S), strength (B, 1, 1, 1)"""
    kernel = torch.tensor([1.0, 2.0, 1.0])
    kernel = (kernel[:, None] * kernel / 16).view(1, 1, 3, 3)
    flat = pictures.flatten(0, 1).unsqueeze(1)
    soft = F.conv2d(F.pad(flat, (1, 1, 1, 1), mode="replicate"), kernel).view_as(pictures)
    return pictures + strength * (soft - pictures)


def poor_frames(rng: np.random.Generator, pictures: torch.Tensor) -> torch.Tensor:
    """In some clips, frames after the first that alone would not show the cavity: dim, smeared, noisy or shadowed.

    Their masks stay, so that what earlier frames showed is worth remembering. pictures (B, T, S, S) in [0, 1]
    """
    batch, frames, size, _ = pictures.shape
    if frames < 3:
        return pictures
    out = pictures.clone()
    for index in range(batch):
        if rng.random() < 0.8:
            continue
        first = int(rng.integers(1, frames))
        part = slice(first, first + int(rng.integers(1, max(2, frames // 2))))
        poor = out[index : index + 1, part]
        kind = rng.random()
        if kind < 0.35:
            poor = blur(blur(poor, column([1.0])), column([1.0])) * rng.uniform(0.1, 0.6)
        elif kind < 0.7:
            poor = poor * shadows(rng, 1, size) * shadows(rng, 1, size) * rng.uniform(0.4, 1)
        else:
            noise = torch.from_numpy(rng.standard_normal(tuple(poor.shape), np.float32))
            poor = (poor * rng.uniform(0.3, 1) + noise * rng.uniform(0.1, 0.35)).clamp(0, 1)
        out[index : index + 1, part] = poor
    return out


def column(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(values, np.float32)).view(-1, 1, 1, 1)


def intensities(rng: np.random.Generator, pictures: torch.Tensor) -> torch.Tensor:
    """Sharpness, noise, black level, contrast and gain, gamma and flicker. pictures (B, T, S, S) in [0, 1]"""
    batch, frames, size, _ = pictures.shape
    sharpness = rng.choice([0.0, 1.0, -1.0], batch, p=[0.5, 0.3, 0.2]) * rng.uniform(0, 1.0, batch)
    pictures = blur(pictures, column(sharpness))

    seed = int(rng.integers(2**31))
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(batch, frames, size, size, generator=generator)
    noise = blur(noise, column(rng.uniform(0, 1, batch))) * column(rng.uniform(0, 0.22, batch) ** 1.3)
    pictures = pictures * (1 + 1.5 * noise) + 0.25 * noise * (pictures > 0)

    black = rng.uniform(-0.05, 0.32, batch) * (rng.random(batch) < 0.65)
    pictures = (pictures - column(black)) / (1 - column(black))
    pictures = pictures.clamp(1e-4, 1.2) ** column(np.exp(rng.normal(0, 0.32, batch)))
    gain = np.exp(rng.normal(0.0, 0.3, batch)) * np.where(rng.random(batch) < 0.1, 0.4, 1.0)
    flicker = 1 + 0.03 * torch.randn(batch, frames, 1, 1, generator=generator)
    return pictures * column(gain) * flicker


def augment(
    rng: np.random.Generator,
    pictures: torch.Tensor,
    masks: torch.Tensor,
    fields: torch.Tensor,
    centres: np.ndarray,
    size: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The whole chain: (B, T, S, S) sources -> clips (B, T, 1, size, size) and soft masks of the same shape."""
    batch = pictures.shape[0]
    maps = torch.from_numpy(crop_transforms(rng, centres))
    pictures, masks = sample(pictures, masks, fields, maps, size)
    sector = sector_masks(rng, batch, size)
    inside = sector * (pictures > 1.5 / 255)
    pictures = poor_frames(rng, pictures)
    pictures = intensities(rng, pictures) * shadows(rng, batch, size) * inside
    pictures = torch.maximum(pictures, overlays(rng, batch, size)).clamp(0, 1)
    # Frames reach the model as 8-bit pictures.
    pictures = (pictures * 255).round() / 255
    return pictures.unsqueeze(2), (masks * sector).unsqueeze(2)
