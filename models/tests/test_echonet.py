"""The EchoNet-Dynamic reader on a small folder of the same layout."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gdkvm.datasets import echonet
from gdkvm.datasets.echonet import read_echonet, survey
from gdkvm.datasets.echonet_tracings import PUBLISHED_LISTED, PUBLISHED_TRACED, read_tracings, traced_mask
from gdkvm.datasets.errors import DatasetError, DatasetWarning

SIZE, FRAMES = 112, 40


def write_video(path: Path, frames: int = FRAMES) -> None:
    """Frames whose grey level rises by 4 each."""
    path.parent.mkdir(exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 50, (SIZE, SIZE))
    for index in range(frames):
        writer.write(np.full((SIZE, SIZE, 3), 20 + 4 * index, np.uint8))
    writer.release()


def chords(frame: int, half_width: float, name: str) -> list[str]:
    """Rows of a tracing: the long axis, then ten chords across it, between rows 30 and 75."""
    rows = [f"{name}.avi,56.2,28.0,56.2,77.0,{frame}"]
    for y in np.linspace(30, 75, 10):
        rows.append(f"{name}.avi,{56 - half_width:.2f},{y:.2f},{56 + half_width:.2f},{y:.2f},{frame}")
    return rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two videos that can be used, one without tracing, one tracing without a video."""
    listed = [("0XA", "TRAIN"), ("0XB", "VAL"), ("0XUNTRACED", "TRAIN")]
    rows = [f"{name},55.1,40.2,90.3,112,112,50,{FRAMES},{split}" for name, split in listed]
    head = "FileName,EF,ESV,EDV,FrameHeight,FrameWidth,FPS,NumberOfFrames,Split"
    (tmp_path / "FileList.csv").write_text("\n".join([head, *rows]) + "\n")
    for name, _ in listed:
        write_video(tmp_path / "Videos" / f"{name}.avi")
    lines = ["FileName,X1,Y1,X2,Y2,Frame"]
    lines += chords(5, 14, "0XA") + chords(23, 20, "0XA")  # ED after ES: the clip wraps past the end
    lines += chords(3, 20, "0XB") + chords(12, 14, "0XB") + chords(1, 9, "0XORPHAN")
    (tmp_path / "VolumeTracings.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def read(folder: Path, split: str = "TRAIN", **more):
    with pytest.warns(DatasetWarning):
        return list(read_echonet(folder, split, **more))


def test_clip_from_ed_to_es_past_the_end(folder: Path) -> None:
    (clip,) = read(folder)
    assert (clip.key, clip.view, clip.labelled, clip.phases) == ("0XA", "A4C", (0, 9), ("ED", "ES"))
    assert clip.frames.shape == (10, 128, 128) and clip.spacing_mm is None
    # From 23 forwards to 5 are 22 steps of a cycle of 40.
    expected = [(23 + round(22 * step / 9)) % FRAMES for step in range(10)]
    levels = clip.frames.mean((1, 2))
    np.testing.assert_allclose(levels, [20 + 4 * frame for frame in expected], atol=1.5)
    assert clip.masks[0].sum() > clip.masks[9].sum() > 0 and not clip.masks[1:9].any()


def test_masks_are_filled_polygons_without_the_long_axis(folder: Path) -> None:
    (clip,) = read(folder, "validation", size=None)
    assert clip.frames.shape == (10, SIZE, SIZE)
    rows, columns = np.nonzero(clip.masks[0])
    assert (rows.min(), rows.max()) == (30, 75), "the long axis from 28 to 77 is not part of the outline"
    assert (columns.min(), columns.max()) == (36, 76) and clip.masks[0].sum() == 46 * 41
    resized = cv2.resize(clip.masks[0].astype(np.uint8), (128, 128), interpolation=cv2.INTER_NEAREST)
    (small,) = read(folder, "VAL")
    np.testing.assert_array_equal(small.masks[0], resized > 0)


def test_exclusions_are_derived_and_said(folder: Path) -> None:
    found = survey(folder)
    assert found.not_traced == ["0XUNTRACED"] and found.not_listed == ["0XORPHAN"] and not found.as_published
    assert [video.name for video in found.usable] == ["0XA", "0XB"]
    assert found.usable[0].ejection_fraction_percent == 55.1 and found.usable[0].edv_ml == 90.3
    (folder / "Videos" / "0XB.avi").unlink()
    with pytest.warns() as caught:
        assert list(read_echonet(folder, "VAL")) == []
    said = " ".join(str(warning.message) for warning in caught)
    assert "listed but not traced: 0XUNTRACED" in said and "traced but not listed: 0XORPHAN" in said
    assert "without a file: 0XB" in said


def test_published_counts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    assert sum(PUBLISHED_LISTED.values()) - sum(PUBLISHED_TRACED.values()) == 6
    monkeypatch.setattr(echonet, "PUBLISHED_LISTED", {"TRAIN": 2, "VAL": 1, "TEST": 0})
    monkeypatch.setattr(echonet, "PUBLISHED_TRACED", {"TRAIN": 1, "VAL": 1, "TEST": 0})
    assert survey(folder).as_published
    monkeypatch.setattr(echonet, "PUBLISHED_TRACED", {"TRAIN": 2, "VAL": 1, "TEST": 0})
    with pytest.warns(DatasetWarning, match="published"):
        list(read_echonet(folder, "TEST"))


def change_tracings(folder: Path, old: str, new: str) -> None:
    path = folder / "VolumeTracings.csv"
    path.write_text(path.read_text().replace(old, new))


def fails(folder: Path, message: str) -> None:
    with pytest.warns(DatasetWarning), pytest.raises(DatasetError, match=message):
        list(read_echonet(folder, "TRAIN"))


def test_a_tracing_that_does_not_fit_its_video(folder: Path) -> None:
    change_tracings(folder, ",23\n", f",{FRAMES}\n")
    fails(folder, rf"0XA\.avi: frame {FRAMES} is traced, but the video has {FRAMES}")
    change_tracings(folder, f",{FRAMES}\n", ",5\n")
    fails(folder, r"0XA\.avi: 1 traced frames instead of two")


def test_equal_areas_and_tracings_without_an_outline(folder: Path) -> None:
    lines = ["FileName,X1,Y1,X2,Y2,Frame", *chords(1, 14, "0XA"), *chords(9, 14, "0XA")]
    (folder / "VolumeTracings.csv").write_text("\n".join(lines) + "\n")
    fails(folder, "both traced areas are equal")
    (folder / "VolumeTracings.csv").write_text("\n".join([*lines[:12], lines[12]]) + "\n")
    fails(folder, "1 rows give no outline")


def test_videos_that_cannot_be_read(folder: Path) -> None:
    video = folder / "Videos" / "0XA.avi"
    content = video.read_bytes()
    video.write_bytes(b"")
    fails(folder, r"0XA\.avi: no frame can be read")
    assert read(folder, on_fault="warn") == []
    video.write_bytes(content[: len(content) // 2])
    fails(folder, r"0XA\.avi: (only \d+ of \d+ frames|no frame) can be read|is traced, but the video has")


def test_tables_that_are_not_the_data_sets(folder: Path) -> None:
    change_tracings(folder, "36.00,30.00", "36.00,thirty")
    with pytest.raises(DatasetError, match=r"VolumeTracings\.csv: line \d+: could not convert"):
        survey(folder)
    (folder / "VolumeTracings.csv").write_text("FileName,X1,Y1,X2,Y2\n")
    with pytest.raises(DatasetError, match="no column Frame"):
        read_tracings(folder / "VolumeTracings.csv")
    text = (folder / "FileList.csv").read_text()
    (folder / "FileList.csv").write_text(text + text.splitlines()[1] + "\n")
    with pytest.raises(DatasetError, match="0XA is listed twice"):
        survey(folder)
    (folder / "FileList.csv").unlink()
    with pytest.raises(DatasetError, match=r"FileList\.csv: it cannot be read"):
        survey(folder)
    with pytest.raises(ValueError, match="'MOST' is not one of"):
        list(read_echonet(folder, "MOST"))


def test_outline_goes_down_one_side_and_up_the_other() -> None:
    mask = traced_mask([(5, 0, 5, 9), (4, 2, 6, 2), (2.4, 5, 8.6, 5), (3.5, 8, 6.5, 8)], 10, 12)
    assert mask[2].nonzero()[0].tolist() == [4, 5, 6]
    assert mask[5].nonzero()[0].tolist() == list(range(2, 10))
    assert mask[8].nonzero()[0].tolist() == [4, 5, 6], "halves round to even: 3.5 to 4, 6.5 to 6"
