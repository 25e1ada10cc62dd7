"""Means with percentile bootstrap intervals over patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
# The protocol fixes the seeds of Dice, HD95 and ASD; the others go on from there.
SEEDS = {
    "dice": 42,
    "hd95": 43,
    "asd": 44,
    "iou": 45,
    "hd": 46,
    "ef-mae": 47,
    "volume-error": 48,
    "compat-dice": 49,
    "compat-iou": 50,
}


@dataclass(frozen=True)
class Mean:
    """Mean of all values; the 95 % interval resamples patients."""

    value: float
    lower95: float
    upper95: float
    n: int


def patient_mean(values: Sequence[float], patients: Sequence[str], seed: int) -> Mean:
    """Plain mean of the values that are numbers; interval of patient means, 2,000 resamples with replacement."""
    by_patient: dict[str, list[float]] = {}
    for value, patient in zip(values, patients):
        if np.isfinite(value):
            by_patient.setdefault(patient, []).append(float(value))
    if not by_patient:
        return Mean(float("nan"), float("nan"), float("nan"), 0)
    kept = [value for group in by_patient.values() for value in group]
    means = np.array([np.mean(group) for group in by_patient.values()])
    drawn = np.random.default_rng(seed).integers(len(means), size=(RESAMPLES, len(means)))
    lower, upper = np.percentile(means[drawn].mean(1), [2.5, 97.5])
    return Mean(float(np.mean(kept)), float(lower), float(upper), len(kept))
