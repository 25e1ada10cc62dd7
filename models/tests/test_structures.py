"""The head that draws wall and atrium beside the cavity, and its place in a model's graph."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from gdkvm.command_line import main
from gdkvm.datasets.camus_pairs import LEFT_ATRIUM, LV_CAVITY, MYOCARDIUM
from gdkvm.datasets.labelled_clip import LabelledClip
from gdkvm.datasets.structure_masks import clip_of, structure_mask
from gdkvm.export.graph_session import GraphSession
from gdkvm.export.graph_weights import GraphNotUnderstood, read_weights
from gdkvm.export.model_folder import read_manifest
from gdkvm.export.trial_clip import trial_clip
from gdkvm.running.subject import load_subject
from gdkvm.structures.config import StructureConfig
from gdkvm.structures.evaluating import accuracy_rows, score_structure
from gdkvm.structures.features import FrozenModel
from gdkvm.structures.grafting import OUTPUTS, write_grafted
from gdkvm.structures.head import (
    STRUCTURES,
    Features,
    HeadShape,
    StructureHead,
    fold_normalisation,
    structure_maps,
)
from gdkvm.structures.learning import learn_head
from gdkvm.structures.material import Material
from gdkvm.structures.taps import find_taps
from gdkvm.structures.training import attach, raised, read_head

SHIPPED = Path(__file__).parents[1] / "shipped"
CONFIGS = Path(__file__).parents[1] / "configs"


@pytest.fixture(scope="module")
def micro(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of the smallest network."""
    folder = tmp_path_factory.mktemp("structures") / "micro"
    assert main(["export", "--config", "micro", "--out", str(folder)]) == 0
    return folder


def head_for(graph: Path) -> StructureHead:
    torch.manual_seed(3)
    shapes = FrozenModel(graph).feature_shapes()
    return StructureHead(HeadShape(tuple(shape[0] for shape in shapes), (6, 5, 4))).eval()


def maps_of(graph: Path, output: str, images: np.ndarray) -> list[np.ndarray]:
    session = GraphSession(graph, output=output)
    state, found = session.start(), []
    for index, image in enumerate(images):
        probability, state = session.step(image, index == 0, state)
        found += [probability, *state.values()]
    return found


class TestGraft:
    def test_leaves_the_cavity_and_the_memory_as_they_were(self, micro: Path, tmp_path: Path) -> None:
        graph = tmp_path / "grafted.onnx"
        write_grafted(head_for(micro / "model.onnx"), micro / "model.onnx", graph)
        images = trial_clip(64, 5)
        before = maps_of(micro / "model.onnx", "probability", images)
        for old, new in zip(before, maps_of(graph, "probability", images), strict=True):
            assert np.array_equal(old, new)

    def test_draws_what_the_head_draws(self, micro: Path, tmp_path: Path) -> None:
        head, graph = head_for(micro / "model.onnx"), tmp_path / "grafted.onnx"
        write_grafted(head, micro / "model.onnx", graph)
        images = trial_clip(64, 3)
        frames = FrozenModel(micro / "model.onnx").clip(images)
        for index, output in enumerate(OUTPUTS.values()):
            found = maps_of(graph, output, images)[:: len(maps_of(graph, output, images)) // 3]
            for frame, drawn in zip(frames, found, strict=True):
                features = Features(*(torch.from_numpy(part)[None] for part in frame.features))
                with torch.no_grad():
                    maps = structure_maps(head(features), torch.from_numpy(frame.probability)[None, None])
                # Weights are stored in 16 bits.
                assert np.abs(drawn - maps[index][0, 0].numpy()).max() < 5e-3

    def test_does_not_hide_the_network_from_who_reads_its_weights_back(self, micro: Path, tmp_path: Path) -> None:
        graph = tmp_path / "grafted.onnx"
        write_grafted(head_for(micro / "model.onnx"), micro / "model.onnx", graph)
        before, after = read_weights(micro / "model.onnx"), read_weights(graph)
        assert before.keys() == after.keys()
        assert all(np.array_equal(before[name], after[name]) for name in before)

    def test_is_refused_where_there_is_one(self, micro: Path, tmp_path: Path) -> None:
        graph = tmp_path / "grafted.onnx"
        write_grafted(head_for(micro / "model.onnx"), micro / "model.onnx", graph)
        with pytest.raises(ValueError, match="already"):
            write_grafted(head_for(graph), graph, tmp_path / "twice.onnx")

    def test_needs_a_decoder_to_read(self) -> None:
        value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
        graph = onnx.helper.make_graph([onnx.helper.make_node("Relu", ["x"], ["y"])], "none", [value], [value])
        with pytest.raises(GraphNotUnderstood, match="decoder"):
            find_taps(graph)


class TestMaps:
    def test_the_epicardium_encloses_the_cavity_and_the_atrium_lies_outside(self) -> None:
        torch.manual_seed(1)
        cavity = torch.rand(4, 1, 32, 32)
        inside, atrium = structure_maps(4 * torch.randn(4, 2, 8, 8), cavity)
        assert (inside >= cavity).all()
        assert not ((inside > 0.5) & (atrium > 0.5)).any()
        assert ((atrium >= 0) & (atrium <= 1)).all()

    def test_folding_the_normalisation_changes_nothing(self) -> None:
        torch.manual_seed(2)
        head = StructureHead(HeadShape((5, 4, 3, 3, 2), (6, 5, 4)))
        sizes = {"f16": (5, 2), "transformed": (4, 2), "f8": (3, 4), "f4": (3, 8), "fine": (2, 8)}
        raw = {name: 3 + 5 * torch.randn(2, channels, size, size) for name, (channels, size) in sizes.items()}
        means = {name: value.mean((0, 2, 3)) for name, value in raw.items()}
        deviations = {name: value.std((0, 2, 3)) for name, value in raw.items()}
        normalised = {
            name: (value - means[name].view(-1, 1, 1)) / deviations[name].view(-1, 1, 1) for name, value in raw.items()
        }
        with torch.no_grad():
            expected = head(Features(**normalised))
            fold_normalisation(head, means, deviations)
            assert torch.allclose(head(Features(**raw)), expected, atol=1e-4)


def blobs(count: int, size: int) -> Material:
    """Frames whose structures stand in the features: a disc of wall and one of atrium."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:size, :size]
    truth = np.zeros((count, 2, size, size), np.uint8)
    for index in range(count):
        for part, row in enumerate((size * 0.3, size * 0.75)):
            middle = size * rng.uniform(0.3, 0.7)
            truth[index, part] = 255 * (np.hypot(y - row, x - middle) < size * 0.2)
    quarter = truth[:, :, ::4, ::4].astype(np.float16) / 255
    grids = {"f16": 16, "transformed": 16, "f8": 8, "f4": 4, "fine": 4}
    features = {
        name: np.repeat(truth[:, :, ::step, ::step].astype(np.float16) / 255, 2, 1) for name, step in grids.items()
    }
    features["fine"] = quarter * 7 - 3
    return Material(features, truth)


def test_a_head_learns_what_stands_in_the_features() -> None:
    config = StructureConfig(name="x", model="x", widths=(6, 6, 6), epochs=12, batch=4, learning_rate=0.01)
    material = blobs(24, 64)
    head, log = learn_head(config, material)
    assert log[-1]["loss"] < 0.3 * log[0]["loss"]
    features = Features(*(torch.from_numpy(part.astype(np.float32)) for part in material.features.values()))
    with torch.no_grad():
        inside, atrium = structure_maps(head(features), torch.zeros(24, 1, 64, 64))
    for part, found in enumerate((inside, atrium)):
        mask, truth = found[:, 0].numpy() > 0.5, material.truth[:, part] > 127
        assert 2 * (mask & truth).sum() / (mask.sum() + truth.sum()) > 0.9


class TestAttach:
    def run(self, micro: Path, folder: Path) -> Path:
        import dataclasses

        head = head_for(micro / "model.onnx")
        folder.mkdir()
        torch.save({"shape": dataclasses.asdict(head.shape), "head": head.state_dict()}, folder / "head.pt")
        (folder / "model.sha256").write_text(read_manifest(micro)["graph"]["sha256"])
        (folder / "config.yaml").write_text("name: x\nmodel: y\nraised: { left-atrium: 0.5 }\n")
        return folder

    def test_raises_a_structure_by_what_the_configuration_says(self, micro: Path, tmp_path: Path) -> None:
        head = head_for(micro / "model.onnx")
        before = head.logits.bias.detach().clone()
        assert torch.allclose(raised(head, {"left-atrium": 0.5}).logits.bias - before, torch.tensor([0.0, 0.5]))
        shutil.copytree(micro, tmp_path / "model")
        attach(self.run(micro, tmp_path / "run"), tmp_path / "model", "9.0.0")
        graph = onnx.load(str(tmp_path / "model" / "model.onnx"))
        biases = [onnx.numpy_helper.to_array(value) for value in graph.graph.initializer if "logits.bias" in value.name]
        assert len(biases) == 1 and np.allclose(biases[0], before.numpy() + [0, 0.5], atol=1e-3)

    def test_tells_of_it_in_manifest_and_card(self, micro: Path, tmp_path: Path) -> None:
        shutil.copytree(micro, tmp_path / "model")
        before = read_manifest(tmp_path / "model")
        run = self.run(micro, tmp_path / "run")
        command = ["attach-structures", str(run), str(tmp_path / "model"), "--version", "9.0.0"]
        assert main(command) == 0
        after = read_manifest(tmp_path / "model")
        assert after["version"] == "9.0.0"
        assert after["structures"] == ["lv-cavity", *STRUCTURES]
        assert after["graph"]["outputs"]["structures"] == {"lv-wall": "lv_wall", "left-atrium": "left_atrium"}
        assert after["parameters"] > before["parameters"]
        assert after["multiplyAddsPerFrame"] > before["multiplyAddsPerFrame"]
        assert "lv-cavity, lv-wall, left-atrium" in (tmp_path / "model" / "card.md").read_text()
        for structure in STRUCTURES:
            subject = load_subject(tmp_path / "model", structure=structure)
            assert subject.runner.clip(trial_clip(64, 2)).shape == (2, 64, 64)

    def test_refuses_a_graph_that_the_head_did_not_learn_beside(self, micro: Path, tmp_path: Path) -> None:
        shutil.copytree(micro, tmp_path / "model")
        run = self.run(micro, tmp_path / "run")
        (run / "model.sha256").write_text("0" * 64)
        with pytest.raises(ValueError, match="another"):
            attach(run, tmp_path / "model", "9.0.0")

    def test_reads_a_head_back(self, micro: Path, tmp_path: Path) -> None:
        head, found = head_for(micro / "model.onnx"), read_head(self.run(micro, tmp_path / "run"))
        assert all(torch.equal(a, b) for a, b in zip(head.parameters(), found.parameters(), strict=True))

    def test_a_model_without_structures_says_so(self, micro: Path) -> None:
        with pytest.raises(ValueError, match="does not draw left-atrium"):
            load_subject(micro, structure="left-atrium")


class TestMasks:
    labels = np.array([[[0, LV_CAVITY], [MYOCARDIUM, LEFT_ATRIUM]]], np.uint8)

    def test_the_wall_encloses_the_cavity(self) -> None:
        assert structure_mask(self.labels, "lv-wall").tolist() == [[[False, True], [True, False]]]
        assert structure_mask(self.labels, "left-atrium").tolist() == [[[False, False], [False, True]]]
        with pytest.raises(ValueError, match="right-atrium"):
            structure_mask(self.labels, "right-atrium")

    def test_a_clip_takes_the_masks_of_a_structure(self) -> None:
        frames, cavity = np.zeros((1, 2, 2), np.uint8), self.labels == LV_CAVITY
        clip = LabelledClip("a", "a", "A4C", frames, cavity, (0,), ("ED",), None, self.labels)
        assert clip_of(clip, "lv-cavity") is clip
        assert clip_of(clip, "left-atrium").masks.sum() == 1
        with pytest.raises(ValueError, match="cavity only"):
            clip_of(LabelledClip("a", "a", "A4C", frames, cavity, (0,), ("ED",), None), "lv-wall")

    def test_single_pixels_that_resampling_left_do_not_count(self) -> None:
        labels = np.zeros((1, 8, 8), np.uint8)
        labels[0, :4] = MYOCARDIUM
        labels[0, 6, 6] = MYOCARDIUM
        frames = np.zeros((1, 8, 8), np.uint8)
        clip = LabelledClip("a", "a", "A4C", frames, labels == LV_CAVITY, (0,), ("ED",), None, labels)
        assert clip_of(clip, "lv-wall").masks.sum() == 32
        assert clip_of(clip, "left-atrium").masks.sum() == 0


class TestConfig:
    def test_those_that_are_kept_can_be_read(self) -> None:
        for path in CONFIGS.glob("structures-*.yaml"):
            config = StructureConfig.read(path)
            assert (path.parent / config.model).resolve().parent == SHIPPED
            assert f"structures-{config.name.removeprefix('structures-')}" == path.stem

    def test_what_is_not_known_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "x.yaml"
        for text, told in (("widht: 3", "widht"), ("raised: { lv-cavity: 1 }", "lv-cavity")):
            path.write_text(f"name: x\nmodel: y\n{text}\n")
            with pytest.raises(ValueError, match=told):
                StructureConfig.read(path)


def shipped_with_structures() -> list[Path]:
    folders = [path.parent for path in SHIPPED.glob("*/manifest.json")]
    return [folder for folder in folders if len(json.loads((folder / "manifest.json").read_text())["structures"]) > 1]


@pytest.mark.parametrize("folder", shipped_with_structures(), ids=lambda folder: folder.name)
def test_what_ships_draws_as_well_as_the_card_says(folder: Path, camus_folder: Path) -> None:
    said = {row["dataset"]: row["value"] for row in read_manifest(folder)["accuracy"] if row["metric"] == "dice"}
    for structure, title in (("lv-wall", "cavity and wall"), ("left-atrium", "left atrium")):
        frames = score_structure(folder, structure, camus_folder)
        assert len({frame.patient for frame in frames}) == 50
        found = accuracy_rows(structure, frames)[0]
        assert found["value"] == pytest.approx(said[f"CAMUS official validation, A4C+A2C, ED+ES, {title}"], abs=2e-4)
