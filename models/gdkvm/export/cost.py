"""Multiply-adds of an exported graph."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx


def multiply_adds(path: Path) -> int:
    """Multiply-adds of one frame: convolutions and matrix products, from the shapes in the graph."""
    import onnx

    graph = onnx.shape_inference.infer_shapes(onnx.load(str(path))).graph
    shapes = {weight.name: list(weight.dims) for weight in graph.initializer}
    for value in [*graph.input, *graph.output, *graph.value_info]:
        shapes[value.name] = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
    total = 0
    for node in graph.node:
        out = shapes.get(node.output[0], [])
        size = 1
        for dimension in out:
            size *= dimension
        if node.op_type == "Conv":
            weight = shapes[node.input[1]]
            for dimension in weight[1:]:
                size *= dimension
            total += size
        elif node.op_type in ("MatMul", "Gemm"):
            left = shapes[node.input[0]]
            transposed = any(a.name == "transA" and a.i for a in node.attribute)
            total += size * left[0 if transposed else -1]
        elif node.op_type == "Einsum":
            total += math.prod(sizes_by_label(node, [shapes[name] for name in node.input]).values())
    return total


def sizes_by_label(node: onnx.NodeProto, shapes: list[list[int]]) -> dict[str, int]:
    """Of an Einsum over two operands."""
    (equation,) = (entry.s.decode() for entry in node.attribute if entry.name == "equation")
    operands = equation.partition("->")[0].split(",")
    return {
        label: size
        for labels, shape in zip(operands, shapes, strict=True)
        for label, size in zip(labels, shape, strict=True)
    }
