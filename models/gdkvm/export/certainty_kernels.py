"""Two classes that add up to one, as their odds: what the graph computes of both is known from one of them.

The network turns a logit x into p and 1 - p, bounds both, and takes the difference of their log-odds. That is 2 x
within the bounds, where the detour also rounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import onnx

from .graph_editing import GraphEditing

BLOCKED = np.float32(1e9)


@dataclass(frozen=True)
class TwoClasses:
    logit: str
    largest: float
    """Of the difference of both log-odds, which the bounds of p leave."""


def two_classes(editing: GraphEditing, foreground: str, background: str) -> TwoClasses | None:
    """The logit behind the log-odds of the second and the first of two classes that add up to one."""
    slices = [editing.maker(name, "Slice") for name in (foreground, background)]
    if any(node is None for node in slices) or slices[0].input[0] != slices[1].input[0]:
        return None
    starts = [editing.integers(node.input[1]) for node in slices]
    log = editing.maker(slices[0].input[0], "Log")
    quotient = log and editing.maker(log.input[0], "Div")
    if starts != [[1], [0]] or not quotient:
        return None
    bounded, rest = quotient.input
    complement = editing.maker(rest, "Sub")
    clip = editing.maker(bounded, "Clip")
    if not complement or not clip or complement.input[1] != bounded or editing.number(complement.input[0]) != 1:
        return None
    least, most = editing.number(clip.input[1]), editing.number(clip.input[2])
    both = editing.maker(clip.input[0], "Concat")
    if least is None or most is None or not both or len(both.input) != 2:
        return None
    other = editing.maker(both.input[0], "Sub")
    sigmoid = editing.maker(both.input[1], "Sigmoid")
    if not other or not sigmoid or editing.number(other.input[0]) != 1 or other.input[1] != both.input[1]:
        return None
    largest = math.log(most / (1 - most)) - math.log(least / (1 - least))
    return TwoClasses(sigmoid.input[0], largest)


def differences_of_odds(editing: GraphEditing) -> None:
    """The difference of both log-odds as twice the logit, bounded as before."""
    for node in editing.of_type("Sub"):
        found = two_classes(editing, node.input[0], node.input[1])
        if found is None:
            continue
        old = node.output[0]
        two, least, most = (
            editing.constant(old, np.array(value, np.float32)) for value in (2, -found.largest, found.largest)
        )
        (twice,) = editing.add("Mul", [found.logit, two], old)
        (bounded,) = editing.add("Clip", [twice, least, most], old)
        editing.replace(old, bounded)


def queries_in_their_class(editing: GraphEditing) -> None:
    """Half of the queries read what is foreground, half what is background, and both everything where there is none.

    Twenty small nodes build that bias of the attention; a comparison of the logit with zero and four nodes do. The bias
    is the same to the last bit.
    """
    for node in editing.of_type("GreaterOrEqual"):
        found = two_classes(editing, node.input[0], node.input[1])
        if found is not None:
            one_query_bias(editing, node, found)


def one_query_bias(editing: GraphEditing, compared: onnx.NodeProto, found: TwoClasses) -> None:
    unsqueezed = bias_of_queries(editing, compared)
    if unsqueezed is None:
        return
    added = editing.only_reader(unsqueezed.output[0], "Add")
    if added is None:
        return
    (scores,) = (name for name in added.input if name != unsqueezed.output[0])
    shape = editing.shapes.get(scores, [])
    if len(shape) != 4 or shape[0] != 1 or shape[2] % 2:
        return
    _, heads, queries, pixels = shape
    old = added.output[0]
    zero = editing.constant(old, np.array(0, np.float32))
    as_background = editing.constant(old, np.array([[BLOCKED], [0]], np.float32))
    as_foreground = editing.constant(old, np.array([[0], [BLOCKED]], np.float32))
    (background,) = editing.add("Less", [found.logit, zero], old)
    (blocked,) = editing.add("Where", [background, as_background, as_foreground], old)
    (everywhere,) = editing.add("ReduceMin", [blocked], old, axes=[2], keepdims=1)
    (bias,) = editing.add("Sub", [everywhere, blocked], old)
    apart = editing.constant(old, np.array([heads, 2, queries // 2, pixels], np.int64))
    rows = editing.constant(old, np.array([1, 2, 1, pixels], np.int64))
    together = editing.constant(old, np.array(shape, np.int64))
    (scores,) = editing.add("Reshape", [scores, apart], old)
    (bias,) = editing.add("Reshape", [bias, rows], old)
    (sums,) = editing.add("Add", [scores, bias], old)
    (sums,) = editing.add("Reshape", [sums, together], old)
    editing.replace(old, sums)


def bias_of_queries(editing: GraphEditing, compared: onnx.NodeProto) -> onnx.NodeProto | None:
    """The last node of the bias that a comparison of both classes ends in, where it is built as this network does."""
    cast = editing.only_reader(compared.output[0], "Cast")
    if cast is None or editing.shapes.get(cast.output[0], [])[:2] != [1, 1]:
        return None
    inside = cast.output[0]
    outside = next((node.output[0] for node in editing.readers[inside] if node.op_type == "Sub"), "")
    if outside and editing.number(editing.makers[outside].input[0]) != 1:
        return None
    halves = []
    for own, other in ((outside, inside), (inside, outside)):
        product = next((node for node in editing.readers[own] if node.op_type == "Mul"), None)
        any_other = product and editing.maker(product.input[1], "ReduceMax")
        half = product and editing.only_reader(product.output[0], "Add")
        if not product or not any_other or not half or product.input[0] != own or any_other.input[0] != other:
            return None
        widened = editing.constants.get(half.input[1])
        if widened is None or widened.any():
            return None
        halves.append(half.output[0])
    both = editing.only_reader(halves[0], "Concat")
    scaled = both and list(both.input) == halves and editing.only_reader(both.output[0], "Mul")
    if not scaled or editing.number(scaled.input[1]) != -float(BLOCKED):
        return None
    return editing.only_reader(scaled.output[0], "Unsqueeze")
