"""Real pictures of other scanners, and which view each shows, as experts or the files themselves say it.

Stills: thrive-centre TTE47 gallery, CC BY-NC-SA 4.0, the view in the file's name. Loops: public DICOM files, see the
test data's own README.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..datasets.errors import DatasetWarning
from ..sector import Box, find_sector, tissue_regions
from .classes import A2C, A3C, A4C, OTHER

FOLDS = 4

# By what a still's name says after its number. Apical pictures of no view that is asked for (five-chamber, apex) teach
# nothing and are not counted.
STILLS = {
    "a2ch": A2C, "a3ch": A3C, "a4ch": A4C,
    "doppler": OTHER, "mmode": OTHER, "plax": OTHER, "psax": OTHER, "subcostal": OTHER, "suprasternal": OTHER,
}  # fmt: skip
WITH_STRIP = ("doppler", "mmode")  # a spectrum or an M-mode below a small picture


class Loop(NamedTuple):
    view: int
    source: str  # examination or scanner: what is judged together by networks that have not seen it
    strip: bool = False


LOOPS = {
    "dicom/acuson-sequoia-a4c/DIRW0007.dcm": Loop(A4C, "sequoia"),
    "dicom/acuson-stress-rest/I_000007.dcm": Loop(OTHER, "stress"),
    "dicom/acuson-stress-rest/I_000008.dcm": Loop(OTHER, "stress"),
    "dicom/acuson-stress-rest/I_000009.dcm": Loop(A4C, "stress"),
    "dicom/acuson-stress-rest/I_000010.dcm": Loop(A2C, "stress"),
    "dicom/acuson-stress-rest/I_000011.dcm": Loop(A3C, "stress"),
    "dicom/acuson-stress-rest/I_000012.dcm": Loop(OTHER, "stress"),
    "dicom/hp-paediatric/I_000001.dcm": Loop(OTHER, "hp"),
    "dicom/hp-paediatric/I_000003.dcm": Loop(OTHER, "hp"),
    "dicom/sonosite-a4c/examples_ybr_color.dcm": Loop(A4C, "sonosite"),
    "dicom/syntaxes/0020.dcm": Loop(OTHER, "atl"),
    "dicom/syntaxes/JPGLosslessP14SV1_1s_1f_8b.dcm": Loop(OTHER, "epiq"),
    "dicom/toshiba-xario/I_000036.dcm": Loop(A4C, "toshiba"),
    "dicom/toshiba-xario/I_000038.dcm": Loop(OTHER, "toshiba", True),
    "views/I_000005.dcm": Loop(OTHER, "hp"),
    "views/I_000013.dcm": Loop(OTHER, "stress"),
    "views/I_000014.dcm": Loop(OTHER, "stress"),
    "views/I_000031.dcm": Loop(OTHER, "toshiba"),
    "views/I_000035.dcm": Loop(OTHER, "toshiba"),
    "views/I_000039.dcm": Loop(OTHER, "toshiba", True),
}
FOLD_OF_SOURCE = {"sequoia": 0, "atl": 0, "stress": 1, "epiq": 2, "hp": 2, "sonosite": 2, "toshiba": 3}


@dataclass(frozen=True)
class RealClip:
    """frames (T, H, W) or (T, H, W, 3) uint8 upright; one frame of a still."""

    name: str
    view: int
    strip: bool
    fold: int  # 0 to FOLDS - 1
    frames: np.ndarray
    box: Box  # of the sector

    @property
    def scanner(self) -> str:
        """What the table of results counts it under."""
        kind = "stills" if self.name.startswith("stills/") else "loops"
        return f"{kind}, {'other views' if self.view == OTHER else 'apical'}"


def real_clips(data: Path) -> list[RealClip]:
    """All that lie below ``data``; what cannot be decoded is left out with a warning."""
    return [*stills(data / "views" / "stills"), *loops(data)]


def stills(folder: Path) -> Iterator[RealClip]:
    from PIL import Image

    for path in sorted(folder.glob("*.png")):
        number, _, rest = path.stem.partition("_")
        kind = rest.split("-")[0]
        if kind not in STILLS:
            continue
        frames = np.asarray(Image.open(path).convert("RGB"))[None]
        fold = int(number) % FOLDS
        yield RealClip(f"stills/{path.stem}", STILLS[kind], kind in WITH_STRIP, fold, frames, find_sector(frames).box)


def loops(data: Path) -> Iterator[RealClip]:
    import pydicom

    for name, loop in LOOPS.items():
        path = data / name
        if not path.exists():
            continue
        content = pydicom.dcmread(path)
        try:
            frames = pictures_of(content)
        except (RuntimeError, ValueError, NotImplementedError) as error:
            reason = str(error).splitlines()[0]
            warnings.warn(f"{path}: left out, it cannot be decoded ({reason})", DatasetWarning, stacklevel=2)
            continue
        box = find_sector(frames, tissue_regions(content)).box
        yield RealClip(name, loop.view, loop.strip, FOLD_OF_SOURCE[loop.source], frames, box)


def pictures_of(content: object) -> np.ndarray:
    """(T, H, W) or (T, H, W, 3) uint8 of a pydicom data set."""
    from pydicom.pixels import apply_color_lut, pixel_array

    pixels = pixel_array(content)
    if content.PhotometricInterpretation == "PALETTE COLOR":
        pixels = (apply_color_lut(pixels, content) >> 8).astype(np.uint8)
    return pixels if int(content.get("NumberOfFrames", 1) or 1) > 1 else pixels[None]
