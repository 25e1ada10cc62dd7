"""What a report says of a source, as plain values: every table, target and manifest row is read from these."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

from .ejection import BeatVolumes, agreement, percent_errors
from .intervals import SEEDS, patient_mean
from .scoring import FrameScore, SourceScores

DISTANCES = ("hd95", "hd", "asd")


def plain(value: Any) -> Any:
    """Dataclasses as dictionaries, and null for what is not a finite number."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def summarise(scores: SourceScores, compat: bool) -> dict[str, Any]:
    """Of one source: groups of frames at each resolution, and the agreement of ejection fractions."""
    resolutions = [name for name in ("model", "data") if any(row.resolution == name for row in scores.frames)]
    return plain(
        {
            "identity": scores.source.identity,
            "title": scores.source.title,
            "clips": len({row.key for row in scores.frames}),
            "patients": len({row.patient for row in scores.frames}),
            "resolutions": {
                name: frame_groups([row for row in scores.frames if row.resolution == name], compat)
                for name in resolutions
            },
            "ejection": ejection_groups(scores.beats),
        }
    )


def frame_groups(rows: Sequence[FrameScore], compat: bool) -> list[dict[str, Any]]:
    """All rows, each view, each view and phase."""
    tests: list[tuple[str, Callable[[FrameScore], bool]]] = [("all", lambda row: True)]
    views = sorted({row.view for row in rows}, reverse=True)
    phases = sorted({row.phase for row in rows})
    if len(views) > 1:
        tests += [(view, lambda row, view=view: row.view == view) for view in views]
    tests += [
        (f"{view} {phase}".strip(), lambda row, view=view, phase=phase: (row.view, row.phase) == (view, phase))
        for view in views
        for phase in phases
    ]
    groups = []
    for name, test in tests:
        part = [row for row in rows if test(row)]
        if part:
            groups.append(frame_group(name, part, compat))
    return groups


def frame_group(name: str, rows: Sequence[FrameScore], compat: bool) -> dict[str, Any]:
    patients = [row.patient for row in rows]
    group: dict[str, Any] = {
        "group": name,
        "n": sum(row.score.empty != "both" for row in rows),
        "bothEmpty": sum(row.score.empty == "both" for row in rows),
        "oneEmpty": sum(row.score.empty == "one" for row in rows),
        "dice": patient_mean([row.score.dice for row in rows], patients, SEEDS["dice"]),
        "iou": patient_mean([row.score.iou for row in rows], patients, SEEDS["iou"]),
    }
    for unit in ("mm", "px"):
        part = [row for row in rows if row.unit == unit]
        if part:
            group[unit] = {
                key: patient_mean([getattr(row.score, key) for row in part], [row.patient for row in part], SEEDS[key])
                for key in DISTANCES
            }
    if compat:
        group["rowByRow"] = {
            "dice": patient_mean([row.row_by_row[0] for row in rows], patients, SEEDS["compat-dice"]),
            "iou": patient_mean([row.row_by_row[1] for row in rows], patients, SEEDS["compat-iou"]),
        }
    return group


def ejection_groups(beats: Sequence[BeatVolumes]) -> list[dict[str, Any]]:
    """By method, all views together and each view."""
    groups = []
    for method in ("surrogate", "disks"):
        of_method = [beat for beat in beats if beat.method == method]
        views = sorted({beat.view for beat in of_method}, reverse=True)
        for view in ["all", *views] if len(views) > 1 else views:
            part = [beat for beat in of_method if view in ("all", beat.view)]
            groups.append(ejection_group(method, view, part))
    return groups


def ejection_group(method: str, view: str, beats: Sequence[BeatVolumes]) -> dict[str, Any]:
    patients = [beat.patient for beat in beats]
    found, truth = [beat.found_ef for beat in beats], [beat.true_ef for beat in beats]
    group = {"method": method, "view": view, "ef": agreement(found, truth, patients)}
    if all(beat.unit == "ml" for beat in beats):
        group["volumes"] = {phase: volume_agreement(beats, phase, patients) for phase in ("edv", "esv")}
    return group


def volume_agreement(beats: Sequence[BeatVolumes], phase: str, patients: Sequence[str]) -> dict[str, Any]:
    """Of EDV or ESV in millilitres; errors in percent of the reference."""
    found = [getattr(beat, f"found_{phase}") for beat in beats]
    truth = [getattr(beat, f"true_{phase}") for beat in beats]
    return {
        "ml": agreement(found, truth, patients, SEEDS["volume-error"]),
        "percentError": patient_mean(percent_errors(found, truth), patients, SEEDS["volume-error"]),
    }
