"""Dice of a model folder on CAMUS validation data, as the workstation would segment it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .camus import LV_CAVITY, read_pack
from .phantom import Phantom
from .segmentation import Runner, dice, segment_clip


@dataclass(frozen=True)
class Score:
    """One mask against its reference."""

    patient: str
    view: str
    phase: str
    dice: float


@dataclass(frozen=True)
class Summary:
    """Mean with a percentile bootstrap interval over patients."""

    mean: float
    lower: float
    upper: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.4f} (95 % {self.lower:.4f} to {self.upper:.4f}, n = {self.count})"


def summarise(scores: list[Score], seed: int = 42, resamples: int = 2000) -> Summary:
    """Mean of all scores; the interval resamples patients with replacement."""
    by_patient: dict[str, list[float]] = {}
    for score in scores:
        by_patient.setdefault(score.patient, []).append(score.dice)
    means = np.array([np.mean(values) for values in by_patient.values()])
    drawn = np.random.default_rng(seed).integers(len(means), size=(resamples, len(means)))
    lower, upper = np.percentile(means[drawn].mean(1), [2.5, 97.5])
    return Summary(float(np.mean([score.dice for score in scores])), float(lower), float(upper), len(scores))


def evaluate_pack(runner: Runner, path: Path, size: tuple[int, int], transposed: bool = False) -> list[Score]:
    """Scores on a 224x224 pack: each view of a patient is a clip of two frames, ED then ES."""
    ids, images, labels = read_pack(path)
    index = {name: row for row, name in enumerate(ids)}
    scores = []
    for stem in sorted({name.rsplit("_", 1)[0] for name in ids}):
        rows = [index[f"{stem}_{phase}"] for phase in ("ED", "ES")]
        found = segment_clip(runner, images[rows], size, transposed) > 0.5
        patient, view = stem.split("_")
        for position, phase in enumerate(("ED", "ES")):
            truth = labels[rows[position]] == LV_CAVITY
            scores.append(Score(patient, "A4C" if view == "4CH" else "A2C", phase, dice(found[position], truth)))
    return scores


def evaluate_dicom(runner: Runner, folder: Path, size: tuple[int, int], transposed: bool = False) -> list[Score]:
    """Scores on two-frame DICOM files with native masks in labels.npz."""
    import pydicom

    scores = []
    with np.load(folder / "labels.npz", allow_pickle=False) as labels:
        for file in sorted(folder.glob("*.dcm")):
            patient = file.stem.split("_")[0]
            frames = pydicom.dcmread(file).pixel_array
            found = segment_clip(runner, frames, size, transposed) > 0.5
            for position, phase in enumerate(("ED", "ES")):
                truth = labels[patient][position] == LV_CAVITY
                scores.append(Score(patient, "A4C", phase, dice(found[position], truth)))
    return scores


def table(scores: list[Score]) -> list[tuple[str, Summary]]:
    """All scores, then by view and phase."""
    rows = [("all", summarise(scores))]
    for view in sorted({score.view for score in scores}):
        for phase in ("ED", "ES"):
            part = [score for score in scores if (score.view, score.phase) == (view, phase)]
            rows.append((f"{view} {phase}", summarise(part)))
    return rows


FIRST_TEST_PHANTOM = 2_000_000_000  # no training configuration draws seeds up here
PHANTOM_FRAMES = 20


@dataclass(frozen=True)
class PhantomScore:
    """One phantom beat of 20 frames: Dice of each frame and the ejection fraction, measured and true, in percent."""

    dice: tuple[float, ...]
    ejection_fraction: float
    true_ejection_fraction: float


def disk_volume(mask: np.ndarray, phantom: Phantom, disks: int = 20) -> float:
    """Volume in millilitres by disks along the phantom's long axis. mask (S, S) of the sector's box."""
    body, size = phantom.anatomy, mask.shape[0]
    half = body.depth * np.sin(body.half_angle)
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return 0.0
    x, y = ((columns + 0.5) / size * 2 - 1) * half, (rows + 0.5) / size * body.depth
    u, _ = phantom.local(x, y)
    pixel = 2 * half / size * body.depth / size
    counts, edges = np.histogram(u, disks)
    height = edges[1] - edges[0]
    widths = counts * pixel / height
    return float(np.pi / 4 * (widths**2).sum() * height / 1000)


def evaluate_phantoms(runner: Runner, count: int, size: int) -> list[PhantomScore]:
    """Scores on phantoms that no training saw."""
    scores = []
    for index in range(count):
        phantom = Phantom(FIRST_TEST_PHANTOM + index)
        pairs = [
            phantom.frame(0.5 - 0.5 * np.cos(2 * np.pi * frame / PHANTOM_FRAMES), size)
            for frame in range(PHANTOM_FRAMES)
        ]
        found = runner.clip(np.stack([picture for picture, _ in pairs]) / np.float32(255)) > 0.5
        truth = np.stack([mask for _, mask in pairs]) > 0
        fractions = []
        for masks in (found, truth):
            end_diastole, end_systole = (disk_volume(masks[at], phantom) for at in (0, PHANTOM_FRAMES // 2))
            fractions.append(100 * (1 - end_systole / end_diastole) if end_diastole else float("nan"))
        scores.append(PhantomScore(tuple(dice(a, b) for a, b in zip(found, truth)), *fractions))
    return scores
