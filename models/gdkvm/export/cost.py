"""Multiply-adds of an exported graph."""

from __future__ import annotations

from pathlib import Path


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
    return total
