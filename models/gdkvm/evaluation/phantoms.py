"""Scores on the phantom test set: seeds that no training draws, shown as whole scanner pictures."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..running.segmentation import dice
from ..running.subject import Subject, load_subject
from .contour import mask_volume_ml
from .ejection import agreement, ejection_fraction, percent_errors
from .intervals import SEEDS, patient_mean
from .scoring import Case
from .segmenting import segment_as_shown
from .summary import plain

if TYPE_CHECKING:
    from ..phantom import PhantomClip

LV_CAVITY = 1
PICTURES = ("scanner", "sector")


@dataclass(frozen=True)
class PhantomScore:
    """One clip. Volumes in ml at the first beat's ED and ES; not a number without a whole beat or a contour."""

    seed: int
    view: str
    frames: int
    dice: float  # mean over all frames
    worst_dice: float
    worst_frame: int
    found_edv: float  # single plane, 20 disks, from the found masks
    found_esv: float
    mask_edv: float  # the same from the true masks: what the method itself misses
    mask_esv: float
    true_edv: float  # single plane, from the true outline
    true_esv: float
    true_ef_3d: float

    @property
    def found_ef(self) -> float:
        return ejection_fraction(self.found_edv, self.found_esv)

    @property
    def mask_ef(self) -> float:
        return ejection_fraction(self.mask_edv, self.mask_esv)

    @property
    def true_ef(self) -> float:
        return ejection_fraction(self.true_edv, self.true_esv)


def make_phantom(seed: int, pictures: str) -> PhantomClip:
    from .. import phantom

    if pictures not in PICTURES:
        raise ValueError(f"phantom pictures {pictures!r}: expected one of {', '.join(PICTURES)}")
    return phantom.scanner_clip(seed) if pictures == "scanner" else phantom.sector_clip(seed)


def segment_phantom(clip: PhantomClip, subject: Subject, pictures: str) -> np.ndarray:
    """Probabilities (T, H, W): scanner pictures are cropped as the workstation crops, sectors are taken whole."""
    return segment_as_shown(clip.pictures, subject, whole_frame=pictures == "sector")


def score_phantom(seed: int, subject: Subject, pictures: str) -> PhantomScore:
    clip = make_phantom(seed, pictures)
    probability = segment_phantom(clip, subject, pictures)
    truth = clip.labels == LV_CAVITY
    overlaps = np.array([dice(p > subject.threshold, t) for p, t in zip(probability, truth)])
    worst = int(np.nanargmin(overlaps))
    volumes = [float("nan")] * 6
    if clip.beats:
        ends = clip.beats[0]
        volumes = [mask_volume_ml(probability[frame], clip.spacing_mm, subject.threshold) for frame in ends]
        volumes += [mask_volume_ml(truth[frame], clip.spacing_mm) for frame in ends]
        volumes += [float(clip.single_plane_volumes_ml[frame]) for frame in ends]
    true_ef_3d = float(clip.ejection_fraction_percent) if clip.beats else float("nan")
    return PhantomScore(
        seed, clip.view, len(truth), float(np.nanmean(overlaps)), float(overlaps[worst]), worst, *volumes, true_ef_3d
    )


# Of a worker process: its model, loaded once.
at_hand: Subject | None = None


def start_worker(source: Path, device: str, passes: str) -> None:
    global at_hand
    at_hand = load_subject(source, device, 1, passes)


def score_in_worker(seed: int, pictures: str) -> PhantomScore:
    assert at_hand is not None
    return score_phantom(seed, at_hand, pictures)


def score_phantoms(
    subject: Subject,
    count: int,
    pictures: str = "scanner",
    workers: int = 1,
    device: str = "cpu",
    done: Callable[[int], None] = lambda count: None,
) -> list[PhantomScore]:
    """The first ``count`` clips of the test set, in the order of their seeds."""
    from ..phantom import FIRST_TEST_SEED

    seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + count)
    scores = []
    found = (score_phantom(seed, subject, pictures) for seed in seeds)
    for score in found if workers < 2 else in_processes(subject, seeds, pictures, workers, device):
        scores.append(score)
        done(len(scores))
    return sorted(scores, key=lambda score: score.seed)


def in_processes(subject: Subject, seeds: range, pictures: str, workers: int, device: str) -> Iterator[PhantomScore]:
    # Fresh processes: a copy of one that runs PyTorch or onnxruntime can hang.
    context = multiprocessing.get_context("spawn")
    started = (subject.source, device, subject.passes)
    with ProcessPoolExecutor(workers, context, start_worker, started) as pool:
        waiting = [pool.submit(score_in_worker, seed, pictures) for seed in seeds]
        try:
            for ready in as_completed(waiting):
                yield ready.result()
        finally:
            pool.shutdown(cancel_futures=True)


def summarise_phantoms(scores: list[PhantomScore], pictures: str) -> dict[str, Any]:
    """Each clip counts as a patient."""
    names = [str(score.seed) for score in scores]
    columns = {key: [getattr(score, key) for score in scores] for key in ("found_ef", "mask_ef", "true_ef")}
    volume_errors = {
        phase: percent_errors(
            [getattr(score, f"found_{phase}") for score in scores],
            [getattr(score, f"true_{phase}") for score in scores],
        )
        for phase in ("edv", "esv")
    }
    by_dice = sorted(scores, key=lambda score: score.dice)
    return plain(
        {
            "title": f"phantom test set, {len(scores)} clips, {pictures} pictures",
            "pictures": pictures,
            "n": len(scores),
            "frames": sum(score.frames for score in scores),
            "seeds": [scores[0].seed, scores[-1].seed],
            "withoutBeat": sum(not np.isfinite(score.true_edv) for score in scores),
            "dice": patient_mean([score.dice for score in scores], names, SEEDS["dice"]),
            "efAgainstSinglePlane": agreement(columns["found_ef"], columns["true_ef"], names),
            "efAgainst3d": agreement(columns["found_ef"], [score.true_ef_3d for score in scores], names),
            "efOfTrueMasks": agreement(columns["mask_ef"], columns["true_ef"], names),
            "volumePercentError": patient_mean(
                volume_errors["edv"] + volume_errors["esv"], names + names, SEEDS["volume-error"]
            ),
            "edvPercentError": patient_mean(volume_errors["edv"], names, SEEDS["volume-error"]),
            "esvPercentError": patient_mean(volume_errors["esv"], names, SEEDS["volume-error"]),
            "worst": [{"seed": score.seed, "view": score.view, "dice": score.dice} for score in by_dice[:10]],
        }
    )


def phantom_cases(scores: list[PhantomScore], subject: Subject, pictures: str, each: int) -> list[list[Case]]:
    """The worst frame of the worst, of the median and of the best clips, made again from their seeds."""
    ordered = sorted(scores, key=lambda score: score.dice)
    middle = max(0, len(ordered) // 2 - each // 2)
    chosen = [ordered[:each], ordered[middle : middle + each], ordered[::-1][:each]]
    return [[phantom_case(score, subject, pictures) for score in group] for group in chosen]


def phantom_case(score: PhantomScore, subject: Subject, pictures: str) -> Case:
    clip = make_phantom(score.seed, pictures)
    at = score.worst_frame
    found = segment_phantom(clip, subject, pictures)[at] > subject.threshold
    picture = clip.pictures[at] if clip.pictures.ndim == 3 else clip.pictures[at].max(2)
    aspect = clip.spacing_mm[0] / clip.spacing_mm[1]
    name = f"{score.seed} {clip.view}"
    return Case(name, f"frame {at}", score.worst_dice, picture, found, clip.labels[at] == LV_CAVITY, aspect)
