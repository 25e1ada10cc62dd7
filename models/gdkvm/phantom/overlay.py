"""What a scanner draws around and over the sector: text, grey bar, depth ticks, marks and the ECG with its cursor.

Colours are given as the grey they become.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .heart import Heart
from .lettering import lettered
from .rhythm import Rhythm

WORDS = ("ADULT", "CARDIAC", "GEN", "PEN", "RES", "HGEN", "FUNDAMENTAL", "STORE", "FREEZE", "LOOP", "ECHO LAB", "TIS")


@dataclass(frozen=True)
class Place:
    """The sector's box in the picture, in pixels, and millimetres per pixel."""

    top: int
    left: int
    rows: int
    columns: int
    spacing: float


@dataclass(frozen=True)
class Screen:
    """One layout: which marks are shown is drawn with the place."""

    rows: int
    columns: int
    place: Place


def draw_screen(
    rng: np.random.Generator, box: tuple[float, float, float, float], rows: int | None, columns: int | None
) -> Screen:
    """box in mm: left, right, top, bottom of the sector."""
    if rows is None:
        rows = int(rng.choice([240, 288, 300, 360, 400, 434, 480]))
    if columns is None:
        columns = int(rows * rng.choice([1.25, 4 / 3, 1.5, 1.6]))
    wide, tall = box[1] - box[0], box[3] - box[2]
    share = rng.uniform(0.7, 0.97)
    spacing = max(tall / (share * rows), wide / (rng.uniform(0.8, 1.0) * columns))
    height, width = round(tall / spacing), round(wide / spacing)
    top = int(np.clip(rng.normal(0.4, 0.25), 0, 1) * (rows - height))
    left = int(np.clip(rng.normal(0.5, 0.2), 0, 1) * (columns - width))
    return Screen(rows, columns, Place(top, left, height, width, spacing))


def put(picture: np.ndarray, mask: np.ndarray, row: int, column: int, grey: int) -> None:
    """Draws a mask; what lies outside the picture is cut."""
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + mask.shape[0], picture.shape[0]), min(column + mask.shape[1], picture.shape[1])
    if bottom > top and right > left:
        part = mask[top - row : bottom - row, left - column : right - column]
        picture[top:bottom, left:right][part] = grey


def write(picture: np.ndarray, text: str, row: int, column: int, grey: int, scale: int = 1) -> None:
    put(picture, lettered(text, scale), row, column, grey)


def ecg_voltage(since: np.ndarray, length: np.ndarray, kick: float) -> np.ndarray:
    """A lead II beat from the seconds since the R wave and the beat's length, R wave 1."""

    def wave(centre: np.ndarray | float, width: float, height: float) -> np.ndarray:
        return height * np.exp(-0.5 * ((since - centre) / width) ** 2)

    p_wave = wave(length - 0.16, 0.024, 0.14 if kick else 0.0)
    before = wave(length - 0.025, 0.008, -0.1) + wave(length, 0.01, 1.0)
    return wave(0, 0.01, 1) + wave(0.028, 0.009, -0.22) + wave(0.27, 0.045, 0.24) + p_wave + before


class Overlay:
    """Draws one layout, chosen by the seed, on pictures (T, rows, columns) uint8 in place."""

    def __init__(self, rng: np.random.Generator, screen: Screen, heart: Heart, rhythm: Rhythm, depth: float) -> None:
        self.rng, self.screen, self.heart, self.rhythm, self.depth = rng, screen, heart, rhythm, depth
        self.grey = int(rng.integers(150, 256))
        self.scale = 1 if screen.rows < 420 or rng.random() < 0.5 else 2

    def draw(self, pictures: np.ndarray) -> None:
        rng = self.rng
        still = np.zeros(pictures.shape[1:], np.uint8)
        shown = rng.random(6) < (0.85, 0.75, 0.85, 0.6, 0.35, 0.75)
        if shown[4]:
            self.header(still)
        if shown[0]:
            self.text(still)
        if shown[1]:
            self.grey_bar(still)
        if shown[2]:
            self.ticks(still)
        if shown[3]:
            self.orientation_mark(still)
        np.maximum(pictures, still, out=pictures)
        if shown[5]:
            self.ecg(pictures)

    def header(self, still: np.ndarray) -> None:
        rng, height = self.rng, int(self.rng.integers(10, 28))
        edge = slice(0, height) if rng.random() < 0.75 else slice(-height, None)
        still[edge] = int(rng.integers(20, 70))
        row = 2 if edge.start == 0 else still.shape[0] - height + 2
        write(still, f"{rng.integers(10**4, 10**6)}-{rng.integers(1, 30)}", row, 4, self.grey, self.scale)
        date = f"{rng.integers(1, 29)} {rng.choice(['JAN', 'APR', 'JUL', 'OCT'])} {rng.integers(0, 30):02d}"
        write(still, date, row, still.shape[1] - 80, self.grey, self.scale)

    def text(self, still: np.ndarray) -> None:
        rng, step = self.rng, 10 * self.scale
        corners = [(side, band) for side in (0, 1) for band in (0.04, 0.35, 0.65)]
        for corner in rng.permutation(len(corners))[: int(rng.integers(1, 4))]:
            side, band = corners[corner]
            column = int(rng.integers(3, 30)) if side == 0 else still.shape[1] - int(rng.integers(50, 90)) * self.scale
            row = int((band + rng.uniform(0, 0.06)) * still.shape[0])
            for _ in range(int(rng.integers(1, 6))):
                value = rng.integers(1, 100)
                lines = (
                    *(f"{value} DB", f"G {value}", f"MI {value / 60:.1f}", f"FR {value} HZ", f"{value}%"),
                    *(f"T{value % 3}/ {value % 2}/ {value % 5}", f"{value % 4 + 1}.{value % 10} MHZ"),
                    *(f"HR {self.heart.heart_rate:.0f}", f"{self.depth / 10:.1f} CM", WORDS[value % len(WORDS)]),
                )
                write(still, lines[int(rng.integers(len(lines)))], row, column, self.grey, self.scale)
                row += step

    def grey_bar(self, still: np.ndarray) -> None:
        rng = self.rng
        height, width = int(rng.uniform(0.2, 0.6) * still.shape[0]), int(rng.integers(5, 14))
        row = int(rng.uniform(0.03, 0.4) * still.shape[0])
        column = int(rng.integers(2, 14)) if rng.random() < 0.6 else still.shape[1] - width - int(rng.integers(2, 14))
        ramp = np.linspace(255, 0, height)
        if rng.random() < 0.4:
            ramp = np.round(ramp / 17) * 17
        bar = still[row : row + height, column : column + width]
        bar[:] = ramp[: len(bar), None].astype(np.uint8)

    def ticks(self, still: np.ndarray) -> None:
        """Every centimetre: dots along the sector's side or a ruler beside it; every fifth is larger."""
        rng, place = self.rng, self.screen.place
        along_side = rng.random() < 0.4
        both = along_side and rng.random() < 0.5
        column = place.left + place.columns + int(rng.integers(3, 16)) if rng.random() < 0.5 else still.shape[1] - 8
        half = place.columns / 2
        for centimetre in range(int(self.depth / 10) + 1):
            row = place.top + round(centimetre * 10 / place.spacing)
            large = centimetre % 5 == 0
            if along_side:
                out = min(row - place.top, place.rows) / place.rows * half * 1.04 + 5
                for side in (-1, 1) if both else (1,):
                    put(
                        still,
                        np.ones((2, 3 if large else 2), bool),
                        row,
                        int(place.left + half + side * out),
                        self.grey,
                    )
            else:
                wide = 7 if large else 4
                put(still, np.ones((1, wide), bool), row, min(column, still.shape[1] - 1) - wide, self.grey)
                if large and centimetre and rng.random() < 0.8:
                    write(still, str(centimetre), row - 3, min(column, still.shape[1]) - 8 - 14, self.grey)

    def orientation_mark(self, still: np.ndarray) -> None:
        rng, place = self.rng, self.screen.place
        side = int(rng.choice([-1, 1]))
        row = max(place.top + int(rng.integers(-2, 12)), 1)
        column = place.left + place.columns // 2 + side * int(rng.uniform(0.08, 0.25) * place.columns)
        size = int(rng.integers(5, 12))
        disk = np.hypot(*np.mgrid[-size : size + 1, -size : size + 1] / size)
        mark = (disk < 1) & (disk > 0.7) if rng.random() < 0.4 else lettered(str(rng.choice(["V", "P", "M"])), 2)
        put(still, mark, row, column, int(rng.integers(110, 230)))

    def ecg(self, pictures: np.ndarray) -> None:
        """The trace of the clip, with a cursor that moves or a sweep that uncovers it."""
        rng, rhythm = self.rng, self.rhythm
        frames, rows, columns = pictures.shape
        left, right = int(rng.uniform(0, 0.15) * columns), int(rng.uniform(0.55, 1.0) * columns)
        height = rng.uniform(0.05, 0.13) * rows
        base = int(rows - rng.uniform(0.02, 0.06) * rows)
        times = rhythm.frame_times
        span = max(times[-1] - times[0], 0.8) * rng.uniform(1.0, 1.5)
        across = np.arange(left, right)
        time = times[0] + (across - left) / max(len(across) - 1, 1) * span
        beat = rhythm.beat_of(time)
        start, length = rhythm.r_waves[beat], np.diff(rhythm.r_waves)[beat]
        level = base - height * ecg_voltage(time - start, length, rhythm.atrial_kick) + rng.normal(0, 0.25, len(across))
        trace = np.zeros((rows, columns), bool)
        previous = np.concatenate([level[:1], level[:-1]])
        upper = np.clip(np.floor(np.minimum(level, previous)), 0, rows - 1).astype(int)
        lower = np.clip(np.ceil(np.maximum(level, previous)), 0, rows - 1).astype(int)
        for column, top, bottom in zip(across, upper, lower):
            trace[top : bottom + 1, column] = True
        sweep = rng.random() < 0.35
        grey, cursor_grey = int(rng.integers(120, 240)), int(rng.integers(180, 256))
        for frame in range(frames):
            now = left + int((times[frame] - times[0]) / span * max(len(across) - 1, 1))
            shown = trace.copy()
            if sweep:
                shown[:, now + 1 :] = False
            pictures[frame][shown] = grey
            top = max(int(base - 1.15 * height), 0)
            pictures[frame, top : base + 3, min(now, columns - 1)] = cursor_grey
