"""Phantoms beside CAMUS in numbers: a Markdown table of percentiles at end-diastole and end-systole."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..datasets.camus_pairs import read_pack
from .clip import Study, convert, polar_grid
from .statistics import NAMES, percentiles

SIZE = 224  # of the CAMUS packs


def of_camus(pack: Path, phase: str, most: int) -> dict[str, tuple[float, ...]]:
    ids, images, labels = read_pack(pack)
    rows = [row for row, name in enumerate(ids) if name.endswith(phase)]
    rows = rows[:: max(len(rows) // most, 1)][:most]
    return percentiles(list(images[rows]), list(labels[rows]))


def of_phantoms(seeds: range) -> dict[str, dict[str, tuple[float, ...]]]:
    """By phase: the R wave and the end of ejection of one beat."""
    pictures: dict[str, list[np.ndarray]] = {"ED": [], "ES": []}
    labels: dict[str, list[np.ndarray]] = {"ED": [], "ES": []}
    for seed in seeds:
        study = Study(seed, 2)
        beat = study.rhythm.r_waves[1]
        study.at([beat, beat + study.rhythm.systole])
        shown, marks = convert(study, *polar_grid(SIZE, SIZE * 5 // 8), SIZE, SIZE)
        for phase, frame in (("ED", 0), ("ES", 1)):
            pictures[phase].append(shown[frame])
            labels[phase].append(marks[frame])
    return {phase: percentiles(pictures[phase], labels[phase]) for phase in pictures}


def compare(pack: Path, first_seed: int, count: int) -> str:
    """5th, 50th and 95th percentile of every number, CAMUS and phantoms, ED and ES."""
    made = of_phantoms(range(first_seed, first_seed + count))
    real = {phase: of_camus(pack, phase, count) for phase in made}

    def cell(values: tuple[float, ...]) -> str:
        digits = 0 if max(values) >= 10 else 2
        return " / ".join(f"{value:.{digits}f}" for value in values)

    lines = ["| | CAMUS ED | phantoms ED | CAMUS ES | phantoms ES |", "|---|---|---|---|---|"]
    for name, title in NAMES.items():
        cells = (cell(source[phase][name]) for phase in ("ED", "ES") for source in (real, made))
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)
