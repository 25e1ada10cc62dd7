"""What pictures and labels look like in numbers, for phantoms and real data alike."""

from __future__ import annotations

import numpy as np

PERCENTILES = (5, 50, 95)
NAMES = {
    "area": "cavity, share of the picture",
    "centre_row": "cavity's centre, row, share of the height",
    "centre_column": "cavity's centre, column, share of the width",
    "apex_row": "cavity's top, share of the height",
    "base_row": "cavity's bottom, share of the height",
    "slenderness": "cavity, height over width of its box, pixels",
    "muscle": "myocardium over cavity, area",
    "atrium": "left atrium over cavity, area",
    "blood_grey": "grey of the cavity, median",
    "blood_dark": "grey of the cavity, 10th percentile",
    "blood_spread": "grey of the cavity, standard deviation",
    "muscle_grey": "grey of the myocardium, median",
    "muscle_bright": "grey of the myocardium, 90th percentile",
    "muscle_spread": "grey of the myocardium, standard deviation",
    "contrast": "myocardium less cavity, mean grey",
    "outside_grey": "grey of the rest of the sector, median",
    "black": "share of black pixels",
    "bright": "share of pixels above 200",
    "speckle_down": "correlation with the pixel below, myocardium",
    "speckle_across": "correlation with the pixel beside, myocardium",
}


def describe(picture: np.ndarray, labels: np.ndarray) -> dict[str, float] | None:
    """Numbers of one picture (S, S) uint8 and its labels; None without a cavity and myocardium to speak of."""
    cavity, muscle = labels == 1, labels == 2
    if cavity.sum() < 50 or muscle.sum() < 50:
        return None
    grey = picture.astype(np.float64)
    height, width = picture.shape
    rows, columns = np.nonzero(cavity)
    blood, wall = grey[cavity], grey[muscle]

    def neighbours(axis: int) -> float:
        one = tuple(slice(None, -1) if at == axis else slice(None) for at in (0, 1))
        two = tuple(slice(1, None) if at == axis else slice(None) for at in (0, 1))
        both = muscle[one] & muscle[two]
        return float(np.corrcoef(grey[one][both], grey[two][both])[0, 1])

    return {
        "area": cavity.mean(),
        "centre_row": rows.mean() / height,
        "centre_column": columns.mean() / width,
        "apex_row": rows.min() / height,
        "base_row": rows.max() / height,
        "slenderness": (np.ptp(rows) + 1) / (np.ptp(columns) + 1),
        "muscle": muscle.sum() / cavity.sum(),
        "atrium": (labels == 3).sum() / cavity.sum(),
        "blood_grey": np.median(blood),
        "blood_dark": np.percentile(blood, 10),
        "blood_spread": blood.std(),
        "muscle_grey": np.median(wall),
        "muscle_bright": np.percentile(wall, 90),
        "muscle_spread": wall.std(),
        "contrast": wall.mean() - blood.mean(),
        "outside_grey": np.median(grey[(labels == 0) & (picture > 0)]),
        "black": (picture <= 2).mean(),
        "bright": (picture > 200).mean(),
        "speckle_down": neighbours(0),
        "speckle_across": neighbours(1),
    }


def percentiles(pictures: list[np.ndarray], labels: list[np.ndarray]) -> dict[str, tuple[float, ...]]:
    rows = [row for row in map(describe, pictures, labels) if row is not None]
    return {
        name: tuple(float(value) for value in np.nanpercentile([row[name] for row in rows], PERCENTILES))
        for name in NAMES
    }
