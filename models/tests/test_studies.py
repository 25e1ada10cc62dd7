"""Long loops, directions, crops, spoiled pictures and real loops, on models whose answers are known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdkvm.command_line import main
from gdkvm.network.model import GDKVM
from gdkvm.phantom import PhantomClip
from gdkvm.running.onnx_runner import OnnxRunner
from gdkvm.running.passes import PASSES, PassesRunner
from gdkvm.running.segmentation import dice
from gdkvm.running.subject import Subject
from gdkvm.running.torch_runner import TorchRunner
from gdkvm.sector import Box
from gdkvm.studies import (
    bursts,
    crop_error,
    crop_error_report,
    directions,
    directions_report,
    long_loops,
)
from gdkvm.studies.degradation import KINDS, degrade, moved_box
from gdkvm.studies.material import Loop, read_loops
from gdkvm.studies.viewing import memory_norm

MICRO = Path(__file__).parents[2] / "test" / "fixtures" / "micro-model"


SIZE = 32


class Bright:
    """A runner whose probability is its picture, made a little darker with every frame when it drifts."""

    def __init__(self, drift: float = 1.0) -> None:
        self.drift = drift
        self.reset()

    def reset(self) -> None:
        self.frame = 0
        self.state = {"state": np.ones((1, 1, 4, 4), np.float32)}

    def step(self, image: np.ndarray) -> np.ndarray:
        self.state = {"state": self.state["state"] * np.float32(2 - self.drift)}
        self.frame += 1
        return image * self.drift**self.frame

    def clip(self, images: np.ndarray) -> np.ndarray:
        self.reset()
        return np.stack([self.step(image) for image in images])


def bright_subject(drift: float = 1.0, transposed: bool = False) -> Subject:
    runner = PassesRunner(Bright(drift))
    about = {"name": "bright", "version": "0", "kind": "onnx", "source": Path("."), "fingerprint": ""}
    return Subject(
        **about, size=(SIZE, SIZE), transposed=transposed, threshold=0.5, passes="forward", role="fast", parameters=0,
        runner=runner,
    )  # fmt: skip


def beating_discs(frames: int = 24, size: int = 48, period: int = 12) -> PhantomClip:
    """A white ellipse that beats on grey: what a runner that takes bright for cavity finds exactly."""
    y, x = np.mgrid[0:size, 0:size] / size
    scale = 1 + 0.2 * np.cos(2 * np.pi * np.arange(frames) / period)
    inside = np.stack([np.hypot((x - 0.5) / 0.18, (y - 0.5) / 0.28) < s for s in scale])
    pictures = np.where(inside, 255, 60).astype(np.uint8)
    beats = tuple((at, at + period // 2) for at in range(0, frames - period // 2, period))
    times, volumes = np.arange(frames) * 40.0, scale**3
    return PhantomClip(7, "A4C", pictures, inside.astype(np.uint8), times, (1.0, 1.0), volumes, volumes, beats, 50.0)


def test_a_steady_model_passes_the_long_loop_limits() -> None:
    clip = beating_discs()
    courses = [
        long_loops.phantom_course(bright_subject(), clip),
        long_loops.loop_course(bright_subject(transposed=True), Loop("discs", clip.pictures[:10])),
    ]
    assert courses[0].period == 12 and len(courses[0].area) == long_loops.FRAMES
    assert courses[0].dice is not None and courses[0].dice.min() > 0.9
    assert all(check.passed for check in long_loops.checks(courses))
    assert courses[1].passes_correlation() == 1.0 and courses[1].passes_difference() == 0.0


def test_a_model_that_drifts_fails_them() -> None:
    clip = beating_discs()
    courses = [
        long_loops.phantom_course(bright_subject(0.997), clip),
        long_loops.loop_course(bright_subject(0.98), Loop("discs", clip.pictures[:20])),
    ]
    assert [check.passed for check in long_loops.checks(courses)] == [False] * 4


def test_jitter_is_that_of_the_fuller_frames() -> None:
    steady = np.array([50, 60, 100, 100, 100, 100, 100, 100, 60, 50, 60, 100, 100, 100, 100])
    assert long_loops.diastolic_jitter(steady) == 0
    assert np.isnan(long_loops.diastolic_jitter(steady[:3]))
    assert long_loops.diastolic_jitter(100 + 3 * (-1) ** np.arange(20)) == pytest.approx(6, rel=0.05)


class Remembering(Bright):
    """Says the brightest picture of the last five wherever its own is dim."""

    def reset(self) -> None:
        super().reset()
        self.state = {"seen": np.zeros((5, SIZE, SIZE), np.float32)}

    def step(self, image: np.ndarray) -> np.ndarray:
        seen = np.concatenate([self.state["seen"][1:], image[None]])
        self.state = {"seen": seen}
        return seen[int(np.argmax(seen.max((1, 2))))] if image.max() < 0.6 else image


def test_a_memory_is_worth_what_an_empty_state_loses_in_a_burst() -> None:
    clip = beating_discs(frames=24)
    forgetful = bursts.phantom_bursts(bright_subject(), clip)
    subject = replace(bright_subject(), runner=PassesRunner(Remembering()))
    mindful = bursts.phantom_bursts(subject, clip)
    assert [one.kind for one in mindful] == list(bursts.KINDS)
    by_kind = {one.kind: one for one in mindful}
    assert by_kind["dropout"].readable > 0.9 > by_kind["dropout"].held > 0.5
    assert by_kind["dropout"].lost > 0.5 and by_kind["dropout"].state_emptied < 0.1
    assert all(one.lost == pytest.approx(one.state_emptied) for one in forgetful), "it has no state"
    passed = {check.what: check.passed for check in bursts.checks(mindful, forgetful)}
    assert all(passed.values())
    assert not any(check.passed for check in bursts.checks(forgetful, forgetful))
    rows = bursts.table(mindful)
    assert [row["kind"] for row in rows] == [*bursts.KINDS, "all"]
    assert rows[-1]["lost"] == pytest.approx(np.mean([one.lost for one in mindful]))
    assert len(bursts.describe(rows)) == len(rows) + 1


@pytest.mark.parametrize("kind", bursts.KINDS)
def test_lost_frames_show_less_of_the_wall_and_stay_pictures(kind: str) -> None:
    clip = beating_discs(frames=5)
    shown = bursts.KINDS[kind](np.random.default_rng(3), clip.pictures / 255.0, clip.labels > 0)
    assert shown.shape == clip.pictures.shape and np.isfinite(shown).all()
    assert np.abs(shown.clip(0, 1) - clip.pictures / 255.0).mean() > 0.02


def test_directions_are_scored_on_the_same_clips() -> None:
    subject = bright_subject()
    cases = directions.phantom_cases([beating_discs()], subject)
    scores = [one for case in cases for one in directions.score(case, subject)]
    assert [one.passes for one in scores[:3]] == list(PASSES)
    clean = scores[0]
    assert clean.dice > 0.9 and abs(clean.ef_error) < 5 and clean.roughness < 20
    assert all(one.dice == pytest.approx(clean.dice) for one in scores[:3])
    assert scores[3].worst_dice < clean.worst_dice
    assert directions_report.choose(scores)[0] == "forward"


def test_a_sure_gain_without_loss_of_ejection_fraction_wins() -> None:
    def scores(gain: float, ef_error: float) -> list[directions.Score]:
        return [
            directions.Score(directions.MATERIALS[0], f"{at}", f"{at}", passes, 0.9 + better, 0.9, 5 + worse, 1.0, 1.0)
            for at in range(20)
            for passes, better, worse in zip(PASSES, (0, gain + 0.001 * (at % 2), -0.01), (0, ef_error, 0))
        ]

    assert directions_report.choose(scores(0.01, 0))[0] == "warm"
    assert directions_report.choose(scores(0.01, 1))[0] == "forward"
    assert directions_report.choose(scores(-0.01, 0))[0] == "forward"


def test_a_crop_with_margins_comes_back_to_its_place() -> None:
    clip = beating_discs(size=64)
    box = Box(0, 64, 0, 64)
    for error in (0.0, 0.2):
        found = crop_error.segment_box(bright_subject(), clip.pictures, moved_box(box, (error,) * 4))
        assert dice(found[0], clip.labels[0] == 1) > 0.93
    bottom = next(c for c in crop_error.conditions() if c.series == "bottom edge missing")
    score = crop_error.score(bright_subject(), "discs", "a", clip.pictures, clip.labels == 1, box, bottom)
    assert score.lost_share > 0.1 and score.dice < 0.95
    # A mirrored picture of discs is as easy, wherever its box lies.
    conditions = {one.series: one for one in crop_error.conditions() if one.error == 0}
    narrow = Box(0, 64, 6, 64)
    scores = [
        crop_error.score(
            bright_subject(), "discs", "a", clip.pictures, clip.labels == 1, narrow, conditions[series]
        ).dice
        for series in ("all sides", "mirrored")
    ]
    assert scores[1] == pytest.approx(scores[0], abs=0.01) and scores[0] > 0.9
    rows = crop_error_report.table([score, crop_error.Score("discs", "a", "all sides", 0.0, 0.96, 0.0)])
    assert rows[0]["fall"] == pytest.approx(0.96 - score.dice)


def test_degraded_copies_stay_pictures_and_black_stays_black() -> None:
    clip = np.zeros((3, 40, 40), np.float32)
    clip[:, 10:30, 10:30] = np.random.default_rng(0).uniform(0.1, 0.9, (3, 20, 20))
    for kind in KINDS:
        spoiled = degrade(np.random.default_rng(1), clip, kind, 0.8)
        assert spoiled.shape == clip.shape and spoiled.min() >= 0 and spoiled.max() <= 1
        assert not np.allclose(spoiled, clip, atol=0.02)
        assert spoiled[:, 0].max() == 0


def write_loop(path: Path, frames: np.ndarray) -> None:
    """An uncompressed grey multi-frame file, or a still."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage, generate_uid

    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = UltrasoundMultiFrameImageStorage, generate_uid()
    data.NumberOfFrames, data.Rows, data.Columns = frames.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = frames.dtype.itemsize * 8
    data.HighBit, data.PixelRepresentation = data.BitsStored - 1, 0
    data.PixelData = frames.tobytes()
    data.save_as(path, enforce_file_format=True)


def test_real_loops_are_read_and_others_named(tmp_path: Path) -> None:
    clip = beating_discs(frames=12).pictures
    write_loop(tmp_path / "loop.dcm", clip)
    write_loop(tmp_path / "still.dcm", clip[:1])
    write_loop(tmp_path / "deep.dcm", clip.astype(np.uint16))
    (tmp_path / "broken.dcm").write_bytes(b"nothing")
    loops, left_out = read_loops([tmp_path])
    assert [loop.name for loop in loops] == ["loop"] and np.array_equal(loops[0].frames, clip)
    assert len(left_out) == 3 and all(str(tmp_path) in reason for reason in left_out)


def test_commands_leave_their_pictures_and_tables(tmp_path: Path) -> None:
    write_loop(tmp_path / "loop.dcm", beating_discs(frames=10).pictures)
    model, loop, threads = str(MICRO), str(tmp_path / "loop.dcm"), ("--threads", "1")
    out = tmp_path / "strips"
    assert main(["strips", model, loop, "--out", str(out), *threads]) == 0
    assert {path.name for path in out.iterdir()} == {"loop.png", "loop.gif", "summary.json"}
    out = tmp_path / "long"
    status = main(["long-loops", model, "--phantoms", "0", "--real", loop, "--out", str(out), *threads])
    summary = json.loads((out / "summary.json").read_text())
    assert status == (0 if all(check["passed"] for check in summary["checks"]) else 1)
    assert len(summary["courses"]) == 1 and (out / "long-loops.png").exists()
    assert len((out / "frames.csv").read_text().splitlines()) == 31
    out = tmp_path / "bursts"
    main(["bursts", model, "--beside", model, "--phantoms", "1", "--out", str(out), *threads])
    summary = json.loads((out / "summary.json").read_text())
    assert summary["bursts"]["model"] == summary["bursts"]["beside"] and len(summary["checks"]) == 2


def test_the_memory_has_the_same_norm_in_both_runners(micro: GDKVM, micro_graph: Path) -> None:
    size = micro.config.image_size
    images = np.random.default_rng(0).random((3, size, size)).astype(np.float32)
    norms = []
    for runner in (OnnxRunner(micro_graph, 1), TorchRunner(micro)):
        runner.clip(images)
        norms.append(memory_norm(runner))
    assert norms[0] == pytest.approx(norms[1], rel=1e-3) and norms[0] > 0
