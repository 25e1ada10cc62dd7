"""Reader of EchoNet-Dynamic: Videos/*.avi, FileList.csv, VolumeTracings.csv.

Follows the GDKVM re-release: ten frames from ED forwards to ES, 128 x 128 by OpenCV, masks on these two only.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .echonet_tracings import (
    PUBLISHED_LISTED,
    PUBLISHED_TRACED,
    SPLITS,
    Chord,
    ListedVideo,
    read_file_list,
    read_tracings,
    traced_mask,
)
from .errors import DatasetError, DatasetWarning, OnFault, read_or_leave_out
from .labelled_clip import LabelledClip
from .sampling import PROTOCOL_FRAMES, uniform_cyclic

PROTOCOL_SIZE = 128
GET_AGAIN = "get the video again from Stanford AIMI"


@dataclass(frozen=True)
class Survey:
    """What of the data set is there and can be used. ``usable`` are listed, traced videos in the order of the list."""

    usable: list[ListedVideo]
    listed: dict[str, int]  # by split
    not_traced: list[str]  # listed, but without a tracing
    not_listed: list[str]  # traced, but not listed
    without_video: list[str]  # listed and traced, but the file is missing
    tracings: dict[str, dict[int, list[Chord]]]

    def count(self, split: str) -> int:
        return sum(video.split == split for video in self.usable)

    @property
    def as_published(self) -> bool:
        """The complete data set with its known exclusions: six videos without a tracing, one tracing without a video.

        Without files that are missing here.
        """
        usable = {split: self.count(split) for split in SPLITS}
        return self.listed == PUBLISHED_LISTED and usable == PUBLISHED_TRACED and not self.without_video


def survey(folder: Path) -> Survey:
    """Reads both tables and looks which videos are there, without opening them."""
    videos = read_file_list(folder / "FileList.csv")
    tracings = read_tracings(folder / "VolumeTracings.csv")
    if not (folder / "Videos").is_dir():
        raise DatasetError(folder / "Videos", "the folder is missing", "give the folder that holds Videos/")
    present = {path.stem for path in (folder / "Videos").glob("*.avi")}
    names = {video.name for video in videos}
    traced = [video for video in videos if video.name in tracings]
    return Survey(
        [video for video in traced if video.name in present],
        {split: sum(video.split == split for video in videos) for split in SPLITS},
        sorted(names - set(tracings)),
        sorted(set(tracings) - names),
        sorted(video.name for video in traced if video.name not in present),
        tracings,
    )


def warn_of_exclusions(folder: Path, found: Survey) -> None:
    parts = [
        ("listed but not traced", found.not_traced),
        ("traced but not listed", found.not_listed),
        ("listed and traced but without a file", found.without_video),
    ]
    for what, names in parts:
        if names:
            shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
            warnings.warn(f"{folder}: {len(names)} left out, {what}: {shown}", DatasetWarning, stacklevel=3)
    if found.listed == PUBLISHED_LISTED and not found.as_published:
        usable = {split: found.count(split) for split in SPLITS}
        warnings.warn(f"{folder}: usable {usable}, published {PUBLISHED_TRACED}", DatasetWarning, stacklevel=3)


def read_echonet(
    folder: Path,
    split: str,
    size: int | None = PROTOCOL_SIZE,
    frames: int = PROTOCOL_FRAMES,
    *,
    on_fault: OnFault = "raise",
) -> Iterator[LabelledClip]:
    """Clips of "TRAIN", "VAL" or "TEST" (or "train", "validation", "test"), ED first and ES last.

    ``size`` squeezes to size x size (None: the video's own). ``on_fault`` "warn" leaves out videos that cannot be read.
    Videos without a tracing and tracings without a video are left out with a warning.
    """
    wanted = {"VALIDATION": "VAL"}.get(split.upper(), split.upper())
    if wanted not in SPLITS:
        raise ValueError(f"split {split!r} is not one of {', '.join(SPLITS)}")
    found = survey(folder)
    warn_of_exclusions(folder, found)
    for video in found.usable:
        if video.split == wanted:

            def read(name: str = video.name) -> LabelledClip:
                return read_video(folder / "Videos" / f"{name}.avi", found.tracings[name], size, frames)

            clip = read_or_leave_out(read, on_fault)
            if clip is not None:
                yield clip


def read_video(path: Path, tracing: dict[int, list[Chord]], size: int | None, frames: int) -> LabelledClip:
    """One video with its two traced frames."""
    import cv2

    pictures = decode(path)
    total, height, width = pictures.shape
    if len(tracing) != 2:
        raise DatasetError(path, f"{len(tracing)} traced frames instead of two", "check VolumeTracings.csv")
    masks: dict[int, np.ndarray] = {}
    for frame, chords in tracing.items():
        if not 0 <= frame < total:
            raise DatasetError(path, f"frame {frame} is traced, but the video has {total}", GET_AGAIN)
        try:
            masks[frame] = traced_mask(chords, height, width)
        except ValueError as error:
            raise DatasetError(path, f"frame {frame}: {error}", "check VolumeTracings.csv") from error
    es, ed = sorted(masks, key=lambda frame: int(masks[frame].sum()))
    if masks[ed].sum() == masks[es].sum():
        raise DatasetError(path, "both traced areas are equal, so ED and ES are unknown", "leave the video out")
    chosen = pictures[uniform_cyclic(total, ed, es, frames)]
    ends = [masks[ed], masks[es]]
    if size is not None:
        chosen = np.stack([cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR) for picture in chosen])
        ends = [cv2.resize(mask, (size, size), interpolation=cv2.INTER_NEAREST) for mask in ends]
    truth = np.zeros(chosen.shape, bool)
    truth[0], truth[-1] = ends[0] > 0, ends[1] > 0
    return LabelledClip(path.stem, path.stem, "A4C", chosen, truth, (0, frames - 1), ("ED", "ES"), None)


def decode(path: Path) -> np.ndarray:
    """All frames of a video, (T, H, W) uint8 grey. In order, because seeking is not exact in every codec."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    try:
        promised = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
        pictures = []
        while promised > 0:
            there, picture = capture.read()
            if not there:
                break
            pictures.append(picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    finally:
        capture.release()
    if not pictures:
        raise DatasetError(path, "no frame can be read", GET_AGAIN)
    if len(pictures) < promised:
        raise DatasetError(path, f"only {len(pictures)} of {promised} frames can be read", GET_AGAIN)
    return np.stack(pictures)
