"""The 224x224 packs of CAMUS: ED and ES of both apical views, with masks.

Leclerc et al., "Deep Learning for Segmentation using an Open Large-Scale Dataset in 2D Echocardiography", IEEE TMI
38(9), 2019. Licence CC BY-NC-SA 4.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ..sector.resize import resize

LV_CAVITY, MYOCARDIUM, LEFT_ATRIUM = 1, 2, 3
LEFT, RIGHT = 0, 1


@dataclass(frozen=True)
class Pair:
    """ED and ES of one view of one patient."""

    patient: str
    view: str
    images: np.ndarray  # (2, S, S) uint8
    masks: np.ndarray  # (2, S, S) uint8, 255 inside the LV cavity
    labels: np.ndarray  # (2, S, S) uint8: 0 background, 1 LV cavity, 2 myocardium, 3 left atrium
    walls: np.ndarray  # (2, points, 2) x, y of matching points of the cavity's outline, in pixels


def outline(mask: np.ndarray, angle: float, levels: int = 14) -> np.ndarray:
    """Points on the outline at fixed fractions of the long axis: (2 * levels, 2) x, y.

    Equal fractions at ED and ES are taken as the same tissue: walls shorten and thicken evenly along the axis.
    """
    y, x = np.nonzero(mask)
    along = np.cos(angle) * x + np.sin(angle) * y
    across = -np.sin(angle) * x + np.cos(angle) * y
    low, high = along.min(), along.max()
    points = []
    for fraction in np.linspace(0.0, 1.0, levels):
        position = low + fraction * (high - low)
        near = across[np.abs(along - position) <= 1.5]
        points += [(position, near.min()), (position, near.max())]
    local = np.array(points)
    xs = np.cos(angle) * local[:, 0] - np.sin(angle) * local[:, 1]
    ys = np.sin(angle) * local[:, 0] + np.cos(angle) * local[:, 1]
    return np.stack([xs, ys], 1)


def long_axis_angle(mask: np.ndarray) -> float:
    """Direction of the mask's longest extent, in radians from x towards y."""
    y, x = np.nonzero(mask)
    covariance = np.cov(np.stack([x, y]))
    return float(0.5 * np.arctan2(2 * covariance[0, 1], covariance[0, 0] - covariance[1, 1]))


def nearest(labels: np.ndarray, size: int) -> np.ndarray:
    """(n, H, W) -> (n, size, size): the label at the centre of each new pixel."""
    rows, columns = (((np.arange(size) + 0.5) * length / size).astype(int) for length in labels.shape[1:])
    return labels[:, rows[:, None], columns]


def make_pair(patient: str, view: str, images: np.ndarray, labels: np.ndarray, size: int) -> Pair | None:
    """A pair from ED and ES, images and labels (2, H, W) uint8; None where a cavity is too small."""
    cavity = labels == LV_CAVITY
    if min(cavity[0].sum(), cavity[1].sum()) < 50:
        return None
    small = np.clip(resize(images, size, size) + 0.5, 0, 255).astype(np.uint8)
    masks = (resize(cavity, size, size) * 255 + 0.5).astype(np.uint8)
    angle = long_axis_angle(masks[0] > 127)
    walls = np.stack([outline(mask > 127, angle) for mask in masks]).astype(np.float32)
    return Pair(patient, view, small, masks, nearest(labels, size).astype(np.uint8), walls)


def read_pack(path: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Ids, images (n, 224, 224) uint8 and labels (n, 224, 224) uint8."""
    try:
        with np.load(path, allow_pickle=False) as pack:
            return [str(name) for name in pack["ids"]], pack["images"], pack["labels"]
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"{path}: not a CAMUS pack with ids, images and labels ({error})") from error


def read_pairs(path: Path, size: int) -> list[Pair]:
    """All (patient, view) pairs, resized to size x size."""
    ids, images, labels = read_pack(path)
    index = {name: position for position, name in enumerate(ids)}
    pairs = []
    for stem in sorted({name.rsplit("_", 1)[0] for name in ids}):
        rows = [index.get(f"{stem}_{phase}") for phase in ("ED", "ES")]
        if None in rows:
            continue
        patient, view = stem.split("_")
        pair = make_pair(patient, view, images[rows], labels[rows], size)
        if pair is not None:
            pairs.append(pair)
    return pairs
