"""What evaluate finds in a folder, and how it shows it to a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from test_echonet import FRAMES, chords, write_video

from gdkvm.datasets.errors import DatasetWarning
from gdkvm.datasets.labelled_clip import LabelledClip
from gdkvm.evaluation.scoring import score_source
from gdkvm.evaluation.segmenting import segment_source
from gdkvm.evaluation.sources import Source, find_sources
from gdkvm.evaluation.summary import summarise
from gdkvm.network.model import GDKVM
from gdkvm.running.passes import PassesRunner
from gdkvm.running.subject import Subject, load_subject


class Threshold:
    """A model that takes what is dark for cavity, and remembers what it was shown."""

    def clip(self, images: np.ndarray) -> np.ndarray:
        self.shown = images
        return (images < 0.25).astype(np.float32)


def subject_of(runner: Threshold, size: int = 64, transposed: bool = False) -> Subject:
    return Subject(
        "dark", "1", "onnx", Path(), "", (size, size), transposed, 0.5, "forward", "fast", 1, PassesRunner(runner)
    )


def picture(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Two bright frames with a dark ventricle, and its masks: (2, height, width)."""
    y, x = np.mgrid[0:height, 0:width]
    masks = []
    for half in (0.16, 0.1):
        inside = ((x / width - 0.5) / half) ** 2 + ((y / height - 0.55) / 0.3) ** 2 < 1
        masks.append(inside & (y < 0.75 * height))
    truth = np.stack(masks)
    return np.where(truth, 10, 180).astype(np.uint8), truth


def write_dicom(folder: Path, rows: int, columns: int) -> None:
    """Two frames with a calibrated ultrasound region, and their masks in labels.npz."""
    frames, truth = picture(rows, columns)
    content = Dataset()
    content.file_meta = FileMetaDataset()
    content.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    content.file_meta.MediaStorageSOPClassUID = content.SOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    content.file_meta.MediaStorageSOPInstanceUID = content.SOPInstanceUID = generate_uid()
    content.Rows, content.Columns, content.NumberOfFrames = rows, columns, 2
    content.SamplesPerPixel, content.PhotometricInterpretation = 1, "MONOCHROME2"
    content.BitsAllocated = content.BitsStored = 8
    content.HighBit, content.PixelRepresentation = 7, 0
    content.PixelData = frames.tobytes()
    region = Dataset()
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = -0.05, 0.08
    content.SequenceOfUltrasoundRegions = [region]
    folder.mkdir()
    content.save_as(folder / "patient0001_4CH.dcm", enforce_file_format=True)
    np.savez(folder / "labels.npz", patient0001=truth.astype(np.uint8))


def test_dicom_files_are_cropped_and_scored_at_native_size(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a4c-dicom", 180, 240)
    subject = subject_of(Threshold())
    (source,) = find_sources(tmp_path, subject)
    values = summarise(score_source(source, subject), compat=True)
    (group, *_) = values["resolutions"]["data"]
    assert list(values["resolutions"]) == ["data"] and group["n"] == 2
    assert group["dice"]["value"] > 0.95 and group["mm"]["hd95"]["value"] < 2
    assert group["rowByRow"]["dice"]["value"] > 0.95
    (disks,) = values["ejection"]
    assert disks["method"] == "disks" and disks["ef"]["mae"]["value"] < 3
    # 0.5 mm a column and 0.8 mm a row: half axes of 19.2 and 43.2 mm, cut at two thirds of its lower half.
    (beat,) = score_source(source, subject).beats
    exact = np.pi * 19.2**2 * 43.2 * (2 / 3 + 2 / 3 - (2 / 3) ** 3 / 3) / 1000
    assert beat.true_edv == pytest.approx(exact, rel=0.03)


def test_dicom_without_masks_is_named(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a4c-dicom", 60, 80)
    np.savez(tmp_path / "a4c-dicom" / "labels.npz", other=np.zeros((2, 60, 80), np.uint8))
    subject = subject_of(Threshold())
    with pytest.raises(ValueError, match="no masks of patient0001"):
        score_source(find_sources(tmp_path, subject)[0], subject)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("stored", [False, True])
def test_orientation_and_spacing_follow_the_model(transposed: bool, stored: bool) -> None:
    frames, truth = picture(120, 200)
    spacing = (0.4, 0.3)
    if stored:  # lateral positions as rows
        frames, truth, spacing = frames.transpose(0, 2, 1), truth.transpose(0, 2, 1), (0.3, 0.4)
    clip = LabelledClip("p_4CH", "p", "A4C", frames, truth, (0, 1), ("ED", "ES"), spacing)
    runner = Threshold()
    subject = subject_of(runner, 64, transposed)
    source = Source("camus-release", "test", 1, lambda: iter([clip]), "whole", stored)
    (segmented,) = segment_source(source, subject)
    assert segmented.model is not None
    lateral, depth = (1, 2) if transposed else (2, 1)
    # The ventricle is about 60 of 200 pixels wide and 60 of 120 deep.
    wide, deep = (np.ptp(np.nonzero(runner.shown < 0.25)[axis]) for axis in (lateral, depth))
    assert wide < deep
    expected = (round(0.3 * 200 / 64, 6), round(0.4 * 120 / 64, 6))
    assert segmented.model.spacing_mm == (expected if transposed else expected[::-1])
    assert segmented.data.truth.shape == (2, 120, 200) and segmented.data.spacing_mm == (0.4, 0.3)
    (row, *_) = score_source(source, subject).frames
    assert row.resolution == "model" and row.score.dice > 0.95 and row.score.hd95 < 2


def test_echonet_is_scored_in_pixels(tmp_path: Path, micro: GDKVM) -> None:
    head = "FileName,EF,ESV,EDV,FrameHeight,FrameWidth,FPS,NumberOfFrames,Split"
    (tmp_path / "FileList.csv").write_text(f"{head}\n0XB,55,40,90,112,112,50,{FRAMES},VAL\n0XC,55,40,90,1,1,50,9,VAL\n")
    write_video(tmp_path / "Videos" / "0XB.avi")
    lines = ["FileName,X1,Y1,X2,Y2,Frame", *chords(3, 20, "0XB"), *chords(12, 14, "0XB")]
    (tmp_path / "VolumeTracings.csv").write_text("\n".join(lines) + "\n")
    path = tmp_path / "authors.pth"
    torch.save({"model": micro.state_dict()}, path)
    subject = load_subject(path)
    (source,) = find_sources(tmp_path, subject)
    assert source.count == 1
    with pytest.warns(DatasetWarning, match="0XC"):
        values = summarise(score_source(source, subject), compat=False)
    (group, *_) = values["resolutions"]["model"]
    assert group["n"] == 2 and "mm" not in group and group["px"]["hd95"]["n"] == 2
    assert [row["method"] for row in values["ejection"]] == ["surrogate"]
