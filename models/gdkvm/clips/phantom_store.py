"""Phantom clips for training, simulated once and shared by all processes that read them."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from ..phantom import sector_clip
from ..phantom.store import one_thread_a_process

ARRAYS = ("pictures", "labels")
FIRST_SEED_SET_APART = 1_500_000_000  # from here on for choosing and testing, never for training


@dataclass(frozen=True)
class PhantomStore:
    """Clips in time order. pictures, labels uint8 (n, T, S, S); labels as in ``phantom.PhantomClip``"""

    pictures: np.ndarray
    labels: np.ndarray


def phantom_store(parent: Path, count: int, frames: int, first_seed: int, size: int) -> PhantomStore:
    """Phantom clips, read from below ``parent`` where they were made before; processes that read them share the memory.

    A folder is made under another name first, and its name says what it is made for: two runs that want the same at the
    same time both get it.
    """
    if first_seed < 0 or first_seed + count > FIRST_SEED_SET_APART:
        raise ValueError(f"phantom seeds {first_seed} to {first_seed + count - 1}: some are set apart for measuring")
    folder = parent / f"phantoms-{count}x{frames}-{size}-{first_seed}"
    if not folder.exists():
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix="phantoms-unfinished-", ignore_cleanup_errors=True) as made:
            unfinished = Path(made) / "clips"
            unfinished.mkdir()
            simulate(unfinished, count, frames, first_seed, size)
            with suppress(OSError):  # another run was faster
                unfinished.rename(folder)
    # Copy on write, because PyTorch wants no read-only arrays; nobody writes.
    return PhantomStore(*(np.load(folder / f"{name}.npy", mmap_mode="c") for name in ARRAYS))


def simulate(folder: Path, count: int, frames: int, first_seed: int, size: int) -> None:
    shape = (count, frames, size, size)
    stacks = [np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.uint8, shape) for name in ARRAYS]
    seeds = range(first_seed, first_seed + count)
    one = partial(one_phantom, frames=frames, size=size)
    with one_thread_a_process(), ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for index, clip in enumerate(pool.map(one, seeds, chunksize=4)):
            for stack, part in zip(stacks, clip):
                stack[index] = part
            if (index + 1) % 200 == 0:
                print(f"simulated {index + 1} of {count} phantoms", flush=True)
    for stack in stacks:
        stack.flush()


def one_phantom(seed: int, frames: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of a phantom, both uint8 (frames, size, size)."""
    clip = sector_clip(seed, size=size, frames=frames)
    return clip.pictures, clip.labels
