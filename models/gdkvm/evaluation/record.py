"""Writes what was measured into the model folder that it was measured on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..export.card import rewrite
from ..export.model_folder import read_manifest, write_manifest
from .accuracy import accuracy_rows, check_same_model


def record_accuracy(folder: Path, report: dict[str, Any]) -> int:
    """Replaces the accuracy of manifest and card; returns the number of rows. The card's written part stays.

    Metrics that the report does not cover (phantoms, when none were scored) keep their rows. Raises
    EvaluationFileError where the report is of another graph, ValueError where ``folder`` is no model folder.
    """
    manifest = read_manifest(folder)
    check_same_model(report, {manifest["graph"]["sha256"]}, str(folder))
    rows = accuracy_rows(report)
    phantoms, sources = bool(report["phantoms"]), bool(report["sources"])
    kept = [row for row in manifest["accuracy"] if not (phantoms if is_phantom(row) else sources)]
    manifest["accuracy"] = sorted([*rows, *kept], key=is_phantom)
    write_manifest(folder, manifest)
    rewrite(folder, manifest)
    return len(rows)


def is_phantom(row: dict[str, Any]) -> bool:
    return row["dataset"].startswith("Phantom")
