"""Measures a model on everything asked for and writes what came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ..running.subject import Subject
from .files import SCHEMA, write_beats, write_masks, write_phantoms, write_report
from .gallery import choose, gallery
from .phantoms import PhantomScore, phantom_cases, score_phantoms, summarise_phantoms
from .plots import bland_altman
from .progress import Progress
from .scoring import SourceScores, score_source
from .sources import Source
from .summary import summarise
from .tables import markdown
from .targets import judge

PROTOCOL = "gdkvm-rerelease-v1"


@dataclass(frozen=True)
class Options:
    split: str = "validation"
    compat: bool = False
    phantoms: int = 0
    phantom_pictures: str = "scanner"
    workers: int = 1
    device: str = "cpu"
    batch: int = 1
    role: str | None = None


@dataclass(frozen=True)
class Measured:
    """Everything that a report is written from."""

    report: dict[str, Any]
    text: str
    scores: list[SourceScores]
    phantoms: list[PhantomScore]


def measure(subject: Subject, sources: list[Source], options: Options) -> Measured:
    scores = [
        score_source(source, subject, options.batch, Progress(source.identity, source.count)) for source in sources
    ]
    phantoms = []
    if options.phantoms:
        progress = Progress("phantoms", options.phantoms)
        phantoms = score_phantoms(
            subject, options.phantoms, options.phantom_pictures, options.workers, options.device, progress
        )
    role = options.role or subject.role
    report: dict[str, Any] = {
        "schema": SCHEMA,
        "protocol": PROTOCOL,
        "createdAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "model": subject.facts(),
        "split": options.split,
        "compat": options.compat,
        "role": role,
        "sources": [summarise(part, options.compat) for part in scores],
        "phantoms": summarise_phantoms(phantoms, options.phantom_pictures) if phantoms else None,
    }
    outcomes = judge(report, role)
    report["targets"] = [
        {"title": outcome.title, "value": outcome.value, "limit": outcome.limit, "passed": outcome.passed}
        for outcome in outcomes
    ]
    return Measured(report, markdown(report, outcomes), scores, phantoms)


def write(measured: Measured, subject: Subject, options: Options, folder: Path) -> None:
    """JSON, Markdown, rows as CSV, Bland-Altman plots and pages of cases."""
    folder.mkdir(parents=True, exist_ok=True)
    write_report(folder, measured.report, measured.text)
    if measured.scores:
        write_masks(folder / "masks.csv", measured.scores, options.compat)
        write_beats(
            folder / "ejection.csv",
            ((part.source.identity, beat) for part in measured.scores for beat in part.beats),
        )
    for part in measured.scores:
        name, title = part.source.identity, f"{subject.name} {subject.version}, {part.source.title}"
        if any(np.isfinite(beat.found_ef - beat.true_ef) for beat in part.beats):
            bland_altman(part.beats, title, folder / f"bland-altman-{name}.png")
        if part.cases:
            gallery(choose(part.cases), title, folder / f"cases-{name}.png")
    if measured.phantoms:
        write_phantoms(folder / "phantoms.csv", measured.phantoms)
        title = f"{subject.name} {subject.version}, {measured.report['phantoms']['title']}, worst frame of each clip"
        each = min(4, max(1, len(measured.phantoms) // 3))
        groups = phantom_cases(measured.phantoms, subject, options.phantom_pictures, each)
        gallery(groups, title, folder / "cases-phantoms.png")
