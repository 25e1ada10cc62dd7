"""Weights stored in fewer bits than they are computed in.

The graph turns them back into float32 with ordinary operators (Cast, Mul) on constants. Every runtime folds these once,
when it loads the graph, so that a frame costs what it did. DequantizeLinear would say the same, but onnxruntime keeps
it for its integer kernels and then runs it at every frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx

SMALLEST = 512  # elements; smaller constants (biases, norms, scales) stay float32
HALF_LARGEST = 65504.0
# Stays in 16 bits where the others take 8. Of the accurate model it is a twenty-fourth of the weights, and rounding it
# to 8 bits moved ejection fractions six times as far as rounding all the others (0.18 for 0.03 points on average).
DELICATE = "image_encoder"
LEVELS = 127
# Shares of a channel's largest weight at which to clip, the best of which is taken.
CLIPS = tuple(np.linspace(0.7, 1.0, 13))


def channel_axis(graph: onnx.GraphProto, name: str) -> int | None:
    """Axis of a weight's output channels, by the operators that read it; None where it is no weight."""
    axes = set()
    for node in graph.node:
        for position, read in enumerate(node.input):
            if read == name:
                if position != 1 or node.op_type not in ("Conv", "MatMul", "Gemm"):
                    return None
                turned = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
                axes.add(0 if node.op_type == "Conv" or turned else -1)
    return axes.pop() if len(axes) == 1 else None


def rounded(values: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values / scale), -LEVELS, LEVELS)


def to_bytes(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 values and float32 scales that broadcast with them, one for each channel of ``axis``.

    Symmetric; the clip of each channel is the one with the least squared error.
    """
    axis %= weight.ndim
    others = tuple(index for index in range(weight.ndim) if index != axis)
    largest = np.abs(weight).max(others, keepdims=True)
    largest = np.where(largest > 0, largest, 1.0)
    best_scale, best_error = largest / LEVELS, np.full(largest.shape, np.inf)
    for clip in CLIPS:
        scale = largest * clip / LEVELS
        error = ((rounded(weight, scale) * scale - weight) ** 2).sum(others, keepdims=True)
        better = error < best_error
        best_scale, best_error = np.where(better, scale, best_scale), np.where(better, error, best_error)
    scale = best_scale.astype(np.float32)
    return rounded(weight, scale).astype(np.int8), scale


def fits_half(weight: np.ndarray) -> bool:
    return bool(np.abs(weight).max() <= HALF_LARGEST)


def store(model: onnx.ModelProto, precision: str) -> onnx.ModelProto:
    """A copy whose large constants are stored as float16 ("fp16") or, where they are weights, as int8 ("int8").

    Inputs, outputs and arithmetic stay as they are. With "int8", the image encoder's weights and large constants that
    are no weights become float16.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    if precision not in ("fp16", "int8"):
        raise ValueError(f"precision must be fp16 or int8, not {precision!r}")
    out = onnx.ModelProto()
    out.CopyFrom(model)
    graph = out.graph
    before, kept = [], []
    for tensor in graph.initializer:
        weight = numpy_helper.to_array(tensor) if tensor.data_type == TensorProto.FLOAT else None
        if weight is None or weight.size < SMALLEST or not fits_half(weight):
            kept.append(tensor)
            continue
        name = tensor.name
        axis = channel_axis(graph, name) if precision == "int8" and DELICATE not in name else None
        stored = f"{name}/stored"
        if axis is None:
            kept.append(numpy_helper.from_array(weight.astype(np.float16), stored))
            before.append(helper.make_node("Cast", [stored], [name], f"{name}/cast", to=TensorProto.FLOAT))
            continue
        values, scale = to_bytes(weight, axis)
        kept += [numpy_helper.from_array(values, stored), numpy_helper.from_array(scale, f"{name}/scale")]
        before.append(helper.make_node("Cast", [stored], [f"{name}/wide"], f"{name}/cast", to=TensorProto.FLOAT))
        before.append(helper.make_node("Mul", [f"{name}/wide", f"{name}/scale"], [name], f"{name}/rescale"))
    nodes = [*before, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(out, full_check=True)
    return out
