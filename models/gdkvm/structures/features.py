"""The features that a head reads, frame by frame out of the graph that ships."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..export.graph import STATE_INPUTS
from .taps import find_taps


class FrozenFrame(NamedTuple):
    """features float32 (channels, rows, columns) in the order of :class:`Features`; probability of the cavity (H, W)"""

    features: tuple[np.ndarray, ...]
    probability: np.ndarray


class FrozenModel:
    """A model's graph with the tensors that a head reads as outputs beside its own."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        import onnx
        import onnxruntime

        model = onnx.load(str(path))
        self.taps = find_taps(model.graph)
        for name in self.taps:
            model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self.shapes = {entry.name: entry.shape for entry in self.session.get_inputs()}

    @property
    def size(self) -> int:
        """Pixels of a side of its picture."""
        return self.shapes["image"][-1]

    def feature_shapes(self) -> list[tuple[int, ...]]:
        """(channels, rows, columns) of the features in their order."""
        frame = self.clip(np.zeros((1, self.size, self.size), np.float32))[0]
        return [part.shape for part in frame.features]

    def clip(self, pictures: np.ndarray) -> list[FrozenFrame]:
        """Every frame of a clip (T, H, W) in [0, 1]."""
        state = {name: np.zeros(self.shapes[name], np.float32) for name in STATE_INPUTS}
        outputs = [*self.taps, "probability", *(f"next_{name}" for name in STATE_INPUTS)]
        frames = []
        for index, picture in enumerate(pictures):
            feeds = {"image": picture[None, None].astype(np.float32), "first_frame": np.float32([index == 0]), **state}
            results = self.session.run(outputs, feeds)
            count = len(self.taps)
            state = dict(zip(STATE_INPUTS, results[count + 1 :]))
            frames.append(FrozenFrame(tuple(part[0] for part in results[:count]), results[count][0, 0]))
        return frames
