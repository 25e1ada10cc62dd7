"""Training batches: clips made from CAMUS pairs and from phantoms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .augmentation import augment
from .camus import Pair
from .motion import FIELD, backward_field, phases
from .phantom import make_clip

SOURCE_SIZE = 160
PHANTOM_FRAMES = 8


@dataclass(frozen=True)
class PhantomStore:
    """Clips of one whole cycle each. pictures, masks uint8 (n, PHANTOM_FRAMES, S, S)"""

    pictures: np.ndarray
    masks: np.ndarray


def phantom_store(path: Path, count: int, seed: int) -> PhantomStore:
    """Phantom clips, read from ``path`` where they were made before."""
    if path.exists():
        with np.load(path, allow_pickle=False) as stored:
            if len(stored["pictures"]) == count and int(stored["seed"]) == seed:
                return PhantomStore(stored["pictures"], stored["masks"])
    made = [make_clip(seed * 1_000_003 + index, PHANTOM_FRAMES, SOURCE_SIZE) for index in range(count)]
    store = PhantomStore(np.stack([clip for clip, _ in made]), np.stack([mask for _, mask in made]))
    np.savez(path, pictures=store.pictures, masks=store.masks, seed=seed)
    return store


def camus_clip(rng: np.random.Generator, pair: Pair, frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources, masks (T, S, S) and backward fields (T, 2, F, F) of a clip made from a pair.

    Either one picture is warped to all phases, or each frame comes from the nearer of the two.
    """
    size = pair.images.shape[1]
    time = phases(rng, frames)
    both = rng.random() < 0.5 or (frames == 2 and set(time) == {0.0, 1.0})
    only = int(rng.random() < 0.5)
    amplitude = 1.0 if both else rng.uniform(0.4, 1.4)
    pictures, masks, fields = [], [], []
    for phase in time:
        source = int(phase > 0.5) if both else only
        walls = pair.walls if source == 0 else pair.walls[::-1]
        # Seen from the source picture, the other phase lies at distance `away`.
        away = phase if source == 0 else 1 - phase
        fields.append(backward_field(walls, away, 0, amplitude, size))
        pictures.append(pair.images[source])
        masks.append(pair.masks[source])
    return np.stack(pictures), np.stack(masks), np.stack(fields)


def phantom_clip(rng: np.random.Generator, store: PhantomStore, frames: int) -> tuple[np.ndarray, ...]:
    clip = int(rng.integers(len(store.pictures)))
    step = int(rng.choice([-3, -2, -1, 1, 2, 3]))
    index = (int(rng.integers(PHANTOM_FRAMES)) + step * np.arange(frames)) % PHANTOM_FRAMES
    fields = np.zeros((frames, 2, FIELD, FIELD), np.float32)
    return store.pictures[clip][index], store.masks[clip][index], fields


def make_batch(
    rng: np.random.Generator,
    pairs: list[Pair],
    store: PhantomStore | None,
    phantom_fraction: float,
    batch: int,
    frames: int,
    size: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """A training batch: clips (B, T, 1, size, size) in [0, 1] and soft masks of the same shape."""
    made = []
    for _ in range(batch):
        if store is not None and rng.random() < phantom_fraction:
            made.append(phantom_clip(rng, store, frames))
        else:
            made.append(camus_clip(rng, pairs[int(rng.integers(len(pairs)))], frames))
    pictures, masks, fields = (np.stack(part) for part in zip(*made))
    rows = masks[:, 0].sum(2, dtype=np.float64)
    columns = masks[:, 0].sum(1, dtype=np.float64)
    axis = (np.arange(masks.shape[-1]) + 0.5) / masks.shape[-1] * 2 - 1
    total = np.maximum(rows.sum(1), 1)
    centres = np.stack([columns @ axis / total, rows @ axis / total], 1)
    return augment(
        rng,
        torch.from_numpy(pictures).float() / 255,
        torch.from_numpy(masks).float() / 255,
        torch.from_numpy(fields),
        centres,
        size,
    )
