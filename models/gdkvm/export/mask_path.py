"""Whether a graph heeds the mask that it is given: a correction can only be carried by a memory that does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .graph_session import GraphSession

WAYS = ("displacement", "memory")
"""How a corrected contour comes to other frames: moved as the reader moved it, or through the recurrent state."""
LEAST_SENSITIVITY = 0.01
FRAMES = 4


def mask_sensitivity(graph: Path) -> float:
    """How much of the key-value memory that a frame leaves behind depends on the mask given before it.

    The largest root mean square difference between the memories after an empty, a full and a half mask, as a share of
    the memory's own root mean square. 0: the mask encoder is dead.
    """
    session = GraphSession(graph)
    rng = np.random.default_rng(0)
    state = session.start()
    images = [rng.random(session.shapes["image"][2:], np.float32) for _ in range(FRAMES)]
    for index, image in enumerate(images[:-1]):
        _, state = session.step(image, index == 0, state)
    empty = np.zeros_like(state["mask"])
    half = empty.copy()
    half[:, :, : half.shape[2] // 2] = 1
    given = [{**state, "mask": mask} for mask in (empty, half, empty + 1)]
    memories = [session.step(images[-1], False, before)[1]["state"] for before in given]
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
