"""Runs an exported graph frame by frame in onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..export.graph_session import GraphSession


class OnnxRunner:
    """Holds the recurrent state between frames. ``threads``: 0 for as many as there are cores; ``output``: name of the
    map that is wanted."""

    def __init__(self, path: Path, threads: int = 0, output: str = "probability") -> None:
        self.session = GraphSession(path, threads, output)
        self.reset()

    def reset(self) -> None:
        self.state = self.session.start()
        self.first = True

    def step(self, image: np.ndarray) -> np.ndarray:
        """image (H, W) in [0, 1] -> probability (H, W)."""
        probability, self.state = self.session.step(image, self.first, self.state)
        self.first = False
        return probability

    def clip(self, images: np.ndarray) -> np.ndarray:
        """images (T, H, W) in [0, 1], from a fresh state -> probabilities (T, H, W)."""
        self.reset()
        return np.stack([self.step(image) for image in images])
