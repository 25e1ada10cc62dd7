"""The output folder of an evaluation, and reading one back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .ejection import BeatVolumes
from .phantoms import PhantomScore
from .scoring import SourceScores

REPORT = "evaluation.json"
SCHEMA = "systola-evaluation/1"


class EvaluationFileError(ValueError):
    """A saved evaluation that cannot be used; the message says why and what to do."""


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([f"{value:.6g}" if isinstance(value, float) else value for value in row] for row in rows)


def write_masks(path: Path, scores: Sequence[SourceScores], compat: bool) -> None:
    head = ["data", "resolution", "key", "patient", "view", "phase", "frame"]
    head += ["dice", "iou", "hd", "hd95", "asd", "unit", "empty"]
    head += ["dice_row_by_row", "iou_row_by_row"] if compat else []
    rows = []
    for source in scores:
        for row in source.frames:
            score = row.score
            line = [source.source.identity, row.resolution, row.key, row.patient, row.view, row.phase, row.frame]
            line += [score.dice, score.iou, score.hd, score.hd95, score.asd, row.unit, score.empty]
            rows.append(line + (list(row.row_by_row) if compat else []))
    write_csv(path, head, rows)


def write_beats(path: Path, beats: Iterable[tuple[str, BeatVolumes]]) -> None:
    head = ["data", "key", "patient", "view", "method", "unit"]
    head += ["found_edv", "found_esv", "reference_edv", "reference_esv", "found_ef_percent", "reference_ef_percent"]
    rows = [
        [data, beat.key, beat.patient, beat.view, beat.method, beat.unit]
        + [beat.found_edv, beat.found_esv, beat.true_edv, beat.true_esv, beat.found_ef, beat.true_ef]
        for data, beat in beats
    ]
    write_csv(path, head, rows)


def write_phantoms(path: Path, scores: Sequence[PhantomScore]) -> None:
    head = ["seed", "view", "frames", "dice", "worst_dice", "worst_frame", "found_edv_ml", "found_esv_ml"]
    head += ["true_edv_ml", "true_esv_ml", "found_ef_percent", "disks_on_true_masks_ef_percent"]
    head += ["true_single_plane_ef_percent", "true_3d_ef_percent"]
    rows = [
        [score.seed, score.view, score.frames, score.dice, score.worst_dice, score.worst_frame]
        + [score.found_edv, score.found_esv, score.true_edv, score.true_esv]
        + [score.found_ef, score.mask_ef, score.true_ef, score.true_ef_3d]
        for score in scores
    ]
    write_csv(path, head, rows)


def write_report(folder: Path, report: dict[str, Any], text: str) -> None:
    (folder / REPORT).write_text(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    (folder / "evaluation.md").write_text(text)


def read_report(folder: Path) -> dict[str, Any]:
    """The report in an output folder. Raises EvaluationFileError."""
    path = folder / REPORT
    try:
        report = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise EvaluationFileError(f"{path}: no evaluation ({error}); make one with evaluate --out") from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise EvaluationFileError(f"{path}: not an evaluation of schema {SCHEMA}; make it again with evaluate --out")
    return report
