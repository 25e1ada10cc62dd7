"""Runs an exported graph frame by frame in onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..export.graph import INPUTS, OUTPUTS, STATE_INPUTS


class OnnxRunner:
    """Holds the recurrent state between frames."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.shapes = {entry.name: entry.shape for entry in self.session.get_inputs()}
        missing = [name for name in INPUTS if name not in self.shapes]
        if missing:
            raise ValueError(f"{path}: not a GDKVM graph, inputs missing: {', '.join(missing)}")
        self.state: dict[str, np.ndarray] = {}
        self.reset()

    def reset(self) -> None:
        self.state = {name: np.zeros(self.shapes[name], np.float32) for name in STATE_INPUTS}
        self.first = True

    def step(self, image: np.ndarray) -> np.ndarray:
        """image (H, W) in [0, 1] -> probability (H, W)."""
        feeds = {"image": image[None, None].astype(np.float32), "first_frame": np.float32([self.first]), **self.state}
        results = dict(zip(OUTPUTS, self.session.run(list(OUTPUTS), feeds)))
        self.state = {name: results[f"next_{name}"] for name in STATE_INPUTS}
        self.first = False
        return results["probability"][0, 0]

    def clip(self, images: np.ndarray) -> np.ndarray:
        """images (T, H, W) in [0, 1], from a fresh state -> probabilities (T, H, W)."""
        self.reset()
        return np.stack([self.step(image) for image in images])
