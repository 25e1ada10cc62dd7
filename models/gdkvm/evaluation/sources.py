"""Finds out what data lies in a folder and reads it as labelled clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ..datasets.camus_pairs import LV_CAVITY
from ..datasets.labelled_clip import LabelledClip
from ..running.subject import Subject
from ..sector import grey_levels, tissue_regions

Crop = Literal["whole", "sector"]
PACKS = {"train": "camus-224-train.npz", "validation": "camus-224-val.npz", "test": "camus-224-test.npz"}


@dataclass(frozen=True)
class Source:
    """A data set, or a part of one, to be measured on."""

    identity: str  # short, for files: "camus-pack"
    title: str
    count: int | None
    read: Callable[[], Iterator[LabelledClip]]
    # "whole": the frame is squeezed to the model's input, as in the protocol; "sector": cropped as in the workstation
    crop: Crop
    stored: bool = False  # lateral positions are rows, as in the files of the CAMUS release


def find_sources(folder: Path, subject: Subject, split: str = "validation") -> list[Source]:
    """Everything in a folder that can be measured on. Raises ValueError where there is nothing."""
    from ..datasets.camus_release import is_camus_release

    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder; give one with CAMUS packs, DICOM, the CAMUS release or EchoNet")
    found = []
    if (folder / PACKS[split]).exists():
        found.append(camus_pack(folder, split))
    dicom = folder if (folder / "labels.npz").exists() else folder / "a4c-dicom"
    if (dicom / "labels.npz").exists() and split == "validation":
        found.append(camus_dicom(dicom))
    if is_camus_release(folder):
        found.append(camus_release(folder, subject, split))
    if (folder / "FileList.csv").exists():
        found.append(echonet(folder, subject, split))
    if not found:
        wanted = f"{PACKS[split]}, a4c-dicom/labels.npz, database_nifti/ or patientNNNN/, FileList.csv"
        raise ValueError(f"{folder}: nothing to measure on for the {split} split; looked for {wanted}")
    return found


def camus_pack(folder: Path, split: str) -> Source:
    from ..datasets.camus_pack import read_camus_pack_clips

    geometry = folder / "a4c-native-geometry.csv"
    clips = read_camus_pack_clips(folder / PACKS[split], geometry if geometry.exists() else None)
    title = f"CAMUS official {split}, A4C+A2C, ED+ES"
    return Source("camus-pack", title, len(clips), lambda: iter(clips), "whole")


def camus_release(folder: Path, subject: Subject, split: str) -> Source:
    """At the model's size and orientation, in ten frames, as the re-release prepares it."""
    from ..datasets.camus_release import read_camus_release, split_patients

    def read() -> Iterator[LabelledClip]:
        orientation = "stored" if subject.transposed else "upright"
        return read_camus_release(folder, split, "ten-frames", subject.size[0], orientation, on_fault="warn")

    title = f"CAMUS release, official {split}, ten frames a clip, first and last scored"
    count = 2 * len(split_patients(folder, split))
    return Source("camus-release", title, count, read, "whole", stored=subject.transposed)


def echonet(folder: Path, subject: Subject, split: str) -> Source:
    from ..datasets.echonet import read_echonet, survey

    name = {"train": "TRAIN", "validation": "VAL", "test": "TEST"}[split]
    count = survey(folder).count(name)

    def read() -> Iterator[LabelledClip]:
        return read_echonet(folder, split, subject.size[0], on_fault="warn")

    return Source("echonet", f"EchoNet-Dynamic, {split}, ten frames from ED to ES", count, read, "whole")


def camus_dicom(folder: Path) -> Source:
    files = sorted(folder.glob("*.dcm"))
    title = f"CAMUS official validation, {len(files)} patients as DICOM at native size, A4C, ED+ES"
    return Source("camus-dicom", title, len(files), lambda: read_dicom(files, folder / "labels.npz"), "sector")


def read_dicom(files: list[Path], labels: Path) -> Iterator[LabelledClip]:
    """Two-frame (ED, ES) files with native masks in labels.npz by patient; spacing from the ultrasound region."""
    import pydicom

    with np.load(labels, allow_pickle=False) as masks:
        for file in files:
            patient = file.stem.split("_")[0]
            if patient not in masks:
                raise ValueError(f"{labels}: no masks of {patient}, whose file {file.name} lies beside it")
            content = pydicom.dcmread(file)
            frames = grey_levels(content.pixel_array)
            yield LabelledClip(
                file.stem,
                patient,
                "A4C",
                frames,
                masks[patient] == LV_CAVITY,
                (0, 1),
                ("ED", "ES"),
                region_spacing_mm(content),
                regions=tissue_regions(content),
            )


def region_spacing_mm(content: object) -> tuple[float, float] | None:
    """Row and column spacing of the first region whose physical units are centimetres."""
    for region in getattr(content, "SequenceOfUltrasoundRegions", []):
        if (region.get("PhysicalUnitsXDirection"), region.get("PhysicalUnitsYDirection")) == (3, 3):
            return abs(float(region.PhysicalDeltaY)) * 10, abs(float(region.PhysicalDeltaX)) * 10
    return None
