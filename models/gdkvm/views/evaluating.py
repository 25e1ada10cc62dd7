"""Measures the model folder of a recogniser."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..export.model_folder import sha256_of
from .judging import KnownClip, Verdict, camus_known, real_known
from .material import camus_clips
from .preparation import FRAMES, SIZE, Prepared
from .real_pictures import real_clips
from .recogniser_graph import SCHEMA, RecogniserSession


def read_view_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a recogniser's folder whose graph is the one it names. Raises ValueError."""
    try:
        values = json.loads((folder / "manifest.json").read_text())
        wanted, found = values["graph"]["sha256"], sha256_of(folder / values["graph"]["file"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder}: not the folder of a recogniser ({error})") from error
    if values.get("schema") != SCHEMA:
        raise ValueError(f"{folder}: schema {values.get('schema')!r}, expected {SCHEMA!r}")
    if wanted != found:
        raise ValueError(f"{folder}: the graph is not the one that the manifest names")
    return values


def verdicts_on(session: RecogniserSession, clips: list[KnownClip]) -> list[Verdict]:
    return [Verdict(clip.group, clip.view, session(clip.prepared)) for clip in clips]


def camus_verdicts(session: RecogniserSession, camus: Path) -> list[Verdict]:
    """On the validation patients, as they are and as other crops and screens would show them."""
    return verdicts_on(session, camus_known(camus_clips(camus / "camus-224-val.npz")))


def real_verdicts(session: RecogniserSession, data: Path) -> list[Verdict]:
    return verdicts_on(session, real_known(real_clips(data)))


def milliseconds_a_clip(session: RecogniserSession, times: int = 15) -> float:
    """Median time of the graph for a clip of FRAMES frames."""
    rng = np.random.default_rng(0)
    sectors = rng.random((FRAMES, 1, SIZE, SIZE), np.float32)
    found = []
    for _ in range(times):
        start = time.perf_counter()
        session(Prepared(sectors, sectors[:2]))
        found.append(1000 * (time.perf_counter() - start))
    return float(np.median(found))
