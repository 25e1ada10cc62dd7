"""Whole pictures of a scanner, with and without a spectrum or an M-mode beside the small picture.

Levels in 0 to 255, float.
"""

from __future__ import annotations

import numpy as np

from ..sector.resize import resize


def spectrum(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Velocities over time about a base line: filled or hollow envelopes of two or three waves a beat."""
    y = np.linspace(0, 1, rows)[:, None]
    time = np.linspace(0, rng.uniform(1.5, 7), columns)[None] + rng.random()
    base = rng.uniform(0.12, 0.88)
    shown = np.zeros((rows, columns))
    for _ in range(rng.integers(1, 4)):
        centre, width, height = rng.random(), rng.uniform(0.05, 0.22), rng.uniform(0.08, 0.75)
        up = rng.random() < 0.5
        room = (base if up else 1 - base) * height
        phase = ((time - centre + 0.5) % 1 - 0.5) / width
        beat = 1 + 0.08 * np.sin(time * 2.1 + rng.random() * 6)
        envelope = np.exp(-0.5 * np.abs(phase) ** rng.uniform(1.5, 3)) * room * beat
        depth = ((base - y) if up else (y - base)) / np.maximum(envelope, 1e-6)
        inside = (depth > 0) & (depth < 1)
        hollow = rng.uniform(0, 1)
        shown = np.maximum(shown, inside * (1 - hollow + hollow * np.clip(depth, 0, 1) ** 3))
        shown = np.maximum(shown, np.exp(-(((depth - 1) * envelope / 0.02) ** 2)) * (envelope > 0.02) * 0.7)
    grain = rng.gamma(rng.uniform(1.2, 4), 1.0, (rows, columns))
    shown = shown * grain / grain.mean() + rng.uniform(0, 0.12) * grain / grain.mean()
    shown += np.exp(-(((y - base) * rows / rng.uniform(0.6, 4)) ** 2)) * rng.uniform(0.2, 1.0)
    return np.clip(shown * rng.uniform(90, 260), 0, 255)


def m_mode(rng: np.random.Generator, rows: int, columns: int, line: np.ndarray) -> np.ndarray:
    """A line of a picture over time: echoes that move with the beat, more or less according to their depth."""
    time = np.linspace(0, rng.uniform(1.5, 7), columns)[None] + rng.random()
    y = np.linspace(0, 1, rows)[:, None]
    motion = np.zeros((rows, columns))
    for _ in range(3):
        centre, width = rng.random(), rng.uniform(0.2, 0.45)
        beat = np.exp(-0.5 * (((time - rng.random() + 0.5) % 1 - 0.5) / rng.uniform(0.06, 0.2)) ** 2)
        motion += rng.normal(0, 0.05) * beat * np.exp(-0.5 * ((y - centre) / width) ** 2)
    at = np.clip(y + motion, 0, 1) * (len(line) - 1)
    shown = np.interp(at.ravel(), np.arange(len(line)), line).reshape(rows, columns)
    bands = np.interp(at.ravel() / (len(line) - 1), np.linspace(0, 1, 24), rng.gamma(1.0, 1.0, 24)).reshape(
        rows, columns
    )
    shown = shown * 0.7 + 60 * bands * rng.uniform(0, 1.5)
    grain = rng.gamma(4, 0.25, (rows, columns))
    grain = (grain + np.roll(grain, 1, 1) + np.roll(grain, 2, 1)) / 3
    return np.clip(shown * grain * rng.uniform(0.6, 1.6), 0, 255)


def strip(rng: np.random.Generator, rows: int, columns: int, picture: np.ndarray) -> np.ndarray:
    """Either of them, with the lines, letters and marks that a scanner puts over it."""
    if rng.random() < 0.55:
        shown = spectrum(rng, rows, columns)
    else:
        column = picture[:, int(len(picture) * rng.uniform(0.35, 0.65))]
        shown = m_mode(rng, rows, columns, np.convolve(column, np.ones(3) / 3, "same"))
    if rng.random() < 0.2:  # not all of it written yet
        shown[:, int(columns * rng.uniform(0.3, 0.95)) :] = 0
    if rng.random() < 0.4:
        for row in np.linspace(0, rows - 1, rng.integers(3, 9)).astype(int):
            shown[row, :: rng.integers(1, 5)] = rng.uniform(60, 200)
    if rng.random() < 0.4:
        shown[[0, -1]] = shown[:, [0, -1]] = rng.uniform(60, 220)
    return shown


def letters(rng: np.random.Generator, canvas: np.ndarray) -> None:
    """Text, a grey bar, ticks and an ECG around the picture, in place."""
    size = len(canvas)
    level = rng.uniform(90, 255)
    for _ in range(rng.integers(0, 9)):
        rows, columns = rng.integers(1, 4), rng.integers(4, 34)
        top = int(rng.integers(0, size - rows) if rng.random() < 0.5 else rng.choice([2, 6, 10, size - 8]))
        left = int(rng.choice([1, rng.integers(0, 12), size - columns - 1]))
        block = (rng.random((rows, columns)) < 0.55) * level
        part = canvas[top : top + rows, left : left + columns]
        np.maximum(part, block[: part.shape[0], : part.shape[1]], out=part)
    if rng.random() < 0.5:
        top, height, left = rng.integers(2, size // 2), rng.integers(20, 60), rng.choice([2, size - 6])
        part = canvas[top : top + height, left : left + 3]
        part[:] = np.linspace(255, 0, len(part))[:, None]
    if rng.random() < 0.6:
        columns = np.arange(int(size * rng.uniform(0.05, 0.5)), int(size * rng.uniform(0.6, 1.0)))
        beat = (columns / size * rng.uniform(1, 6) + rng.random()) % 1
        height = np.exp(-(((beat - 0.5) / 0.03) ** 2)) * rng.uniform(3, 14) + rng.normal(0, 0.3, len(columns))
        rows = np.clip(size * rng.uniform(0.86, 0.99) - height, 0, size - 1).astype(int)
        canvas[rows, columns] = np.maximum(canvas[rows, columns], level)
    if rng.random() < 0.2:
        row = rng.integers(0, size)
        canvas[row] = np.maximum(canvas[row], level * 0.7)


def paste(canvas: np.ndarray, shown: np.ndarray, top: int, left: int) -> None:
    part = canvas[top : top + shown.shape[0], left : left + shown.shape[1]]
    np.maximum(part, shown[: part.shape[0], : part.shape[1]], out=part)


def screen(rng: np.random.Generator, picture: np.ndarray, size: int, with_strip: bool) -> np.ndarray:
    """A whole picture (size, size) around a sector's (S, S), squeezed as whole pictures are."""
    canvas = np.zeros((size, size))
    if not with_strip:
        if rng.random() < 0.25:
            rows, columns = size, size
        else:
            rows, columns = (int(size * rng.uniform(0.5, 1.0)) for _ in range(2))
        top, left = int(rng.integers(0, size - rows + 1)), int(rng.integers(0, size - columns + 1))
        paste(canvas, resize(picture, rows, columns), top, left)
        if rng.random() < 0.12:  # two pictures side by side
            canvas = resize(canvas, size, size // 2).repeat(2, 1)[:, :size]
            canvas = np.concatenate([resize(canvas, size, size // 2)] * 2, 1)
        letters(rng, canvas)
        return canvas
    kind = rng.random()
    if kind < 0.82:  # below the small picture
        split = int(size * rng.uniform(0.16, 0.62))
        rows = int(split * rng.uniform(0.75, 1.0))
        columns = int(np.clip(rows * rng.uniform(0.7, 1.5), 12, size))
        if rng.random() < 0.92:
            left = int(np.clip((size - columns) * rng.normal(0.5, 0.15), 0, size - columns))
            paste(canvas, resize(picture, rows, columns), int((split - rows) * rng.random()), left)
        bottom = (
            int(size * rng.uniform(0.88, 1.0))
            if rng.random() < 0.7
            else int(min(size, split + size * rng.uniform(0.25, 0.5)))
        )
        first, last = int(size * rng.uniform(0, 0.12)), int(size * rng.uniform(0.86, 1.0))
        paste(canvas, strip(rng, max(12, bottom - split), last - first, picture), split, first)
    elif kind < 0.94:  # beside it
        split = int(size * rng.uniform(0.3, 0.55))
        paste(canvas, resize(picture, int(size * rng.uniform(0.4, 0.9)), split), int(size * rng.uniform(0, 0.15)), 0)
        top = int(size * rng.uniform(0.02, 0.2))
        paste(canvas, strip(rng, int(size * rng.uniform(0.6, 0.8)), size - split - 4, picture), top, split + 2)
    else:  # alone
        canvas = strip(rng, size, size, picture)
    letters(rng, canvas)
    return canvas
