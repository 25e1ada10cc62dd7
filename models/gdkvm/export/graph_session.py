"""A graph frame by frame in onnxruntime, on the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .graph import INPUTS, OUTPUTS, STATE_INPUTS

if TYPE_CHECKING:
    import onnxruntime


def session_on_cpu(path: Path, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


GraphState = dict[str, np.ndarray]
"""The state tensors by the name of their input."""


class GraphSession:
    """Raises ValueError for a graph that is none of GDKVM, or has not the output.

    ``output``: of the maps that the graph draws the one that is wanted, by its name in the graph.
    """

    def __init__(self, path: Path, threads: int = 1, output: str = OUTPUTS[0]) -> None:
        self.session = session_on_cpu(path, threads)
        self.shapes = {entry.name: entry.shape for entry in self.session.get_inputs()}
        missing = [name for name in INPUTS if name not in self.shapes]
        if missing:
            raise ValueError(f"{path}: not a GDKVM graph, inputs missing: {', '.join(missing)}")
        if output not in (entry.name for entry in self.session.get_outputs()):
            raise ValueError(f"{path}: the graph has no output {output!r}")
        self.wanted = [output, *OUTPUTS[1:]]

    def start(self) -> GraphState:
        return {name: np.zeros(self.shapes[name], np.float32) for name in STATE_INPUTS}

    def step(self, image: np.ndarray, first: bool, state: GraphState) -> tuple[np.ndarray, GraphState]:
        """image (H, W) in [0, 1] -> probability (H, W), and the state after the frame."""
        feeds = {"image": image[None, None].astype(np.float32), "first_frame": np.float32([first]), **state}
        probability, *after = self.session.run(self.wanted, feeds)
        return probability[0, 0], dict(zip(STATE_INPUTS, after))
