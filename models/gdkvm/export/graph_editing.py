"""Changing a graph node by node: who makes and who reads a value, and what is left over afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx


class GraphEditing:
    """A copy of a graph that is being changed. What nobody reads any more goes with ``finish``."""

    def __init__(self, model: onnx.ModelProto) -> None:
        import onnx
        from onnx import numpy_helper

        self.model = onnx.ModelProto()
        self.model.CopyFrom(onnx.shape_inference.infer_shapes(model))
        graph = self.model.graph
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.shapes = {name: list(values.shape) for name, values in self.constants.items()}
        for value in [*graph.value_info, *graph.input, *graph.output]:
            self.shapes[value.name] = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        self.nodes = list(graph.node)
        self.outputs = {value.name for value in graph.output}
        self.made = 0
        self.index()

    def index(self) -> None:
        self.makers: dict[str, onnx.NodeProto] = {name: node for node in self.nodes for name in node.output if name}
        self.readers: dict[str, list[onnx.NodeProto]] = defaultdict(list)
        for node in self.nodes:
            for name in node.input:
                if name:
                    self.readers[name].append(node)

    def of_type(self, *operators: str) -> Iterator[onnx.NodeProto]:
        """The nodes of these operators that are in the graph now."""
        for node in list(self.nodes):
            if node.op_type in operators and self.makers.get(node.output[0]) is node:
                yield node

    def maker(self, name: str, operator: str) -> onnx.NodeProto | None:
        """The node that makes a value, where it is of this operator."""
        node = self.makers.get(name)
        return node if node is not None and node.op_type == operator else None

    def only_reader(self, name: str, operator: str) -> onnx.NodeProto | None:
        """The one node that reads a value that is no output, where it is of this operator."""
        readers = self.readers[name]
        if name in self.outputs or len(readers) != 1 or readers[0].op_type != operator:
            return None
        return readers[0]

    def number(self, name: str) -> float | None:
        """A constant of one value."""
        values = self.constants.get(name)
        return float(values.reshape(-1)[0]) if values is not None and values.size == 1 else None

    def integers(self, name: str) -> list[int] | None:
        values = self.constants.get(name)
        return None if values is None else [int(value) for value in values.reshape(-1)]

    def name(self, beside: str, what: str) -> str:
        self.made += 1
        return f"{beside}/{what}_{self.made}"

    def constant(self, beside: str, values: np.ndarray) -> str:
        """A constant with these values; one that is there already serves."""
        for name, found in self.constants.items():
            same = found.dtype == values.dtype and found.shape == values.shape
            if same and values.size <= 64 and np.array_equal(found, values):
                return name
        name = self.name(beside, "constant")
        self.constants[name] = values
        self.shapes[name] = list(values.shape)
        return name

    def add(self, operator: str, inputs: Sequence[str], beside: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """A new node, named after a value of the graph; its outputs."""
        from onnx import helper

        names = [self.name(beside, operator) for _ in range(outputs)]
        node = helper.make_node(operator, list(inputs), names, names[0], **attributes)
        self.nodes.append(node)
        self.index()
        return names

    def replace(self, old: str, new: str) -> None:
        """Lets everything read ``new`` that read ``old``; an output of the graph keeps its name."""
        if old in self.outputs:
            self.makers[old].output[list(self.makers[old].output).index(old)] = self.name(old, "before")
            made = self.makers[new]
            made.output[list(made.output).index(new)] = old
            for node in self.nodes:
                for position, name in enumerate(node.input):
                    if name == new:
                        node.input[position] = old
        else:
            for node in self.nodes:
                for position, name in enumerate(node.input):
                    if name == old:
                        node.input[position] = new
        self.index()
        if old in self.shapes:
            self.shapes[new] = self.shapes[old]
        self.without_leftovers()

    def without_leftovers(self) -> None:
        """Removes nodes whose outputs nobody reads."""
        while True:
            kept = [
                node for node in self.nodes if any(self.readers[name] or name in self.outputs for name in node.output)
            ]
            if len(kept) == len(self.nodes):
                return
            self.nodes = kept
            self.index()

    def finish(self) -> onnx.ModelProto:
        """The graph in an order in which it can be computed, checked."""
        import onnx
        from onnx import numpy_helper

        graph = self.model.graph
        known = {value.name for value in graph.input} | set(self.constants) | {""}
        waiting, ordered = self.nodes, []
        while waiting:
            ready = next(node for node in waiting if known.issuperset(node.input))
            ordered.append(ready)
            known.update(ready.output)
            waiting = [node for node in waiting if node is not ready]
        read = {name for node in ordered for name in node.input}
        before = {tensor.name: tensor for tensor in graph.initializer}
        kept = [
            before[name] if name in before else numpy_helper.from_array(np.ascontiguousarray(values), name)
            for name, values in self.constants.items()
            if name in read
        ]
        kept = [onnx.TensorProto.FromString(tensor.SerializeToString()) for tensor in kept]
        ordered = [onnx.NodeProto.FromString(node.SerializeToString()) for node in ordered]
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.initializer.extend(kept)
        graph.node.extend(ordered)
        # The only operator here of which the checker finds no sizes.
        graph.value_info.extend(
            onnx.helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, self.shapes[node.output[0]])
            for node in ordered
            if node.op_type == "Einsum" and node.output[0] in self.shapes
        )
        finished = onnx.shape_inference.infer_shapes(self.model, strict_mode=True)
        onnx.checker.check_model(finished, full_check=True)
        return finished
