"""What a correction of one or two frames is worth for the others, in the workstation itself.

Phantoms are spoiled until the model contours them with a mean Dice of 0.80 to 0.92; the truth is given as a correction
at the ES frame of one beat, then at its ES and ED, and the workstation carries it on. On CAMUS pairs the reference of
ED is given and ES is looked at. A contour that is only shifted shows how far its neighbours follow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.labelled_clip import LabelledClip
from ..evaluation.contour import mask_volume_ml
from ..evaluation.ejection import ejection_fraction
from ..evaluation.masks import score_mask
from ..export.mask_path import WAYS
from .spoiled_phantoms import MEAN_DICE, SpoiledPhantom
from .workstation import AnalysedClip, ClipFile, analyse, write_dicom

SHIFT_MM = 5.0

Analyses = Mapping[str, AnalysedClip]
"""By SOP Instance UID."""


@dataclass(frozen=True)
class Case:
    """A clip with its truth. truth (T, H, W) bool; ejection fraction in percent, not a number where it is unknown."""

    file: ClipFile
    truth: np.ndarray
    true_ejection_fraction: float  # mean of all beats
    beat: tuple[int, int]  # ED and ES frame of the beat in which frames are corrected
    given: Mapping[str, tuple[int, ...]]  # frames whose truth is given, by the name of the experiment

    @property
    def uid(self) -> str:
        return self.file.sop_instance_uid


@dataclass(frozen=True)
class FrameErrors:
    """By frame; not a number where there is no contour (Dice: 0) or the frame is not counted."""

    dice: np.ndarray
    distance_mm: np.ndarray  # mean distance of the borders, of both directions together


@dataclass(frozen=True)
class Gain:
    """One clip in one experiment: means over frames, before and after."""

    name: str
    experiment: str
    way: str
    frames: int  # not corrected
    reached: int  # of them, those whose contour was carried
    dice: tuple[float, float]
    distance_mm: tuple[float, float]
    reached_dice: tuple[float, float]
    reached_distance_mm: tuple[float, float]
    ejection_fraction_error: tuple[float, float]  # of the clip's mean, absolute, points
    beat_error: tuple[float, float]  # of the corrected beat, at its true ED and ES frames


def phantom_case(phantom: SpoiledPhantom) -> Case:
    clip = phantom.clip
    diastole, systole = clip.beats[0]
    volumes = clip.single_plane_volumes_ml
    true = float(np.mean([ejection_fraction(volumes[start], volumes[end]) for start, end in clip.beats]))
    step = float(np.mean(np.diff(clip.frame_times_ms)))
    file = ClipFile(f"phantom-{clip.seed}", clip.view, clip.pictures, step, clip.spacing_mm)
    return Case(file, phantom.truth, true, (diastole, systole), {"ES": (systole,), "ES and ED": (systole, diastole)})


def camus_case(clip: LabelledClip) -> Case:
    """Frame 0 is ED, frame 1 ES."""
    true = float("nan")
    if clip.spacing_mm is not None:
        volumes = [mask_volume_ml(mask, clip.spacing_mm) for mask in clip.masks]
        true = ejection_fraction(*volumes)
    file = ClipFile(f"{clip.patient}-{clip.view}", clip.view, clip.frames, 300, clip.spacing_mm)
    return Case(file, clip.masks.astype(bool), true, (0, 1), {"ED": (0,)})


def frame_errors(case: Case, analysed: AnalysedClip) -> FrameErrors:
    dice, distances = np.zeros(len(case.truth)), np.full(len(case.truth), np.nan)
    for frame, truth in enumerate(case.truth):
        found = analysed.mask(frame)
        if found is None or not found.any():
            continue
        score = score_mask(found, truth, case.file.spacing_mm or (1.0, 1.0))
        dice[frame] = score.dice
        if case.file.spacing_mm is not None:
            distances[frame] = score.asd
    return FrameErrors(dice, distances)


def write_corrections(cases: Sequence[Case], experiment: str, folder: Path) -> Path:
    """The truth of the frames of an experiment as masks, and the JSON that names them."""
    from PIL import Image

    clips = []
    for case in cases:
        corrections = []
        for frame in case.given[experiment]:
            path = folder / "given" / f"{case.file.name}-{frame:04}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.where(case.truth[frame], 255, 0).astype(np.uint8)).save(path)
            corrections.append({"frame": frame, "mask": str(path.relative_to(folder))})
        clips.append({"sopInstanceUid": case.uid, "corrections": corrections})
    return write_json_file(folder / f"{experiment.replace(' ', '-').lower()}.json", {"clips": clips})


def write_json_file(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def both_means(values: tuple[np.ndarray, np.ndarray], counted: np.ndarray) -> tuple[float, float]:
    """Means before and after over the counted frames that have a value in both."""
    counted = counted & np.isfinite(values[0]) & np.isfinite(values[1])
    if not counted.any():
        return float("nan"), float("nan")
    return float(values[0][counted].mean()), float(values[1][counted].mean())


def gain(case: Case, experiment: str, way: str, before: AnalysedClip, after: AnalysedClip) -> Gain:
    errors = frame_errors(case, before), frame_errors(case, after)
    others = np.ones(len(case.truth), bool)
    others[list(case.given[experiment])] = False
    carried = [frame for frame, trace in after.traces.items() if trace["source"] == "propagated"]
    reached = np.zeros(len(case.truth), bool)
    reached[carried] = True
    reached &= others
    dice = errors[0].dice, errors[1].dice
    distance = errors[0].distance_mm, errors[1].distance_mm
    beat = [beat_error(case, one) for one in (before, after)]
    missed = [abs(one.ejection_fraction - case.true_ejection_fraction) for one in (before, after)]
    return Gain(
        case.file.name,
        experiment,
        way,
        int(others.sum()),
        int(reached.sum()),
        both_means(dice, others),
        both_means(distance, others),
        both_means(dice, reached),
        both_means(distance, reached),
        (missed[0], missed[1]),
        (beat[0], beat[1]),
    )


def beat_error(case: Case, analysed: AnalysedClip) -> float:
    """Of the ejection fraction by disks of the contours of both frames, against that of the true ones."""
    spacing = case.file.spacing_mm
    masks = [analysed.mask(frame) for frame in case.beat]
    if spacing is None or any(mask is None for mask in masks):
        return float("nan")
    found, true = (
        ejection_fraction(*(mask_volume_ml(mask, spacing) for mask in pair))
        for pair in (masks, [case.truth[frame] for frame in case.beat])
    )
    return abs(found - true)


def before_corrections(cases: Sequence[Case], model: Path, folder: Path) -> Analyses:
    """What the workstation makes of the clips, by SOP Instance UID, and the files that it was given."""
    files = [write_dicom(case.file, folder / "clips") for case in cases]
    return analyse(files, model, folder / "before")


def mean_dice(case: Case, before: Analyses) -> float:
    return float(frame_errors(case, before[case.uid]).dice.mean())


def qualified_phantoms(
    phantoms: Iterator[SpoiledPhantom], count: int, model: Path, folder: Path
) -> tuple[list[Case], Analyses]:
    """The first ``count`` that the workstation, too, contours with a mean Dice between the limits: it sees pictures as
    they are stored, and takes some that hardly move for frozen."""
    cases: list[Case] = []
    known: dict[str, AnalysedClip] = {}
    for batch in count_from(1):
        if len(cases) >= count:
            break
        made = [phantom_case(next(phantoms)) for _ in range(count - len(cases))]
        before = before_corrections(made, model, folder / f"batch-{batch}")
        low, high = MEAN_DICE
        cases += [case for case in made if low <= mean_dice(case, before) <= high]
        known |= before
    return cases, known


def study(cases: Sequence[Case], before: Analyses, model: Path, folder: Path, ways: Sequence[str] = WAYS) -> list[Gain]:
    """Every case in every experiment and every way. The folder keeps what the workstation got and what it said."""
    files = [write_dicom(case.file, folder / "clips") for case in cases]
    gains = []
    for experiment in cases[0].given:
        corrections = write_corrections(cases, experiment, folder)
        for way in ways:
            after = analyse(files, model, folder / f"after-{corrections.stem}-{way}", corrections, way)
            gains += [gain(case, experiment, way, before[case.uid], after[case.uid]) for case in cases]
    return gains


@dataclass(frozen=True)
class Followed:
    """How far the frames beside one that was shifted followed it, in mm by distance in frames."""

    name: str
    shifted_frame: int
    by_distance: dict[int, float]


def study_shift(files: Sequence[Path], model: Path, folder: Path, way: str = "displacement") -> list[Followed]:
    """Shifts the model's contour at the first ED of every calibrated clip sideways by 5 mm and carries that on."""
    before = analyse(files, model, folder / "before")
    clips, shifted = [], {}
    for uid, clip in before.items():
        if clip.entry["calibration"] is None or not clip.entry["beats"]:
            continue
        frame = clip.entry["beats"][0]["edFrame"]
        step = SHIFT_MM / clip.entry["calibration"]["mmPerPixelX"]
        trace = {key: moved(clip.traces[frame][key], step) for key in ("points", "hinges", "apex")}
        clips.append({"sopInstanceUid": uid, "corrections": [{"frame": frame, "trace": trace}]})
        shifted[uid] = frame
    after = analyse(files, model, folder / "after", write_json_file(folder / "shift.json", {"clips": clips}), way)
    return [followed(before[uid], after[uid], frame) for uid, frame in shifted.items()]


def moved(points: Any, step: float) -> Any:
    """A point or points of analysis.json, [x, y], moved along x."""
    if isinstance(points[0], list):
        return [moved(point, step) for point in points]
    return [points[0] + step, points[1]]


def followed(before: AnalysedClip, after: AnalysedClip, frame: int) -> Followed:
    """By how much the middle of the contoured area moved on the frames on either side, the lesser of both."""
    step = before.entry["calibration"]["mmPerPixelX"]
    by_distance: dict[int, float] = {}
    for distance in (1, 2, 4, 8):
        moves = []
        for beside in (frame - distance, frame + distance):
            masks = before.mask(beside), after.mask(beside)
            if masks[0] is not None and masks[1] is not None:
                middles = [float(np.nonzero(mask)[1].mean()) for mask in masks]
                moves.append((middles[1] - middles[0]) * step)
        if moves:
            by_distance[distance] = min(moves)
    return Followed(Path(before.entry["file"]).stem, frame, by_distance)
