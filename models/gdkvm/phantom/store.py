"""Phantom clips made once, in parallel, and kept in a file for training."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from .clip import FIRST_TEST_SEED, PhantomClip, sector_clip

MOST_BEATS = 8
ARRAYS = (
    *("seeds", "views", "pictures", "labels", "frame_times_ms", "spacing_mm", "volumes_ml"),
    *("single_plane_volumes_ml", "beats", "ejection_fractions_percent"),
)


class StoreError(ValueError):
    """A file that is not a phantom store."""


@dataclass(frozen=True)
class PhantomStore:
    """N clips of T frames."""

    seeds: np.ndarray  # (N,)
    views: np.ndarray  # (N,) "A4C" or "A2C"
    pictures: np.ndarray  # (N, T, S, S) uint8
    labels: np.ndarray  # (N, T, S, S) uint8, as in PhantomClip
    frame_times_ms: np.ndarray  # (N, T)
    spacing_mm: np.ndarray  # (N, 2) row, column
    volumes_ml: np.ndarray  # (N, T)
    single_plane_volumes_ml: np.ndarray  # (N, T)
    beats: np.ndarray  # (N, MOST_BEATS, 2) ED and ES frame, -1 where there are fewer
    ejection_fractions_percent: np.ndarray  # (N,)


@contextmanager
def one_thread_a_process() -> Iterator[None]:
    """Worker processes inherit it; more threads than cores only wait for each other."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def make_clips(count: int, first_seed: int, size: int, frames: int, workers: int) -> Iterator[PhantomClip]:
    """Clips of seeds first_seed, first_seed + 1, ... in that order, whatever the number of workers."""
    seeds = range(first_seed, first_seed + count)
    make = partial(sector_clip, size=size, frames=frames)
    if workers <= 1:
        yield from map(make, seeds)
        return
    with one_thread_a_process(), get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(make, seeds, chunksize=2)


def write_store(
    path: Path, count: int, first_seed: int, *, size: int = 160, frames: int = 24, workers: int = 1
) -> PhantomStore:
    """Makes the clips and writes them. Seeds of the test set are refused."""
    if first_seed < 0 or first_seed + count > FIRST_TEST_SEED:
        raise ValueError(f"seeds {first_seed} to {first_seed + count - 1}: must lie in 0 to {FIRST_TEST_SEED - 1}")
    if count < 1 or frames < 2 or size < 32:
        raise ValueError(f"{count} clips of {frames} frames at {size}: at least 1 clip, 2 frames and size 32")
    store = PhantomStore(
        seeds=np.arange(first_seed, first_seed + count),
        views=np.empty(count, "<U3"),
        pictures=np.empty((count, frames, size, size), np.uint8),
        labels=np.empty((count, frames, size, size), np.uint8),
        frame_times_ms=np.empty((count, frames), np.float32),
        spacing_mm=np.empty((count, 2), np.float32),
        volumes_ml=np.empty((count, frames), np.float32),
        single_plane_volumes_ml=np.empty((count, frames), np.float32),
        beats=np.full((count, MOST_BEATS, 2), -1, np.int16),
        ejection_fractions_percent=np.empty(count, np.float32),
    )
    for row, clip in enumerate(make_clips(count, first_seed, size, frames, workers)):
        store.views[row] = clip.view
        store.pictures[row], store.labels[row] = clip.pictures, clip.labels
        store.frame_times_ms[row], store.spacing_mm[row] = clip.frame_times_ms, clip.spacing_mm
        store.volumes_ml[row] = clip.volumes_ml
        store.single_plane_volumes_ml[row] = clip.single_plane_volumes_ml
        for number, beat in enumerate(clip.beats[:MOST_BEATS]):
            store.beats[row, number] = beat
        store.ejection_fractions_percent[row] = clip.ejection_fraction_percent
        if (row + 1) % max(count // 10, 1) == 0:
            print(f"{row + 1} of {count} clips", flush=True)
    save(path, store)
    return store


def save(path: Path, store: PhantomStore) -> None:
    """An .npz file, complete or not there. Speckle does not compress, labels do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    with zipfile.ZipFile(temporary, "w", allowZip64=True) as archive:
        for name in ARRAYS:
            kind = zipfile.ZIP_STORED if name == "pictures" else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = kind
            with archive.open(entry, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, getattr(store, name), allow_pickle=False)
    temporary.replace(path)


def read_store(path: Path) -> PhantomStore:
    try:
        with np.load(path, allow_pickle=False) as stored:
            missing = [name for name in ARRAYS if name not in stored]
            if missing:
                names = ", ".join(missing)
                raise StoreError(f"{path}: no phantom store, {names} missing; make one with python -m gdkvm phantoms")
            return PhantomStore(**{name: stored[name] for name in ARRAYS})
    except (zipfile.BadZipFile, EOFError) as error:
        raise StoreError(f"{path}: damaged ({error}); make it again with python -m gdkvm phantoms store") from error
