"""Draws a scanner's screen, pixel for pixel as ``test/unit/inference/scanner-screen.ts`` does."""

from __future__ import annotations

from typing import Any

import numpy as np


def noise(x: np.ndarray, y: np.ndarray, frame: int) -> np.ndarray:
    """A hash in 0...1 that looks like speckle."""
    x, y = x.astype(np.uint32), y.astype(np.uint32)
    value = x * np.uint32(374761393) ^ y * np.uint32(668265263) ^ np.uint32((frame + 1) * 2246822519 % 2**32)
    value = (value ^ (value >> np.uint32(13))) * np.uint32(1274126177)
    return (value ^ (value >> np.uint32(16))) / 2**32


def screen_frames(options: dict[str, Any]) -> np.ndarray:
    """RGB frames (T, H, W, 3) uint8: speckle that moves in a fan and, around it, what scanners draw."""
    return np.stack([screen_frame(options, frame) for frame in range(options["frames"])])


def screen_frame(options: dict[str, Any], frame: int) -> np.ndarray:
    rows, columns, apex = options["rows"], options["columns"], options["apex"]
    y, x = np.mgrid[0:rows, 0:columns]
    depth = np.hypot(x - apex[0], y - apex[1])
    angle = np.abs(np.arctan2(x - apex[0], y - apex[1]))
    lit = (depth >= options["nearRadius"]) & (depth <= options["radius"]) & (angle <= options["litAngle"])
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[lit] = (10 + 50 * noise(x >> 1, y >> 1, frame))[lit].astype(np.uint8)[:, None]
    if not options["overlays"]:
        return picture

    def rectangle(left: int, top: int, width: int, height: int, level: int | tuple[int, int, int]) -> None:
        picture[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)] = level

    rectangle(0, 0, columns, 24, 60)
    for line in range(9):
        for letter in range(7):
            level = 120 + 100 * (frame % 2) if line == 2 and letter > 4 else 220
            left, top = columns - 90 + letter * 12, 60 + line * 20
            rectangle(left, top, 2, 12, level)
            rectangle(left, top, 8, 2, level)
            rectangle(left, top + 6, 6, 2, level)
    for level in range(150):
        rectangle(8, 60 + level, 12, 1, 255 - level)
    rectangle(apex[0] + 40, 30, 14, 14, 180)
    for top in range(40, rows - 70, 30):
        rectangle(columns - 110, top, 6, 1, 200)
    now = int((frame + 1) / options["frames"] * columns * 0.9 + 0.5)
    for column in range(20, now):
        beat = 30 if column % 150 < 8 else 0
        rectangle(column, rows - 20 - beat, 1, beat + 2, (40, 200, 60))
    rectangle(now, rows - 60, 4, 55, 255)
    return picture
