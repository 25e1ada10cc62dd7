"""Training batches: clips made from CAMUS pairs and from phantoms."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from .augmentation import augment
from .camus import LV_CAVITY, Pair
from .motion import FIELD, backward_field, phases, phases_near_ends
from .phantom import sector_clip

# Share of the clips whose frames are all near ED or ES. Pictures warped half-way resemble neither, and the more of them
# a model learns from, the larger it draws real end-systolic cavities (validation: 9 % with half, 13 % with two thirds).
NEAR_ENDS = 0.75


@dataclass(frozen=True)
class PhantomStore:
    """Clips in time order. pictures, masks uint8 (n, T, S, S)"""

    pictures: np.ndarray
    masks: np.ndarray


def phantom_store(folder: Path, count: int, frames: int, first_seed: int, size: int) -> PhantomStore:
    """Phantom clips, read from ``folder`` where they were made before; processes that read them share the memory."""
    settings, files = (
        np.array([count, frames, first_seed, size]),
        [folder / f"{name}.npy" for name in ("pictures", "masks")],
    )
    made_for = folder / "settings.npy"
    if not (made_for.exists() and np.array_equal(np.load(made_for), settings)):
        folder.mkdir(parents=True, exist_ok=True)
        made_for.unlink(missing_ok=True)
        shape = (count, frames, size, size)
        pictures, masks = (np.lib.format.open_memmap(file, "w+", np.uint8, shape) for file in files)
        seeds = range(first_seed, first_seed + count)
        with one_thread_workers() as pool:
            for index, (clip, mask) in enumerate(
                pool.map(partial(one_phantom, frames=frames, size=size), seeds, chunksize=4)
            ):
                pictures[index], masks[index] = clip, mask
                if (index + 1) % 20 == 0:
                    print(f"simulated {index + 1} of {count} phantoms", flush=True)
        pictures.flush()
        masks.flush()
        np.save(made_for, settings)
    return PhantomStore(*(np.load(file, mmap_mode="r") for file in files))


def one_thread_workers() -> ProcessPoolExecutor:
    """A process per core, each with one thread: matrix products of this size are many times slower when the threads of
    several processes wait for each other."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    return ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))


def one_phantom(seed: int, frames: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and cavity masks (255 inside) of a phantom, both uint8 (frames, size, size)."""
    clip = sector_clip(seed, size=size, frames=frames)
    return clip.pictures, (clip.labels == LV_CAVITY).astype(np.uint8) * 255


def camus_clip(rng: np.random.Generator, pair: Pair, frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources, masks (T, S, S) and backward fields (T, 2, F, F) of a clip made from a pair.

    Each frame comes from the nearer of the two pictures, or in some clips all from one of them.
    """
    size = pair.images.shape[1]
    near_ends = rng.random() < NEAR_ENDS
    time = phases_near_ends(rng, frames) if near_ends else phases(rng, frames)
    both = near_ends or rng.random() < 0.6
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
    """Frames of a stored phantom at a random pace and direction, turning round at its ends."""
    clip = int(rng.integers(len(store.pictures)))
    count = store.pictures.shape[1]
    position = int(rng.integers(2 * count)) + int(rng.choice([-2, -1, 1, 2])) * np.arange(frames)
    index = position % (2 * count)
    index = np.where(index < count, index, 2 * count - 1 - index)
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
