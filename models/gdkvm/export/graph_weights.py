"""The weights of an exported graph by their names in the folded network.

PyTorch's exporter keeps the names of most parameters. It turns the weights of linear layers into nameless constants of
matrix products, and computes some that are only used reshaped or negated; those are told by what stands around them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import GdkvmError

if TYPE_CHECKING:
    import onnx

PREFIX = "model."  # of the network in the exported module
GRAFTED = "structures/"  # of everything that a head of further structures added to the graph; not the network's


class GraphNotUnderstood(GdkvmError):
    """A file is no graph of this project's export, or has constants that nothing in it explains."""


class GraphConstants:
    """The floating-point constants of a graph as they are computed with, and the nodes that read them.

    Weights that are stored in fewer bits are turned back, with the operators that the graph does it with.
    """

    def __init__(self, graph: onnx.GraphProto) -> None:
        from onnx import numpy_helper

        values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        own = [node for node in graph.node if not node.name.startswith(GRAFTED)]
        values = {name: value for name, value in values.items() if not name.startswith(GRAFTED)}
        self.nodes: list[onnx.NodeProto] = []
        widened: set[str] = set()
        for node in own:
            if node.op_type in ("Cast", "Mul") and all(name in values for name in node.input):
                operands = [values[name].astype(np.float32) for name in node.input]
                values[node.output[0]] = operands[0] if node.op_type == "Cast" else operands[0] * operands[1]
                widened.update(node.input)
            else:
                self.nodes.append(node)
        self.values = {
            name: value for name, value in values.items() if value.dtype == np.float32 and name not in widened
        }
        self.readers: dict[str, list[onnx.NodeProto]] = defaultdict(list)
        self.makers: dict[str, onnx.NodeProto] = {}
        for node in self.nodes:
            for name in node.input:
                self.readers[name].append(node)
            for name in node.output:
                self.makers[name] = node

    def reads(self) -> Iterator[tuple[onnx.NodeProto, int, str]]:
        """Every reading of a constant: by which node, as which of its inputs, and the constant."""
        for node in self.nodes:
            for position, name in enumerate(node.input):
                if name in self.values:
                    yield node, position, name

    def name_of(self, node: onnx.NodeProto, position: int, constant: str) -> str | None:
        """The name in the folded network of a constant that a node reads; None where nothing tells it."""
        if constant.startswith(PREFIX):
            return constant.removeprefix(PREFIX)
        if node.op_type == "MatMul" and position == 1:
            return self.name_of_matrix(node)
        if node.op_type == "Conv" and position == 1:
            return self.name_of_channel_attention(node)
        if node.op_type == "Mul" and any(self.made_by(name, "Softplus") for name in node.input):
            return "A_log"
        return None

    def made_by(self, name: str, operator: str) -> bool:
        return name in self.makers and self.makers[name].op_type == operator

    def name_of_matrix(self, product: onnx.NodeProto) -> str | None:
        """By the bias that is added to the product; the two gates of the recurrence have none of their own."""
        for reader in self.readers[product.output[0]]:
            if reader.op_type == "Sigmoid":
                return "b_proj.weight"
            for other in reader.input:
                if other == f"{PREFIX}dt_bias":
                    return "a_proj.weight"
                if reader.op_type == "Add" and other.startswith(PREFIX) and other.endswith(".bias"):
                    return other.removeprefix(PREFIX).removesuffix("bias") + "weight"
        return None

    def name_of_channel_attention(self, convolution: onnx.NodeProto) -> str | None:
        """By the convolution whose channels' means it weighs."""
        node: onnx.NodeProto | None = convolution
        while node is not None and node.input:
            node = self.makers.get(node.input[0])
            if node is not None and node.op_type == "Conv":
                block = node.input[1].removeprefix(PREFIX).removesuffix(".conv2.weight")
                return f"{block}.conv.weight" if node.input[1].endswith(".conv2.weight") else None
            if node is None or node.op_type not in ("ReduceMean", "Reshape"):
                return None
        return None


def is_setting(node: onnx.NodeProto, value: np.ndarray) -> bool:
    """Numbers that belong to the arithmetic: scales of a resize, what is chosen between, and constants of one value, as
    limits and halves."""
    return node.op_type in ("Resize", "Where") or bool((value == value.flat[0]).all())


def as_in_the_network(name: str, value: np.ndarray) -> np.ndarray:
    """A constant in the layout, and with the sign, of the parameter that it was made from."""
    if name == "A_log":
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log(-value)
    if name.endswith(".conv.weight") and value.shape[:2] == (1, 1) and value.ndim == 4:
        return value[..., 0]
    return value


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The weights of a graph by their names in the folded network, each read from exactly one constant.

    Raises GraphNotUnderstood, which names every constant that has no name, and every name that has two constants.
    """
    constants = GraphConstants(load(path))
    weights: dict[str, np.ndarray] = {}
    sources: dict[str, str] = {}
    problems: list[str] = []
    used: set[str] = set()
    for node, position, constant in constants.reads():
        value = constants.values[constant]
        used.add(constant)
        name = constants.name_of(node, position, constant)
        if name is None:
            if not is_setting(node, value):
                problems.append(f"not known   {constant} {list(value.shape)}, read by {node.op_type} {node.name}")
        elif sources.setdefault(name, constant) != constant:
            problems.append(f"twice       {name}: {sources[name]} and {constant}")
        else:
            matrix = node.op_type == "MatMul" and value.ndim == 2
            weights[name] = value.T if matrix else as_in_the_network(name, value)
    problems += [
        f"not read    {name} {list(value.shape)}" for name, value in constants.values.items() if name not in used
    ]
    if problems:
        listing = "\n  ".join(problems)
        raise GraphNotUnderstood(f"{path}: {len(problems)} constants are not understood\n  {listing}")
    return weights


def load(path: Path) -> onnx.GraphProto:
    import onnx

    try:
        return onnx.load(str(path)).graph
    except OSError as error:
        raise GraphNotUnderstood(f"{path}: cannot be read ({error.strerror})") from error
    except Exception as error:
        # protobuf's own error, a package that this project does not name
        raise GraphNotUnderstood(f"{path}: not an ONNX graph, or incomplete ({type(error).__name__})") from error
