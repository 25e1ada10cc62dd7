"""Graphs that ship, read back into networks that can be trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper

from gdkvm.errors import GdkvmError
from gdkvm.export.folding import for_inference
from gdkvm.export.graph import export_graph
from gdkvm.export.graph_session import GraphSession
from gdkvm.export.graph_weights import GraphNotUnderstood, read_weights
from gdkvm.export.stored_weights import store
from gdkvm.export.trainable import GraphComputesOtherwise, trainable_network
from gdkvm.export.trial_clip import trial_clip
from gdkvm.export.unfolding import WeightsDoNotFit
from gdkvm.network.config import MICRO, ModelConfig
from gdkvm.network.model import GDKVM, only_for_the_loss
from gdkvm.training.config import TrainingConfig

MODELS = Path(__file__).parents[1]
SHIPPED = sorted(folder.name for folder in (MODELS / "shipped").iterdir())
EQUAL = 1e-5


LAST_PARTS = {"gdkvm-small-camus": "gdkvm-small-camus-memory"}  # of models that were trained by several configurations


def config_of(name: str) -> ModelConfig:
    return TrainingConfig.read(MODELS / "configs" / f"{LAST_PARTS.get(name, name)}.yaml").model


def largest_difference(model: GDKVM, graph: Path, given_before: int | None, frames: int = 4) -> float:
    """Of probabilities, between a network and a graph in onnxruntime, with a mask given before a frame or without."""
    session, size = GraphSession(graph), model.config.image_size
    theirs, mine = session.start(), model.start()
    mask = np.zeros((1, 1, size, size), np.float32)
    mask[..., size // 4 : size // 2, size // 3 : size // 2] = 1
    worst = 0.0
    for index, image in enumerate(trial_clip(size, frames, seed=5)):
        if index == given_before:
            theirs["mask"], mine = mask, mine._replace(mask=torch.from_numpy(mask))
        expected, theirs = session.step(image, index == 0, theirs)
        with torch.no_grad():
            output, mine = model.step(torch.from_numpy(image)[None, None], mine, float(index == 0))
        worst = max(worst, float(np.abs(output.probability[0, 0].numpy() - expected).max()))
    return worst


@pytest.mark.parametrize("name", ["micro", *SHIPPED])
def test_a_network_out_of_a_graph_computes_what_the_graph_does(name: str, micro_graph: Path) -> None:
    """First and following frames, with a mask that is given (before the first frame, or a later one) and without."""
    graph = micro_graph if name == "micro" else MODELS / "shipped" / name / "model.onnx"
    model = trainable_network(graph, MICRO if name == "micro" else config_of(name))
    assert not model.training
    for given_before in (None, 0, 2):
        assert largest_difference(model, graph, given_before) < EQUAL, given_before


def test_every_weight_of_a_graph_has_a_place(micro: GDKVM, micro_graph: Path) -> None:
    weights = read_weights(micro_graph)
    expected = {
        name: tuple(value.shape)
        for name, value in for_inference(micro).state_dict().items()
        if not only_for_the_loss(micro, name) and name != "object_summarizer.pos_enc.table"  # one table for both
    }
    assert {name: value.shape for name, value in weights.items()} == expected


def test_weights_come_back_as_they_were(micro: GDKVM, micro_graph: Path) -> None:
    found = trainable_network(micro_graph, MICRO)
    expected = micro.state_dict()
    for name, value in found.state_dict().items():
        if only_for_the_loss(micro, name):
            assert not value.any(), f"{name}: nothing is known of it, so it is to push nothing"
        elif "encoder.conv1" in name or "encoder.layer" in name or "encoder.bn" in name:
            continue  # norms were folded into them
        elif name == "pixel_fuser.conv.weight":
            torch.testing.assert_close(value[:, :-1], expected[name][:, :-1])
            assert not value[:, -1].any()
        else:
            torch.testing.assert_close(value, expected[name], rtol=1e-5, atol=1e-6)


def test_what_is_read_can_be_exported_and_read_again(micro_graph: Path, tmp_path: Path) -> None:
    first = trainable_network(micro_graph, MICRO)
    export_graph(first, tmp_path / "again.onnx")
    second = trainable_network(tmp_path / "again.onnx", MICRO)
    for name, value in second.state_dict().items():
        torch.testing.assert_close(value, first.state_dict()[name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_weights_that_are_stored_in_fewer_bits_are_read_as_they_are_computed_with(
    precision: str, micro_graph: Path, tmp_path: Path
) -> None:
    graph = tmp_path / "small.onnx"
    graph.write_bytes(store(onnx.load(str(micro_graph)), precision).SerializeToString())
    assert largest_difference(trainable_network(graph, MICRO), graph, 2) < EQUAL


def test_frequencies_that_an_average_rounded_are_read_from_their_table(micro: GDKVM, tmp_path: Path) -> None:
    drifted = GDKVM(MICRO).eval()
    drifted.load_state_dict(micro.state_dict())
    for encoding in (drifted.object_summarizer.pos_enc, drifted.object_transformer.spatial_pe):
        encoding.inv_freq *= 1.0003
    export_graph(drifted, tmp_path / "model.onnx")
    found = trainable_network(tmp_path / "model.onnx", MICRO)
    for encoding in (found.object_summarizer.pos_enc, found.object_transformer.spatial_pe):
        torch.testing.assert_close(encoding.inv_freq, drifted.object_transformer.spatial_pe.inv_freq)


def initialiser(graph: onnx.GraphProto, name: str) -> onnx.TensorProto:
    return next(tensor for tensor in graph.initializer if tensor.name == name)


def put(graph: onnx.GraphProto, name: str, values: np.ndarray) -> None:
    initialiser(graph, name).CopyFrom(numpy_helper.from_array(values, name))


def rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    initialiser(graph, old).name = new
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name == old:
                node.input[position] = new


SENSORY, PRED = "model.mask_encoder.encoder.sensory_updater.transform.bias", "model.mask_decoder.pred.weight"


def without_a_name(graph: onnx.GraphProto) -> None:
    rename(graph, SENSORY, "onnx::Conv_9")


def not_a_number(graph: onnx.GraphProto) -> None:
    values = numpy_helper.to_array(initialiser(graph, PRED)).copy()
    values.flat[0] = np.nan
    put(graph, PRED, values)


def under_another_name(graph: onnx.GraphProto) -> None:
    rename(graph, PRED, "model.mask_decoder.prediction.weight")


def not_read_by_anything(graph: onnx.GraphProto) -> None:
    graph.initializer.append(numpy_helper.from_array(np.ones((3, 2), np.float32), "model.left_over"))


def two_for_one_matrix(graph: onnx.GraphProto) -> None:
    """Another layer's product gets the bias of this one, so that both products belong to it."""
    first, second = (f"model.object_summarizer.feature_pred.{index}.bias" for index in (0, 2))
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name == second:
                node.input[position] = first


def another_limit(graph: onnx.GraphProto) -> None:
    """The graph does something between its weights that the network does not do."""
    sub = next(node for node in graph.node if node.name == "/Sub")
    graph.initializer.append(numpy_helper.from_array(np.float32(0.4), "other_middle"))
    sub.input[1] = "other_middle"


@pytest.mark.parametrize(
    ("spoil", "error", "says"),
    [
        (
            without_a_name,
            GraphNotUnderstood,
            r"1 constants .*\n +not known   onnx::Conv_9 \[24\], read by Conv /mask_enc",
        ),
        (not_a_number, WeightsDoNotFit, r"not finite  mask_decoder\.pred\.weight"),
        (
            under_another_name,
            WeightsDoNotFit,
            r"2 weights .*\n +missing     mask_decoder\.pred\.weight \[1, 4, 1, 1\]\n",
        ),
        (under_another_name, WeightsDoNotFit, r"\n +unexpected  mask_decoder\.prediction\.weight \[1, 4, 1, 1\]"),
        (not_read_by_anything, GraphNotUnderstood, r"not read    model\.left_over \[3, 2\]"),
        (two_for_one_matrix, GraphNotUnderstood, r"twice       object_summarizer\.feature_pred\.0\.weight: "),
        (another_limit, GraphComputesOtherwise, r"other probabilities with its weights \(off by "),
    ],
)
def test_a_spoilt_graph_is_refused_by_name(
    spoil: Callable[[onnx.GraphProto], None], error: type[GdkvmError], says: str, micro_graph: Path, tmp_path: Path
) -> None:
    model = onnx.load(str(micro_graph))
    spoil(model.graph)
    graph = tmp_path / "spoilt.onnx"
    graph.write_bytes(model.SerializeToString())
    with pytest.raises(error, match=says) as found:
        trainable_network(graph, MICRO)
    assert str(found.value).startswith(f"{graph}: ")


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (
            {"channels": 16},
            WeightsDoNotFit,
            r"wrong shape mask_decoder\.linear_proj_f8\.weight \[8, 8, 1, 1\], expected \[",
        ),
        ({"mask_blocks": (2, 1, 1)}, WeightsDoNotFit, r"missing     mask_encoder\.encoder\.layer1\.1\.conv1\.weight"),
        ({"transformer_blocks": 2}, WeightsDoNotFit, r"missing     object_transformer\.blocks\.1\.read_from_pixel"),
        ({"attention_heads": 4}, GraphComputesOtherwise, "attention_heads included"),
        ({"bounded_memory": True}, GraphComputesOtherwise, "bounded_memory"),
    ],
)
def test_a_graph_of_another_architecture_is_refused(
    change: dict[str, object], error: type[GdkvmError], says: str, micro_graph: Path
) -> None:
    with pytest.raises(error, match=says):
        trainable_network(micro_graph, replace(MICRO, **change))


def test_what_is_no_graph_is_refused(micro_graph: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(micro_graph.read_bytes()[:-5000])
    for path in (cut, tmp_path / "missing.onnx", tmp_path):
        with pytest.raises(GraphNotUnderstood, match=r"not an ONNX graph|cannot be read"):
            read_weights(path)
    other = helper.make_model(helper.make_graph([], "empty", [], []))
    (tmp_path / "empty.onnx").write_bytes(other.SerializeToString())
    with pytest.raises(WeightsDoNotFit, match="missing     A_log"):
        trainable_network(tmp_path / "empty.onnx", MICRO)
