"""What spoils echo pictures, in known amounts: used to see what a model does with them, never to train it.

Clips are (T, H, W) in [0, 1]; black stays black outside the sector. ``strength`` runs from 0 (nothing) to 1 (hard to
read even for people).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from ..sector import Box

Clip = np.ndarray
BLACK = 2 / 255  # darker pixels count as outside the sector


def noise(rng: np.random.Generator, clip: Clip, strength: float) -> Clip:
    """Speckle-like and additive noise, new in every frame."""
    grain = ndimage.gaussian_filter(rng.standard_normal(clip.shape), (0, 0.7, 0.7)) * 2.2
    return clip * (1 + 0.8 * strength * grain) + 0.15 * strength * grain * (clip > BLACK)


def shadow(rng: np.random.Generator, clip: Clip, strength: float) -> Clip:
    """One or two dark wedges from the probe, as of ribs or lung."""
    height, width = clip.shape[1:]
    y, x = np.mgrid[0:height, 0:width]
    bearing = ((x + 0.5) / width - 0.5) / ((y + 0.5) / height + 0.08)
    kept = np.ones((height, width))
    for _ in range(rng.integers(1, 3)):
        centre, spread = rng.uniform(-0.6, 0.6), rng.uniform(0.05, 0.12 + 0.2 * strength)
        kept *= 1 - (0.4 + 0.6 * strength) * np.exp(-0.5 * ((bearing - centre) / spread) ** 2)
    return clip * kept


def dark(_: np.random.Generator, clip: Clip, strength: float) -> Clip:
    """Too little gain: weak echoes drown."""
    return np.clip(clip * (1 - 0.5 * strength) - 0.12 * strength, 0, 1) ** (1 + 0.8 * strength)


def bright(_: np.random.Generator, clip: Clip, strength: float) -> Clip:
    """Too much gain: strong echoes saturate, blood is grey."""
    return clip * (1 + 1.5 * strength) + 0.12 * strength * (clip > BLACK)


def haze(rng: np.random.Generator, clip: Clip, strength: float) -> Clip:
    """Reverberation and clutter that veil the near field, and a thin veil over all of it."""
    height, width = clip.shape[1:]
    depth = (np.arange(height) + 0.5)[:, None] / height
    veil = ndimage.gaussian_filter(rng.random((height, width)), 2.0)
    veil = (veil - veil.min()) / max(float(np.ptp(veil)), 1e-9)
    return clip + strength * (0.7 * np.exp(-depth / 0.35) * veil + 0.15) * (clip > BLACK)


def blur(_: np.random.Generator, clip: Clip, strength: float) -> Clip:
    """A wide beam: smeared sideways more than in depth."""
    size = clip.shape[2] / 112
    return ndimage.gaussian_filter(clip, (0, 1.2 * strength * size, 3.5 * strength * size))


KINDS: dict[str, Callable[[np.random.Generator, Clip, float], Clip]] = {
    "noise": noise,
    "shadow": shadow,
    "dark": dark,
    "bright": bright,
    "haze": haze,
    "blur": blur,
}


def degrade(rng: np.random.Generator, clip: Clip, kind: str, strength: float) -> Clip:
    """The clip spoiled in one way, in 8-bit steps as a frame would be: (T, H, W) float32 in [0, 1]."""
    spoiled = np.clip(KINDS[kind](rng, clip.astype(np.float64), strength), 0, 1)
    return (np.round(spoiled * 255) / 255).astype(np.float32)


def passing_trouble(rng: np.random.Generator, clip: Clip) -> Clip:
    """Noise all along, and dropout that comes and goes: some spans of frames lose a wedge or nearly all contrast.

    The neighbours in time still show what these frames do not, which is what a memory is for.
    """
    out = degrade(rng, clip, "noise", rng.uniform(0.2, 0.7))
    for start in range(0, len(clip), 8):
        if rng.random() < 0.6:
            span = slice(start + int(rng.integers(0, 4)), start + int(rng.integers(4, 8)))
            if len(out[span]):
                out[span] = degrade(rng, out[span], str(rng.choice(["shadow", "dark", "haze"])), rng.uniform(0.6, 1.0))
    return out


def moved_box(box: Box, errors: tuple[float, float, float, float]) -> Box:
    """A box with its top, bottom, left and right edges moved outwards by shares of its height and width."""
    height, width = box.bottom - box.top, box.right - box.left
    top, bottom, left, right = errors
    return Box(
        round(box.top - top * height),
        round(box.bottom + bottom * height),
        round(box.left - left * width),
        round(box.right + right * width),
    )


def scanner_graphics(rng: np.random.Generator, frames: np.ndarray) -> np.ndarray:
    """Frames (T, H, W) uint8 with text, an ECG, depth marks and a grey bar along their edges, over what is there."""
    from PIL import Image, ImageDraw

    height, width = frames.shape[1:]
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    for row, text in enumerate(("ADULT ECHO", "S5-1 / 47Hz", "16.0cm", "2D  62%  C 50")):
        draw.text((0.02 * width, (0.02 + 0.055 * row) * height), text, fill=220)
    draw.text((0.80 * width, 0.02 * height), "MI 1.2", fill=220)
    columns = np.arange(width)
    beat = (columns / width * rng.uniform(2, 4) + rng.random()) % 1
    wave = 0.07 * np.exp(-(((beat - 0.5) / 0.015) ** 2)) + 0.012 * np.exp(-(((beat - 0.8) / 0.06) ** 2))
    draw.line(list(zip(columns.tolist(), ((0.96 - wave) * height).tolist())), fill=190, width=1)
    for tick in np.linspace(0.05, 0.95, 17):
        draw.line([(0.965 * width, tick * height), (0.985 * width, tick * height)], fill=200)
    for row in range(int(0.3 * height)):
        level = 255 - int(255 * row / (0.3 * height))
        draw.line([(0.93 * width, 0.1 * height + row), (0.95 * width, 0.1 * height + row)], fill=level)
    return np.maximum(frames, np.asarray(canvas, np.uint8)[None])
