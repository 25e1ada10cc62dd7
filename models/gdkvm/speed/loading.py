"""Time from file to a session that can run, and graphs that onnxruntime optimised beforehand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def optimise_offline(source: Path, target: Path, *, for_this_processor: bool) -> None:
    """Saves what onnxruntime makes of a graph. ``for_this_processor`` includes memory layouts that others may lack."""
    import onnxruntime

    levels = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if for_this_processor else levels.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def load_ms(graphs: Mapping[str, Path], threads: int, rounds: int) -> dict[str, float]:
    """Median milliseconds to make a session from each file, in turn."""
    import onnxruntime

    taken: dict[str, list[float]] = {name: [] for name in graphs}
    for _ in range(rounds):
        for name, path in graphs.items():
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.log_severity_level = 3
            started = time.perf_counter()
            onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            taken[name].append(1000 * (time.perf_counter() - started))
    return {name: float(np.median(values)) for name, values in taken.items()}
