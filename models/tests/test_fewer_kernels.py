"""A graph with fewer nodes: the same probabilities and state, and weights that can be read back."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from gdkvm.command_line import main
from gdkvm.export.cost import multiply_adds
from gdkvm.export.fewer_kernels import REWRITINGS, kernels, with_fewer_kernels
from gdkvm.export.graph import export_graph
from gdkvm.export.graph_editing import GraphEditing
from gdkvm.export.graph_session import GraphSession
from gdkvm.export.graph_weights import read_weights
from gdkvm.export.model_folder import Description, read_manifest, write_folder
from gdkvm.export.stored_weights import store
from gdkvm.export.sum_kernels import scales_into_convolutions
from gdkvm.export.trial_clip import trial_clip
from gdkvm.network.config import MICRO
from gdkvm.network.golden import synthetic_network
from gdkvm.network.model import GDKVM
from gdkvm.speed import rewriting
from gdkvm.speed.rewriting import Difference


def written(model: onnx.ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


def run(graph: Path, clip: np.ndarray) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    session = GraphSession(graph)
    state, maps = session.start(), []
    for index, frame in enumerate(clip):
        probability, state = session.step(frame, index == 0, state)
        maps.append(probability)
    return maps, state


@pytest.fixture(scope="module")
def rewritten(micro_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rewritten") / "model.onnx"
    return written(with_fewer_kernels(onnx.load(str(micro_graph))), path)


@pytest.fixture(scope="module")
def micro_folder(micro: GDKVM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    about = Description("gdkvm-micro", "0.1.0", "for tests", "CC0-1.0")
    write_folder(micro, folder, about, lambda values: f"# {values['name']}\n")
    return folder


def test_it_computes_the_same_over_thirty_frames(micro_graph: Path, rewritten: Path) -> None:
    clip = trial_clip(MICRO.image_size, 30)
    (before, state_before), (after, state_after) = run(micro_graph, clip), run(rewritten, clip)
    assert np.abs(np.stack(before) - np.stack(after)).max() < 1e-5
    assert np.std(before) > 0.01 and np.abs(before[0] - before[-1]).max() > 0.01, "or the comparison says nothing"
    for name, values in state_before.items():
        assert np.abs(values - state_after[name]).max() < 1e-4, name


def test_a_session_that_goes_on_computes_the_same(micro_graph: Path, rewritten: Path) -> None:
    """With a state that is not empty at the first frame, which then has to be left out."""
    clip = trial_clip(MICRO.image_size, 3)
    _, state = run(micro_graph, clip)
    before, _ = GraphSession(micro_graph).step(clip[1], True, state)
    after, _ = GraphSession(rewritten).step(clip[1], True, state)
    other, _ = GraphSession(micro_graph).step(clip[1], False, state)
    assert np.abs(before - after).max() < 1e-5 and np.abs(before - other).max() > 1e-4


def test_every_rewriting_finds_its_place(tmp_path: Path) -> None:
    """Each leaves the graph alone where it does not know it: without this nobody would see that one does nothing."""
    export_graph(synthetic_network(replace(MICRO, bounded_memory=True)), tmp_path / "model.onnx")
    editing = GraphEditing(onnx.load(str(tmp_path / "model.onnx")))
    for rewrite in REWRITINGS:
        if rewrite is scales_into_convolutions:  # only the network with the smaller image encoder has some
            continue
        before = {node.name for node in editing.nodes}
        rewrite(editing)
        assert {node.name for node in editing.nodes} != before, rewrite.__name__


def test_there_are_fewer_kernels_and_as_many_multiply_adds(micro_graph: Path, rewritten: Path) -> None:
    before, after = kernels(onnx.load(str(micro_graph))), kernels(onnx.load(str(rewritten)))
    assert after.total() < 0.87 * before.total()
    assert after["Log"] == 0 and after["Slice"] == 0 and after["Transpose"] < before["Transpose"]
    assert multiply_adds(rewritten) == multiply_adds(micro_graph)
    assert {node.domain for node in onnx.load(str(rewritten)).graph.node} == {""}


def test_attention_can_be_left_as_it_is(micro_graph: Path, rewritten: Path) -> None:
    model = onnx.load(str(micro_graph))
    kept = kernels(with_fewer_kernels(model, attention=False))
    assert kept["Einsum"] == 0 and kept["Transpose"] == kernels(model)["Transpose"]
    assert kernels(onnx.load(str(rewritten)))["Einsum"] == 6 and kept.total() < kernels(model).total()


def test_a_second_time_changes_nothing(rewritten: Path) -> None:
    again = with_fewer_kernels(onnx.load(str(rewritten)))
    assert kernels(again) == kernels(onnx.load(str(rewritten)))


@pytest.mark.parametrize("precision", [None, "int8"])
def test_weights_are_read_back_exactly(micro_graph: Path, tmp_path: Path, precision: str | None) -> None:
    model = onnx.load(str(micro_graph))
    before = written(model if precision is None else store(model, precision), tmp_path / "before.onnx")
    after = written(with_fewer_kernels(onnx.load(str(before))), tmp_path / "after.onnx")
    expected, found = read_weights(before), read_weights(after)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[name], values) for name, values in expected.items())
    assert after.stat().st_size < 1.1 * before.stat().st_size, "stored weights stay stored"


@pytest.mark.parametrize("change", [{"bounded_memory": True}, {"transformer_blocks": 2}, {"attention_heads": 4}])
def test_other_architectures_compute_the_same(change: dict[str, object], tmp_path: Path) -> None:
    network = synthetic_network(replace(MICRO, **change))
    export_graph(network, tmp_path / "before.onnx")
    written(with_fewer_kernels(onnx.load(str(tmp_path / "before.onnx"))), tmp_path / "after.onnx")
    clip = trial_clip(MICRO.image_size, 8)
    before, after = run(tmp_path / "before.onnx", clip)[0], run(tmp_path / "after.onnx", clip)[0]
    assert np.abs(np.stack(before) - np.stack(after)).max() < 1e-5


def test_a_scale_by_a_power_of_two_goes_into_weights() -> None:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 4, 4]) for name in ("x", "y")]
    weights = np.random.default_rng(5).normal(size=(2, 2, 3, 3)).astype(np.float32)
    initializers = [onnx.numpy_helper.from_array(weights, "w"), helper.make_tensor("s", TensorProto.FLOAT, [], [0.125])]
    nodes = [
        helper.make_node("Mul", ["x", "s"], ["scaled"]),
        helper.make_node("Conv", ["scaled", "w"], ["y"], pads=[1] * 4),
    ]
    graph = helper.make_graph(nodes, "scaled", value[:1], value[1:], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    picture = np.random.default_rng(6).normal(size=(1, 2, 4, 4)).astype(np.float32)
    changed = with_fewer_kernels(model)
    before, after = (
        onnxruntime.InferenceSession(each.SerializeToString()).run(None, {"x": picture})[0] for each in (model, changed)
    )
    assert kernels(changed) == {"Conv": 1} and np.array_equal(before, after)


def test_a_graph_of_something_else_stays_as_it_is() -> None:
    """Slices with a gap, a scale that is no power of two, and a GELU, which runtimes know as one."""
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 6, 4, 4]) for name in ("x", "half")]
    parts = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 4, 4]) for name in ("a", "b")]
    constants = {"root": 2**0.5, "one": 1.0, "point_five": 0.5, "third": 1 / 3}
    initializers = [helper.make_tensor(name, TensorProto.FLOAT, [], [number]) for name, number in constants.items()]
    initializers += [helper.make_tensor(f"i{number}", TensorProto.INT64, [1], [number]) for number in (0, 1, 2, 3, 5)]
    initializers.append(helper.make_tensor("w", TensorProto.FLOAT, [6, 6, 1, 1], [0.1] * 36))
    nodes = [
        helper.make_node("Slice", ["x", "i0", "i2", "i1"], ["a"]),
        helper.make_node("Slice", ["x", "i3", "i5", "i1"], ["b"]),
        helper.make_node("Mul", ["x", "third"], ["scaled"]),
        helper.make_node("Conv", ["scaled", "w"], ["c"]),
        helper.make_node("Div", ["c", "root"], ["d"]),
        helper.make_node("Erf", ["d"], ["e"]),
        helper.make_node("Add", ["e", "one"], ["f"]),
        helper.make_node("Mul", ["c", "f"], ["g"]),
        helper.make_node("Mul", ["g", "point_five"], ["h"]),
        helper.make_node("Conv", ["h", "w"], ["half"]),
    ]
    graph = helper.make_graph(nodes, "other", value[:1], [*parts, value[1]], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    assert [node.op_type for node in with_fewer_kernels(model).graph.node] == [node.op_type for node in nodes]


def test_the_command_writes_a_folder_that_is_whole(
    micro_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["kernels", str(micro_folder), "--out", str(out)]) == 0
    assert "kernels a frame" in capsys.readouterr().out
    before, after = read_manifest(micro_folder), read_manifest(out)
    assert after["graph"].pop("sha256") != before["graph"].pop("sha256") and after == before
    assert main(["kernels", str(micro_folder), "--out", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err


def test_a_graph_with_other_masks_is_not_written(
    micro_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoilt(model: onnx.ModelProto, attention: bool) -> onnx.ModelProto:
        made = with_fewer_kernels(model, attention)
        for tensor in made.graph.initializer:
            if tensor.name == "model.mask_decoder.pred.bias":
                tensor.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor) + 1, tensor.name))
        return made

    monkeypatch.setattr(rewriting, "with_fewer_kernels", spoilt)
    assert main(["kernels", str(micro_folder), "--out", str(tmp_path / "out")]) == 1
    assert re.search(r"not written, over \d+ maps", capsys.readouterr().err) and not (tmp_path / "out").exists()


def test_every_map_is_compared(micro_graph: Path, tmp_path: Path) -> None:
    """Also those beside the cavity's, which a graph may draw."""
    model = onnx.load(str(micro_graph))
    model.graph.node.append(helper.make_node("Neg", ["probability"], ["beside"]))
    model.graph.output.append(helper.make_tensor_value_info("beside", TensorProto.FLOAT, [1, 1, 64, 64]))
    session = onnxruntime.InferenceSession(written(model, tmp_path / "two.onnx"))
    maps = rewriting.all_maps(session, trial_clip(64, 3))
    assert maps.shape == (6, 64, 64) and np.array_equal(maps[::2], -maps[1::2])


def test_a_difference_counts_pixels_that_cross_the_threshold() -> None:
    before = np.zeros((1, 4, 4))
    before[0, :2] = 0.6
    after = before.copy()
    after[0, 0, 0] = 0.4
    found = Difference()
    found.add(before, before, 0.5)
    assert found.is_none and found.least_dice == 1
    found.add(before, after, 0.5)
    assert found.pixels == 1 and found.largest == pytest.approx(0.2)
    assert found.least_dice == pytest.approx(14 / 15) and not found.is_none


def test_what_is_no_number_is_a_difference() -> None:
    before = np.zeros((1, 4, 4))
    before[0, :2] = 0.6
    found = Difference()
    found.add(before, np.full_like(before, np.nan), 0.5)
    assert found.largest == np.inf and not found.is_none
