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
from .workstation import AnalysedClip, ClipFile, analyse, write_dicom

FIRST_SEED = FIRST_STUDY_SEED + 300_000

Measure = tuple[str, str | None]
"""Name and method, as in analysis.json."""

SHARES: tuple[Measure, ...] = (
    ("LAV max", "single-plane-disks"),
    ("LAV max", "single-plane-area-length"),
    ("LAV min", "single-plane-disks"),
)
"""Errors are told as shares of the reference."""
POINTS: tuple[Measure, ...] = (
    ("LAEF", "single-plane-disks"),
    ("Contour strain", None),
    ("Contour strain mid-wall", None),
    ("LV wall basal ED", None),
    ("LV wall mid ED", None),
    ("LV wall apical ED", None),
)
"""Errors are told in the measure's own unit."""


@dataclass(frozen=True)
class Case:
    """A clip and the labels of its frames, uint8 (T, H, W), by ``camus_pairs``."""

    file: ClipFile
    labels: np.ndarray


@dataclass(frozen=True)
class Agreement:
    """Of one measure. Errors are differences model less reference, in the unit of ``relative``: percent, or points."""

    measure: Measure
    relative: bool
    errors: np.ndarray
    missing: int  # measured on the reference and not on the model's contours

    def row(self) -> dict[str, Any]:
        found = len(self.errors) > 0
        return {
            "measure": self.measure[0],
            "method": self.measure[1],
            "unit": "%" if self.relative else "points",
            "n": len(self.errors),
            "missing": self.missing,
            "mae": round(float(np.abs(self.errors).mean()), 2) if found else None,
            "bias": round(float(self.errors.mean()), 2) if found else None,
            "largest": round(float(np.abs(self.errors).max()), 2) if found else None,
        }


def camus_cases(clips: Sequence[LabelledClip]) -> Iterator[Case]:
    """ED and ES as clips of two frames. The scale of two-chamber pictures is not known; that of the patient's
    four-chamber ones stands in for it, which leaves shares and points right as long as pixels have the same shape."""
    scales = {clip.patient: clip.spacing_mm for clip in clips if clip.spacing_mm is not None}
    for clip in clips:
        spacing, labels = scales.get(clip.patient), clip.labels
        if spacing is not None and labels is not None:
            yield Case(ClipFile(f"{clip.patient}-{clip.view}", clip.view, clip.frames, 400, spacing), labels)


def corrections_of(case: Case, folder: Path) -> dict[str, Any]:
    """Every frame's reference masks as PNG files, and what ``--correct`` is told of them: the cavity first."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for structure in INSIDE:
        for frame, labels in enumerate(case.labels):
            mask = largest_area(structure_mask(labels, structure))
            if mask.any():
                path = folder / f"{structure}-{frame:04}.png"
                Image.fromarray(mask.astype(np.uint8) * 255).save(path)
                rows.append({"frame": frame, "structure": structure, "mask": str(path.resolve())})
    return {"sopInstanceUid": case.file.sop_instance_uid, "corrections": rows}


def measured(clip: AnalysedClip, measure: Measure) -> float:
    """Mean over the beats; not a number where it was not measured."""
    rows = [
        row["value"]
        for row in clip.entry["measurements"]
        if row["name"] == measure[0] and (measure[1] is None or row["method"] == measure[1])
    ]
    values = [value for value in rows if value is not None]
    # A clip of several beats has its mean last.
    return float(values[-1]) if values else float("nan")


def compare(cases: Sequence[Case], model: Path, out: Path) -> list[tuple[str, Agreement]]:
    """By view, "A4C" and "A2C"."""
    files = [write_dicom(case.file, out / "clips") for case in cases]
    found = analyse(files, model, out / "model")
    content = {"clips": [corrections_of(case, out / "masks" / case.file.name) for case in cases]}
    given = out / "reference.json"
    given.write_text(json.dumps(content))
    wanted = analyse(files, model, out / "reference", given, "none")
    result = []
    for view in ("A4C", "A2C"):
        uids = [case.file.sop_instance_uid for case in cases if case.file.view == view]
        for measure in (*SHARES, *POINTS):
            pairs = [(measured(found[uid], measure), measured(wanted[uid], measure)) for uid in uids]
            known = [(mine, true) for mine, true in pairs if np.isfinite(true)]
            both = np.array([(mine, true) for mine, true in known if np.isfinite(mine)]).reshape(-1, 2)
            relative = measure in SHARES
            errors = both[:, 0] - both[:, 1]
            if relative:
                errors = 100 * errors / both[:, 1]
            result.append((view, Agreement(measure, relative, errors, len(known) - len(both))))
    return result


def phantom_cases(count: int, first_seed: int, frames: int) -> Iterator[Case]:
    """Simulated clips, whose labels are the truth."""
    from .material import phantoms

    for clip in phantoms(count, first_seed, frames):
        step = float(np.mean(np.diff(clip.frame_times_ms)))
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
