"""ONNX export: one graph, one frame per call, the recurrent state as explicit inputs and outputs."""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from ..network.config import ModelConfig
from ..network.model import GDKVM, State
from .folding import for_inference

if TYPE_CHECKING:
    import onnx

OPSET = 17

STATE_INPUTS = ("state", "sensory", "object_memory_sum", "mask", "previous_pixel_feature")
STATE_OUTPUTS = tuple(f"next_{name}" for name in STATE_INPUTS)
INPUTS = ("image", "first_frame", *STATE_INPUTS)
OUTPUTS = ("probability", *STATE_OUTPUTS)


class OneFrame(nn.Module):
    """The graph: image (1, 1, H, W) in [0, 1], first_frame (1,) 0 or 1, the five state tensors.

    ``state`` and ``object_memory_sum`` carry an object axis of one: (1, 1, K, V) and (1, 1, Q, C + 1).
    """

    def __init__(self, model: GDKVM) -> None:
        super().__init__()
        self.model = for_inference(model)

    def forward(self, image: torch.Tensor, first_frame: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        memory, sensory, memory_sum, mask, previous = state
        before = State(memory.squeeze(1), sensory, memory_sum.squeeze(1), mask, previous)
        output, after = self.model.step(image, before, first_frame.view(1, 1, 1))
        # An output of its own, so that it can stay on the device while the probability is read back.
        next_mask = output.probability + 0.0
        return (
            output.probability,
            after.state.unsqueeze(1),
            after.sensory,
            after.object_memory_sum.unsqueeze(1),
            next_mask,
            after.previous_pixel_feature,
        )


def state_shapes(config: ModelConfig) -> dict[str, list[int]]:
    """Shapes of the five state tensors by input name."""
    size, memory, channels = config.image_size, config.memory_size, config.channels
    return {
        "state": [1, 1, config.key_channels, channels],
        "sensory": [1, channels, memory, memory],
        "object_memory_sum": [1, 1, config.queries, channels + 1],
        "mask": [1, 1, size, size],
        "previous_pixel_feature": [1, channels, memory, memory],
    }


def export_graph(model: GDKVM, path: Path) -> None:
    """Writes the graph of a model to an .onnx file."""
    size = model.config.image_size
    example = [torch.rand(1, 1, size, size), torch.zeros(1)]
    example += [torch.zeros(shape) for shape in state_shapes(model.config).values()]
    write_graph(OneFrame(model), example, INPUTS, OUTPUTS, path)


def write_graph(
    module: nn.Module, example: Sequence[torch.Tensor], inputs: Sequence[str], outputs: Sequence[str], path: Path
) -> None:
    """Writes the graph of a module to an .onnx file. ``example``: tensors of the shapes that its inputs have, in their
    order."""
    import onnx

    buffer = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        # Shapes are fixed and meant to become constants of the graph.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(example),
            buffer,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            do_constant_folding=True,
            **exporter_options(),
        )
    graph = simplified(buffer.getvalue())
    onnx.checker.check_model(graph, full_check=True)
    path.write_bytes(graph.SerializeToString())


def exporter_options() -> dict[str, bool]:
    """Newer PyTorch has two exporters; this is the one that both versions have."""
    return {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}


def simplified(content: bytes) -> onnx.ModelProto:
    """The graph with its constants folded and its no-ops removed, in standard operators only."""
    import onnx
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "simplified.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(target)
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        graph = onnx.load(str(target))
    used = {node.domain for node in graph.graph.node}
    for entry in [entry for entry in graph.opset_import if entry.domain not in used]:
        graph.opset_import.remove(entry)
    del graph.graph.value_info[:]
    graph.producer_name, graph.producer_version, graph.doc_string = "gdkvm", "", ""
    for node in graph.graph.node:
        node.doc_string = ""
    return onnx.shape_inference.infer_shapes(graph)
