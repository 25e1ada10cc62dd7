"""How near a model's maps of further structures are to reference masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.structure_masks import CAVITY, clip_of
from ..evaluation.accuracy import accuracy_row
from ..evaluation.intervals import SEEDS, patient_mean
from ..evaluation.scoring import FrameScore, frame_scores
from ..evaluation.segmenting import segment_source
from ..evaluation.sources import Source, find_sources
from ..running.subject import load_subject

TITLES = {CAVITY: "cavity", "lv-wall": "cavity and wall", "left-atrium": "left atrium"}
PACK = "camus-pack"


@dataclass(frozen=True)
class Group:
    """Frames that are told of together; None takes all."""

    view: str | None
    phase: str | None

    @property
    def title(self) -> str:
        return f"{self.view or 'A4C+A2C'}, {self.phase or 'ED+ES'}"

    def takes(self, frame: FrameScore) -> bool:
        return self.view in (None, frame.view) and self.phase in (None, frame.phase)


GROUPS = (
    Group(None, None),
    Group("A4C", None),
    Group("A2C", None),
    *(Group(view, phase) for view in ("A4C", "A2C") for phase in ("ED", "ES")),
)


def of_structure(source: Source, structure: str) -> Source:
    """The source with that structure's reference masks."""
    return replace(source, read=lambda: (clip_of(clip, structure) for clip in source.read()))


def camus_validation(folder: Path, subject: Any) -> Source:
    """Raises ValueError where the pack of validation patients is not in the folder."""
    for source in find_sources(folder, subject):
        if source.identity == PACK:
            return source
    raise ValueError(f"{folder}: the pack of CAMUS validation patients is not here")


def score_structure(model: Path, structure: str, camus: Path, threads: int = 1) -> list[FrameScore]:
    """Frames of the CAMUS validation patients, ED then ES of each view as a clip, at the resolution of the labels."""
    subject = load_subject(model, threads=threads, structure=structure)
    source = of_structure(camus_validation(camus, subject), structure)
    found: list[FrameScore] = []
    for segmented in segment_source(source, subject):
        found += frame_scores(segmented, segmented.data, "data", subject.threshold)
    return found


def accuracy_rows(structure: str, frames: Sequence[FrameScore]) -> list[dict[str, Any]]:
    """Rows for a manifest: Dice of each group, HD95 where the scale is known in mm."""
    rows = []
    for group in GROUPS:
        members = [frame for frame in frames if group.takes(frame)]
        dataset = f"CAMUS official validation, {group.title}, {TITLES[structure]}"
        patients = [frame.patient for frame in members]
        dice = patient_mean([frame.score.dice for frame in members], patients, SEEDS["dice"])
        rows.append(accuracy_row(dataset, "dice", asdict(dice)))
        if group.view is not None and all(frame.unit == "mm" for frame in members):
            far = patient_mean([frame.score.hd95 for frame in members], patients, SEEDS["hd95"])
            rows.append(accuracy_row(dataset, "hd95-mm", asdict(far)))
    return rows


def worst(frames: Sequence[FrameScore], count: int = 5) -> list[str]:
    """Keys of the frames with the lowest Dice, with it."""
    order = sorted(frames, key=lambda frame: frame.score.dice)[:count]
    return [f"{frame.key} {frame.phase} {frame.score.dice:.3f}" for frame in order]


def milliseconds_a_frame(models: Sequence[Path], repeats: int = 60) -> list[float]:
    """Of each model the fastest of many frames, one after the other in turns, on one thread."""
    from time import perf_counter

    from ..export.graph_session import session_on_cpu

    sessions = [session_on_cpu(path, 1) for path in models]
    feeds = [{entry.name: np.zeros(entry.shape, np.float32) for entry in session.get_inputs()} for session in sessions]
    best = [float("inf")] * len(models)
    for _ in range(repeats):
        for index, (session, values) in enumerate(zip(sessions, feeds)):
            started = perf_counter()
            session.run(None, values)
            best[index] = min(best[index], (perf_counter() - started) * 1000)
    return best
