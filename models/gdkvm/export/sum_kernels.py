"""Sums and products that take fewer nodes: the same numbers but for the order in which they are rounded."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import onnx

from .graph import INPUTS
from .graph_editing import GraphEditing

FIRST_FRAME = INPUTS[1]


def choices_by_first_frame(editing: GraphEditing) -> None:
    """``first * a + (1 - first) * b`` as a choice between a and b: the input is 0 or 1."""
    for node in editing.of_type("Add"):
        sides = [gated(editing, name) for name in node.input]
        if {side[0] for side in sides if side} != {True, False}:
            continue
        chosen = {side[0]: side[1] for side in sides if side}
        old = node.output[0]
        one = editing.constant(old, np.array(1, np.float32))
        picked = editing.add("Where", [first_frame(editing), chosen[True] or one, chosen[False] or one], old)
        editing.replace(old, picked[0])


def gated(editing: GraphEditing, name: str) -> tuple[bool, str] | None:
    """Of a value times first_frame (true) or times 1 - first_frame (false) the value; "" where there is none."""
    alone = gate_of(editing, name)
    if alone is not None:
        return alone, ""
    product = editing.maker(name, "Mul")
    for position in (0, 1) if product else ():
        gate = gate_of(editing, product.input[position])
        if gate is not None:
            return gate, product.input[1 - position]
    return None


def gate_of(editing: GraphEditing, name: str) -> bool | None:
    """Whether a value is the input first_frame in any shape (true), or 1 less that (false)."""
    source = without_shape(editing, name)
    if source == FIRST_FRAME:
        return True
    complement = editing.maker(source, "Sub")
    if complement is None or editing.number(complement.input[0]) != 1:
        return None
    return False if without_shape(editing, complement.input[1]) == FIRST_FRAME else None


def without_shape(editing: GraphEditing, name: str) -> str:
    while (node := editing.makers.get(name)) is not None and node.op_type in ("Reshape", "Unsqueeze"):
        name = node.input[0]
    return name


def first_frame(editing: GraphEditing) -> str:
    """The input as true or false: one value, which fits any shape."""
    for node in editing.readers[FIRST_FRAME]:
        if node.op_type == "Cast":
            return node.output[0]
    return editing.add("Cast", [FIRST_FRAME], FIRST_FRAME, to=onnx.TensorProto.BOOL)[0]


def mixtures(editing: GraphEditing) -> None:
    """``g * a + (1 - g) * b`` as ``b + g * (a - b)``."""
    for node in editing.of_type("Add"):
        found = mixture(editing, node)
        if found is None:
            continue
        gate, chosen, other = found
        old = node.output[0]
        if any(len(editing.shapes.get(name, [])) != len(editing.shapes[old]) for name in (gate, chosen, other)):
            continue
        (away,) = editing.add("Sub", [chosen, other], old)
        (moved,) = editing.add("Mul", [gate, away], old)
        (mixed,) = editing.add("Add", [other, moved], old)
        editing.replace(old, mixed)


def mixture(editing: GraphEditing, node: onnx.NodeProto) -> tuple[str, str, str] | None:
    """g, a and b of a sum ``g * a + (1 - g) * b`` whose products nobody else reads."""
    products = [editing.maker(name, "Mul") for name in node.input]
    if any(product is None for product in products):
        return None
    if any(editing.only_reader(product.output[0], "Add") is None for product in products):
        return None
    for one, two in (products, products[::-1]):
        for position, name in enumerate(two.input):
            complement = editing.maker(name, "Sub")
            if complement is None or editing.number(complement.input[0]) != 1:
                continue
            if complement.input[1] in one.input:
                where = list(one.input).index(complement.input[1])
                return one.input[where], one.input[1 - where], two.input[1 - position]
    return None


def scales_into_convolutions(editing: GraphEditing) -> None:
    """A picture times a power of two, which only convolutions read, as weights times it: exact.

    Written as a division of the weights, so that the weights themselves stay in the file under their names.
    """
    for node in editing.of_type("Mul"):
        position = next((index for index in (0, 1) if editing.number(node.input[index]) is not None), None)
        if position is None or node.output[0] in editing.outputs:
            continue
        factor = editing.number(node.input[position])
        readers = editing.readers[node.output[0]]
        if not factor or factor < 0 or math.frexp(factor)[0] != 0.5 or ends_a_gelu(editing, node):
            continue
        if any(reader.op_type != "Conv" or reader.input[0] != node.output[0] for reader in readers):
            continue
        divisor = editing.constant(node.output[0], np.array(1 / factor, np.float32))
        for reader in readers:
            (reader.input[1],) = editing.add("Div", [reader.input[1], divisor], reader.input[1])
        editing.index()
        editing.replace(node.output[0], node.input[1 - position])


def ends_a_gelu(editing: GraphEditing, node: onnx.NodeProto) -> bool:
    """Whether a product is the last of the nodes that runtimes know as one GELU, and would no longer."""
    for product in (editing.maker(name, "Mul") for name in node.input):
        for term in product.input if product else ():
            sums = editing.maker(term, "Add")
            if sums and any(editing.maker(name, "Erf") for name in sums.input):
                return True
    return False


def sums_of_convolutions(editing: GraphEditing) -> None:
    """A sum of three or more pointwise convolutions as one over all their channels."""
    for node in editing.of_type("Add"):
        terms = terms_of(editing, node)
        if len(terms) < 3 or not all(is_pointwise(editing, name) for name in terms):
            continue
        convolutions = [editing.makers[name] for name in terms]
        old = node.output[0]
        (pictures,) = editing.add("Concat", [each.input[0] for each in convolutions], old, axis=1)
        (weights,) = editing.add("Concat", [each.input[1] for each in convolutions], old, axis=1)
        bias = reduce(lambda one, two: editing.add("Add", [one, two], old)[0], [each.input[2] for each in convolutions])
        (summed,) = editing.add("Conv", [pictures, weights, bias], old, kernel_shape=[1, 1])
        editing.replace(old, summed)


def terms_of(editing: GraphEditing, node: onnx.NodeProto) -> list[str]:
    """The values that a sum of sums adds up; an inner sum that somebody else reads too is a value."""
    terms: list[str] = []
    for name in node.input:
        inner = editing.maker(name, "Add")
        inside = inner is not None and editing.only_reader(name, "Add") is not None
        terms += terms_of(editing, inner) if inside else [name]
    return terms


def is_pointwise(editing: GraphEditing, name: str) -> bool:
    node = editing.maker(name, "Conv")
    if node is None or len(node.input) != 3 or editing.only_reader(name, "Add") is None:
        return False
    settings = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
    plain = settings.get("group", 1) == 1 and set(settings.get("strides", [1])) == {1}
    return plain and not any(settings.get("pads", [0])) and set(settings.get("kernel_shape", [0])) == {1}


def divided_once(editing: GraphEditing) -> None:
    """Products with one matrix whose rows are then scaled by the same reciprocals: its rows are divided instead."""
    for node in editing.of_type("Reciprocal"):
        scaled = editing.readers[node.output[0]]
        products = []
        for each in scaled:
            other = [name for name in each.input if name != node.output[0]]
            product = each.op_type == "Mul" and len(other) == 1 and editing.maker(other[0], "MatMul")
            if product and editing.only_reader(other[0], "Mul") is not None:
                products.append(product)
        if len(products) != len(scaled) or len({product.input[0] for product in products}) != 1 or not products:
            continue
        matrix = products[0].input[0]
        rows = editing.shapes.get(node.output[0], [])
        if rows[-1:] != [1] or len(rows) != len(editing.shapes.get(matrix, [])):
            continue
        (divided,) = editing.add("Div", [matrix, node.input[0]], matrix)
        for each, product in zip(list(scaled), products, strict=True):
            product.input[0] = divided
            editing.index()
            editing.replace(each.output[0], product.output[0])
