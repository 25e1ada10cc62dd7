"""Phantoms beside CAMUS in numbers: a Markdown table of percentiles at end-diastole and end-systole."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..camus import read_pack
from .clip import sector_clip
from .statistics import NAMES, percentiles

SIZE = 224  # of the CAMUS packs
FRAMES = 16


def of_camus(pack: Path, phase: str, most: int) -> dict[str, tuple[float, ...]]:
    ids, images, labels = read_pack(pack)
    rows = [row for row, name in enumerate(ids) if name.endswith(phase)]
    rows = rows[:: max(len(rows) // most, 1)][:most]
    return percentiles(list(images[rows]), list(labels[rows]))


def of_phantoms(seeds: range) -> dict[str, dict[str, tuple[float, ...]]]:
    """By phase; the frames of largest and smallest volume."""
    pictures: dict[str, list[np.ndarray]] = {"ED": [], "ES": []}
    labels: dict[str, list[np.ndarray]] = {"ED": [], "ES": []}
    for seed in seeds:
        clip = sector_clip(seed, size=SIZE, frames=FRAMES)
        for phase, frame in (("ED", clip.volumes_ml.argmax()), ("ES", clip.volumes_ml.argmin())):
            pictures[phase].append(clip.pictures[frame])
            labels[phase].append(clip.labels[frame])
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
