"""A correction graph frame by frame in onnxruntime, on the CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .correction_graph import CORRECTION_INPUTS, CORRECTION_OUTPUTS, CORRECTION_STATE
from .graph_session import session_on_cpu

GivenState = dict[str, np.ndarray]
"""What was given, by the name of the input."""


class CorrectionSession:
    """Raises ValueError for another graph."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self.session = session_on_cpu(path, threads)
        self.shapes = {entry.name: entry.shape for entry in self.session.get_inputs()}
        missing = [name for name in CORRECTION_INPUTS if name not in self.shapes]
        if missing:
            raise ValueError(f"{path}: not a correction graph, inputs missing: {', '.join(missing)}")

    @property
    def size(self) -> int:
        return int(self.shapes["image"][2])

    def start(self) -> GivenState:
        return {name: np.zeros(self.shapes[name], np.float32) for name in CORRECTION_STATE}

    def step(
        self, image: np.ndarray, found: np.ndarray, given: np.ndarray | None, state: GivenState
    ) -> tuple[np.ndarray, GivenState]:
        """image, found, given (H, W) in [0, 1] -> corrected map (H, W), and the state after the frame."""
        feeds = {
            "image": plane(image),
            "found": plane(found),
            "given": plane(np.zeros_like(found) if given is None else given),
            "is_given": np.float32([given is not None]),
            **state,
        }
        results = dict(zip(CORRECTION_OUTPUTS, self.session.run(list(CORRECTION_OUTPUTS), feeds)))
        return results["probability"][0, 0], {name: results[f"next_{name}"] for name in CORRECTION_STATE}


def plane(values: np.ndarray) -> np.ndarray:
    return values[None, None].astype(np.float32)
