"""The study of carried corrections, on analyses whose answers are known."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image

from gdkvm.phantom import PhantomClip
from gdkvm.running.passes import PassesRunner
from gdkvm.running.subject import Subject
from gdkvm.studies import propagation, propagation_report, spoiled_phantoms
from gdkvm.studies.workstation import AnalysedClip, ClipFile, read_analysis, write_dicom

SIZE = 40
SPACING = (1.0, 0.5)


def clip_file(frames: int = 6, spacing: tuple[float, float] | None = SPACING) -> ClipFile:
    pictures = np.random.default_rng(0).integers(0, 256, (frames, SIZE, SIZE), np.uint8)
    return ClipFile("one", "A4C", pictures, 25.0, spacing)


def square(shift: int = 0) -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[10:30, 10 + shift : 30 + shift] = True
    return mask


def test_a_clip_is_written_with_all_that_its_measurement_takes(tmp_path: Path) -> None:
    clip = clip_file()
    content = pydicom.dcmread(write_dicom(clip, tmp_path))
    np.testing.assert_array_equal(content.pixel_array, clip.pictures)
    assert content.SOPInstanceUID == clip.sop_instance_uid and len(content.SOPInstanceUID) <= 64
    assert content.FrameTime == 25 and content.ViewCodeSequence[0].CodeValue == "399214001"
    region = content.SequenceOfUltrasoundRegions[0]
    assert (region.PhysicalDeltaX, region.PhysicalDeltaY) == (0.05, 0.1)
    assert region.RegionLocationMaxX1 == SIZE - 1
    bare = pydicom.dcmread(write_dicom(clip_file(spacing=None), tmp_path / "bare"))
    assert "SequenceOfUltrasoundRegions" not in bare


def analysed(folder: Path, shifts: dict[int, int], propagated: tuple[int, ...] = (), ef: float = 50) -> AnalysedClip:
    """analysis.json and masks in which the square of a frame is shifted to the right."""
    uid = clip_file().sop_instance_uid
    for frame, shift in shifts.items():
        path = folder / "masks" / uid / f"{frame:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(square(shift).astype(np.uint8) * 255).save(path)
    measurements = [
        {"name": "EF", "method": "area-length", "beat": None, "value": 1},
        *({"name": "EF", "method": "single-plane-disks", "beat": beat, "value": ef} for beat in (0, 1, None)),
    ]
    traces = [
        {"frame": frame, "structure": "lv-cavity", "source": "propagated" if frame in propagated else "model"}
        for frame in shifts
    ]
    clip: dict[str, Any] = {"sopInstanceUid": uid, "frames": 6, "traces": traces, "measurements": measurements}
    clip |= {"file": "one.dcm", "calibration": {"mmPerPixelX": SPACING[1], "mmPerPixelY": SPACING[0]}}
    (folder / "analysis.json").write_text(json.dumps({"studies": [{"clips": [clip]}]}))
    return read_analysis(folder)[uid]


def case() -> propagation.Case:
    truth = np.stack([square()] * 6)
    return propagation.Case(clip_file(), truth, 60.0, (5, 2), {"ES": (2,), "ES and ED": (2, 5)})


def test_a_gain_is_of_the_frames_that_nobody_corrected(tmp_path: Path) -> None:
    before = analysed(tmp_path / "before", {0: 4, 1: 4, 2: 4, 3: 4, 5: 4}, ef=50)
    after = analysed(tmp_path / "after", {0: 4, 1: 2, 2: 0, 3: 2, 5: 4}, propagated=(1, 3), ef=57)
    found = propagation.gain(case(), "ES", "displacement", before, after)
    assert (found.frames, found.reached) == (5, 2)
    # Frame 4 has no contour and counts as 0.
    assert found.dice == pytest.approx(((0.8 * 4 + 0) / 5, (0.8 * 2 + 0.9 * 2 + 0) / 5))
    assert found.reached_dice == pytest.approx((0.8, 0.9))
    assert found.reached_distance_mm[1] < found.reached_distance_mm[0]
    assert found.distance_mm[0] == pytest.approx(found.reached_distance_mm[0])
    assert found.ejection_fraction_error == pytest.approx((10, 3))


def test_corrections_are_masks_of_the_truth_beside_the_json(tmp_path: Path) -> None:
    path = propagation.write_corrections([case()], "ES and ED", tmp_path)
    (clip,) = json.loads(path.read_text())["clips"]
    assert clip["sopInstanceUid"] == case().uid
    assert [entry["frame"] for entry in clip["corrections"]] == [2, 5]
    mask = np.asarray(Image.open(tmp_path / clip["corrections"][0]["mask"]))
    np.testing.assert_array_equal(mask, np.where(square(), 255, 0))


def test_neighbours_follow_by_as_much_as_they_moved(tmp_path: Path) -> None:
    before = analysed(tmp_path / "before", dict.fromkeys(range(6), 0))
    after = analysed(tmp_path / "after", {0: 0, 1: 4, 2: 8, 3: 10, 4: 8, 5: 0})
    found = propagation.followed(before, after, 3)
    assert found.by_distance == pytest.approx({1: 4.0, 2: 0.0})
    assert propagation.moved([[1, 2], [3, 4]], 2) == [[3, 2], [5, 4]]
    assert [check.passed for check in propagation_report.shift_checks([found])] == [True]
    assert not propagation_report.shift_checks([propagation.Followed("none", 0, {})])[0].passed


def gains(dice: list[float], distance: list[float], experiment: str = "ES and ED") -> list[propagation.Gain]:
    return [
        propagation.Gain(
            str(index), experiment, "displacement", 9, 3, (0.8, d), (2, mm), (0.8, d), (2, mm), (5, 4), (5, 1)
        )
        for index, (d, mm) in enumerate(zip(dice, distance))
    ]


def test_the_limits_are_a_gain_on_four_in_five_clips_and_a_fall_by_a_quarter() -> None:
    def passed(dice: list[float], distance: list[float]) -> list[bool]:
        rows = propagation_report.table(gains(dice, distance))
        return [check.passed for check in propagation_report.phantom_checks(rows, "displacement")]

    assert passed([0.9] * 4 + [0.7], [1.5] * 5) == [True, True]
    assert passed([0.9] * 3 + [0.7] * 2, [1.6] * 5) == [False, False]
    (row,) = propagation_report.table(gains([0.9], [1.0]))
    assert row["fallOfDistance"] == pytest.approx(0.5)
    assert "0.800 → 0.900 | 2.00 → 1.00 | 50 % | 100 %" in propagation_report.markdown([row])


def test_a_memory_has_to_leave_less_error_than_displacement() -> None:
    displaced = gains([0.9] * 4, [1.5] * 4)
    for after, enough in ((1.2, True), (1.4, False)):
        carried = [replace(one, way="memory") for one in gains([0.95] * 4, [after] * 4)]
        rows = propagation_report.table([*displaced, *carried])
        checks = propagation_report.phantom_checks(rows, "memory")
        assert [check.passed for check in checks if "displacement" in check.what] == [enough]
        assert not [check for check in propagation_report.phantom_checks(rows, "displacement") if "below" in check.what]


def test_the_strength_is_halved_towards_the_wanted_dice() -> None:
    tried: list[float] = []

    def falling(strength: float) -> tuple[float, float]:
        tried.append(strength)
        return strength, 1 - 0.1 * strength

    strength, found = spoiled_phantoms.nearest_strength(falling, 0.93)
    assert found == pytest.approx(0.93, abs=spoiled_phantoms.NEAR_ENOUGH)
    assert strength == tried[-1] and len(tried) <= spoiled_phantoms.HALVINGS


class Threshold:
    """Takes for the cavity what is darker than blood is in the phantoms."""

    def clip(self, images: np.ndarray) -> np.ndarray:
        return (images < 0.12).astype(np.float32)


def test_spoiled_pictures_are_the_same_for_the_same_seed_and_no_worse_for_less() -> None:
    pictures = np.random.default_rng(1).integers(40, 200, (3, SIZE, SIZE), np.uint8)
    ways = spoiled_phantoms.draw_ways(7)
    assert {"shadow", "haze"} < set(ways) and len(ways) == 3
    first, again = (spoiled_phantoms.spoiled(pictures, 7, ways, 1.0) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    difference = [
        np.abs(spoiled_phantoms.spoiled(pictures, 7, ways, strength).astype(int) - pictures).mean()
        for strength in (0.0, 0.3, 1.0)
    ]
    # A shadow is there in any case.
    assert 0 < difference[0] < difference[1] < difference[2]


def test_strengths_that_were_found_are_kept_for_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, float | None]] = []

    def spoil(seed: int, subject: Subject, known: float | None = None) -> spoiled_phantoms.SpoiledPhantom | None:
        asked.append((seed, known))
        if seed % 2:
            return None
        empty = np.zeros((2, 4, 4), np.uint8)
        clip = PhantomClip(seed, "A4C", empty, empty, np.arange(2), SPACING, np.ones(2), np.ones(2), ((0, 1),), 50.0)
        return spoiled_phantoms.SpoiledPhantom(clip, {}, seed / 10, 0.85)

    monkeypatch.setattr(spoiled_phantoms, "spoil", spoil)
    runner = PassesRunner(Threshold(), "forward")
    about = ("threshold", "0", "onnx", Path("."), "a" * 64, (SIZE, SIZE), False, 0.5, "forward", "fast", 0)
    subject = Subject(*about, runner)
    kept = tmp_path / "strengths.json"
    made = list(islice(spoiled_phantoms.spoiled_phantoms(subject, kept, first_seed=1), 2))
    assert [one.clip.seed for one in made] == [2, 4]
    assert asked == [(1, None), (2, None), (3, None), (4, None)]
    asked.clear()
    list(islice(spoiled_phantoms.spoiled_phantoms(subject, kept, first_seed=1), 2))
    assert asked == [(2, 0.2), (4, 0.4)]
    asked.clear()
    other = Subject(*about[:4], "b" * 64, *about[5:], runner)
    list(islice(spoiled_phantoms.spoiled_phantoms(other, kept, first_seed=1), 1))
    assert asked == [(1, None), (2, None)]
