"""Features of the pictures that heads learn from, made once and kept in the run's folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..clips.phantom_store import phantom_store
from ..datasets.camus_pairs import read_pack
from ..phantom.clip import view_of_seed
from .classes import A2C, A4C
from .config import ViewConfig
from .encoder import FrozenFeatures
from .real_pictures import RealClip
from .samples import Pool, Samples, sectors, wholes

CHUNK = 250  # pictures drawn and encoded at a time

CamusClip = tuple[str, int, np.ndarray]
"""Patient and view, class, pictures uint8 (2, S, S): ED and ES."""


class Material(NamedTuple):
    """features float16 (n, CHANNELS, GRID, GRID), classes and folds as in :class:`Samples`."""

    features: np.ndarray
    classes: np.ndarray
    folds: np.ndarray


def view_of(name: str) -> int:
    return A4C if "_4CH" in name else A2C


def learning_patients(names: list[str], set_apart: int) -> set[str]:
    """All but every so many-th patient."""
    patients = sorted({name.split("_")[0] for name in names})
    return {patient for index, patient in enumerate(patients) if index % set_apart}


def camus_pool(pack: Path, set_apart: int) -> dict[int, list[tuple[np.ndarray, np.ndarray]]]:
    names, images, labels = read_pack(pack)
    learning = learning_patients(names, set_apart)
    found: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {A4C: [], A2C: []}
    for name, picture, marks in zip(names, images, labels):
        if name.split("_")[0] in learning:
            found[view_of(name)].append((picture, marks))
    return found


def camus_clips(pack: Path) -> list[CamusClip]:
    """ED and ES of every patient and view of a pack."""
    names, images, _ = read_pack(pack)
    index = {name: row for row, name in enumerate(names)}
    stems = sorted({name.rsplit("_", 1)[0] for name in names})
    return [(stem, view_of(stem), images[[index[f"{stem}_ED"], index[f"{stem}_ES"]]]) for stem in stems]


def clips_set_apart(pack: Path, set_apart: int) -> list[CamusClip]:
    clips = camus_clips(pack)
    learning = learning_patients([name for name, _, _ in clips], set_apart)
    return [clip for clip in clips if clip[0].split("_")[0] not in learning]


def draw_material(
    config: ViewConfig, camus: Path, real: list[RealClip], extract: FrozenFeatures, folder: Path
) -> tuple[Material, Material]:
    """Of sectors and of whole pictures."""
    pool = Pool(camus_pool(camus / "camus-224-train.npz", config.set_apart), real)
    if config.phantom_clips:
        first, frames = config.first_phantom_seed, config.phantom_frames
        pool.phantoms = phantom_store(folder, config.phantom_clips, frames, first, 160)
        views = [view_of_seed(seed) for seed in range(first, first + config.phantom_clips)]
        pool.phantom_views = np.array([A4C if view == "A4C" else A2C for view in views])
    found = []
    for stream, (name, draw, count) in enumerate(
        (("sectors", sectors, config.sectors), ("wholes", wholes, config.wholes))
    ):
        parts = []
        for number in range(-(-count // CHUNK)):
            path = folder / "material" / f"{name}-{config.seed}-{number}.npz"
            if not path.exists():
                rng = np.random.default_rng([config.seed, stream, number])
                samples: Samples = draw(rng, pool, CHUNK)
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                with part.open("wb") as handle:
                    np.savez(handle, *Material(extract(samples.pictures), samples.classes, samples.folds))
                part.rename(path)
                print(f"{name}: {(number + 1) * CHUNK} of {count}", flush=True)
            with np.load(path) as file:
                parts.append(Material(*(file[key] for key in file.files)))
        found.append(Material(*(np.concatenate(columns) for columns in zip(*parts))))
    return found[0], found[1]
