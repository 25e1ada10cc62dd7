"""Convolutions in 8-bit integers: static quantisation, with ranges from training clips run through the model itself.

The recurrence (key-value memory, gates, softmax) and the attention are left in float32: they are three percent of the
work, and their errors would come back with every frame.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..export.graph import STATE_INPUTS
from ..export.stored_weights import store
from ..running.onnx_runner import OnnxRunner

if TYPE_CHECKING:
    import onnx

# What stands between convolutions, so that a chain of them stays in integers.
CHAIN = ("Conv", "Relu", "Add", "MaxPool")


def feeds(runner: OnnxRunner, clips: Sequence[np.ndarray]) -> Iterator[dict[str, np.ndarray]]:
    """Inputs of every frame, the state being what the model itself carries. clips (T, S, S) in [0, 1]."""
    for clip in clips:
        runner.reset()
        for image in clip:
            state = {name: runner.state[name] for name in STATE_INPUTS}
            yield {
                "image": image[None, None].astype(np.float32),
                "first_frame": np.float32([runner.first]),
                **state,
            }
            runner.step(image)


@contextmanager
def without_warnings() -> Iterator[None]:
    """onnxruntime advises preprocessing, which the export has done."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def is_convolution_chain(graph: onnx.GraphProto, node: onnx.NodeProto) -> bool:
    """Whether the operator is a convolution or works on what convolutions give, as residual additions do."""
    if node.op_type == "Conv":
        return True
    if node.op_type not in CHAIN:
        return False
    makers = {output: other for other in graph.node for output in other.output}
    sources = [makers.get(name) for name in node.input]
    return all(source is not None and source.op_type in CHAIN for source in sources)


def in_integers(
    path: Path, clips: Sequence[np.ndarray], *, leave: Sequence[str] = (), reduce_range: bool = True
) -> onnx.ModelProto:
    """The graph at ``path`` with its convolutions in QDQ form, per output channel.

    ``leave`` names parts of node names that stay float32. ``reduce_range`` keeps weights to 7 bits: processors without
    VNNI add pairs of products in 16 bits, which 8 bits overflow.
    """
    import onnx
    from onnxruntime.quantization import (
        CalibrationDataReader,
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Frames(CalibrationDataReader):
        def __init__(self) -> None:
            self.left = feeds(OnnxRunner(path, 1), clips)

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.left, None)

    graph = onnx.load(str(path)).graph
    chosen = [
        node.name
        for node in graph.node
        if is_convolution_chain(graph, node) and not any(part in node.name for part in leave)
    ]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "integers.onnx"
        with without_warnings():
            quantize_static(
                str(path),
                str(target),
                Frames(),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(CHAIN),
                nodes_to_quantize=chosen,
                per_channel=True,
                reduce_range=reduce_range,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
        # The weights that stay in float32 arithmetic are stored in 8 bits too.
        return store(onnx.load(str(target)), "int8")
