"""Values that are cut into parts: cut once, or not at all."""

from __future__ import annotations

import numpy as np
import onnx

from .graph_editing import GraphEditing


def weights_of_both_classes(editing: GraphEditing) -> None:
    """The first half of the rows times m, the second times 1 - m, as one product over rows in two groups."""
    for node in editing.of_type("Concat"):
        products = [editing.maker(name, "Mul") for name in node.input]
        if len(products) != 2 or any(product is None for product in products):
            continue
        slices = [editing.maker(product.input[0], "Slice") for product in products]
        complement = editing.maker(products[1].input[1], "Sub")
        mask = products[0].input[1]
        if any(part is None for part in slices) or slices[0].input[0] != slices[1].input[0] or complement is None:
            continue
        if complement.input[1] != mask or editing.number(complement.input[0]) != 1:
            continue
        whole = slices[0].input[0]
        shape = editing.shapes.get(whole, [])
        ends = [part_of(editing, part, shape) for part in slices]
        if len(shape) != 3 or shape[0] != 1 or shape[1] % 2 or editing.shapes.get(mask) != [1, 1, shape[2]]:
            continue
        half = shape[1] // 2
        if ends != [(1, 0, half), (1, half, shape[1])] or axis_of(node) != 1:
            continue
        old = node.output[0]
        in_groups = editing.constant(old, np.array([1, 2, half, shape[2]], np.int64))
        as_rows = editing.constant(old, np.array([1, 2, 1, shape[2]], np.int64))
        as_before = editing.constant(old, np.array(shape, np.int64))
        (masks,) = editing.add("Concat", [mask, complement.output[0]], old, axis=1)
        (masks,) = editing.add("Reshape", [masks, as_rows], old)
        (groups,) = editing.add("Reshape", [whole, in_groups], old)
        (product,) = editing.add("Mul", [groups, masks], old)
        (rows,) = editing.add("Reshape", [product, as_before], old)
        editing.replace(old, rows)


def slices_as_splits(editing: GraphEditing) -> None:
    """Slices that lie side by side and make up a whole as one split."""
    for name in list(editing.readers):
        slices = [node for node in editing.readers[name] if node.op_type == "Slice" and node.input[0] == name]
        if len(slices) < 2:
            continue
        shape = editing.shapes.get(name, [])
        parts = sorted((part, node.output[0]) for node in slices if (part := part_of(editing, node, shape)) is not None)
        if len(parts) != len(slices) or len({part[0] for part, _ in parts}) != 1:
            continue
        axis = parts[0][0][0]
        edges = [part[1] for part, _ in parts] + [shape[axis]]
        if edges[0] != 0 or any(part[2] != end for (part, _), end in zip(parts, edges[1:], strict=True)):
            continue
        sizes = editing.constant(name, np.diff(edges).astype(np.int64))
        made = editing.add("Split", [name, sizes], name, outputs=len(parts), axis=axis)
        for (_, old), new in zip(parts, made, strict=True):
            editing.replace(old, new)


def part_of(editing: GraphEditing, node: onnx.NodeProto, shape: list[int]) -> tuple[int, int, int] | None:
    """Axis, begin and end of a slice along one axis."""
    values = [editing.integers(name) for name in node.input[1:]]
    if len(values) not in (3, 4) or any(value is None or len(value) != 1 for value in values):
        return None
    start, end, axis, step = *(value[0] for value in values if value), *[1] * (4 - len(values))
    if step != 1 or start < 0 or end < 0 or not 0 <= axis < len(shape):
        return None
    return axis, start, min(end, shape[axis])


def axis_of(node: onnx.NodeProto) -> int:
    return next(entry.i for entry in node.attribute if entry.name == "axis")
