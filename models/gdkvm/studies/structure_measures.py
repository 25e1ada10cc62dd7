"""What is measured on a model's wall and atrium, against the same measures of the reference masks, by the workstation.

Both go through `systola analyze`: the masks as corrections of every frame that has them, so that contours, volumes and
strain are made of them in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.labelled_clip import LabelledClip
from ..datasets.structure_masks import INSIDE, largest_area, structure_mask
from .material import FIRST_STUDY_SEED
from .workstation import ClipFile, analyse, study_measurements, write_dicom

FIRST_SEED = FIRST_STUDY_SEED + 300_000

OVER_VIEWS = "both views"
"""Of what is measured over the clips of a patient."""

Measure = tuple[str, str | None]
"""Name and method, as in analysis.json."""

SHARES: tuple[Measure, ...] = (
    ("LAV max", "single-plane-disks"),
    ("LAV max", "area-length"),
    ("LAV min", "single-plane-disks"),
    ("LAV max", "biplane-disks"),
    ("LAV max", "biplane-area-length"),
    ("LAV min", "biplane-disks"),
)
"""Errors are told as shares of the reference."""
POINTS: tuple[Measure, ...] = (
    ("LAEF", "single-plane-disks"),
    ("LAEF", "biplane-disks"),
    ("Contour strain", "contour"),
    ("Contour strain mid-wall", "contour"),
    ("Contour strain", "mean-of-views"),
    ("Contour strain mid-wall", "mean-of-views"),
)
"""Errors are differences of percentages."""
MILLIMETRES: tuple[Measure, ...] = (
    ("LV wall basal ED", None),
    ("LV wall mid ED", None),
    ("LV wall apical ED", None),
)


@dataclass(frozen=True)
class Case:
    """A clip and the labels of its frames, uint8 (T, H, W), by ``camus_pairs``."""

    file: ClipFile
    labels: np.ndarray


@dataclass(frozen=True)
class Agreement:
    """Of one measure. Errors are differences model less reference, in percent of the reference where ``relative``, else
    in the measure's own unit."""

    measure: Measure
    relative: bool
    errors: np.ndarray
    missing: int  # measured on the reference and not on the model's contours

    def row(self) -> dict[str, Any]:
        found = len(self.errors) > 0
        return {
            "measure": self.measure[0],
            "method": self.measure[1],
            "unit": "%" if self.relative else "mm" if self.measure in MILLIMETRES else "points",
            "n": len(self.errors),
            "missing": self.missing,
            "mae": round(float(np.abs(self.errors).mean()), 2) if found else None,
            "bias": round(float(self.errors.mean()), 2) if found else None,
            "largest": round(float(np.abs(self.errors).max()), 2) if found else None,
        }


def is_whole(labels: np.ndarray) -> bool:
    """Whether every frame shows every structure; without a mask the model's contour would stand for the reference."""
    return all(structure_mask(frame, structure).any() for frame in labels for structure in INSIDE)


def camus_cases(clips: Sequence[LabelledClip]) -> Iterator[Case]:
    """ED and ES as clips of two frames. The scale of two-chamber pictures is not known; that of the patient's
    four-chamber ones stands in for it, which leaves shares and points right as long as pixels have the same shape."""
    scales = {clip.patient: clip.spacing_mm for clip in clips if clip.spacing_mm is not None}
    for clip in clips:
        spacing, labels = scales.get(clip.patient), clip.labels
        if spacing is not None and labels is not None and is_whole(labels):
            yield Case(
                ClipFile(f"{clip.patient}-{clip.view}", clip.view, clip.frames, 400, spacing, clip.patient), labels
            )


def corrections_of(case: Case, folder: Path) -> dict[str, Any]:
    """Every frame's reference masks as PNG files, and what ``--correct`` is told of them: the cavity first."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for structure in INSIDE:
        for frame, labels in enumerate(case.labels):
            path = folder / f"{structure}-{frame:04}.png"
            mask = largest_area(structure_mask(labels, structure))
            Image.fromarray(mask.astype(np.uint8) * 255).save(path)
            rows.append({"frame": frame, "structure": structure, "mask": str(path.resolve())})
    return {"sopInstanceUid": case.file.sop_instance_uid, "corrections": rows}


def measured(measurements: Sequence[dict[str, Any]], measure: Measure) -> float:
    """Mean over the beats; not a number where it was not measured."""
    values = [
        row["value"]
        for row in measurements
        if row["name"] == measure[0] and measure[1] in (None, row["method"]) and row["value"] is not None
    ]
    # A clip of several beats has its mean last.
    return float(values[-1]) if values else float("nan")


def agreement(
    pairs: Sequence[tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]], measure: Measure
) -> Agreement:
    """pairs: what was measured on the model's contours, and on the reference."""
    values = [(measured(mine, measure), measured(true, measure)) for mine, true in pairs]
    known = [(mine, true) for mine, true in values if np.isfinite(true)]
    both = np.array([(mine, true) for mine, true in known if np.isfinite(mine)]).reshape(-1, 2)
    errors = both[:, 0] - both[:, 1]
    relative = measure in SHARES
    return Agreement(measure, relative, 100 * errors / both[:, 1] if relative else errors, len(known) - len(both))


def compare(cases: Sequence[Case], model: Path, out: Path) -> list[tuple[str, Agreement]]:
    """By view, "A4C" and "A2C", and over both of a patient's."""
    files = [write_dicom(case.file, out / "clips") for case in cases]
    found = analyse(files, model, out / "model")
    content = {"clips": [corrections_of(case, out / "masks" / case.file.name) for case in cases]}
    given = out / "reference.json"
    given.write_text(json.dumps(content))
    wanted = analyse(files, model, out / "reference", given, "none")
    groups = {}
    for view in ("A4C", "A2C"):
        uids = [case.file.sop_instance_uid for case in cases if case.file.view == view]
        groups[view] = [(found[uid].entry["measurements"], wanted[uid].entry["measurements"]) for uid in uids]
    mine, true = study_measurements(out / "model"), study_measurements(out / "reference")
    if any(case.file.study is not None for case in cases):
        groups[OVER_VIEWS] = [(mine[uid], true[uid]) for uid in sorted(mine)]
    return [
        (name, agreement(pairs, measure))
        for name, pairs in groups.items()
        for measure in (*SHARES, *POINTS, *MILLIMETRES)
    ]


def phantom_cases(count: int, first_seed: int, frames: int) -> Iterator[Case]:
    """Simulated clips, whose labels are the truth."""
    from .material import phantoms

    for clip in phantoms(count, first_seed, frames):
        step = float(np.mean(np.diff(clip.frame_times_ms)))
        if is_whole(clip.labels):
            yield Case(ClipFile(f"phantom-{clip.seed}", clip.view, clip.pictures, step, clip.spacing_mm), clip.labels)


def describe(agreements: Sequence[tuple[str, Agreement]]) -> list[str]:
    lines = []
    for view, agreement in agreements:
        row = agreement.row()
        if row["n"]:
            name = f"{view} {row['measure']}" + (f" ({row['method']})" if row["method"] else "")
            lines.append(
                f"  {name}: off by {row['mae']} {row['unit']}, bias {row['bias']:+}, at most {row['largest']}"
                f" ({row['n']} clips, {row['missing']} not measured)"
            )
    return lines
