"""Reader of the CAMUS release as its authors publish it, in both layouts.

Leclerc et al., IEEE TMI 38(9), 2019; licence CC BY-NC-SA 4.0. NIfTI: ``database_nifti/patientNNNN/`` beside
``database_split/``. MetaImage: ``patientNNNN/`` folders, perhaps inside ``training/`` and ``testing/``; this older
release has masks for ED and ES of the training patients only, and no split.

Sampling, resizing and spacing follow the GDKVM re-release, so that its published row can be measured again.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from .camus_files import DOWNLOAD_AGAIN, Stack, phase_frames, read_labels, read_stack
from .camus_pairs import LV_CAVITY
from .errors import DatasetError, DatasetWarning, OnFault, read_or_leave_out
from .labelled_clip import LabelledClip
from .sampling import PROTOCOL_FRAMES, uniform

Sampling = Literal["ten-frames", "ed-es"]
Orientation = Literal["stored", "upright"]

VIEWS = {"2CH": "A2C", "4CH": "A4C"}
SPLIT_FILES = {
    "train": "subgroup_training.txt",
    "validation": "subgroup_validation.txt",
    "test": "subgroup_testing.txt",
}
SPLIT_NAMES = {"training": "train", "val": "validation", "testing": "test"}
PROTOCOL_SIZE = 256


def patient_folders(folder: Path) -> dict[str, Path]:
    """Folders of all patients by name, in either layout."""
    places = [folder / "database_nifti", folder / "training", folder / "testing", folder]
    found: dict[str, Path] = {}
    for place in places:
        for patient in sorted(place.glob("patient*")):
            # Both halves of the older release count from patient0001: a name taken already is another person.
            if patient.is_dir() and re.fullmatch(r"patient\d+", patient.name):
                found.setdefault(patient.name, patient)
    if not found:
        raise DatasetError(folder, "no patientNNNN folders here", "give the folder that holds database_nifti/")
    return found


def is_camus_release(folder: Path) -> bool:
    try:
        return bool(patient_folders(folder))
    except DatasetError:
        return False


def split_patients(folder: Path, split: str, split_folder: Path | None = None) -> list[str]:
    """Patients of "train", "validation" or "test" in the order of the official list; "all" for every folder found."""
    name = SPLIT_NAMES.get(split, split)
    if name == "all":
        return sorted(patient_folders(folder))
    if name not in SPLIT_FILES:
        raise ValueError(f"split {split!r} is not one of {', '.join([*SPLIT_FILES, 'all'])}")
    path = (split_folder or folder / "database_split") / SPLIT_FILES[name]
    if not path.is_file():
        raise DatasetError(
            path, "the split's list is missing", "take database_split/ from the NIfTI release, or read split 'all'"
        )
    patients = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    strange = [patient for patient in patients if not re.fullmatch(r"patient\d+", patient)]
    if strange or not patients or len(set(patients)) < len(patients):
        raise DatasetError(path, "not a list of distinct patients, one a line", DOWNLOAD_AGAIN)
    return patients


def read_camus_release(
    folder: Path,
    split: str,
    sampling: Sampling = "ten-frames",
    size: int | None = PROTOCOL_SIZE,
    orientation: Orientation = "stored",
    *,
    views: Sequence[str] = ("2CH", "4CH"),
    split_folder: Path | None = None,
    on_fault: OnFault = "raise",
) -> Iterator[LabelledClip]:
    """Clips of a split, patient by patient.

    "ten-frames": the half sequence in ten frames, of which the first counts as ED and the last as ES, as the re-release
    assumes for every patient; masks lie on all frames that have one, ``labelled`` names the two that are scored.
    "ed-es": two frames from the _ED and _ES files. ``size`` squeezes the whole frame to size x size (None: native).
    "stored" has lateral positions as rows, as the array lies in the file and as the re-release feeds it; "upright" is
    its transpose. ``on_fault`` "warn" leaves out views that cannot be read.
    """
    if sampling not in ("ten-frames", "ed-es") or orientation not in ("stored", "upright"):
        raise ValueError(f"unknown sampling {sampling!r} or orientation {orientation!r}")
    folders = patient_folders(folder)
    for patient in split_patients(folder, split, split_folder):
        for view in views:

            def read(patient: str = patient, view: str = view) -> LabelledClip:
                place = folders.get(patient)
                if place is None:
                    where = folder / "database_nifti" / patient
                    raise DatasetError(where, "the patient's folder is missing", "complete the download")
                return read_view(place, view, sampling, size, orientation)

            clip = read_or_leave_out(read, on_fault)
            if clip is not None:
                yield clip


def read_view(place: Path, view: str, sampling: Sampling, size: int | None, orientation: Orientation) -> LabelledClip:
    """One view of the patient in folder ``place``."""
    stem = f"{place.name}_{view}"
    older = (place / f"{stem}_ED.mhd").exists() or (place / f"{stem}_sequence.mhd").exists()
    if sampling == "ed-es":
        pictures, labels = two_phases(place, stem, ".mhd" if older else ".nii.gz")
    elif older:
        pictures, labels = ten_of_meta_image(place, stem, view)
    else:
        pictures, labels = ten_of_half_sequence(place, stem, view)
    cavity = labels == LV_CAVITY
    for index, phase in ((0, "ED"), (-1, "ES")):
        if not cavity[index].any():
            raise DatasetError(place, f"{stem}: no LV cavity in the {phase} mask", "use the release's own _gt files")
    spacing = pictures.spacing_mm
    frames = pictures.values
    if size is not None:
        spacing = tuple(mm * pixels / size for mm, pixels in zip(spacing, frames.shape[1:]))
        frames, labels = squeeze(frames, size, picture=True), squeeze(labels, size, picture=False)
    row, column = (round(mm, 6) for mm in spacing)
    if orientation == "upright":
        frames, labels = (np.ascontiguousarray(stack.transpose(0, 2, 1)) for stack in (frames, labels))
        row, column = column, row
    ends, phases = (0, len(frames) - 1), ("ED", "ES")
    cavity, view_name = labels == LV_CAVITY, VIEWS.get(view, "")
    return LabelledClip(stem, place.name, view_name, frames, cavity, ends, phases, (row, column), labels)


def squeeze(stack: np.ndarray, size: int, *, picture: bool) -> np.ndarray:
    """(T, A, B) uint8 -> (T, size, size) by Pillow: bilinear (which averages when shrinking) or nearest."""
    from PIL import Image

    how = Image.Resampling.BILINEAR if picture else Image.Resampling.NEAREST
    return np.stack([np.asarray(Image.fromarray(frame).resize((size, size), how)) for frame in stack])


def two_phases(place: Path, stem: str, suffix: str) -> tuple[Stack, np.ndarray]:
    """ED and ES from their own files: pictures and labels of two frames."""
    pictures, labels = [], []
    for phase in ("ED", "ES"):
        path = place / f"{stem}_{phase}{suffix}"
        picture = read_stack(path)
        if len(picture.values) != 1:
            raise DatasetError(path, f"{len(picture.values)} frames instead of one", DOWNLOAD_AGAIN)
        labels.append(phase_labels(place, stem, phase, suffix, picture, path))
        pictures.append(picture)
    if pictures[0].values.shape != pictures[1].values.shape:
        raise DatasetError(place, f"{stem}: ED and ES differ in size", DOWNLOAD_AGAIN)
    values = np.concatenate([picture.values for picture in pictures])
    return Stack(values, pictures[0].spacing_mm), np.concatenate(labels)


def phase_labels(place: Path, stem: str, phase: str, suffix: str, picture: Stack, picture_path: Path) -> np.ndarray:
    path = place / f"{stem}_{phase}_gt{suffix}"
    if not path.exists() and suffix == ".mhd":
        raise DatasetError(
            path, "the mask is missing", "the older release has none for its testing patients; use the NIfTI release"
        )
    return read_labels(path, picture, picture_path)


def ten_of_half_sequence(place: Path, stem: str, view: str) -> tuple[Stack, np.ndarray]:
    """Ten frames of a NIfTI half sequence, all with labels."""
    path = place / f"{stem}_half_sequence.nii.gz"
    pictures = read_stack(path)
    labels = read_labels(place / f"{stem}_half_sequence_gt.nii.gz", pictures, path)
    indices = ten_frames(path, len(pictures.values))
    warn_of_other_phases(place / f"Info_{view}.cfg", len(pictures.values))
    return Stack(pictures.values[indices], pictures.spacing_mm), labels[indices]


def warn_of_other_phases(info: Path, frames: int) -> None:
    """The protocol takes the first frame as ED and the last as ES; says where the patient's Info file differs."""
    if not info.exists():
        return
    try:
        ed, es = phase_frames(info, frames)
    except DatasetError as error:
        warnings.warn(str(error), DatasetWarning, stacklevel=2)
        return
    if (ed, es) != (0, frames - 1):
        taken = f"but the protocol takes frame 1 of {frames} as ED and the last as ES"
        warnings.warn(f"{info}: ED is {ed + 1} and ES {es + 1}, {taken}", DatasetWarning, stacklevel=2)


def ten_of_meta_image(place: Path, stem: str, view: str) -> tuple[Stack, np.ndarray]:
    """Ten frames from ED to ES of a MetaImage sequence; labels on the first and the last, else background."""
    path = place / f"{stem}_sequence.mhd"
    pictures = read_stack(path)
    start, stop = phase_frames(place / f"Info_{view}.cfg", len(pictures.values))
    step = 1 if stop > start else -1
    between = list(range(start, stop + step, step))
    chosen = [between[index] for index in ten_frames(path, len(between))]
    taken = Stack(pictures.values[chosen], pictures.spacing_mm)
    labels = np.zeros_like(taken.values)
    for index, phase in ((0, "ED"), (-1, "ES")):
        one = Stack(taken.values[index][None], taken.spacing_mm)
        labels[index] = phase_labels(place, stem, phase, ".mhd", one, path)[0]
    return taken, labels


def ten_frames(path: Path, total: int) -> list[int]:
    try:
        return uniform(total, PROTOCOL_FRAMES)
    except ValueError as error:
        raise DatasetError(path, str(error), "read it with sampling 'ed-es'") from error
