"""Readers of CAMUS: both layouts of the release, the packs, training pairs, and what they say of bad files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from camus_release_files import (
    HEIGHT,
    SPACING_MM,
    WIDTH,
    info,
    labels,
    meta_image_patient,
    nifti_patient,
    nifti_split,
    pictures,
    write_nifti,
)
from PIL import Image

from gdkvm.datasets.camus_pack import read_camus_pack_clips
from gdkvm.datasets.camus_pairs import read_pairs
from gdkvm.datasets.camus_release import is_camus_release, read_camus_release, split_patients
from gdkvm.datasets.errors import DatasetError, DatasetWarning
from gdkvm.datasets.sampling import uniform, uniform_cyclic
from gdkvm.datasets.training_pairs import read_training_pairs, training_pairs


def one(folder: Path, sampling: str = "ten-frames", size: int | None = None, orientation: str = "stored", **more):
    """The only 4CH clip of a folder with one patient."""
    (clip,) = read_camus_release(folder, "all", sampling, size, orientation, views=("4CH",), **more)
    return clip


def test_uniform_sampling_rounds_ties_to_even_and_keeps_both_ends() -> None:
    assert uniform(10) == list(range(10))
    assert uniform(18) == [0, 2, 4, 6, 8, 9, 11, 13, 15, 17]
    # Steps of 2.5 with ties: 2.5 to 2, 7.5 to 8.
    assert uniform(11, 5) == [0, 2, 5, 8, 10]
    with pytest.raises(ValueError, match="fewer than 10 distinct"):
        uniform(9)


def test_cyclic_sampling_wraps_and_may_repeat() -> None:
    assert uniform_cyclic(100, 20, 38) == list(range(20, 39, 2))
    assert uniform_cyclic(50, 45, 4) == [45, 46, 47, 48, 49, 0, 1, 2, 3, 4]
    assert uniform_cyclic(50, 0, 3) == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]


def test_ten_frames_of_a_nifti_half_sequence(tmp_path: Path) -> None:
    nifti_patient(tmp_path, "patient0007", frames=18)
    nifti_split(tmp_path, training=["patient0007"], validation=["patient0009"], testing=["patient0008"])
    clips = list(read_camus_release(tmp_path, "train"))
    assert [(clip.key, clip.patient, clip.view) for clip in clips] == [
        ("patient0007_2CH", "patient0007", "A2C"),
        ("patient0007_4CH", "patient0007", "A4C"),
    ]
    clip = clips[1]
    assert clip.frames.shape == (10, 256, 256) and clip.frames.dtype == np.uint8 and clip.masks.dtype == bool
    assert (clip.labelled, clip.phases) == ((0, 9), ("ED", "ES"))
    assert clip.masks.any((1, 2)).all(), "every frame of a half sequence has a mask"
    x_mm, y_mm = (float(np.float32(mm)) for mm in SPACING_MM)  # headers hold single precision
    assert clip.spacing_mm == (round(x_mm * WIDTH / 256, 6), round(y_mm * HEIGHT / 256, 6))
    grey, truth = pictures(18), labels(18)
    for index, frame in enumerate(uniform(18)):
        bilinear = Image.fromarray(grey[:, :, frame]).resize((256, 256), Image.Resampling.BILINEAR)
        nearest = Image.fromarray(truth[:, :, frame]).resize((256, 256), Image.Resampling.NEAREST)
        np.testing.assert_array_equal(clip.frames[index], np.asarray(bilinear))
        np.testing.assert_array_equal(clip.masks[index], np.asarray(nearest) == 1)


def test_upright_is_the_transpose_and_native_size_keeps_every_pixel(tmp_path: Path) -> None:
    nifti_patient(tmp_path, "patient0001", frames=12)
    stored, upright = one(tmp_path), one(tmp_path, orientation="upright")
    assert stored.frames.shape == (10, WIDTH, HEIGHT)
    assert stored.spacing_mm == SPACING_MM
    assert upright.frames.shape == (10, HEIGHT, WIDTH) and upright.spacing_mm == SPACING_MM[::-1]
    np.testing.assert_array_equal(upright.frames, stored.frames.transpose(0, 2, 1))
    np.testing.assert_array_equal(upright.masks, stored.masks.transpose(0, 2, 1))
    np.testing.assert_array_equal(stored.frames[-1], pictures(12)[:, :, 11])


def test_two_frames_from_the_phase_files(tmp_path: Path) -> None:
    nifti_patient(tmp_path, "patient0001", frames=9)
    clip = one(tmp_path, "ed-es", 64)
    assert clip.frames.shape == (2, 64, 64) and clip.labelled == (0, 1)
    np.testing.assert_array_equal(one(tmp_path, "ed-es").masks[1], labels(9)[:, :, 8] == 1)
    with pytest.raises(DatasetError, match=r"half_sequence.*9 frames.*distinct.*ed-es"):
        one(tmp_path)


@pytest.mark.parametrize(("ed", "es"), [(3, 14), (15, 2)])
def test_meta_image_layout_runs_from_ed_to_es(tmp_path: Path, ed: int, es: int) -> None:
    meta_image_patient(tmp_path, "patient0003", 20, ed, es)
    clip = one(tmp_path)
    assert clip.frames.shape == (10, WIDTH, HEIGHT) and clip.spacing_mm == SPACING_MM
    grey, truth = pictures(20), labels(20)
    np.testing.assert_array_equal(clip.frames[0], grey[:, :, ed - 1])
    np.testing.assert_array_equal(clip.frames[9], grey[:, :, es - 1])
    np.testing.assert_array_equal(clip.masks[0], truth[:, :, ed - 1] == 1)
    np.testing.assert_array_equal(clip.masks[9], truth[:, :, es - 1] == 1)
    assert not clip.masks[1:9].any(), "this layout has masks for ED and ES only"
    two = one(tmp_path, "ed-es")
    np.testing.assert_array_equal(two.frames, clip.frames[[0, 9]])


def test_meta_image_testing_patients_have_no_reference(tmp_path: Path) -> None:
    meta_image_patient(tmp_path, "patient0003", 20, 1, 18, masks=False)
    for sampling in ("ten-frames", "ed-es"):
        with pytest.raises(DatasetError, match=r"ED_gt\.mhd: the mask is missing.*testing patients"):
            one(tmp_path, sampling)


def test_split_lists(tmp_path: Path) -> None:
    nifti_patient(tmp_path, "patient0001", frames=10)
    assert is_camus_release(tmp_path) and split_patients(tmp_path, "all") == ["patient0001"]
    with pytest.raises(DatasetError, match=r"subgroup_validation\.txt: the split's list is missing"):
        split_patients(tmp_path, "val")
    nifti_split(tmp_path, validation=["patient0001", "patient0002"])
    clips = read_camus_release(tmp_path, "validation")
    assert next(clips).key == "patient0001_2CH"
    with pytest.raises(DatasetError, match="patient0002: the patient's folder is missing"):
        list(read_camus_release(tmp_path, "validation"))
    with pytest.warns(DatasetWarning, match="patient0002"):
        assert len(list(read_camus_release(tmp_path, "validation", on_fault="warn"))) == 2
    nifti_split(tmp_path, testing=["patient0001", "patient0001"])
    with pytest.raises(DatasetError, match="distinct"):
        split_patients(tmp_path, "test")
    with pytest.raises(ValueError, match="'most' is not one of"):
        split_patients(tmp_path, "most")
    with pytest.raises(DatasetError, match="no patientNNNN folders"):
        split_patients(tmp_path / "database_split", "all")


def test_an_info_file_that_disagrees_with_the_protocol_is_said(tmp_path: Path) -> None:
    folder = nifti_patient(tmp_path, "patient0001", frames=12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one(tmp_path)
    info(folder, "4CH", 12, 1, 12)
    with pytest.warns(DatasetWarning, match=r"Info_4CH\.cfg: ED is 12 and ES 1"):
        one(tmp_path)
    info(folder, "4CH", 1, 40, 40)
    with pytest.warns(DatasetWarning, match="not two of the 12 frames"):
        one(tmp_path)


def spoil(folder: Path, case: str) -> str:
    """Makes one file of the NIfTI patient bad; returns what the error must say."""
    stem = folder / "patient0001_4CH_half_sequence"
    image, truth = Path(f"{stem}.nii.gz"), Path(f"{stem}_gt.nii.gz")
    grey = pictures(12)
    if case == "no mask":
        truth.unlink()
        return r"half_sequence_gt\.nii\.gz: the file is missing"
    if case == "truncated":
        image.write_bytes(image.read_bytes()[:2000])
        return r"half_sequence\.nii\.gz: not a complete NIfTI file"
    if case == "not gzip":
        image.write_bytes(b"<html>not found</html>")
        return "not a complete NIfTI file"
    if case == "shapes differ":
        write_nifti(truth, labels(11))
        return r"half_sequence_gt\.nii\.gz.*shape.*is not that of patient0001_4CH_half_sequence"
    if case == "too bright":
        write_nifti(image, grey.astype(np.float32) + 200)
        return r"values .* are outside 0 to 255"
    if case == "not a number":
        write_nifti(image, np.full(grey.shape, np.nan, np.float32))
        return "not finite"
    if case == "four axes":
        write_nifti(image, grey[..., None].repeat(2, 3))
        return r"is not \(x, y\) or"
    if case == "strange labels":
        write_nifti(truth, labels(12) * 85)
        return r"labels \[85, 170, 255\] are not among"
    write_nifti(truth, np.zeros_like(grey))
    return "no LV cavity in the ED mask"


@pytest.mark.parametrize(
    "case",
    ["no mask", "truncated", "not gzip", "shapes differ", "too bright", "not a number", "four axes", "strange labels",
     "empty mask"],
)  # fmt: skip
def test_bad_nifti_files_are_named(tmp_path: Path, case: str) -> None:
    folder = nifti_patient(tmp_path, "patient0001", frames=12, views=("4CH",))
    message = spoil(folder, case)
    with pytest.raises(DatasetError, match=message) as caught:
        one(tmp_path)
    assert "patient0001" in str(caught.value) and caught.value.remedy
    with pytest.warns(DatasetWarning, match="left out"):
        assert list(read_camus_release(tmp_path, "all", views=("4CH",), on_fault="warn")) == []


def test_bad_meta_image_files_are_named(tmp_path: Path) -> None:
    folder = meta_image_patient(tmp_path, "patient0003", 12, 1, 12)
    raw = folder / "patient0003_4CH_sequence.raw"
    content = raw.read_bytes()
    raw.write_bytes(content[:1000])
    with pytest.raises(DatasetError, match=r"sequence\.mhd: not a complete MetaImage"):
        one(tmp_path)
    raw.unlink()
    with pytest.raises(DatasetError, match=r"its \.raw file is missing"):
        one(tmp_path)
    raw.write_bytes(content)
    info(folder, "4CH", 0, 12, 12)
    with pytest.raises(DatasetError, match=r"Info_4CH\.cfg: ED 0 and ES 12 are not two of the 12 frames"):
        one(tmp_path)
    (folder / "Info_4CH.cfg").write_text("ED: first\nES: last\n")
    with pytest.raises(DatasetError, match="no whole numbers for ED and ES"):
        one(tmp_path)


def write_pack(path: Path, ids: list[str], rng_seed: int = 0) -> None:
    size = 224
    rng = np.random.default_rng(rng_seed)
    x, y = np.mgrid[0:size, 0:size]
    cavity = (np.hypot(x - 100, y - 110) < 40).astype(np.uint8)
    np.savez(
        path,
        ids=np.array(ids),
        images=rng.integers(0, 256, (len(ids), size, size)).astype(np.uint8),
        labels=np.repeat(cavity[None], len(ids), 0),
    )


def test_pack_clips_with_their_spacing(tmp_path: Path) -> None:
    pack, table = tmp_path / "camus-224-val.npz", tmp_path / "geometry.csv"
    write_pack(pack, [f"patient0002_{view}_{phase}" for view in ("2CH", "4CH") for phase in ("ES", "ED")])
    table.write_text("id,columns,rows,spacing_x_mm,spacing_y_mm\npatient0002_4CH_ED,549,389,0.308,0.2\n")
    two, four = read_camus_pack_clips(pack, table)
    assert (two.view, two.spacing_mm) == ("A2C", None)
    assert (four.view, four.labelled, four.phases) == ("A4C", (0, 1), ("ED", "ES"))
    assert four.spacing_mm == (round(0.2 * 389 / 224, 6), round(0.308 * 549 / 224, 6))
    assert read_camus_pack_clips(pack)[1].spacing_mm is None
    table.write_text("id,columns,rows\npatient0002_4CH_ED,549,389\n")
    with pytest.raises(DatasetError, match="line 2 lacks one of"):
        read_camus_pack_clips(pack, table)
    write_pack(pack, ["patient0002_4CH_ED", "patient0003_4CH_ED", "patient0003_4CH_ES"])
    with pytest.warns(DatasetWarning, match="patient0002_4CH left out"):
        assert [clip.key for clip in read_camus_pack_clips(pack)] == ["patient0003_4CH"]
    pack.write_bytes(b"PK\x03\x04 not a pack")
    with pytest.raises(DatasetError, match="not a CAMUS pack"):
        read_camus_pack_clips(pack)


def test_training_pairs_from_clips_equal_those_from_the_pack(tmp_path: Path) -> None:
    write_pack(tmp_path / "camus-224-train.npz", ["patient0002_4CH_ED", "patient0002_4CH_ES"])
    (from_clips,) = training_pairs(read_camus_pack_clips(tmp_path / "camus-224-train.npz"), 64)
    for (expected,) in (read_pairs(tmp_path / "camus-224-train.npz", 64), read_training_pairs(tmp_path, "train", 64)):
        assert (from_clips.patient, from_clips.view) == (expected.patient, expected.view) == ("patient0002", "4CH")
        np.testing.assert_array_equal(from_clips.images, expected.images)
        np.testing.assert_array_equal(from_clips.masks, expected.masks)
        np.testing.assert_array_equal(from_clips.walls, expected.walls)


def test_training_pairs_from_the_release(tmp_path: Path) -> None:
    nifti_patient(tmp_path, "patient0001", frames=10)
    nifti_split(tmp_path, training=["patient0001"])
    pairs = read_training_pairs(tmp_path, "train", 48)
    assert [pair.view for pair in pairs] == ["2CH", "4CH"]
    assert pairs[0].images.shape == (2, 48, 48)
    # Upright: the atrium of the test patient is below the cavity, so the cavity's centre is above the middle.
    rows = np.nonzero(pairs[0].masks[0] > 127)[0]
    assert abs((rows.mean() + 0.5) / 48 - 15.5 / HEIGHT) < 0.02
    with pytest.raises(DatasetError, match=r"neither camus-224-train\.npz nor the CAMUS release"):
        read_training_pairs(tmp_path / "database_split", "train", 48)


def test_the_shared_packs_can_be_read(camus_folder: Path) -> None:
    clips = read_camus_pack_clips(camus_folder / "camus-224-val.npz", camus_folder / "a4c-native-geometry.csv")
    assert len(clips) == 100 and sum(clip.spacing_mm is not None for clip in clips) == 50
    assert all(0.1 < mm < 2 for clip in clips if clip.spacing_mm for mm in clip.spacing_mm)
