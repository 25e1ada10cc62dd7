"""Times of other sizes of the small model, with synthetic weights, so that one can be chosen before it is trained."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..export.cost import multiply_adds
from ..export.graph import export_graph
from ..network.config import SMALL, ModelConfig
from ..network.golden import synthetic_network
from ..network.model import parameter_count
from ..running.onnx_runner import OnnxRunner
from .timing import Candidate, round_robin

IMAGE_SIZES = (96, 128, 160, 192)
IMAGE_WIDTHS = (24, 32, 48)
HEAD = ("image size", "width", "parameters", "GMAC", "threads", "ms/frame", "best", "frames/s")


@dataclass(frozen=True)
class SizeRow:
    config: ModelConfig
    parameters: int
    multiply_adds: int
    threads: int
    ms_per_frame: float
    best_ms_per_frame: float

    def cells(self) -> tuple[str, ...]:
        config = self.config
        return (
            str(config.image_size),
            str(config.image_width),
            f"{self.parameters:,}",
            f"{self.multiply_adds / 1e9:.3f}",
            str(self.threads),
            f"{self.ms_per_frame:.2f}",
            f"{self.best_ms_per_frame:.2f}",
            f"{1000 / self.ms_per_frame:.0f}",
        )


def measure_sizes(
    threads: Sequence[int],
    rounds: int,
    repeats: int,
    image_sizes: Sequence[int] = IMAGE_SIZES,
    widths: Sequence[int] = IMAGE_WIDTHS,
    base: ModelConfig = SMALL,
) -> list[SizeRow]:
    """Every image size with every width of the image encoder; the other widths are those of ``base``."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        graphs = {}
        for size in image_sizes:
            for width in widths:
                config = replace(base, image_size=size, image_width=width)
                network = synthetic_network(config)
                path = Path(folder) / f"{size}-{width}.onnx"
                export_graph(network, path)
                graphs[path] = (config, parameter_count(network), multiply_adds(path))
        for count in threads:
            candidates = []
            for path, (config, _, _) in graphs.items():
                image = np.random.default_rng(1).random((config.image_size,) * 2).astype(np.float32)
                runner = OnnxRunner(path, count)
                candidates.append(Candidate(path.stem, lambda runner=runner, image=image: runner.step(image)))
            times = round_robin(candidates, rounds, repeats)
            rows += [
                SizeRow(*graphs[path], count, times[path.stem].median_ms, times[path.stem].best_ms) for path in graphs
            ]
    return rows
