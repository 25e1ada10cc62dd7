"""Attention whose heads stay where they are: products over them need no transposed copies."""

from __future__ import annotations

import onnx

from .graph_editing import GraphEditing

APART = [0, 2, 1, 3]
APART_TURNED = [0, 2, 3, 1]


def attention_without_copies(editing: GraphEditing) -> None:
    """Both products of an attention on (batch, place, head, channel), in place of four transposed copies."""
    for node in editing.of_type("Softmax"):
        product = editing.only_reader(node.output[0], "MatMul")
        values = product and transposed(editing, product.input[1], APART)
        turned = product and editing.only_reader(product.output[0], "Transpose")
        if not values or not turned or permutation(turned) != APART or product.input[0] != node.output[0]:
            continue
        scores = scores_of(editing, node.input[0])
        query = scores and transposed(editing, scores.input[0], APART)
        key = scores and transposed(editing, scores.input[1], APART_TURNED)
        if not query or not key:
            continue
        (found,) = editing.add("Einsum", [query, key], scores.output[0], equation="bqhd,bkhd->bhqk")
        editing.replace(scores.output[0], found)
        (read,) = editing.add("Einsum", [node.output[0], values], turned.output[0], equation="bhqk,bkhd->bqhd")
        editing.replace(turned.output[0], read)


def scores_of(editing: GraphEditing, name: str) -> onnx.NodeProto | None:
    while (node := editing.makers.get(name)) is not None and node.op_type in ("Add", "Reshape"):
        name = node.input[0]
    return editing.maker(name, "MatMul")


def transposed(editing: GraphEditing, name: str, order: list[int]) -> str | None:
    node = editing.maker(name, "Transpose")
    return node.input[0] if node is not None and permutation(node) == order else None


def permutation(node: onnx.NodeProto) -> list[int]:
    return list(next(entry.ints for entry in node.attribute if entry.name == "perm"))
