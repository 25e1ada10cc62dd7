"""The ONNX graph: equal to PyTorch over many frames, exact at frame 0, with the state outside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from gdkvm.command_line import main
from gdkvm.export.cost import multiply_adds
from gdkvm.export.folding import for_inference
from gdkvm.export.graph import INPUTS, OUTPUTS, STATE_INPUTS, export_graph, state_shapes
from gdkvm.export.model_folder import read_manifest
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.running.onnx_runner import OnnxRunner


def frames(count: int, seed: int = 3) -> np.ndarray:
    """Smooth moving pictures (count, 64, 64) in [0, 1]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:64, 0:64] / 64
    out = []
    for index in range(count):
        radius = 0.22 + 0.06 * np.sin(index / 5)
        cavity = 1 / (1 + np.exp(-60 * (np.hypot(x - 0.5, (y - 0.45) * 0.7) - radius)))
        out.append(np.clip(0.2 + 0.6 * cavity + 0.15 * rng.standard_normal((64, 64)), 0, 1))
    return np.stack(out).astype(np.float32)


def eager(model: GDKVM, clip: np.ndarray) -> np.ndarray:
    state, found = model.start(), []
    with torch.no_grad():
        for index, frame in enumerate(clip):
            output, state = model.step(torch.from_numpy(frame)[None, None], state, float(index == 0))
            found.append(output.probability[0, 0].numpy())
    return np.stack(found)


def test_graph_equals_pytorch_over_forty_frames(micro: GDKVM, micro_graph: Path) -> None:
    clip = frames(40)
    expected, found = eager(micro, clip), OnnxRunner(micro_graph, 1).clip(clip)
    assert np.abs(found - expected).max() < 1e-4
    assert expected.std() > 0.01, "the synthetic weights must not give a constant picture"


def test_graph_with_a_bounded_memory_equals_pytorch(micro: GDKVM, tmp_path: Path) -> None:
    bounded = GDKVM(replace(MICRO, bounded_memory=True)).eval()
    bounded.load_state_dict(micro.state_dict())
    export_graph(bounded, tmp_path / "model.onnx")
    clip = frames(12)
    expected, found = eager(bounded, clip), OnnxRunner(tmp_path / "model.onnx", 1).clip(clip)
    assert np.abs(found - expected).max() < 1e-4
    assert np.abs(expected - eager(micro, clip)).max() > 1e-3, "the bound makes a difference"


def test_rewritten_model_equals_the_original(micro: GDKVM) -> None:
    clip = frames(4)
    assert np.abs(eager(for_inference(micro), clip) - eager(micro, clip)).max() < 1e-5


def test_graph_has_the_promised_inputs_and_outputs(micro: GDKVM, micro_graph: Path) -> None:
    graph = onnx.load(str(micro_graph)).graph
    shapes = {
        value.name: [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        for value in [*graph.input, *graph.output]
    }
    assert {value.name for value in graph.input} == set(INPUTS)
    assert [value.name for value in graph.output] == list(OUTPUTS)
    assert shapes["image"] == [1, 1, 64, 64] and shapes["first_frame"] == [1]
    for name, shape in state_shapes(micro.config).items():
        assert shapes[name] == shape and shapes[f"next_{name}"] == shape
    types = {value.type.tensor_type.elem_type for value in [*graph.input, *graph.output]}
    assert types == {onnx.TensorProto.FLOAT}


def test_graph_uses_standard_operators_without_control_flow(micro_graph: Path) -> None:
    model = onnx.load(str(micro_graph))
    assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
    operators = {node.op_type for node in model.graph.node}
    assert not operators & {"If", "Loop", "Scan", "BatchNormalization", "Shape", "Pad", "Expand"}


def test_first_frame_ignores_memory_left_from_another_clip(micro_graph: Path) -> None:
    runner = OnnxRunner(micro_graph, 1)
    clip = frames(3)
    clean = runner.step(clip[0])
    runner.clip(clip[1:])
    for name in ("mask", "sensory"):
        runner.state[name] = np.zeros_like(runner.state[name])
    runner.first = True
    np.testing.assert_allclose(runner.step(clip[0]), clean, atol=1e-6)


def test_later_frames_use_the_memory(micro_graph: Path) -> None:
    runner = OnnxRunner(micro_graph, 1)
    clip = frames(2)
    runner.step(clip[0])
    second = runner.step(clip[1])
    runner.reset()
    assert np.abs(runner.step(clip[1]) - second).max() > 1e-4


def test_a_corrected_mask_changes_what_follows(micro: GDKVM, micro_graph: Path) -> None:
    runner = OnnxRunner(micro_graph, 1)
    clip = frames(2)
    runner.step(clip[0])
    corrected = np.zeros((1, 1, 64, 64), np.float32)
    corrected[..., 20:40, 10:30] = 1
    kept = dict(runner.state)
    plain = runner.step(clip[1])
    runner.state = {**kept, "mask": corrected}
    found = runner.step(clip[1])
    assert np.abs(found - plain).max() > 1e-4
    with torch.no_grad():
        _, state = micro.step(torch.from_numpy(clip[0])[None, None], micro.start(), 1.0)
        output, _ = micro.step(
            torch.from_numpy(clip[1])[None, None], state._replace(mask=torch.from_numpy(corrected)), 0.0
        )
    np.testing.assert_allclose(found, output.probability[0, 0].numpy(), atol=1e-4)


def test_the_memory_after_a_frame_depends_on_the_mask_before_it(micro: GDKVM, micro_graph: Path) -> None:
    runner = OnnxRunner(micro_graph, 1)
    clip = frames(3)
    runner.step(clip[0])
    kept = dict(runner.state)
    memories = []
    for given in (0.0, 1.0):
        runner.state = {**kept, "mask": np.full((1, 1, 64, 64), given, np.float32)}
        runner.step(clip[1])
        memories.append(runner.state)
    for name in ("state", "sensory", "object_memory_sum"):
        size = np.sqrt(np.mean(memories[0][name] ** 2))
        assert np.sqrt(np.mean((memories[1][name] - memories[0][name]) ** 2)) > 0.01 * size, name


def test_next_mask_is_the_probability(micro_graph: Path) -> None:
    runner = OnnxRunner(micro_graph, 1)
    probability = runner.step(frames(1)[0])
    np.testing.assert_array_equal(runner.state["mask"][0, 0], probability)


def test_state_survives_being_stored_and_restored(micro_graph: Path) -> None:
    clip = frames(6)
    runner = OnnxRunner(micro_graph, 1)
    undisturbed = runner.clip(clip)
    runner.clip(clip[:3])
    stored = {name: value.copy() for name, value in runner.state.items()}
    other = OnnxRunner(micro_graph, 1)
    other.state, other.first = stored, False
    found = np.stack([other.step(frame) for frame in clip[3:]])
    np.testing.assert_array_equal(found, undisturbed[3:])


def test_micro_folder_is_small_and_its_manifest_complete(tmp_path: Path) -> None:
    folder = tmp_path / "micro"
    assert main(["export", "--config", "micro", "--out", str(folder)]) == 0
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest == read_manifest(folder)
    assert set(manifest) == {
        "schema", "name", "version", "description", "graph", "input", "structures", "threshold", "parameters",
        "multiplyAddsPerFrame", "licence", "citation", "trainingData", "accuracy", "createdAt",
    }  # fmt: skip
    assert [entry["name"] for entry in manifest["graph"]["state"]] == list(STATE_INPUTS)
    assert manifest["graph"]["maskState"] == "mask"
    assert manifest["input"] == {
        "width": 64, "height": 64, "channels": 1, "range": [0, 1], "geometry": "sector", "orientation": "upright",
        "resize": "bilinear-antialias", "marginFraction": 0.0,
    }  # fmt: skip
    assert manifest["multiplyAddsPerFrame"] == multiply_adds(folder / "model.onnx") > 1e6
    assert (folder / "model.onnx").stat().st_size < 300_000
    assert "Research use only" in (folder / "card.md").read_text()


def test_a_changed_graph_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "micro"
    assert main(["export", "--config", "micro", "--out", str(folder)]) == 0
    graph = folder / "model.onnx"
    content = bytearray(graph.read_bytes())
    content[-100] ^= 1
    graph.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="hash"):
        read_manifest(folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(ValueError, match="not a model folder"):
        read_manifest(folder)
