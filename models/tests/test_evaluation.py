"""Resizing, sector box, segmentation geometry and scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gdkvm.evaluation.contour import mask_volume_ml
from gdkvm.evaluation.files import write_phantoms
from gdkvm.evaluation.phantoms import score_phantom, score_phantoms, summarise_phantoms
from gdkvm.evaluation.scoring import score_source
from gdkvm.evaluation.sources import camus_dicom
from gdkvm.evaluation.summary import summarise
from gdkvm.phantom import FIRST_TEST_SEED, sector_clip
from gdkvm.running.segmentation import dice, segment_clip
from gdkvm.running.subject import Subject, load_subject
from gdkvm.sector import Box
from gdkvm.sector.resize import resize
from gdkvm.studies.long_loops import DICE_CHANGE, LATE, phantom_course

SHIPPED = Path(__file__).parents[1] / "shipped" / "gdkvm-small-camus"


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


@pytest.fixture(scope="module")
def shipped() -> Subject:
    if not (SHIPPED / "manifest.json").exists():
        pytest.skip("no shipped model in this checkout")
    return load_subject(SHIPPED, threads=2)


def test_shipped_model_measures_phantoms(shipped: Subject, tmp_path: Path) -> None:
    scores = score_phantoms(shipped, 2, "sector")
    values = summarise_phantoms(scores, "sector")
    assert [score.seed for score in scores] == [FIRST_TEST_SEED, FIRST_TEST_SEED + 1]
    assert values["n"] == 2 and values["dice"]["value"] > 0.95
    again = score_phantom(FIRST_TEST_SEED + 1, shipped, "sector")
    assert again == scores[1]
    write_phantoms(tmp_path / "phantoms.csv", scores)
    assert (tmp_path / "phantoms.csv").read_text().count("\n") == 3


def test_disks_on_true_masks_find_the_volume_of_a_phantom() -> None:
    clip = sector_clip(FIRST_TEST_SEED, size=224, frames=12)
    found = mask_volume_ml(clip.labels[0] == 1, clip.spacing_mm)
    assert found == pytest.approx(clip.single_plane_volumes_ml[0], rel=0.06)


def test_shipped_model_segments_the_validation_dicom_files(shipped: Subject, camus_folder: Path) -> None:
    pytest.importorskip("pydicom")
    source = camus_dicom(camus_folder / "a4c-dicom")
    scores = score_source(source, shipped)
    values = summarise(scores, compat=False)
    dice = values["resolutions"]["data"][0]["dice"]
    print(f"\nmean Dice on the validation DICOM files: {dice}")
    assert dice["n"] == 40
    assert dice["value"] >= 0.94


def test_shipped_model_is_the_same_after_hundreds_of_frames(shipped: Subject) -> None:
    course = phantom_course(shipped, sector_clip(FIRST_TEST_SEED, size=224, frames=24))
    assert course.dice is not None and course.dice[LATE].mean() > 0.94
    assert abs(course.dice_change()) <= DICE_CHANGE
