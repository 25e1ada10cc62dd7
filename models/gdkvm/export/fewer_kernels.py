"""A graph with fewer nodes that compute the same.

A frame is small: on a graphics card starting the kernels takes longer than what most of them compute. Standard
operators only, and the weights stay as they are stored, under their names.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .attention_kernels import attention_without_copies
from .certainty_kernels import differences_of_odds, queries_in_their_class
from .graph_editing import GraphEditing
from .part_kernels import slices_as_splits, weights_of_both_classes
from .sum_kernels import (
    choices_by_first_frame,
    divided_once,
    mixtures,
    scales_into_convolutions,
    sums_of_convolutions,
)

if TYPE_CHECKING:
    import onnx

REWRITINGS = (
    queries_in_their_class,
    differences_of_odds,
    weights_of_both_classes,
    slices_as_splits,
    choices_by_first_frame,
    mixtures,
    divided_once,
    scales_into_convolutions,
    sums_of_convolutions,
    attention_without_copies,
)
# They change how values are looked at and start nothing.
WITHOUT_A_KERNEL = ("Reshape", "Squeeze", "Unsqueeze", "Identity")


def with_fewer_kernels(model: onnx.ModelProto, attention: bool = True) -> onnx.ModelProto:
    """A copy. Parts that are not built as this network builds them stay as they are; a second time changes nothing.

    Without ``attention`` its transposed copies stay: four kernels of a graphics card each time, and on a processor a
    hundredth of the accurate model's time less.
    """
    editing = GraphEditing(model)
    for rewrite in REWRITINGS:
        if attention or rewrite is not attention_without_copies:
            rewrite(editing)
    return editing.finish()


def kernels(model: onnx.ModelProto) -> Counter[str]:
    """Nodes by operator that are computed at every frame: without those on constants and those that only reshape."""
    known = {tensor.name for tensor in model.graph.initializer}
    counted: Counter[str] = Counter()
    for node in model.graph.node:
        if known.issuperset(name for name in node.input if name):
            known.update(node.output)
        elif node.op_type not in WITHOUT_A_KERNEL:
            counted[node.op_type] += 1
    return counted
