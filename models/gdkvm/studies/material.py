"""What studies run a model on: CAMUS validation pairs, phantoms, and real loops read from DICOM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.camus_pack import read_camus_pack_clips
from ..datasets.labelled_clip import LabelledClip
from ..sector import Box, tissue_regions

if TYPE_CHECKING:
    from ..phantom import PhantomClip

FIRST_STUDY_SEED = 1_500_000_000
"""Phantoms that neither training nor the final test uses: choices between settings are made on these."""


@dataclass(frozen=True)
class Loop:
    """A decoded multi-frame recording. frames (T, H, W) or (T, H, W, 3) uint8"""

    name: str
    frames: np.ndarray
    regions: tuple[Box, ...] = ()


def validation_clips(camus: Path, patients: int) -> list[LabelledClip]:
    """ED and ES of both views of the first CAMUS validation patients, at most as many as given."""
    geometry = camus / "a4c-native-geometry.csv"
    clips = read_camus_pack_clips(camus / "camus-224-val.npz", geometry if geometry.exists() else None)
    chosen = sorted({clip.patient for clip in clips})[:patients]
    return [clip for clip in clips if clip.patient in chosen]


def phantoms(count: int, first_seed: int = FIRST_STUDY_SEED, frames: int | None = None) -> list[PhantomClip]:
    """Phantoms of the sector's box with consecutive seeds."""
    from ..phantom import sector_clip
    from .outcome import progress

    seeds = range(first_seed, first_seed + count)
    return [sector_clip(seed, frames=frames) for seed in progress(seeds, "making phantoms")]


def scanner_phantoms(count: int, first_seed: int = FIRST_STUDY_SEED) -> list[PhantomClip]:
    """The same as whole scanner pictures, with margins, text, ECG and marks around the sector."""
    from ..phantom import scanner_clip
    from .outcome import progress

    return [scanner_clip(seed) for seed in progress(range(first_seed, first_seed + count), "making scanner pictures")]


def read_loop(path: Path, name: str | None = None) -> Loop:
    """Frames of a DICOM file as grey or RGB. Raises ValueError where it cannot be decoded here."""
    import pydicom
    from pydicom.errors import InvalidDicomError
    from pydicom.pixels import apply_color_lut, pixel_array

    try:
        data = pydicom.dcmread(path)
        frames = pixel_array(data)
        if data.PhotometricInterpretation == "PALETTE COLOR":
            frames = apply_color_lut(frames, data)
            frames = (frames >> 8).astype(np.uint8) if frames.dtype == np.uint16 else frames
    except (InvalidDicomError, AttributeError, RuntimeError, NotImplementedError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path}: cannot be decoded here ({reason}); convert it to uncompressed first") from error
    colour = frames.ndim >= 3 and frames.shape[-1] == 3
    if frames.ndim == (3 if colour else 2):
        frames = frames[None]
    if frames.dtype != np.uint8:
        raise ValueError(f"{path}: samples are {frames.dtype}, not 8-bit; such pictures are not studied")
    return Loop(name or path.stem, frames, tissue_regions(data))


def read_loops(paths: list[Path], least_frames: int = 2) -> tuple[list[Loop], list[str]]:
    """Loops of DICOM files and of all .dcm files in folders, and why others were left out."""
    loops, left_out = [], []
    for given in paths:
        files = sorted(given.rglob("*.dcm")) if given.is_dir() else [given]
        if not files:
            left_out.append(f"{given}: no .dcm files in it")
        for file in files:
            name = str(file.relative_to(given).with_suffix("")) if given.is_dir() else file.stem
            try:
                loop = read_loop(file, name)
            except ValueError as error:
                left_out.append(str(error))
                continue
            if len(loop.frames) < least_frames:
                left_out.append(f"{file}: {len(loop.frames)} frame, not a loop")
            else:
                loops.append(loop)
    return loops, left_out
