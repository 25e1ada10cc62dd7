"""What a memory heeds: the mask that it is given and the pictures before, in graphs that ship and in runs."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from training_runs import CONFIG

from gdkvm.export.card import render
from gdkvm.export.correction_path import graph_correction_dependence
from gdkvm.export.graph import export_graph
from gdkvm.export.mask_path import DEAD, LEAST, WAYS, Dependence, graph_dependence, network_dependence
from gdkvm.export.model_folder import Description, correction_graph, read_manifest, write_folder
from gdkvm.export.trainable import difference, trainable_network
from gdkvm.export.trial_clip import trial_clip
from gdkvm.network.checkpoint import read_checkpoint
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.training.beginning import OtherWeights
from gdkvm.training.config import Stage
from gdkvm.training.frozen_parts import set_training_mode
from gdkvm.training.mask_path_watch import MaskPathDied, MaskPathWatch
from gdkvm.training.trainer import Trainer

# How each model that ships says that corrections come to other frames. "memory" is held to LEAST, that of a network for
# corrections where there is one; of the model's own, what is known stands here, so that a change is noticed.
CLAIMS = {"gdkvm-base-camus": "memory", "gdkvm-small-camus": "memory"}
HEEDS_AT_LEAST = {
    "gdkvm-base-camus": Dependence(1e-5, 1e-3, 0.8, 0.04),
    "gdkvm-small-camus": Dependence(1e-3, 0.03, 0.9, 0.1),
}
HEEDS_LESS_THAN = {"gdkvm-base-camus": 1e-3, "gdkvm-small-camus": 0.01}  # its state, its mask

SHIPPED = Path(__file__).parents[1] / "shipped"
LEAKY = replace(MICRO, mask_slope=0.1)


def heeding(micro: GDKVM) -> GDKVM:
    """The micro network with more weight on what its mask says."""
    network = copy.deepcopy(micro)
    with torch.no_grad():
        network.mask_encoder.conv1.weight[:, 1] *= 4
        network.mask_encoder.fuser.y_transform.weight *= 8
    return network


def kill(network: GDKVM) -> GDKVM:
    """As training did it: inputs of the last rectifiers lie below zero, whatever is shown."""
    with torch.no_grad():
        for norm in (network.mask_encoder.layer3[-1].bn2, network.mask_encoder.layer3[-1].downsample[1]):
            norm.bias -= 1000
    return network


def folder_of(network: GDKVM, folder: Path, way: str | None = None) -> Path:
    about = Description("one", "1", "", "Apache-2.0", propagation=way)
    write_folder(network, folder, about, lambda values: render(values, ""))
    return folder


def test_every_model_that_ships_heeds_what_its_manifest_claims() -> None:
    assert {folder.name for folder in SHIPPED.iterdir()} == set(CLAIMS)
    for name, claimed in CLAIMS.items():
        assert read_manifest(SHIPPED / name)["propagation"] == claimed, name
        found = graph_dependence(SHIPPED / name / "model.onnx")
        assert not found.below(HEEDS_AT_LEAST[name]), name
        assert found.state_by_mask < HEEDS_LESS_THAN[name], f"{name} heeds its mask: may it claim more?"
        manifest = read_manifest(SHIPPED / name)
        assert ("correction" in manifest) == (claimed == "memory")
        if claimed == "memory":
            carried = graph_correction_dependence(correction_graph(SHIPPED / name, manifest))
            assert not carried.below(LEAST), name


def test_a_network_and_its_graph_heed_their_mask_alike(micro: GDKVM, micro_graph: Path) -> None:
    mine, graph = network_dependence(micro), graph_dependence(micro_graph)
    assert graph.to_dict() == pytest.approx(mine.to_dict(), rel=1e-3)
    assert all(value > 0.005 for value in mine.to_dict().values())
    assert not network_dependence(heeding(micro)).below(LEAST)


def test_a_dead_mask_path_is_told_from_one_that_is_alive(micro: GDKVM) -> None:
    dead = network_dependence(kill(copy.deepcopy(micro)))
    assert dead.state_by_mask <= DEAD
    assert dead.map_by_mask > 0, "the mask still reaches the map around the memory, which carries nothing on"
    assert [line.split()[0] for line in dead.below(LEAST)] == ["state_by_mask", "map_by_mask"]
    unread = Dependence(*[float("nan")] * 4)
    assert len(unread.below(LEAST)) == 4


def test_only_a_model_that_heeds_its_mask_can_say_that_its_memory_carries_corrections(
    micro: GDKVM, tmp_path: Path
) -> None:
    def manifest(network: GDKVM, way: str | None) -> dict[str, Any]:
        return read_manifest(folder_of(network, tmp_path / "folder", way))

    assert manifest(heeding(micro), "memory")["propagation"] == "memory"
    assert "corrections are carried by | memory" in (tmp_path / "folder" / "card.md").read_text()
    assert "propagation" not in manifest(micro, None)
    dead = kill(copy.deepcopy(micro))
    assert manifest(dead, "displacement")["propagation"] == "displacement"
    with pytest.raises(ValueError, match=r"hardly depends .*state_by_mask 0, at least 0\.05 is wanted"):
        manifest(dead, "memory")
    with pytest.raises(ValueError, match="expected one of displacement, memory"):
        manifest(micro, "sideways")
    assert set(WAYS) >= set(CLAIMS.values())


def gradients(network: GDKVM) -> dict[str, bool]:
    """Which weights of the mask's own trunk a loss on the second map of a clip can move."""
    set_training_mode(network, True)
    clip = torch.from_numpy(trial_clip(64, 3))[None, :, None]
    sum(output.probability.sum() for output in network(clip)).backward()
    trunk = {
        name: value for name, value in network.mask_encoder.named_parameters() if name.startswith(("conv1", "layer"))
    }
    return {name: bool(value.grad is not None and value.grad.any()) for name, value in trunk.items()}


def test_a_rectifier_that_can_die_does_and_one_with_a_slope_cannot(micro: GDKVM) -> None:
    dead = kill(copy.deepcopy(micro))
    assert not any(gradients(dead).values()), "as in the fast model: no training can mend it"
    leaky = GDKVM(LEAKY)
    leaky.load_state_dict(micro.state_dict())
    kill(leaky)
    assert network_dependence(leaky.eval()).state_by_mask > DEAD
    assert all(gradients(leaky).values())


def test_all_rectifiers_of_the_trunk_may_lie_below_zero(micro: GDKVM) -> None:
    leaky = GDKVM(LEAKY)
    leaky.load_state_dict(micro.state_dict())
    with torch.no_grad():
        for module in leaky.mask_encoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.bias -= 100
    assert all(gradients(leaky).values())


def test_a_slope_is_exported_and_read_back(micro: GDKVM, tmp_path: Path) -> None:
    leaky = GDKVM(LEAKY).eval()
    leaky.load_state_dict(micro.state_dict())
    export_graph(leaky, tmp_path / "model.onnx")
    assert difference(leaky, tmp_path / "model.onnx") < 1e-5
    assert difference(trainable_network(tmp_path / "model.onnx", LEAKY), tmp_path / "model.onnx") < 1e-5
    with pytest.raises(ValueError, match="mask_slope must be"):
        replace(MICRO, mask_slope=1.0)


ALIVE, FAINT, GONE = LEAST, replace(LEAST, state_by_mask=1e-3), replace(LEAST, state_by_mask=0.0)


def test_a_path_that_dies_stops_a_run_and_one_that_never_lived_does_not() -> None:
    watch = MaskPathWatch(memory=False, wanted_from=100)
    watch.check(50, GONE)
    watch.check(100, FAINT)
    with pytest.raises(MaskPathDied, match=r"iteration 150: the mask path is dead, next_state changes by 0 "):
        watch.check(150, GONE)


def test_a_run_for_a_memory_has_to_heed_its_mask_in_time() -> None:
    with pytest.raises(MaskPathDied, match="is dead"):
        MaskPathWatch(memory=True, wanted_from=100).check(1, GONE)
    watch = MaskPathWatch(memory=True, wanted_from=100)
    watch.check(99, FAINT)
    watch.check(100, ALIVE)
    with pytest.raises(
        MaskPathDied, match=r"iteration 200: .*state_by_mask 0\.001, at least 0\.05.*mask_path_from: 100"
    ):
        watch.check(200, FAINT)


def make(pack: Path, folder: Path, **changes: Any) -> Trainer:
    settings = {"stages": (Stage(6, (2, 2)),), **changes}
    return Trainer(replace(CONFIG, **settings), pack.parent, folder, workers=0)


def test_a_run_whose_mask_path_dies_stops_and_keeps_the_checkpoint_from_before(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make(pack, tmp_path / "run")
    update = trainer.update_ema

    def die() -> None:
        update()
        if trainer.iteration == 4:
            kill(trainer.ema)

    monkeypatch.setattr(trainer, "update_ema", die)
    with pytest.raises(MaskPathDied, match="iteration 6: the mask path is dead"):
        trainer.run()
    content = read_checkpoint(trainer.checkpoint)
    assert content["it"] == 3 and content["mask_path_lived"]
    rows = (tmp_path / "run" / "log.csv").read_text().splitlines()
    assert float(rows[1].split(",")[5]) > DEAD >= float(rows[2].split(",")[5])
    # What it knew goes on with the checkpoint.
    again = make(pack, tmp_path / "run")
    assert again.resume() and again.mask_path.lived


def test_a_run_that_is_to_learn_a_memory_and_does_not_stops(pack: Path, tmp_path: Path) -> None:
    with pytest.raises(MaskPathDied, match="iteration 3: the memory does not carry what it is given"):
        make(pack, tmp_path / "run", propagation="memory", mask_path_from=3).run()


def test_a_dead_model_is_gone_on_from_with_a_path_that_lives(micro: GDKVM, pack: Path, tmp_path: Path) -> None:
    folder = folder_of(kill(copy.deepcopy(micro)), tmp_path / "dead", "displacement")
    changes: dict[str, Any] = {
        "model": LEAKY, "revive_mask_path": True, "start_from": str(folder), "learning_rate": 4e-3, "warmup": 0,
    }  # fmt: skip
    trainer = make(pack, tmp_path / "run", **changes)
    trainer.start_from(folder)
    assert difference(trainer.ema, folder / "model.onnx") < 1e-5, "it begins with what the dead one computes"
    assert network_dependence(trainer.ema).state_by_mask < DEAD
    for _ in range(2):
        trainer.step(trainer.batches[0])
    assert network_dependence(trainer.model.eval()).state_by_mask > 100 * DEAD
    assert all(gradients(trainer.model).values())

    with pytest.raises(ValueError, match="give the model a mask_slope"):
        make(pack, tmp_path / "other", **{**changes, "model": MICRO})
    trainer.save()
    with pytest.raises(OtherWeights, match="is for a model folder"):
        make(pack, tmp_path / "other", **{**changes, "start_from": str(trainer.checkpoint)}).run()
