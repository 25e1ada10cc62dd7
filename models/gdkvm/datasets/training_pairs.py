"""ED and ES pairs for training, out of any data set that has both."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

from .camus_pairs import Pair, make_pair, read_pairs
from .camus_release import is_camus_release, read_camus_release
from .errors import DatasetError, DatasetWarning
from .labelled_clip import LabelledClip

VIEW_NAMES = {"A2C": "2CH", "A4C": "4CH"}  # as in CAMUS, and so in every Pair
PACKS = {"train": "camus-224-train.npz", "validation": "camus-224-val.npz"}


def training_pairs(clips: Iterable[LabelledClip], size: int) -> list[Pair]:
    """Pairs at size x size from upright clips with labels of all structures at ED and ES; others are left out with a
    warning."""
    pairs = []
    for clip in clips:
        phases = dict(zip(clip.phases, clip.labelled))
        rows = [phases.get("ED"), phases.get("ES")]
        view = VIEW_NAMES.get(clip.view, clip.view)
        pair = None
        if None not in rows and clip.labels is not None:
            pair = make_pair(clip.patient, view, clip.frames[rows], clip.labels[rows], size)
        if pair is None:
            warnings.warn(f"{clip.key} left out: it lacks usable labels at ED and ES", DatasetWarning, stacklevel=2)
        else:
            pairs.append(pair)
    return pairs


def read_training_pairs(folder: Path, split: str, size: int) -> list[Pair]:
    """Pairs of "train" or "validation" from a folder with the 224 x 224 packs or with the CAMUS release."""
    if split not in PACKS:
        raise ValueError(f"split {split!r} is not one of {', '.join(PACKS)}")
    if (folder / PACKS[split]).exists():
        return read_pairs(folder / PACKS[split], size)
    if is_camus_release(folder):
        clips = read_camus_release(folder, split, "ed-es", None, "upright", on_fault="warn")
        return training_pairs(clips, size)
    raise DatasetError(
        folder, f"neither {PACKS[split]} nor the CAMUS release is here", "give the folder that holds one of them"
    )
