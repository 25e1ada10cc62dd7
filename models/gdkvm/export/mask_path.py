"""Whether a graph heeds the mask that it is given: a correction can only be carried by a memory that does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .graph import INPUTS, OUTPUTS, STATE_INPUTS

WAYS = ("displacement", "memory")
"""How a corrected contour comes to other frames: moved as the reader moved it, or through the recurrent state."""
LEAST_SENSITIVITY = 0.01
FRAMES = 4


def mask_sensitivity(graph: Path) -> float:
    """How much of the key-value memory that a frame leaves behind depends on the mask given before it.

    The largest root mean square difference between the memories after an empty, a full and a half mask, as a share of
    the memory's own root mean square. 0: the mask encoder is dead.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    shapes = {entry.name: entry.shape for entry in session.get_inputs()}
    rng = np.random.default_rng(0)
    state = {name: np.zeros(shapes[name], np.float32) for name in STATE_INPUTS}

    def step(before: dict[str, np.ndarray], first: bool, image: np.ndarray) -> dict[str, np.ndarray]:
        feeds = {"image": image, "first_frame": np.float32([first]), **before}
        results = dict(zip(OUTPUTS, session.run(list(OUTPUTS), feeds)))
        return {name: results[f"next_{name}"] for name in STATE_INPUTS}

    assert set(INPUTS) <= set(shapes)
    images = [rng.random(shapes["image"], np.float32) for _ in range(FRAMES)]
    for index, image in enumerate(images[:-1]):
        state = step(state, index == 0, image)
    empty = np.zeros(shapes["mask"], np.float32)
    half = empty.copy()
    half[:, :, : half.shape[2] // 2] = 1
    memories = [step({**state, "mask": mask}, False, images[-1])["state"] for mask in (empty, half, empty + 1)]
    size = max(float(np.sqrt(np.mean(memory**2))) for memory in memories)
    apart = max(float(np.sqrt(np.mean((memory - memories[0]) ** 2))) for memory in memories[1:])
    return apart / size if size > 0 else 0.0


def check_way(way: str | None, graph: Path) -> None:
    """Raises ValueError for a way that there is not, and for "memory" where the graph's memory heeds no mask."""
    if way is not None and way not in WAYS:
        raise ValueError(f"propagation {way!r}: expected one of {', '.join(WAYS)}")
    if way != "memory":
        return
    found = mask_sensitivity(graph)
    if found < LEAST_SENSITIVITY:
        raise ValueError(
            f"{graph}: its memory hardly depends on the mask that it is given (by {found:.2g} of itself, at least "
            f'{LEAST_SENSITIVITY:g} is wanted), so that it cannot carry corrections; say propagation "displacement"'
        )
