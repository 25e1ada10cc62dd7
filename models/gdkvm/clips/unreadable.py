"""Frames that alone would not show the cavity, drawn at random: numbers only, applied by ``augmentation``.

Their masks stay, so that what the frames around them showed is worth remembering. A burst is what an acquisition shows
where the probe lost contact or a rib or the lung came between: a few frames in a row, with readable ones before them.
"""

from __future__ import annotations

import numpy as np

LEAST_FRAMES = 3  # of a clip with poor frames
READABLE = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
"""Of a frame: blur, brightness, noise, shadow, haze, and gain beyond one."""
BURST = (3, 8)  # frames, both inclusive
LEAST_BEFORE = 2  # readable frames before a burst
PROBE_MOTION = 0.03  # of the picture's side


def poor_frames(rng: np.random.Generator, batch: int, frames: int) -> np.ndarray:
    """In a fifth of the clips, some frames after the first are dim and smeared, shadowed, or noisy. (B, T, 6)"""
    plan = np.tile(np.array(READABLE), (batch, frames, 1))
    if frames >= LEAST_FRAMES:
        for clip in np.nonzero(rng.random(batch) < 0.2)[0]:
            first = int(rng.integers(1, frames))
            part = slice(first, first + int(rng.integers(1, max(2, frames // 2))))
            kind = rng.random()
            if kind < 0.35:
                plan[clip, part, :2] = [1.0, rng.uniform(0.1, 0.6)]
            elif kind < 0.7:
                plan[clip, part, 1:4] = [rng.uniform(0.4, 1.0), 0.0, 1.0]
            else:
                plan[clip, part, 1:3] = [rng.uniform(0.3, 1.0), rng.uniform(0.1, 0.35)]
    return plan


def burst(rng: np.random.Generator, frames: int, warm: int) -> tuple[np.ndarray, np.ndarray]:
    """One clip of ``frames`` of which some in a row cannot be read, none of the first ``warm``: what is done to its
    frames (T, 6), and how far the probe was from where it is held, as x, y in fractions of the side (T, 2)."""
    plan, moved = np.tile(np.array(READABLE), (frames, 1)), np.zeros((frames, 2))
    earliest = max(LEAST_BEFORE, warm)
    if frames - earliest < 1:
        return plan, moved
    length = int(rng.integers(BURST[0], BURST[1] + 1))
    first = int(rng.integers(earliest, max(earliest, frames - BURST[0]) + 1))
    part = slice(first, min(frames, first + length))
    count = part.stop - part.start
    # Within a burst no two frames are lost in the same measure.
    waxing = rng.uniform(0.75, 1.0, count)
    kind = rng.random()
    if kind < 0.25:  # no contact
        plan[part, 1] = 1 - waxing * rng.uniform(0.9, 1.0)
        plan[part, 0] = 1.0
    elif kind < 0.5:  # a rib or the lung between
        plan[part, 3] = waxing
        plan[part, 1] = rng.uniform(0.5, 1.0)
    elif kind < 0.65:
        plan[part, 2] = waxing * rng.uniform(0.3, 1.0)
        plan[part, 1] = rng.uniform(0.1, 0.7)
    elif kind < 0.8:
        plan[part, 4] = waxing * rng.uniform(0.5, 1.2)
        plan[part, 1] = 1 - waxing * rng.uniform(0.0, 0.97)
    elif kind < 0.9:
        plan[part, 5] = waxing * rng.uniform(1.5, 8.0)
    else:  # the probe slips
        plan[part, 0] = 1.0
        plan[part, 1] = 1 - waxing * rng.uniform(0.4, 0.85)
        moved[part] = np.cumsum(rng.normal(0, PROBE_MOTION / 2, (count, 2)), 0).clip(-PROBE_MOTION, PROBE_MOTION)
    return plan, moved
