"""Speed of a model folder's graph beside PyTorch eager and a large matrix product on the same threads."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from .cost import multiply_adds
from .export import export_graph
from .model import GDKVM
from .onnx_runner import OnnxRunner

MATRIX = 2048


def matrix_product(threads: int) -> Callable[[], object]:
    """A large fp32 matrix product in onnxruntime."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    shape = [MATRIX, MATRIX]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["a", "b"], ["c"])],
        "product",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "ab"],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {name: np.random.default_rng(0).standard_normal(shape).astype(np.float32) for name in "ab"}
    return lambda: session.run(None, feeds)


def timed(run: Callable[[], object], repeats: int) -> float:
    """Median seconds."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds))


def benchmark(model: GDKVM, threads: int, rounds: int = 3, repeats: int = 7) -> list[str]:
    """Lines to print. The candidates alternate, so that all see the same load of the machine."""
    torch.set_num_threads(threads)
    model = model.eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_graph(model, path)
        work = 2 * multiply_adds(path)
        runner = OnnxRunner(path, threads)
    size = model.config.image_size
    picture = np.random.default_rng(1).random((size, size)).astype(np.float32)
    tensor = torch.from_numpy(picture)[None, None]
    state = model.start()
    left, right = torch.rand(MATRIX, MATRIX), torch.rand(MATRIX, MATRIX)
    product = matrix_product(threads)

    def eager() -> None:
        with torch.no_grad():
            model.step(tensor, state, 0.0)

    candidates: dict[str, Callable[[], object]] = {
        "onnx": lambda: runner.step(picture),
        "eager": eager,
        "product": product,
        "torch product": lambda: left @ right,
    }
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for run in candidates.values():
        run()
    for _ in range(rounds):
        for name, run in candidates.items():
            seconds[name].append(timed(run, repeats))
    median = {name: float(np.median(values)) for name, values in seconds.items()}
    speed = {name: work / median[name] / 1e9 for name in ("onnx", "eager")}
    large = {name: 2 * MATRIX**3 / median[name] / 1e9 for name in ("product", "torch product")}
    best = max(large.values())
    return [
        f"{size} x {size}, {work / 2e9:.2f} G multiply-adds per frame, {threads} threads, fp32",
        f"onnxruntime     {median['onnx'] * 1e3:8.1f} ms per frame  {speed['onnx']:7.1f} GFLOP/s",
        f"PyTorch eager   {median['eager'] * 1e3:8.1f} ms per frame  {speed['eager']:7.1f} GFLOP/s",
        f"matrix product  {MATRIX}^3: onnxruntime {large['product']:.1f}, PyTorch {large['torch product']:.1f} GFLOP/s",
        f"onnxruntime reaches {100 * speed['onnx'] / best:.0f} % of the faster product "
        f"and is {median['eager'] / median['onnx']:.2f} times as fast as PyTorch eager",
    ]
