"""Training of a network for corrections, and the model folder that it is put into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from gdkvm.clips.clip_plan import ClipPlanner
from gdkvm.clips.correction_clips import CorrectionPlanner
from gdkvm.command_line import main
from gdkvm.datasets.camus_pairs import read_pairs
from gdkvm.export.card import render
from gdkvm.export.correction_session import CorrectionSession
from gdkvm.export.model_folder import Description, correction_graph, read_manifest, write_folder
from gdkvm.network.checkpoint import read_checkpoint
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.publishing.correction import attach
from gdkvm.training.beginning import OtherWeights
from gdkvm.training.correction_config import CorrectionConfig
from gdkvm.training.correction_losses import correction_loss
from gdkvm.training.correction_trainer import CorrectionTrainer
from gdkvm.training.mask_path_watch import MaskPathDied

WIDE = replace(MICRO, key_channels=16, mask_slope=0.1)


@pytest.fixture
def folder(micro: GDKVM, tmp_path: Path) -> Path:
    about = Description("one", "1", "", "Apache-2.0")
    write_folder(micro, tmp_path / "model", about, lambda values: render(values, ""))
    return tmp_path / "model"


@pytest.fixture
def config(folder: Path) -> CorrectionConfig:
    return CorrectionConfig(
        name="micro-correction",
        model_folder=str(folder),
        model_sha256=read_manifest(folder)["graph"]["sha256"],
        main=MICRO,
        correction=WIDE,
        iterations=4,
        clips=2,
        frames=4,
        warmup=1,
        source_size=96,
        phantom_clips=2,
        phantom_frames=12,
        checkpoint_every=2,
    )


def weights(run: Path) -> dict[str, torch.Tensor]:
    return read_checkpoint(run / "checkpoint.pth")["model"]


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    pack: Path, config: CorrectionConfig, tmp_path: Path
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert CorrectionTrainer(config, pack.parent, whole, tmp_path).run()
    stopped = CorrectionTrainer(config, pack.parent, parts, tmp_path)
    for _ in range(2):
        stopped.iterate()
    stopped.save()
    again = CorrectionTrainer(config, pack.parent, parts, tmp_path)
    assert again.run() and again.iteration == 4
    expected = weights(whole)
    for name, value in weights(parts).items():
        assert torch.equal(value, expected[name]), name
    rows = (whole / "log.csv").read_text().splitlines()
    assert len(rows) == 2 and rows[1].startswith("4,")
    assert yaml.safe_load((whole / "config.yaml").read_text())["iterations"] == 4
    # What it was made from is found again from there.
    assert CorrectionConfig.read(whole / "config.yaml").model_folder == config.model_folder


def test_the_model_whose_corrections_are_carried_is_the_one_that_is_named(
    pack: Path, config: CorrectionConfig, tmp_path: Path
) -> None:
    with pytest.raises(OtherWeights, match="not the one that model_sha256 names"):
        CorrectionTrainer(replace(config, model_sha256="0" * 64), pack.parent, tmp_path / "run", tmp_path)


def test_the_image_encoder_stays_the_models(pack: Path, config: CorrectionConfig, tmp_path: Path) -> None:
    trainer = CorrectionTrainer(config, pack.parent, tmp_path / "run", tmp_path)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    for _ in range(2):
        trainer.iterate()
    changed = {name for name, value in trainer.network.state_dict().items() if not torch.equal(value, before[name])}
    assert not any(name.startswith("image_encoder") for name in changed)
    assert {"pred.weight", "mask_encoder.conv1.weight", "key_position"} <= changed


def test_a_run_whose_mask_path_dies_stops_and_keeps_the_checkpoint_from_before(
    pack: Path, config: CorrectionConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = CorrectionTrainer(config, pack.parent, tmp_path / "run", tmp_path)
    average = trainer.average

    def die() -> None:
        average()
        if trainer.iteration >= 3:
            with torch.no_grad():
                trainer.mean.value_fuser.y_transform.weight.zero_()

    monkeypatch.setattr(trainer, "average", die)
    with pytest.raises(MaskPathDied, match="iteration 4: the mask path is dead"):
        trainer.run()
    assert read_checkpoint(trainer.checkpoint)["it"] == 2


def test_a_run_that_does_not_learn_to_carry_stops(pack: Path, config: CorrectionConfig, tmp_path: Path) -> None:
    with pytest.raises(MaskPathDied, match=r"map_by_mask .*at least 0\.05 is wanted.*mask_path_from: 2"):
        CorrectionTrainer(replace(config, mask_path_from=2), pack.parent, tmp_path / "run", tmp_path).run()


def test_the_command_trains_with_several_processes_that_learn_the_same(
    pack: Path, config: CorrectionConfig, tmp_path: Path
) -> None:
    values = {**config.to_dict(), "iterations": 2}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(values))
    run = tmp_path / "run"
    arguments = ["train-correction", str(tmp_path / "config.yaml"), "--camus", str(pack.parent), "--out", str(run)]
    assert main([*arguments, "--processes", "2"]) == 0
    assert read_checkpoint(run / "checkpoint.pth")["it"] == 2


def test_opposite_styles_that_are_found_cost_less_than_those_that_are_not(config: CorrectionConfig) -> None:
    targets = torch.zeros(1, 3, 2, 32, 32)
    for reader, half in enumerate((8, 10, 6)):
        targets[0, reader, :, 16 - half : 16 + half, 16 - half : 16 + half] = 1
    sure = (targets * 2 - 1) * 4
    followed, kept = correction_loss(sure, targets, config)
    ignored, lost = correction_loss(sure[:, :1].expand(-1, 3, -1, -1, -1), targets, config)
    assert followed < ignored
    assert (kept[0] / kept[1]).tolist() == pytest.approx([0.96, 0.96], abs=0.02)
    assert (lost[0] / lost[1]).tolist() == pytest.approx([0, 0], abs=1e-6)


def test_frames_are_wanted_near_and_far_on_both_sides_of_the_given_one(pack: Path) -> None:
    planner = CorrectionPlanner(ClipPlanner(read_pairs(pack, 96), (3, 40)))
    rng = np.random.default_rng(2)
    away = []
    for _ in range(200):
        rows, times = planner.phantom(rng, 4)
        assert len(set((rows - 24) // 40)) == 1 and ((rows - 24) % 40 == times).all()
        away.append(times[1:] - times[0])
    near, between, far = np.array(away).T
    assert set(np.abs(near)) == {1, 2} and set(np.abs(between)) == set(range(3, 9))
    assert (near > 0).any() and (near < 0).any() and np.abs(far).max() > 25


def test_a_network_is_put_beside_its_model_and_named_in_the_manifest(
    pack: Path, config: CorrectionConfig, folder: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    CorrectionTrainer(config, pack.parent, run, tmp_path).run()
    with pytest.raises(ValueError, match="hardly depends on the mask"):
        attach(run, folder, "fp32", "memory")
    assert main(["export-correction", str(run), str(folder), "--propagation", "displacement"]) == 0
    manifest = read_manifest(folder)
    assert manifest["propagation"] == "displacement" and manifest["correction"]["reach"] == "clip"
    session = CorrectionSession(correction_graph(folder, manifest))
    entry = manifest["correction"]
    assert [entry["width"], entry["height"]] == [session.size, session.size]
    assert all(session.shapes[state["input"]] == state["shape"] for state in entry["state"])
    assert entry["sha256"] in (folder / "card.md").read_text()
    correction_graph(folder, manifest).write_bytes(b"another")
    with pytest.raises(ValueError, match=r"correction\.onnx: its hash is not the manifest's"):
        read_manifest(folder)
    correction_graph(folder, manifest).unlink()
    with pytest.raises(ValueError, match=r"correction\.onnx: missing"):
        read_manifest(folder)
