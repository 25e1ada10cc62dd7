"""Clips for the workstation's command line, and what it writes about them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).parents[3]
ULTRASOUND_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
VIEW_CODES = {"A4C": ("399214001", "Apical four chamber"), "A2C": ("399232001", "Apical two chamber")}
TISSUE, CENTIMETRES = 1, 3
CAVITY = "lv-cavity"
EJECTION_FRACTION = "EF", "single-plane-disks"


class WorkstationError(Exception):
    """The command line did not do what it was asked for."""


@dataclass(frozen=True)
class ClipFile:
    """A clip as a DICOM file. pictures (T, H, W) uint8; spacing (row, column) in mm, None where it is not known."""

    name: str  # of the file, without its ending
    view: str
    pictures: np.ndarray
    frame_time_ms: float
    spacing_mm: tuple[float, float] | None
    study: str | None = None  # clips that name the same are one; None: it is one of its own

    @property
    def study_instance_uid(self) -> str:
        return uid(f"{self.study or self.name} study")

    @property
    def sop_instance_uid(self) -> str:
        return uid(f"{self.name} instance")


def uid(name: str) -> str:
    """PS3.5 B.2: made of 128 bits, the same for the same name."""
    return f"2.25.{int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], 'big')}"


def write_dicom(clip: ClipFile, folder: Path) -> Path:
    """An uncompressed multi-frame ultrasound image with calibration, timing and view."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID

    frames, rows, columns = clip.pictures.shape
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(ULTRASOUND_MULTI_FRAME)
    meta.MediaStorageSOPInstanceUID = UID(clip.sop_instance_uid)
    meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE_ENDIAN)
    content = Dataset()
    content.file_meta = meta
    content.SOPClassUID, content.SOPInstanceUID = ULTRASOUND_MULTI_FRAME, clip.sop_instance_uid
    content.StudyInstanceUID, content.SeriesInstanceUID = clip.study_instance_uid, uid(f"{clip.name} series")
    patient = clip.study or clip.name
    content.Modality, content.PatientID, content.PatientName = "US", patient, f"{patient}^Made"
    content.FrameTime, content.FrameIncrementPointer = f"{clip.frame_time_ms:.6g}", 0x00181063
    if clip.spacing_mm is not None:
        region = Dataset()
        region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, TISSUE, 0
        region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
        region.RegionLocationMaxX1, region.RegionLocationMaxY1 = columns - 1, rows - 1
        region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = CENTIMETRES
        region.PhysicalDeltaX, region.PhysicalDeltaY = clip.spacing_mm[1] / 10, clip.spacing_mm[0] / 10
        content.SequenceOfUltrasoundRegions = [region]
    view = Dataset()
    view.CodeValue, view.CodeMeaning = VIEW_CODES[clip.view]
    view.CodingSchemeDesignator = "SCT"
    content.ViewCodeSequence = [view]
    content.SamplesPerPixel, content.PhotometricInterpretation = 1, "MONOCHROME2"
    content.NumberOfFrames, content.Rows, content.Columns = frames, rows, columns
    content.BitsAllocated, content.BitsStored, content.HighBit, content.PixelRepresentation = 8, 8, 7, 0
    content.PixelData = np.ascontiguousarray(clip.pictures).tobytes()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{clip.name}.dcm"
    content.save_as(path, enforce_file_format=True, little_endian=True, implicit_vr=False)
    return path


@dataclass(frozen=True)
class AnalysedClip:
    """What analysis.json and the masks beside it say of a clip."""

    entry: dict[str, Any]
    masks: Path

    @property
    def frames(self) -> int:
        return int(self.entry["frames"])

    @property
    def traces(self) -> dict[int, dict[str, Any]]:
        """Of the left ventricle's cavity, by frame."""
        return {row["frame"]: row for row in self.entry["traces"] if row["structure"] == CAVITY}

    @property
    def ejection_fraction(self) -> float:
        """Mean of the beats that were measured, in percent; not a number where there are none."""
        values = [
            row["value"] for row in self.entry["measurements"] if (row["name"], row["method"]) == EJECTION_FRACTION
        ]
        # A clip of several beats has its mean last.
        return float(values[-1]) if values else float("nan")

    def mask(self, frame: int) -> np.ndarray | None:
        """(H, W) bool; None where the frame has no contour."""
        from PIL import Image

        path = self.masks / f"{frame:04}.png"
        if frame not in self.traces or not path.exists():
            return None
        return np.asarray(Image.open(path).convert("L")) > 127


def analyse(
    files: Sequence[Path],
    model: Path,
    out: Path,
    corrections: Path | None = None,
    way: str | None = None,
) -> dict[str, AnalysedClip]:
    """Runs `systola analyze` over the files and reads what it wrote, by SOP Instance UID.

    model: a model folder; corrections: the JSON of --correct; way: of --propagate.
    """
    node = REPOSITORY / "node_modules" / "node" / "bin" / "node"
    command = [str(node) if node.exists() else "node", "--no-warnings", str(REPOSITORY / "main/cli/systola.ts")]
    command += ["analyze", *map(str, files), "--out", str(out), "--masks", "--provider", "cpu"]
    command += ["--models", str(model.resolve().parent), "--model", model.resolve().name, "--no-recognise"]
    if corrections is not None:
        command += ["--correct", str(corrections)]
    if way is not None:
        command += ["--propagate", way]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    if ended.returncode:
        raise WorkstationError(f"systola analyze ended with {ended.returncode}: {ended.stderr.strip()[-2000:]}")
    return read_analysis(out)


def read_analysis(out: Path) -> dict[str, AnalysedClip]:
    content = json.loads((out / "analysis.json").read_text())
    clips = [clip for study in content["studies"] for clip in study["clips"]]
    return {clip["sopInstanceUid"]: AnalysedClip(clip, out / "masks" / clip["sopInstanceUid"]) for clip in clips}


def study_measurements(out: Path) -> dict[str, list[dict[str, Any]]]:
    """What `systola analyze` measured over the clips of each study, by Study Instance UID."""
    content = json.loads((out / "analysis.json").read_text())
    return {study["studyInstanceUid"]: study["measurements"] for study in content["studies"]}
