"""The floor: how fast these cores multiply large matrices, in each precision.

A frame cannot take less than its multiply-adds at that rate, whatever the runtime does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SIDE = 2048


def in_onnxruntime(threads: int, integers: bool) -> Callable[[], object]:
    """A SIDE x SIDE product in onnxruntime: fp32, or unsigned by signed bytes into 32 bits."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    kinds = (TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32) if integers else (TensorProto.FLOAT,) * 3
    left, right, product = (helper.make_tensor_value_info(name, kind, [SIDE, SIDE]) for name, kind in zip("abc", kinds))
    node = helper.make_node("MatMulInteger" if integers else "MatMul", ["a", "b"], ["c"])
    model = helper.make_model(
        helper.make_graph([node], "product", [left, right], [product]), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    if integers:
        # Weights of 7 bits, as processors without VNNI need them.
        feeds = {
            "a": rng.integers(0, 256, (SIDE, SIDE)).astype(np.uint8),
            "b": rng.integers(-64, 65, (SIDE, SIDE)).astype(np.int8),
        }
    else:
        feeds = {name: rng.standard_normal((SIDE, SIDE)).astype(np.float32) for name in "ab"}
    return lambda: session.run(None, feeds)


def in_pytorch(threads: int) -> Callable[[], object]:
    """The same product as a 1 x 1 convolution, which oneDNN computes: torch.matmul may go to a library that keeps
    threads of its own."""
    import torch
    from torch.nn.functional import conv2d

    pictures, weights = torch.rand(1, SIDE, 32, SIDE // 32), torch.rand(SIDE, SIDE, 1, 1)

    def run() -> object:
        torch.set_num_threads(threads)
        with torch.no_grad():
            return conv2d(pictures, weights)

    return run


def gigaflops(milliseconds: float, multiply_adds: float = SIDE**3) -> float:
    """Thousand million multiplications and additions per second."""
    return 2 * multiply_adds / milliseconds / 1e6
