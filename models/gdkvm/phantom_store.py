"""Phantom clips for training, simulated once and shared by all processes that read them."""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from .phantom import sector_clip

ARRAYS = ("pictures", "labels")


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
    made_for = folder / "settings.npy"
    if not (made_for.exists() and np.array_equal(np.load(made_for), settings)):
        # Made under another name: a run that reads the folder, or makes it too, is not disturbed.
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}-"))
        try:
            simulate(made, count, frames, first_seed, size, workers)
            np.save(made / made_for.name, settings)
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    # Copy on write, because PyTorch wants no read-only arrays; nobody writes.
    return PhantomStore(*(np.load(folder / f"{name}.npy", mmap_mode="c") for name in ARRAYS))


def simulate(folder: Path, count: int, frames: int, first_seed: int, size: int, workers: int | None) -> None:
    shape = (count, frames, size, size)
    stacks = [np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.uint8, shape) for name in ARRAYS]
    seeds = range(first_seed, first_seed + count)
    with one_thread_workers(workers) as pool:
        clips = pool.map(partial(one_phantom, frames=frames, size=size), seeds, chunksize=4)
        for index, clip in enumerate(clips):
            for stack, part in zip(stacks, clip):
                stack[index] = part
            if (index + 1) % 200 == 0:
                print(f"simulated {index + 1} of {count} phantoms", flush=True)
    for stack in stacks:
        stack.flush()


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
