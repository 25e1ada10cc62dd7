"""The image side and the recurrent side of a model as two graphs, to measure what batching the first one gives."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..export.folding import for_inference
from ..export.graph import OPSET, exporter_options, simplified, state_shapes
from ..network.model import GDKVM, Features, State

FEATURES = Features._fields


class ImageSide(nn.Module):
    """image (N, 1, S, S) in [0, 1] -> the features of each frame."""

    def __init__(self, model: GDKVM) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(self.model.encode(image))


class RecurrentSide(nn.Module):
    """One frame's features, first_frame and state -> probability and the next state."""

    def __init__(self, model: GDKVM) -> None:
        super().__init__()
        self.model = model

    def forward(self, first_frame: torch.Tensor, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        features, (memory, sensory, memory_sum, mask, previous) = Features(*tensors[:5]), tensors[5:]
        before = State(memory.squeeze(1), sensory, memory_sum.squeeze(1), mask, previous)
        output, after = self.model.segment(features, before, first_frame.view(1, 1, 1), False)
        return output.probability, *after


def export(module: nn.Module, example: tuple[torch.Tensor, ...], inputs: list[str], path: Path) -> None:
    buffer = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            example,
            buffer,
            opset_version=OPSET,
            input_names=inputs,
            do_constant_folding=True,
            **exporter_options(),
        )
    path.write_bytes(simplified(buffer.getvalue()).SerializeToString())


def export_split(model: GDKVM, folder: Path, batches: tuple[int, ...]) -> tuple[dict[int, Path], Path]:
    """Writes image sides for each batch size and the recurrent side; returns their files."""
    rewritten = for_inference(model)
    size = model.config.image_size
    image_sides = {}
    for batch in batches:
        image_sides[batch] = folder / f"image-side-{batch}.onnx"
        export(ImageSide(rewritten), (torch.rand(batch, 1, size, size),), ["image"], image_sides[batch])
    with torch.no_grad():
        features = rewritten.encode(torch.rand(1, 1, size, size))
    state = [torch.zeros(shape) for shape in state_shapes(model.config).values()]
    recurrent = folder / "recurrent-side.onnx"
    names = ["first_frame", *FEATURES, *state_shapes(model.config)]
    export(RecurrentSide(rewritten), (torch.zeros(1), *features, *state), names, recurrent)
    return image_sides, recurrent


class FixedFeeds:
    """A graph with random inputs of its own shapes, for timing."""

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        rng = np.random.default_rng(0)
        self.feeds = {
            entry.name: rng.random([int(length) for length in entry.shape]).astype(np.float32)
            for entry in self.session.get_inputs()
        }

    def __call__(self) -> object:
        return self.session.run(None, self.feeds)
