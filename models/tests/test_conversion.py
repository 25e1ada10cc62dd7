"""Checkpoints in the published layout: converted, or refused with the reason."""

from __future__ import annotations

import collections
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdkvm.command_line import main
from gdkvm.export.model_folder import read_manifest
from gdkvm.network import golden
from gdkvm.network.checkpoint import CheckpointError, load_strictly, read_checkpoint, weights_of
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.publishing.published_checkpoint import convert
from gdkvm.running.checking import golden_weights
from gdkvm.running.onnx_runner import OnnxRunner


def published_layout(model: GDKVM) -> dict[str, Any]:
    """The five entries of the re-release's training checkpoint, with optimiser and scheduler of a real run."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [1000, 2000], 0.1)
    sum(parameter.sum() for parameter in model.parameters()).backward()
    optimizer.step()
    scheduler.step()
    state = scheduler.state_dict()
    assert isinstance(state["milestones"], collections.Counter)
    return {
        "it": 3000,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": state,
        "scaler": {},
    }


@pytest.fixture
def model() -> GDKVM:
    made = GDKVM(MICRO)
    made.load_state_dict(golden.state_dict(made.state_dict()))
    return made


@pytest.mark.parametrize("layout", ["published", "older", "bare"])
def test_every_known_layout_converts(model: GDKVM, tmp_path: Path, layout: str) -> None:
    content = published_layout(model)
    if layout == "older":
        content["weights"] = content.pop("model")
    if layout == "bare":
        content = content["model"]
    path = tmp_path / "checkpoint.pth"
    torch.save(content, path)
    convert(path, tmp_path / "folder", MICRO)
    manifest = read_manifest(tmp_path / "folder")
    assert manifest["input"]["orientation"] == "transposed"
    assert manifest["input"]["geometry"] == "frame"
    assert manifest["licence"] == "CC-BY-NC-SA-4.0"
    picture = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    found = OnnxRunner(tmp_path / "folder" / "model.onnx", 1).step(picture)
    with torch.no_grad():
        output, _ = model.eval().step(torch.from_numpy(picture)[None, None], model.start(), 1.0)
    np.testing.assert_allclose(found, output.probability[0, 0].numpy(), atol=1e-4)


def test_base_checkpoint_converts_on_the_command_line(tmp_path: Path) -> None:
    weights = dict(golden_weights(golden.WEIGHT_SEED))
    path = tmp_path / "checkpoint.pth"
    torch.save({"it": 3000, "model": weights, "scheduler": {"milestones": collections.Counter({1000: 1})}}, path)
    assert main(["convert", str(path), "--out", str(tmp_path / "folder")]) == 0
    manifest = json.loads((tmp_path / "folder" / "manifest.json").read_text())
    assert manifest["parameters"] == 35_011_976
    assert 12.0e9 < manifest["multiplyAddsPerFrame"] < 13.0e9


def test_mismatches_are_listed_and_nothing_is_written(
    model: GDKVM, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = dict(golden_weights(golden.WEIGHT_SEED))
    del weights["b_proj.weight"]
    weights["extra.weight"] = torch.zeros(3)
    weights["A_log"] = torch.zeros(9)
    path = tmp_path / "checkpoint.pth"
    torch.save({"model": weights}, path)
    assert main(["convert", str(path), "--out", str(tmp_path / "folder")]) == 1
    message = capsys.readouterr().err
    for part in (
        "missing     b_proj.weight",
        "unexpected  extra.weight",
        "wrong shape A_log [9], expected [8]",
        "3 entries",
    ):
        assert part in message
    assert not (tmp_path / "folder").exists()


def test_numbers_that_are_not_finite_are_refused(model: GDKVM) -> None:
    weights = model.state_dict()
    weights["A_log"] = torch.full_like(weights["A_log"], float("nan"))
    with pytest.raises(CheckpointError, match="not finite  A_log"):
        load_strictly(model, weights, Path("checkpoint.pth"))


class Malicious:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.target}",)


def test_code_in_a_checkpoint_is_not_run(model: GDKVM, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marker = tmp_path / "marker"
    path = tmp_path / "checkpoint.pth"
    torch.save({"model": model.state_dict(), "scheduler": Malicious(marker)}, path)
    assert main(["convert", str(path), "--out", str(tmp_path / "folder")]) == 1
    message = capsys.readouterr().err
    assert "refused" in message and "system" in message
    assert not marker.exists()
    assert not (tmp_path / "folder").exists()


def test_code_in_a_plain_pickle_is_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(pickle.dumps(Malicious(marker)))
    with pytest.raises(CheckpointError, match="not a PyTorch zip checkpoint"):
        read_checkpoint(path)
    assert not marker.exists()


def test_a_whole_pickled_model_is_refused(model: GDKVM, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    torch.save(model, path)
    with pytest.raises(CheckpointError, match="refused"):
        read_checkpoint(path)


def test_a_torchscript_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(path))
    with pytest.raises(CheckpointError):
        weights_of(read_checkpoint(path), path)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04broken"])
def test_damaged_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"checkpoint\.pth"):
        read_checkpoint(path)


def test_truncated_and_foreign_files_are_refused(model: GDKVM, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    torch.save({"model": model.state_dict()}, path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError):
        read_checkpoint(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(CheckpointError):
        read_checkpoint(path)
    with pytest.raises(CheckpointError, match="no such file"):
        read_checkpoint(tmp_path / "absent.pth")
    with pytest.raises(CheckpointError, match="no state dict"):
        weights_of({}, path)
    with pytest.raises(CheckpointError, match="no tensors"):
        weights_of({"a": 1}, path)
