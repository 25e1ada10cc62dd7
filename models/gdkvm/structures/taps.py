"""Where a head reads an exported graph: tensors inside of it, told by the weights around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..export.graph_weights import PREFIX, GraphNotUnderstood

if TYPE_CHECKING:
    import onnx

DECODER = f"{PREFIX}mask_decoder"


class Taps(NamedTuple):
    """Names of tensors (1, channels, rows, columns) at stride 16, 16, 8, 4 and 4: the image encoder's last features,
    what the object transformer made of them and the memory, the encoder's finer ones, and the decoder's last."""

    f16: str
    transformed: str
    f8: str
    f4: str
    fine: str


def find_taps(graph: onnx.GraphProto) -> Taps:
    """Raises GraphNotUnderstood for a graph without one of them."""
    shown_to = {node.input[1]: node.input[0] for node in graph.node if node.op_type == "Conv"}
    made_by = {name: node for node in graph.node for name in node.output}
    try:
        sides = {level: shown_to[f"{DECODER}.linear_proj_{level}.weight"] for level in ("f8", "f4")}
        skip = next(
            node for node in graph.node if node.op_type == "Conv" and node.input[1].endswith("linear_proj_f8.weight")
        )
        total = next(node for node in graph.node if node.op_type == "Add" and skip.output[0] in node.input)
        enlarged = next(made_by[name] for name in total.input if name != skip.output[0])
        if enlarged.op_type != "Resize":
            raise GraphNotUnderstood(f"the decoder enlarges by {enlarged.op_type}, not by Resize")
        return Taps(
            f16=shown_to[f"{PREFIX}pix_projector.layer.weight"],
            transformed=enlarged.input[0],
            fine=shown_to[f"{DECODER}.pred.weight"],
            **sides,
        )
    except (KeyError, StopIteration) as error:
        raise GraphNotUnderstood(f"the graph has not the decoder that a head reads: {error!r}") from error
