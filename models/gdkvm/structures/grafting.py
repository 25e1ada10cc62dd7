"""A head inside of a model's graph: the graph as it is, and operators that read it.

Nothing of the model is exported anew, so that its cavity stays the one it was.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from ..export.graph import OPSET, exporter_options, simplified
from ..export.graph_weights import GRAFTED
from ..export.stored_weights import store
from .head import STRUCTURES, Features, StructureHead, structure_maps
from .taps import find_taps

if TYPE_CHECKING:
    import onnx

OUTPUTS = {structure: structure.replace("-", "_") for structure in STRUCTURES}
"""Names of the graph's outputs by structure."""
CAVITY = "probability"


class _Maps(nn.Module):
    def __init__(self, head: StructureHead) -> None:
        super().__init__()
        self.head = head

    def forward(self, cavity: torch.Tensor, *features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return structure_maps(self.head(Features(*features)), cavity)


def head_graph(head: StructureHead, shapes: list[tuple[int, ...]], size: int) -> onnx.ModelProto:
    """The head by itself, weights in 16 bits: the cavity's map and the features in, a map for each structure out."""
    buffer = io.BytesIO()
    examples = [torch.zeros(1, 1, size, size), *(torch.zeros(1, *shape) for shape in shapes)]
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Maps(head).eval(),
            tuple(examples),
            buffer,
            opset_version=OPSET,
            input_names=[CAVITY, *Features._fields],
            output_names=list(OUTPUTS.values()),
            do_constant_folding=True,
            **exporter_options(),
        )
    return store(simplified(buffer.getvalue()), "fp16")


def graft(model: onnx.ModelProto, head: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the head's outputs beside its own. Raises ValueError where it has some already."""
    import onnx

    if any(output.name in OUTPUTS.values() for output in model.graph.output):
        raise ValueError("the graph draws structures beside the cavity already")
    # Outputs take their own names, features those of the model, and all else a name that nothing of the model has.
    names = {CAVITY: CAVITY, **find_taps(model.graph)._asdict(), **{name: name for name in OUTPUTS.values()}}
    out = onnx.ModelProto()
    out.CopyFrom(model)

    def renamed(name: str) -> str:
        return names.get(name, f"{GRAFTED}{name}") if name else name

    for weight in head.graph.initializer:
        copy = out.graph.initializer.add()
        copy.CopyFrom(weight)
        copy.name = renamed(weight.name)
    for node in head.graph.node:
        copy = out.graph.node.add()
        copy.CopyFrom(node)
        copy.name = f"{GRAFTED}{node.name}"
        copy.input[:] = [renamed(name) for name in node.input]
        copy.output[:] = [renamed(name) for name in node.output]
    for output in head.graph.output:
        out.graph.output.add().CopyFrom(output)
    onnx.checker.check_model(out, full_check=True)
    return out


def write_grafted(head: StructureHead, model: Path, target: Path) -> None:
    """Writes the graph of ``model`` with a head in it."""
    import onnx

    from .features import FrozenModel

    frozen = FrozenModel(model)
    source = onnx.load(str(model))
    target.write_bytes(graft(source, head_graph(head, frozen.feature_shapes(), frozen.size)).SerializeToString())
