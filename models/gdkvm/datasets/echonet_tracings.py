"""FileList.csv and VolumeTracings.csv of EchoNet-Dynamic.

Ouyang et al., "Video-based AI for beat-to-beat assessment of cardiac function", Nature 580, 2020. Stanford's research
use agreement forbids passing the data on.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import DatasetError

SPLITS = ("TRAIN", "VAL", "TEST")
# What the complete data set lists, and what of it is traced, by split: six listed videos have no tracing.
PUBLISHED_LISTED = {"TRAIN": 7465, "VAL": 1288, "TEST": 1277}
PUBLISHED_TRACED = {"TRAIN": 7460, "VAL": 1288, "TEST": 1276}

Chord = tuple[float, float, float, float]  # x1, y1, x2, y2 in pixels of the video
GET_AGAIN = "get the file again from Stanford AIMI"


@dataclass(frozen=True)
class ListedVideo:
    """One row of FileList.csv; volumes and EF are the data set's own, from clinical reports."""

    name: str  # without .avi
    split: str
    ejection_fraction_percent: float
    esv_ml: float
    edv_ml: float
    frames_per_second: float


def rows_of(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.DictReader(handle)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise DatasetError(path, f"no column {', '.join(missing)}", GET_AGAIN)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(path, f"it cannot be read ({error})", "give the folder that holds FileList.csv") from error
    if not rows:
        raise DatasetError(path, "it has no rows", GET_AGAIN)
    return rows


def without_avi(name: str) -> str:
    name = name.strip()
    return name[:-4] if name.lower().endswith(".avi") else name


def read_file_list(path: Path) -> list[ListedVideo]:
    videos = []
    for line, row in enumerate(rows_of(path, ("FileName", "EF", "ESV", "EDV", "FPS", "Split")), start=2):
        split = row["Split"].strip().upper()
        if split not in SPLITS:
            raise DatasetError(path, f"line {line}: split {row['Split']!r} is not one of {SPLITS}", GET_AGAIN)
        try:
            numbers = [float(row[column]) for column in ("EF", "ESV", "EDV", "FPS")]
        except (TypeError, ValueError) as error:
            raise DatasetError(path, f"line {line}: {error}", GET_AGAIN) from error
        videos.append(ListedVideo(without_avi(row["FileName"]), split, *numbers))
    twice = [name for name, count in Counter(video.name for video in videos).items() if count > 1]
    if twice:
        raise DatasetError(path, f"{twice[0]} is listed twice", GET_AGAIN)
    return videos


def read_tracings(path: Path) -> dict[str, dict[int, list[Chord]]]:
    """Chords by video name (without .avi) and frame, in the order of the file."""
    tracings: dict[str, dict[int, list[Chord]]] = {}
    for line, row in enumerate(rows_of(path, ("FileName", "X1", "Y1", "X2", "Y2", "Frame")), start=2):
        try:
            chord = float(row["X1"]), float(row["Y1"]), float(row["X2"]), float(row["Y2"])
            frame = int(row["Frame"])
        except (TypeError, ValueError) as error:
            raise DatasetError(path, f"line {line}: {error}", GET_AGAIN) from error
        if not np.isfinite(chord).all():
            raise DatasetError(path, f"line {line}: a coordinate is not finite", GET_AGAIN)
        tracings.setdefault(without_avi(row["FileName"]), {}).setdefault(frame, []).append(chord)
    return tracings


def polygon(chords: list[Chord]) -> np.ndarray:
    """Outline (points, 2) x, y rounded to pixels: down one side of the chords and up the other.

    The first row is the long axis and not part of the outline.
    """
    across = np.array(chords[1:], np.float64)
    if len(across) < 2:
        raise ValueError(f"{len(chords)} rows give no outline: a long axis and at least two chords are needed")
    outline = np.concatenate([across[:, :2], across[::-1, 2:]])
    return np.rint(outline).astype(np.int32)


def traced_mask(chords: list[Chord], height: int, width: int) -> np.ndarray:
    """(height, width) uint8, 1 inside and on the outline."""
    import cv2

    return cv2.fillPoly(np.zeros((height, width), np.uint8), [polygon(chords)], 1)
