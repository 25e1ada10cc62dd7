"""Which frames of a clip a data set's protocol takes.

Protocol of the GDKVM re-release (data protocol gdkvm-rerelease-v1-data): uniform with both ends, ties to the even
frame.
"""

from __future__ import annotations

import numpy as np

PROTOCOL_FRAMES = 10


def uniform(total: int, count: int = PROTOCOL_FRAMES) -> list[int]:
    """``count`` distinct frames out of 0 to total - 1, evenly spread, first and last included.

    Raises ValueError where that many distinct frames are not there.
    """
    indices = np.rint(np.linspace(0, total - 1, count)).astype(int).tolist()
    if total < 1 or len(set(indices)) < count:
        raise ValueError(f"{total} frames give fewer than {count} distinct ones")
    return indices


def uniform_cyclic(total: int, start: int, stop: int, count: int = PROTOCOL_FRAMES) -> list[int]:
    """``count`` frames from ``start`` forwards to ``stop``, both included, past the clip's end if need be.

    Neighbours may repeat where the two are close.
    """
    steps = (stop - start) % total
    return (np.rint(np.linspace(start, start + steps, count)).astype(int) % total).tolist()
