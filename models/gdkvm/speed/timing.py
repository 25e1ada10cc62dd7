"""Times of several candidates in turn, so that all see the same load of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Candidate:
    """Something to time. One ``run`` does ``frames`` frames."""

    name: str
    run: Callable[[], object]
    frames: int = 1


@dataclass(frozen=True)
class Timing:
    """Milliseconds per frame: median over rounds of the rounds' medians, and the fastest round."""

    median_ms: float
    best_ms: float


def round_robin(candidates: Sequence[Candidate], rounds: int, repeats: int) -> dict[str, Timing]:
    """Every candidate ``repeats`` times in a row, one after the other, ``rounds`` times.

    The first call of each block is not counted: its caches belong to the candidate before.
    """
    names = [candidate.name for candidate in candidates]
    if len(set(names)) < len(names):
        raise ValueError(f"candidates must have names of their own: {names}")
    medians: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for candidate in candidates:
            candidate.run()
            seconds = []
            for _ in range(repeats):
                started = time.perf_counter()
                candidate.run()
                seconds.append(time.perf_counter() - started)
            medians[candidate.name].append(1000 * float(np.median(seconds)) / candidate.frames)
    return {name: Timing(float(np.median(values)), min(values)) for name, values in medians.items()}
