"""Resizing, sector box, segmentation geometry and scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gdkvm.evaluation import Score, disk_volume, evaluate_dicom, evaluate_phantoms, summarise, table
from gdkvm.model_folder import read_manifest
from gdkvm.onnx_runner import OnnxRunner
from gdkvm.phantom import Phantom, cavity_radius
from gdkvm.resize import resize
from gdkvm.sector import Box, sector_box
from gdkvm.segmentation import dice, segment_clip

SHIPPED = Path(__file__).parents[1] / "shipped" / "gdkvm-small-camus"


def scanner_screen() -> tuple[np.ndarray, np.ndarray]:
    """Frames (4, 240, 320, 3) with a speckled sector, text and a coloured ECG, and the sector's mask."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:240, 0:320]
    sector = (np.hypot(x - 170, y - 20) < 180) & (np.abs(x - 170) < 0.8 * (y - 20))
    frames = np.zeros((4, 240, 320, 3), np.uint8)
    for frame in frames:
        speckle = np.clip(rng.rayleigh(60, (240, 320)), 0, 255).astype(np.uint8)
        frame[sector] = speckle[sector][:, None]
        frame[8:13, 10:60:3] = 255
        frame[225:227, 20:300] = (40, 200, 120)
        frame[30:200, 310] = 200
    return frames, sector


def test_sector_box_ignores_text_lines_and_colour() -> None:
    frames, sector = scanner_screen()
    rows, columns = np.nonzero(sector.any(1))[0], np.nonzero(sector.any(0))[0]
    box = sector_box(frames)
    wanted = (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1)
    assert np.abs(np.array(box) - wanted).max() <= 8


def test_a_black_clip_is_taken_whole() -> None:
    assert sector_box(np.zeros((2, 50, 60), np.uint8)) == Box(0, 50, 0, 60)


def test_resize_keeps_constants_and_means() -> None:
    assert np.allclose(resize(np.full((30, 50), 7.0), 12, 19), 7)
    picture = np.random.default_rng(0).random((64, 64))
    assert resize(picture, 16, 16).mean() == pytest.approx(picture.mean(), abs=0.01)
    ramp = np.arange(8.0)[None].repeat(4, 0)
    np.testing.assert_allclose(resize(ramp, 4, 4)[0], [0.7142857, 2.5, 4.5, 6.2857143], atol=1e-5)


class Echo:
    """A model whose probability is its input picture."""

    def clip(self, images: np.ndarray) -> np.ndarray:
        self.shape = images.shape
        return images


@pytest.mark.parametrize("transposed", [False, True])
def test_segmentation_returns_to_the_place_it_came_from(transposed: bool) -> None:
    frames = np.zeros((2, 120, 200), np.uint8)
    frames[:, 30:70, 50:90] = 255
    model = Echo()
    found = segment_clip(model, frames, (64, 64), transposed, Box(10, 110, 20, 180)) > 0.5
    assert model.shape == (2, 64, 64)
    assert dice(found[0], frames[0] > 0) > 0.95


def test_dice_of_known_masks() -> None:
    a, b = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert np.isnan(dice(a, b))
    a[:2], b[1:3] = True, True
    assert dice(a, b) == 0.5


def test_summary_interval_resamples_patients() -> None:
    scores = [Score(f"p{index % 10}", "A4C", "ED", 0.9 + 0.01 * (index % 10)) for index in range(40)]
    summary = summarise(scores)
    assert summary.count == 40 and summary.mean == pytest.approx(0.945)
    assert summary.lower < summary.mean < summary.upper
    assert [label for label, _ in table([*scores, Score("p1", "A4C", "ES", 0.8)])] == ["all", "A4C ED", "A4C ES"]


def test_disk_volume_of_a_phantom_equals_its_formula() -> None:
    phantom = Phantom(3)
    _, mask = phantom.frame(0.0, 400)
    length, radius, _ = phantom.dimensions(0.0)
    along = (np.arange(2000) + 0.5) / 2000
    exact = np.pi * np.mean(cavity_radius(along, radius, phantom.anatomy.widest) ** 2) * length / 1000
    assert disk_volume(mask > 0, phantom) == pytest.approx(exact, rel=0.04)


def test_shipped_model_finds_the_ejection_fraction_of_phantoms() -> None:
    if not (SHIPPED / "manifest.json").exists():
        pytest.skip("no shipped model in this checkout")
    scores = evaluate_phantoms(OnnxRunner(SHIPPED / "model.onnx", 2), 6, 128)
    assert np.mean([score.dice for score in scores]) > 0.9
    errors = [abs(score.ejection_fraction - score.true_ejection_fraction) for score in scores]
    assert np.mean(errors) < 6


def test_shipped_model_segments_the_validation_dicom_files(camus_folder: Path) -> None:
    pytest.importorskip("pydicom")
    if not (SHIPPED / "manifest.json").exists():
        pytest.skip("no shipped model in this checkout")
    manifest = read_manifest(SHIPPED)
    size = (manifest["input"]["height"], manifest["input"]["width"])
    scores = evaluate_dicom(OnnxRunner(SHIPPED / "model.onnx", 2), camus_folder / "a4c-dicom", size)
    summary = summarise(scores)
    print(f"\nmean Dice on the validation DICOM files: {summary}")
    assert len(scores) == 40
    assert summary.mean >= 0.85
