"""Phantom clips for training, simulated once and shared by all processes that read them."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from .phantom import sector_clip


@dataclass(frozen=True)
class PhantomStore:
    """Clips in time order. pictures, labels uint8 (n, T, S, S); labels as in ``phantom.PhantomClip``"""

    pictures: np.ndarray
    labels: np.ndarray


def phantom_store(
    folder: Path, count: int, frames: int, first_seed: int, size: int, workers: int | None = None
) -> PhantomStore:
    """Phantom clips, read from ``folder`` where they were made before; processes that read them share the memory."""
    settings = np.array([count, frames, first_seed, size])
    files = [folder / f"{name}.npy" for name in ("pictures", "labels")]
    made_for = folder / "settings.npy"
    if not (made_for.exists() and np.array_equal(np.load(made_for), settings)):
        folder.mkdir(parents=True, exist_ok=True)
        made_for.unlink(missing_ok=True)
        shape = (count, frames, size, size)
        pictures, labels = (np.lib.format.open_memmap(file, "w+", np.uint8, shape) for file in files)
        seeds = range(first_seed, first_seed + count)
        with one_thread_workers(workers) as pool:
            for index, (clip, marks) in enumerate(
                pool.map(partial(one_phantom, frames=frames, size=size), seeds, chunksize=4)
            ):
                pictures[index], labels[index] = clip, marks
                if (index + 1) % 200 == 0:
                    print(f"simulated {index + 1} of {count} phantoms", flush=True)
        pictures.flush()
        labels.flush()
        np.save(made_for, settings)
    # Copy on write, because PyTorch wants no read-only arrays; nobody writes.
    return PhantomStore(*(np.load(file, mmap_mode="c") for file in files))


def one_thread_workers(workers: int | None) -> ProcessPoolExecutor:
    """A process per core, each with one thread: matrix products of this size are many times slower when the threads of
    several processes wait for each other."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    return ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn"))


def one_phantom(seed: int, frames: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of a phantom, both uint8 (frames, size, size)."""
    clip = sector_clip(seed, size=size, frames=frames)
    return clip.pictures, clip.labels
