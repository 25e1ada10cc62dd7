"""Image files of the CAMUS release: NIfTI (2022 on) and MetaImage (2019), read into one form.

Both hold x (lateral) as the first axis and y (depth) as the second; that order, without any flip, is "as stored".
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import DatasetError

LABELS = (0, 1, 2, 3)  # background, LV cavity, myocardium, left atrium
DOWNLOAD_AGAIN = "download it again from the CAMUS release"


@dataclass(frozen=True)
class Stack:
    """Grey values or labels of one file: values (T, axis 0, axis 1), spacing_mm of axis 0 and 1."""

    values: np.ndarray
    spacing_mm: tuple[float, float]


def read_nifti(path: Path) -> tuple[np.ndarray, tuple[float, ...]]:
    """Array (x, y) or (x, y, T) and header spacing."""
    import nibabel

    try:
        image = nibabel.load(path)
        return np.asarray(image.dataobj), tuple(float(zoom) for zoom in image.header.get_zooms())
    except (OSError, EOFError, ValueError, zlib.error, nibabel.filebasedimages.ImageFileError) as error:
        raise DatasetError(path, f"not a complete NIfTI file ({error})", DOWNLOAD_AGAIN) from error


def read_meta_image(path: Path) -> tuple[np.ndarray, tuple[float, ...]]:
    """Array (x, y) or (x, y, T) and header spacing of an .mhd file with its .raw beside it."""
    import SimpleITK

    try:
        image = SimpleITK.ReadImage(str(path))
    except RuntimeError as error:
        raw = path.with_suffix(".raw")
        what = "its .raw file is missing" if not raw.exists() else "header and .raw do not make an image"
        raise DatasetError(path, f"not a complete MetaImage ({what})", DOWNLOAD_AGAIN) from error
    return SimpleITK.GetArrayFromImage(image).T, tuple(image.GetSpacing())


def read_stack(path: Path) -> Stack:
    """Whole numbers 0 to 255 of a file, frames first."""
    if not path.is_file():
        raise DatasetError(path, "the file is missing", "complete the patient's folder from the CAMUS release")
    array, zooms = (read_meta_image if path.suffix == ".mhd" else read_nifti)(path)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or min(array.shape) < 1:
        raise DatasetError(path, f"shape {array.shape} is not (x, y) or (x, y, frames)", DOWNLOAD_AGAIN)
    if array.dtype.kind not in "uif" or not np.isfinite(array).all():
        raise DatasetError(path, "it holds values that are not finite numbers", DOWNLOAD_AGAIN)
    whole = np.rint(array)
    if whole.min() < 0 or whole.max() > 255:
        found = f"{whole.min():g} to {whole.max():g}"
        raise DatasetError(path, f"values {found} are outside 0 to 255", "use the release's own 8-bit images")
    if len(zooms) < 2 or not all(np.isfinite(zoom) and zoom > 0 for zoom in zooms[:2]):
        raise DatasetError(path, f"spacing {zooms} is not positive", DOWNLOAD_AGAIN)
    return Stack(np.ascontiguousarray(np.moveaxis(whole, 2, 0).astype(np.uint8)), (zooms[0], zooms[1]))


def read_labels(path: Path, pictures: Stack, pictures_path: Path) -> np.ndarray:
    """Labels (T, axis 0, axis 1) that belong to ``pictures``."""
    labels = read_stack(path).values
    if labels.shape != pictures.values.shape:
        shapes = f"shape {labels.shape} is not that of {pictures_path.name}, {pictures.values.shape}"
        raise DatasetError(path, f"(frames, x, y) {shapes}", "take both files from the same release")
    strange = sorted(set(np.unique(labels).tolist()) - set(LABELS))
    if strange:
        raise DatasetError(path, f"labels {strange} are not among {LABELS}", "use the release's own _gt files")
    return labels


def read_info(path: Path) -> dict[str, str]:
    """Entries of Info_2CH.cfg or Info_4CH.cfg; ED and ES count frames from 1."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, f"it cannot be read ({error})", DOWNLOAD_AGAIN) from error
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def phase_frames(path: Path, frames: int) -> tuple[int, int]:
    """ED and ES of an Info file as indices from 0."""
    info = read_info(path)
    try:
        found = int(info["ED"]) - 1, int(info["ES"]) - 1
    except (KeyError, ValueError) as error:
        raise DatasetError(path, "it gives no whole numbers for ED and ES", DOWNLOAD_AGAIN) from error
    if not all(0 <= frame < frames for frame in found) or found[0] == found[1]:
        wrong = f"ED {info['ED']} and ES {info['ES']} are not two of the {frames} frames"
        raise DatasetError(path, wrong, "take it and the sequence from the same release")
    return found
