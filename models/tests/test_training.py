"""Training: steps, resuming, starting from weights, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from training_runs import CONFIG, losses_of

from gdkvm.command_line import main
from gdkvm.datasets.camus_pairs import read_pack
from gdkvm.network.checkpoint import CheckpointError, read_checkpoint
from gdkvm.network.config import MICRO
from gdkvm.network.efficientnet_lite import PretrainedWeightsMissing, imagenet_weights
from gdkvm.network.efficientnet_variants import VARIANTS
from gdkvm.training.arithmetic import computes_in_bfloat16
from gdkvm.training.batches import Batch
from gdkvm.training.config import Stage
from gdkvm.training.log import TrainingDiverged, TrainingLog
from gdkvm.training.starting_model import StartingModel
from gdkvm.training.trainer import Trainer


def test_a_resumed_run_has_the_same_loss_curve(pack: Path, tmp_path: Path) -> None:
    whole = Trainer(CONFIG, pack.parent, tmp_path / "run")
    whole.calibrate()
    expected = losses_of(whole, 6)

    first = Trainer(CONFIG, pack.parent, tmp_path / "run")
    first.calibrate()
    found = losses_of(first, 3)
    first.save()
    second = Trainer(CONFIG, pack.parent, tmp_path / "run")
    assert second.resume()
    found += losses_of(second, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    for mine, other in zip(second.ema.state_dict().values(), whole.ema.state_dict().values()):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-4)


def test_training_learns_a_fixed_batch(pack: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, iterations=40, stages=(Stage(40, (2, 2)),), learning_rate=4e-3, warmup=4)
    trainer = Trainer(config, pack.parent, tmp_path / "run")
    fixed: Batch = trainer.batches[0]
    losses = [float(trainer.step(fixed)) for _ in range(40)]
    assert losses[-1] < 0.8 * losses[0]


def test_a_run_whose_loss_runs_away_stops_and_keeps_the_checkpoint_from_before(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(CONFIG, iterations=200, stages=(Stage(200, (2, 2)),), validate_every=1000, checkpoint_every=50)
    trainer = Trainer(config, pack.parent, tmp_path / "run", workers=0)

    def step(batch: Batch) -> torch.Tensor:
        trainer.iteration += 1
        return torch.tensor(0.1 if trainer.iteration <= 50 else float("nan"))

    monkeypatch.setattr(trainer, "step", step)
    with pytest.raises(TrainingDiverged, match=r"iteration 100: the loss is nan and was 0\.1.*learning_rate"):
        trainer.run()
    assert read_checkpoint(trainer.checkpoint)["it"] == 50


def test_frozen_parts_keep_their_weights_and_statistics(pack: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, frozen=("image_encoder", "mask_decoder"))
    trainer = Trainer(config, pack.parent, tmp_path / "run")
    trainer.calibrate()
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    losses_of(trainer, 3)
    changed = {
        name.split(".")[0] for name, value in trainer.model.state_dict().items() if not value.equal(before[name])
    }
    assert changed and not changed & set(config.frozen)
    with pytest.raises(ValueError, match="no part sideways"):
        Trainer(replace(CONFIG, frozen=("sideways",)), pack.parent, tmp_path / "other")


def test_a_revived_mask_encoder_learns_at_a_rate_of_its_own(pack: Path, tmp_path: Path) -> None:
    trainer = Trainer(replace(CONFIG, mask_encoder_rate=3.0), pack.parent, tmp_path / "run")
    trainer.set_rate(1e-4)
    rates = {id(weight): group["lr"] for group in trainer.optimizer.param_groups for weight in group["params"]}
    for name, weight in trainer.model.named_parameters():
        assert rates[id(weight)] == pytest.approx(3e-4 if name.startswith("mask_encoder.") else 1e-4), name


def test_processes_that_learn_together_end_with_the_same_weights_of_all_their_batches(
    pack: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "micro.yaml").write_text(yaml.safe_dump(CONFIG.to_dict()))
    run = ["train", str(tmp_path / "micro.yaml"), "--camus", str(pack.parent), "--out", str(tmp_path / "run")]
    assert main([*run, "--processes", "2", "--workers", "0"]) == 0
    assert f"{CONFIG.iterations}/{CONFIG.iterations} loss" in capfd.readouterr().out
    together = read_checkpoint(tmp_path / "run" / "checkpoint.pth")
    assert together["it"] == CONFIG.iterations
    assert main([*run[:-1], str(tmp_path / "alone"), "--workers", "0", "--threads", "1"]) == 0
    alone = read_checkpoint(tmp_path / "alone" / "checkpoint.pth")
    assert any(not value.equal(alone["model"][name]) for name, value in together["model"].items())


def test_readable_frames_are_held_to_the_model_that_a_run_started_from(pack: Path, tmp_path: Path) -> None:
    first = Trainer(CONFIG, pack.parent, tmp_path / "first")
    first.calibrate()
    losses_of(first, 1)
    first.save()
    stages = (Stage(6, (6, 6), warm=2, warm_share=1.0, burst_share=1.0, held_to_start=0.25),)
    config = replace(CONFIG, stages=stages, start_from=str(first.checkpoint), iterations=2)
    trainer = Trainer(config, pack.parent, tmp_path / "second")
    batch = trainer.batches[0]
    assert batch.readable is not None
    lost = ~batch.readable
    assert bool(lost.any(1).all()) and bool(batch.readable.any(1).all())
    started = StartingModel(config, torch.device("cpu"), torch.contiguous_format)
    mixed = started.mixed_into(batch.masks, batch, batch.clips, 0.25)
    assert torch.equal(mixed[lost], batch.masks[lost]) and torch.equal(mixed[:, :, 1:], batch.masks[:, :, 1:])
    with torch.no_grad():
        maps = torch.stack([output.probability for output in first.ema(batch.clips)[batch.warm :]], 1)
    expected = 0.75 * batch.masks[:, :, :1] + 0.25 * maps
    torch.testing.assert_close(mixed[:, :, :1][batch.readable], expected[batch.readable], atol=1e-5, rtol=0)
    assert trainer.run() and trainer.starting_model is not None
    with pytest.raises(ValueError, match="to what"):
        replace(config, start_from=None)
    with pytest.raises(ValueError, match="below 1"):
        Stage(6, (6, 6), held_to_start=1.0)


def test_a_loss_that_only_wavers_goes_on(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path, 1000, 0)
    for done in range(1, 501):
        log.add(done, 1.5 if done <= 50 else 0.05 + 0.4 * (done % 100 == 0), 0.1)
    with pytest.raises(TrainingDiverged):
        for done in range(501, 551):
            log.add(done, 2.0, 0.1)


def test_bfloat16_is_chosen_by_the_hardware_or_by_hand() -> None:
    cpu = torch.device("cpu")
    assert computes_in_bfloat16("bf16", cpu) and not computes_in_bfloat16("fp32", cpu)
    flags = Path("/proc/cpuinfo").read_text()
    assert computes_in_bfloat16("auto", cpu) == any(f"{kind}_bf16" in flags for kind in ("amx", "avx512"))
    with pytest.raises(ValueError, match="precision must be"):
        computes_in_bfloat16("fp8", cpu)


def test_training_in_bfloat16_stays_near_float32(pack: Path, tmp_path: Path) -> None:
    found = []
    for precision in ("fp32", "bf16"):
        trainer = Trainer(replace(CONFIG, precision=precision), pack.parent, tmp_path / "run")
        trainer.calibrate()
        found.append(losses_of(trainer, 2))
    np.testing.assert_allclose(found[1], found[0], rtol=0.05)


def test_the_rate_warms_up_holds_and_decays() -> None:
    config = replace(CONFIG, iterations=100, warmup=10, decay_from=60, learning_rate=1.0)
    assert config.rate(0) == pytest.approx(0.1)
    assert config.rate(10) == config.rate(59) == 1.0
    assert config.rate(80) == pytest.approx(0.505)
    assert config.rate(100) == pytest.approx(0.01)


def test_a_schedule_is_scaled_as_a_whole() -> None:
    config = replace(CONFIG, iterations=60, stages=(Stage(20, (2, 2)), Stage(60, (2, 3))), decay_from=30, warmup=8)
    twice = config.scaled(120)
    assert [stage.until for stage in twice.stages] == [40, 120] and twice.iterations == 120
    assert twice.rate(59) == config.learning_rate > twice.rate(61)
    with pytest.raises(ValueError, match="warm-up"):
        config.scaled(10)


def test_a_run_starts_from_the_weights_of_another(pack: Path, tmp_path: Path) -> None:
    first = Trainer(CONFIG, pack.parent, tmp_path / "first", workers=0)
    first.calibrate()
    losses_of(first, 1)
    first.save()
    second = Trainer(replace(CONFIG, seed=7, stages=(Stage(6, (2, 2)),)), pack.parent, tmp_path / "second", workers=0)
    second.start_from(first.checkpoint)
    for mine, other in zip(second.model.state_dict().values(), first.ema.state_dict().values()):
        torch.testing.assert_close(mine, other)
    wider = replace(CONFIG, model=replace(MICRO, channels=16))
    with pytest.raises(CheckpointError, match="do not fit"):
        Trainer(wider, pack.parent, tmp_path / "third").start_from(first.checkpoint)


def test_only_a_run_from_the_start_wants_the_imagenet_weights(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = replace(MICRO, image_block="efficientnet-lite0")
    config = replace(CONFIG, model=model, imagenet=True, stages=(Stage(6, (2, 2)),), learning_rate=0.0)
    Trainer(config, pack.parent, tmp_path / "run", workers=0).run(minutes=0)
    learned = read_checkpoint(tmp_path / "run" / "checkpoint.pth")
    published = imagenet_weights(model.image_block)["stages.4.2.project.weight"]
    torch.testing.assert_close(learned["model"]["image_encoder.stages.4.2.project.weight"], published)

    missing = VARIANTS[model.image_block]._replace(package="no_such_package_here")
    monkeypatch.setitem(VARIANTS, model.image_block, missing)
    again = Trainer(config, pack.parent, tmp_path / "run", workers=0)
    assert again.run(), "resumed without the package"
    with pytest.raises(PretrainedWeightsMissing):
        Trainer(config, pack.parent, tmp_path / "fresh", workers=0).run()


def test_a_checkpoint_goes_on_on_another_device(pack: Path, tmp_path: Path) -> None:
    first = Trainer(CONFIG, pack.parent, tmp_path / "run")
    losses_of(first, 1)
    first.save()
    content = torch.load(first.checkpoint)
    for group in content["optimizer"]["param_groups"]:  # as a GPU's optimizer writes it
        group.update(fused=True, capturable=True, lr=0.5)
    torch.save(content, first.checkpoint)
    second = Trainer(CONFIG, pack.parent, tmp_path / "run")
    assert second.resume()
    fresh = Trainer(CONFIG, pack.parent, tmp_path / "fresh").optimizer.param_groups
    for mine, other in zip(second.optimizer.param_groups, fresh):
        assert {**mine, "params": 0} == {**other, "params": 0}
    del content["neighbours"]
    torch.save(content, first.checkpoint)
    with pytest.raises(CheckpointError, match="lacks neighbours"):
        second.resume()


def test_trials_change_nothing(pack: Path, tmp_path: Path) -> None:
    trainer = Trainer(CONFIG, pack.parent, tmp_path / "run")
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    with trainer.unchanged():
        trainer.model.train()(trainer.batches[0].clips)
        assert float(trainer.trial) == 1
        moved = [name for name, value in trainer.model.state_dict().items() if not torch.equal(value, before[name])]
        assert any("running_mean" in name for name in moved)
    assert float(trainer.trial) == 0
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_a_run_stops_in_time_and_goes_on(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trainer = Trainer(CONFIG, pack.parent, tmp_path / "run", workers=0)
    assert not trainer.run(minutes=0)
    again = Trainer(CONFIG, pack.parent, tmp_path / "run", workers=0)
    assert again.run()
    assert again.iteration == CONFIG.iterations
    rows = (tmp_path / "run" / "log.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["iteration", "3", "6"]


def test_command_line_trains_validates_and_resumes(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    out = tmp_path / "run"
    settings = "".join(f"  {key}: {value}\n" for key, value in MICRO.to_dict().items())
    config.write_text(
        "name: micro\niterations: 2\nframes_per_batch: 4\nvalidate_every: 2\nstages: [{until: 2, frames: 2}]\n"
        f"model:\n{settings}"
    )
    command = ["train", str(config), "--camus", str(pack.parent), "--out", str(out)]
    assert main(command) == 0
    rows = (out / "log.csv").read_text().splitlines()
    heads = "iteration,minutes,rate,loss,dice,state_by_mask,map_by_mask,state_by_pictures,map_by_pictures"
    assert rows[0] == heads and len(rows) == 2
    assert 0 <= float(rows[1].split(",")[4]) <= 1
    assert all(float(value) > 0 for value in rows[1].split(",")[5:])
    assert main(command) == 0
    assert len((out / "log.csv").read_text().splitlines()) == 2, "a finished run has nothing left to do"


def test_bad_configurations_and_packs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("name: x\n")
    assert main(["train", str(config), "--camus", str(tmp_path)]) == 1
    assert "not a training configuration" in capsys.readouterr().err
    broken = tmp_path / "camus-224-train.npz"
    broken.write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match="not a CAMUS pack"):
        read_pack(broken)
