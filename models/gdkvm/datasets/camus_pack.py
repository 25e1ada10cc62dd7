"""The 224 x 224 packs of CAMUS as labelled clips of two frames."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np

from .camus_pairs import LV_CAVITY, read_pack
from .camus_release import VIEWS
from .errors import DatasetError, DatasetWarning
from .labelled_clip import LabelledClip

PHASES = ("ED", "ES")


def read_geometry(path: Path, size: int) -> dict[str, tuple[float, float]]:
    """Spacing in mm (row, column) at size x size by image id, from a table of native sizes and spacings.

    The packs squeeze the whole frame, so an axis keeps its length: spacing = native spacing x native size / size.
    """
    columns = ("id", "columns", "rows", "spacing_x_mm", "spacing_y_mm")
    found = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            for line, row in enumerate(csv.DictReader(handle), start=2):
                try:
                    width, height, x, y = (float(row[name]) for name in columns[1:])
                except (KeyError, TypeError, ValueError) as error:
                    wrong = f"line {line} lacks one of {', '.join(columns)} ({error})"
                    raise DatasetError(path, wrong, "take the table that came with the packs") from error
                found[row["id"]] = (round(y * height / size, 6), round(x * width / size, 6))
    except OSError as error:
        raise DatasetError(path, f"it cannot be read ({error})", "give the table of native geometry") from error
    return found


def read_camus_pack_clips(path: Path, geometry_csv: Path | None = None) -> list[LabelledClip]:
    """Every patient and view of a pack, ED then ES, upright; spacing where the table has it (A4C)."""
    try:
        ids, images, labels = read_pack(path)
    except ValueError as error:
        raise DatasetError(path, str(error), "give camus-224-train.npz or camus-224-val.npz") from error
    if not (len(ids) == len(images) == len(labels)) or images.ndim != 3 or images.shape != labels.shape:
        shapes = f"{len(ids)} ids, images {images.shape}, labels {labels.shape}"
        raise DatasetError(path, f"its parts do not belong together ({shapes})", "copy the pack again")
    spacing = read_geometry(geometry_csv, images.shape[1]) if geometry_csv else {}
    index = {name: row for row, name in enumerate(ids)}
    clips = []
    for stem in sorted({name.rsplit("_", 1)[0] for name in ids}):
        rows = [index.get(f"{stem}_{phase}") for phase in PHASES]
        if None in rows:
            warnings.warn(f"{path}: {stem} left out, it lacks ED or ES", DatasetWarning, stacklevel=2)
            continue
        patient, view = stem.split("_")
        cavity: np.ndarray = labels[rows] == LV_CAVITY
        name, spacing_mm = VIEWS.get(view, ""), spacing.get(f"{stem}_ED")
        clips.append(LabelledClip(stem, patient, name, images[rows], cavity, (0, 1), PHASES, spacing_mm, labels[rows]))
    return clips
