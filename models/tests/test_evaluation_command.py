"""python -m gdkvm evaluate, end to end, on small data built to the layouts of the real ones."""

from __future__ import annotations

import csv
from pathlib import Path

import nibabel
import numpy as np
import pytest
import torch
from camus_pack_files import write_pack
from camus_release_files import SPACING_MM, nifti_patient, nifti_split
from PIL import Image

from gdkvm.command_line import main
from gdkvm.evaluation.files import EvaluationFileError, read_report
from gdkvm.evaluation.report import Options, measure
from gdkvm.evaluation.scoring import score_source
from gdkvm.evaluation.sources import find_sources
from gdkvm.export.model_folder import Description, write_folder
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.running.onnx_runner import OnnxRunner
from gdkvm.running.passes import PassesRunner
from gdkvm.running.subject import load_subject
from gdkvm.running.torch_runner import TorchRunner

SIZE = MICRO.image_size


@pytest.fixture(scope="module")
def published(micro: GDKVM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint in the authors' layout."""
    path = tmp_path_factory.mktemp("published") / "authors.pth"
    torch.save({"it": 3000, "model": micro.state_dict(), "optimizer": {}, "scheduler": {}}, path)
    return path


@pytest.fixture(scope="module")
def trained(micro: GDKVM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training run whose averaged weights differ from the last ones."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "config.yaml").write_text("name: tiny\nversion: 1.2.3\n")
    spoilt = {key: torch.zeros_like(value) for key, value in micro.state_dict().items()}
    content = {"it": 7, "seconds": 1.0, "model": spoilt, "ema": micro.state_dict(), "config": MICRO.to_dict()}
    torch.save(content, folder / "checkpoint.pth")
    return folder


@pytest.fixture(scope="module")
def model_folder(micro: GDKVM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    write_folder(micro, folder, Description("tiny", "1.2.3", "for tests", "Apache-2.0"), lambda values: "")
    return folder


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("packs"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_authors_row_is_reproduced_by_one_command(published: Path, micro: GDKVM, tmp_path: Path) -> None:
    """Against the protocol done by hand: stored orientation, Pillow, ten frames, first and last scored."""
    data, out = tmp_path / "camus", tmp_path / "out"
    for patient in ("patient0001", "patient0007"):
        nifti_patient(data, patient)
    nifti_split(data, training=["patient0001"], testing=["patient0007"])
    command = ["evaluate", str(published), "--data", str(data), "--split", "test", "--compat-iccv", "--out", str(out)]
    assert main(command) == 0
    report = read_report(out)
    assert report["model"]["transposed"] and report["sources"][0]["clips"] == 2
    rows = rows_of(out / "masks.csv")
    assert [(row["view"], row["frame"], row["phase"]) for row in rows] == [
        ("A2C", "0", "ED"),
        ("A2C", "9", "ES"),
        ("A4C", "0", "ED"),
        ("A4C", "9", "ES"),
    ]

    folder = data / "database_nifti" / "patient0007"
    volume = nibabel.load(folder / "patient0007_4CH_half_sequence.nii.gz").get_fdata().astype(np.uint8)
    truth = nibabel.load(folder / "patient0007_4CH_half_sequence_gt.nii.gz").get_fdata().astype(np.uint8)
    indices = [0, 2, 4, 6, 8, 9, 11, 13, 15, 17]  # round half to even of 0, 17/9, ..., 17
    clip = [np.asarray(Image.fromarray(volume[:, :, i]).resize((SIZE, SIZE), Image.BILINEAR)) for i in indices]
    with torch.no_grad():
        outputs = micro(torch.from_numpy(np.stack(clip) / np.float32(255))[None, :, None])
    for row, frame in ((rows[2], 0), (rows[3], 9)):
        found = outputs[frame].probability[0, 0].numpy() > 0.5
        mask = np.asarray(Image.fromarray(truth[:, :, indices[frame]]).resize((SIZE, SIZE), Image.NEAREST)) == 1
        assert 0 < found.sum() < found.size
        common = (found & mask).sum()
        assert float(row["dice"]) == pytest.approx(2 * common / (found.sum() + mask.sum()), abs=1e-5)
        by_row = (2 * (found & mask).sum(1) + 1e-5) / (found.sum(1) + mask.sum(1) + 1e-5)
        assert float(row["dice_row_by_row"]) == pytest.approx(by_row.mean(), abs=1e-5)
        assert row["unit"] == "mm"
    # Spacing of the 60 x 40 pictures at the model's size reaches the distances.
    far = np.hypot(63 * SPACING_MM[0] * 60 / SIZE, 63 * SPACING_MM[1] * 40 / SIZE)
    assert max(float(row["hd"]) for row in rows) < far
    headline = report["sources"][0]["resolutions"]["model"][0]
    assert headline["dice"]["value"] == pytest.approx(np.mean([float(row["dice"]) for row in rows]), abs=1e-5)


def test_graph_checkpoint_and_run_give_the_same_report(
    published: Path, trained: Path, model_folder: Path, packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = []
    assert (
        main(["evaluate", str(model_folder), "--data", str(packs), "--threads", "1", "--out", str(tmp_path / "onnx")])
        == 0
    )
    reports.append(read_report(tmp_path / "onnx"))
    for model in (trained, trained / "checkpoint.pth"):
        subject = load_subject(model, threads=1)
        reports.append(measure(subject, find_sources(packs, subject), Options()).report)
    text = capsys.readouterr().out
    assert "# Evaluation of tiny 1.2.3" in text and "Targets of the fast model" in text and "FAIL" in text
    assert [report["model"]["kind"] for report in reports] == ["onnx", "pytorch", "pytorch"]
    first, *others = (
        [group["dice"]["value"] for group in report["sources"][0]["resolutions"]["data"]] for report in reports
    )
    for other in others:
        assert other == pytest.approx(first, abs=2e-3)
    for name in ("evaluation.json", "evaluation.md", "masks.csv", "ejection.csv", "cases-camus-pack.png"):
        assert (tmp_path / "onnx" / name).stat().st_size > 0

    groups = {group["group"]: group for group in reports[0]["sources"][0]["resolutions"]["data"]}
    assert list(groups) == ["all", "A4C", "A2C", "A4C ED", "A4C ES", "A2C ED", "A2C ES"]
    # Only A4C has a geometry: distances of A2C stay in pixels and apart.
    assert groups["all"]["n"] == 12 and groups["all"]["mm"]["hd95"]["n"] == groups["all"]["px"]["hd95"]["n"] == 6
    assert "px" not in groups["A4C"] and "mm" not in groups["A2C"]
    methods = {(group["method"], group["view"]) for group in reports[0]["sources"][0]["ejection"]}
    assert methods == {("surrogate", "all"), ("surrogate", "A4C"), ("surrogate", "A2C"), ("disks", "A4C")}
    reference = [row for row in rows_of(tmp_path / "onnx" / "ejection.csv") if row["method"] == "disks"]
    # Pixels of the pack are 0.6 mm wide and high: 448 * 0.3 / 224 and 336 * 0.4 / 224. Truncated ellipsoids.
    exact = np.pi * (30 * 0.6) ** 2 * (70 * 0.6) * (2 / 3 + 5 / 7 - (5 / 7) ** 3 / 3) / 1000
    assert float(reference[0]["reference_edv"]) == pytest.approx(exact, rel=0.03)


def test_clips_in_batches_score_the_same(published: Path, packs: Path) -> None:
    subject = load_subject(published, threads=1)
    (source,) = find_sources(packs, subject)
    one, four = (score_source(source, subject, batch) for batch in (1, 4))
    assert [row.key for row in one.frames] == [row.key for row in four.frames]
    dice = [[row.score.dice for row in scores.frames] for scores in (one, four)]
    np.testing.assert_allclose(dice[0], dice[1], atol=2e-3)


def test_passes_over_a_clip(micro: GDKVM) -> None:
    images = np.random.default_rng(1).random((5, SIZE, SIZE)).astype(np.float32)
    runner = TorchRunner(micro)
    forwards, backwards = runner.clip(images), runner.clip(images[::-1])[::-1]
    np.testing.assert_array_equal(PassesRunner(runner).clip(images), forwards)
    both = PassesRunner(runner, "both-directions").clip(images)
    np.testing.assert_allclose(both, (forwards + backwards) / 2)
    runner.reset()
    for image in images[:3][::-1]:
        runner.step(image)
    expected = np.stack([runner.step(image) for image in images])
    np.testing.assert_allclose(PassesRunner(runner, "warm", 3).clip(images), expected, atol=1e-6)
    assert np.abs(expected - forwards).max() > 1e-6
    with pytest.raises(ValueError, match="passes 'twice'"):
        PassesRunner(runner, "twice")


def test_pytorch_streams_as_onnxruntime_does(micro: GDKVM, micro_graph: Path) -> None:
    images = np.random.default_rng(2).random((4, SIZE, SIZE)).astype(np.float32)
    torch_runner, onnx_runner = TorchRunner(micro), OnnxRunner(micro_graph, 1)
    np.testing.assert_allclose(torch_runner.clip(images), onnx_runner.clip(images), atol=1e-3)
    together = torch_runner.clips([images, images[:2], images[::-1]])
    np.testing.assert_allclose(together[0], torch_runner.clip(images), atol=1e-5)
    assert together[1].shape == (2, SIZE, SIZE)
    with pytest.raises(ValueError, match="takes frames of 64 x 64"):
        torch_runner.step(np.zeros((32, 32), np.float32))


def test_what_cannot_be_measured_is_refused(
    model_folder: Path, published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for model, more, message in (
        (tmp_path, [], "neither a model folder"),
        (model_folder, [], "nothing to measure on"),
        (model_folder, ["--device", "cuda"], "run in onnxruntime on the CPU"),
        (model_folder, ["--batch", "0"], "--batch 0"),
    ):
        assert main(["evaluate", str(model), "--data", str(tmp_path), *more]) == 1
        assert message in capsys.readouterr().err
    torch.save({"model": {"A_log": torch.zeros(3)}}, tmp_path / "other.pth")
    assert main(["evaluate", str(tmp_path / "other.pth"), "--data", str(tmp_path)]) == 1
    assert "do not fit this architecture" in capsys.readouterr().err
    (tmp_path / "evaluation.json").write_text("{}")
    with pytest.raises(EvaluationFileError, match="not an evaluation"):
        read_report(tmp_path)
    with pytest.raises(ValueError, match="no such folder"):
        find_sources(tmp_path / "absent", load_subject(published))
