"""Runs that go on from a model that ships."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml
from torch import nn
from training_runs import CONFIG, losses_of

from gdkvm.command_line import main
from gdkvm.export.model_folder import read_manifest
from gdkvm.export.trainable import difference
from gdkvm.network.checkpoint import CheckpointError, read_checkpoint
from gdkvm.network.config import MICRO
from gdkvm.network.positional_encoding import encoding_tables
from gdkvm.network.stored import read_network
from gdkvm.training.beginning import OtherWeights
from gdkvm.training.config import Stage, TrainingConfig
from gdkvm.training.norms import measure_norms
from gdkvm.training.trainer import Trainer


@pytest.fixture(scope="session")
def micro_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped") / "micro"
    assert main(["export", "--config", "micro", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def trainer(pack: Path, tmp_path: Path) -> Callable[..., Trainer]:
    def make(folder: Path | None, name: str = "run", **changes: object) -> Trainer:
        config = replace(CONFIG, start_from=None if folder is None else str(folder), **changes)
        return Trainer(config, pack.parent, tmp_path / name, workers=0)

    return make


def test_a_run_starts_from_what_a_model_folder_computes(
    trainer: Callable[..., Trainer], micro_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trainer(micro_folder)
    run.start_from(micro_folder)
    sha256 = read_manifest(micro_folder)["graph"]["sha256"]
    assert run.started_from == sha256
    assert f"starts from {micro_folder} (SHA-256 {sha256})" in capsys.readouterr().out
    for model in (run.model.eval(), run.ema):
        assert difference(model, micro_folder / "model.onnx") < 1e-5
        assert set(encoding_tables(model)) == {"object_summarizer.pos_enc", "object_transformer.spatial_pe"}


def test_norms_out_of_a_graph_have_statistics_of_their_own(trainer: Callable[..., Trainer], micro_folder: Path) -> None:
    """With those of a batch the network computes about the same: what a norm is for, and what the identity is not."""
    run = trainer(micro_folder)
    run.start_from(micro_folder)
    norms = [module for module in run.model.modules() if isinstance(module, nn.BatchNorm2d)]
    assert not any(torch.equal(norm.running_mean, torch.zeros_like(norm.running_mean)) for norm in norms)
    clips = run.batches[0].clips.flatten(0, 1)
    with torch.no_grad():
        fixed = run.model.eval().encode(clips).pixel
        of_the_batch = run.model.train().encode(clips).pixel
    away = (of_the_batch - fixed).pow(2).mean().sqrt() / fixed.std()
    assert float(away) < 0.5


def test_measuring_norms_changes_nothing_that_they_compute() -> None:
    torch.manual_seed(2)
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 3, 3), nn.BatchNorm2d(3))
    network.eval()
    pictures = 5 + 3 * torch.randn(8, 1, 16, 16)
    norms = [network[1], network[4]]
    with torch.no_grad():
        norms[0].weight[1] = 0  # a dead channel
        before = network(pictures)
        measure_norms(norms, lambda: network(pictures))
        torch.testing.assert_close(network(pictures), before, rtol=1e-5, atol=1e-5)
        # Variances of a batch are taken over one less when they are stored, which is all that differs.
        torch.testing.assert_close(network.train()(pictures), before, rtol=1e-3, atol=1e-3)


def test_what_only_the_loss_reads_pushes_nothing_at_first(trainer: Callable[..., Trainer], micro_folder: Path) -> None:
    run = trainer(micro_folder, auxiliary_weight=1.0)
    run.start_from(micro_folder)
    batch = run.batches[0]
    run.model.eval()
    outputs = run.model(batch.clips)
    heads = [output.sensory_logit.sum() + output.query_logits[-1].sum() for output in outputs]
    fine = [run.neighbours(output.fine).sum() for output in outputs]
    (sum(heads) + sum(fine)).backward()
    pushed = {name for name, value in run.model.named_parameters() if value.grad is not None and value.grad.any()}
    assert pushed == {
        "aux_computer.sensory_aux.projection.weight",
        "aux_computer.sensory_aux.projection.bias",
        "object_transformer.mask_pred.1.1.weight",
        "object_transformer.mask_pred.1.1.bias",
    }
    assert all(parameter.grad.any() for parameter in run.neighbours.parameters())


def test_a_run_from_a_graph_learns_and_goes_on(
    trainer: Callable[..., Trainer],
    micro_folder: Path,
    pack: Path,
    tmp_path: Path,
) -> None:
    whole = trainer(micro_folder, "whole")
    assert whole.run()
    sha256 = read_manifest(micro_folder)["graph"]["sha256"]
    content = read_checkpoint(whole.checkpoint)
    assert content["started_from"] == sha256 and content["it"] == CONFIG.iterations
    written = yaml.safe_load((whole.output / "config.yaml").read_text())
    assert written["start_from_sha256"] == sha256
    assert (whole.output / written["start_from"]).resolve() == micro_folder.resolve()
    again = TrainingConfig.read(whole.output / "config.yaml")
    assert Path(again.start_from or "").samefile(micro_folder)

    parts = trainer(micro_folder, "parts")
    assert not parts.run(minutes=0)
    resumed = Trainer(TrainingConfig.read(parts.output / "config.yaml"), pack.parent, parts.output, workers=0)
    assert resumed.run()
    assert resumed.started_from == sha256
    for mine, other in zip(resumed.ema.state_dict().values(), whole.ema.state_dict().values()):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-4)
    tables = encoding_tables(read_network(resumed.checkpoint).network)
    torch.testing.assert_close(tables, encoding_tables(whole.ema))

    # A checkpoint that went on from a graph can be gone on from in turn.
    third = trainer(resumed.checkpoint, "third")
    assert third.run() and set(encoding_tables(third.ema)) == set(tables)


def test_weights_between_a_run_and_its_beginning(
    trainer: Callable[..., Trainer],
    micro_folder: Path,
    pack: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = trainer(micro_folder)
    assert run.run()
    begun = trainer(micro_folder, "begun")
    begun.start_from(micro_folder)
    command = ["average", str(run.output), "--camus", str(pack.parent), "--out", str(tmp_path / "mean"), "--share"]
    assert main([*command, "0.25"]) == 0
    mean = read_checkpoint(tmp_path / "mean" / "checkpoint.pth")
    first, last, name = begun.model.state_dict(), run.ema.state_dict(), "mask_decoder.pred.weight"
    assert not torch.equal(first[name], last[name])
    torch.testing.assert_close(mean["ema"][name], 0.75 * first[name] + 0.25 * last[name])
    assert mean["share_of_run"] == 0.25 and mean["started_from"] == run.started_from
    network = read_network(tmp_path / "mean" / "checkpoint.pth").network
    assert encoding_tables(network).keys() == encoding_tables(run.ema).keys()
    assert main([*command, "1"]) == 1
    assert "between 0 and 1, not 1.0" in capsys.readouterr().err
    alone = trainer(None, "alone")
    alone.calibrate()
    alone.save()
    alone.write_config()
    assert main(["average", str(alone.output), *command[2:], "0.5"]) == 1
    assert "it went on from nothing" in capsys.readouterr().err


def test_the_average_of_weights_leaves_the_positional_encodings_as_they_are(
    trainer: Callable[..., Trainer], micro_folder: Path
) -> None:
    run = trainer(None, stages=(Stage(6, (2, 2)),))
    run.calibrate()
    losses_of(run, 3)
    for name, value in run.ema.state_dict().items():
        if name.endswith("inv_freq"):
            assert torch.equal(value, run.model.state_dict()[name]), name


def test_a_configuration_names_the_weights_that_it_is_for(
    trainer: Callable[..., Trainer], micro_folder: Path, tmp_path: Path, pack: Path
) -> None:
    sha256 = read_manifest(micro_folder)["graph"]["sha256"]
    assert trainer(micro_folder, start_from_sha256=sha256).run(minutes=0) is False
    with pytest.raises(OtherWeights, match=rf"has the SHA-256 {sha256}, and the configuration says .*: {'0' * 64}"):
        trainer(micro_folder, "other", start_from_sha256="0" * 64).run()
    with pytest.raises(ValueError, match="start_from is missing"):
        replace(CONFIG, start_from_sha256=sha256)
    with pytest.raises(ValueError, match="not a model folder"):
        trainer(tmp_path, "empty").run()
    with pytest.raises(CheckpointError, match="no such file"):
        trainer(tmp_path / "nothing.pth", "nothing").run()


def test_command_line_starts_from_a_model_folder(
    micro_folder: Path,
    pack: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config, out = tmp_path / "configs" / "config.yaml", tmp_path / "run"
    config.parent.mkdir()
    values = {
        "name": "micro",
        "iterations": 1,
        "warmup": 0,
        "frames_per_batch": 4,
        "stages": [{"until": 1, "frames": 2}],
        "model": MICRO.to_dict(),
        "start_from": "nowhere",
        "start_from_sha256": "0" * 64,
    }
    config.write_text(yaml.safe_dump(values))
    command = ["train", str(config), "--camus", str(pack.parent), "--out", str(out), "--threads", "1", "--workers", "0"]
    assert main(command) == 1
    assert f"{tmp_path / 'configs' / 'nowhere'}: no such file" in capsys.readouterr().err
    assert main([*command, "--start-from", str(micro_folder)]) == 0
    told = re.search(r"SHA-256 ([0-9a-f]{64})", capsys.readouterr().out)
    assert told and told[1] == yaml.safe_load((out / "config.yaml").read_text())["start_from_sha256"]
    assert main([*command, "--start-from", str(micro_folder)]) == 0
    assert "goes on from" in capsys.readouterr().out
