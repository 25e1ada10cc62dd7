"""From tissues to a grey picture on the polar grid: scatterers, point spread, noise, gain, log compression."""

from __future__ import annotations

import numpy as np

from .blur import averaging, gaussian, lateral_blurs, slow_noise
from .scanner import Levels, Settings
from .sector import Sector
from .structures import Structures
from .tissue import Tissue, amplitude

CHUNK = 24  # frames formed at a time
OVERSAMPLING = 4  # scatterers are stored this much finer than the polar grid


def complex_noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Real and imaginary part (2, *shape), each of variance 1/2."""
    return rng.standard_normal((2, *shape), np.float32) * np.float32(np.sqrt(0.5))


class Scatterers:
    """A field of scatterers that is fixed to the tissue; speckle comes from it."""

    def __init__(self, rng: np.random.Generator, samples: int, lines: int) -> None:
        self.rows, self.columns = (samples + 48) * OVERSAMPLING, (lines + 48) * OVERSAMPLING
        coarse = complex_noise(rng, samples + 48, lines + 48)

        def finer(size: int) -> np.ndarray:
            position = (np.arange(size * OVERSAMPLING) + 0.5) / OVERSAMPLING - 0.5
            weight = np.exp(-0.5 * ((position[:, None] - np.arange(size)[None]) / 0.55) ** 2)
            return (weight / np.sqrt((weight**2).sum(1, keepdims=True))).astype(np.float32)

        fine = finer(samples + 48) @ coarse @ finer(lines + 48).T
        self.field = np.ascontiguousarray(fine.reshape(2, -1))
        self.row = ((np.arange(samples)[:, None] + 24.5) * OVERSAMPLING).astype(np.float32)
        self.column = ((np.arange(lines)[None] + 24.5) * OVERSAMPLING).astype(np.float32)

    def at(self, down: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Scatterers (2, T, samples, lines) at points moved by these polar cells."""
        row = np.clip(self.row + OVERSAMPLING * down, 0, self.rows - 1).astype(np.int32)
        column = np.clip(self.column + OVERSAMPLING * across, 0, self.columns - 1).astype(np.int32)
        return self.field.take(row * self.columns + column, axis=1)


class Imaging:
    """One scanner looking at one heart."""

    def __init__(
        self, rng: np.random.Generator, tissue: Tissue, structures: Structures, levels: Levels, settings: Settings,
        sector: Sector,
    ) -> None:  # fmt: skip
        self.rng, self.tissue, self.structures, self.levels, self.settings = rng, tissue, structures, levels, settings
        samples, lines = tissue.samples, tissue.lines
        self.samples, self.lines = samples, lines
        self.scatterers = Scatterers(rng, samples, lines)
        self.axial = gaussian(samples, settings.axial_mm / (sector.depth / samples))
        spacing = np.degrees(sector.right - sector.left) / lines
        self.lateral = lateral_blurs(samples, lines, settings.lateral_degrees / spacing, settings.focus)
        depth = ((np.arange(samples) + 0.5) / samples).astype(np.float32)[:, None]
        self.noise = amplitude(levels.noise + levels.noise_rise * depth)
        self.blood = amplitude(levels.blood)
        self.gain = self.draw_gain(rng, depth, sector)
        self.haze = self.draw_haze(rng, depth, sector)
        still = complex_noise(rng, 2, samples, lines)
        self.still = self.blur(np.concatenate([still[:, 0], still[:, 1]])[:, None])[:, 0].reshape(2, 2, samples, lines)
        self.compound = None
        if settings.compounding:
            self.compound = (
                averaging(samples, settings.compounding * settings.axial_mm / (sector.depth / samples)),
                averaging(lines, 0.6 * settings.compounding * settings.lateral_degrees / spacing).T,
            )
        self.smooth = None
        if settings.smoothing:
            self.smooth = averaging(samples, settings.smoothing), averaging(lines, settings.smoothing * 0.8).T

    def blur(self, field: np.ndarray) -> np.ndarray:
        """Point spread on (2 or more, T, samples, lines)."""
        parts, frames = field.shape[:2]
        field = (self.axial @ field).reshape(parts * frames, self.samples, self.lines)
        field = np.matmul(np.ascontiguousarray(field.transpose(1, 0, 2)), self.lateral)
        return field.transpose(1, 0, 2).reshape(parts, frames, self.samples, self.lines)

    def draw_gain(self, rng: np.random.Generator, depth: np.ndarray, sector: Sector) -> np.ndarray:
        """Decibels (samples, lines): residual attenuation, TGC sliders, shadows of ribs and lung, lateral gain."""
        settings = self.settings
        knots = np.linspace(0, 1, len(settings.gain_steps))
        gain = np.interp(depth[:, 0], knots, settings.gain_steps)[:, None] - settings.attenuation * (depth - 0.4)
        line = np.linspace(-1, 1, self.lines)[None]
        gain = gain - rng.uniform(0, 7) * np.abs(line) ** 3
        for _ in range(int(rng.choice(4, p=[0.45, 0.3, 0.17, 0.08]))):
            side = rng.choice([-1, 1])
            outside = rng.random() < 0.8
            centre = side * rng.uniform(0.6, 1.15) if outside else rng.uniform(-0.6, 0.6)
            width = rng.uniform(0.04, 0.22) if outside else rng.uniform(0.03, 0.09)
            loss = rng.uniform(4, 24) if outside else rng.uniform(3, 12)
            onset = rng.uniform(0.02, 0.3) if rng.random() < 0.7 else rng.uniform(0.3, 0.7)
            starts = 1 / (1 + np.exp(-(depth - onset) / 0.03))
            gain = gain - loss * np.exp(-0.5 * ((line - centre) / width) ** 2) * starts
        return (gain + slow_noise(rng, self.samples, self.lines, (3, 3)) * 1.5).astype(np.float32)

    def draw_haze(self, rng: np.random.Generator, depth: np.ndarray, sector: Sector) -> np.ndarray:
        """Amplitude of echoes that stand still: side lobes, reverberation, the near field."""
        levels, shape = self.levels, (self.samples, self.lines)
        fog = (
            levels.haze + slow_noise(rng, *shape, (5, 4)) * 4.5 - rng.uniform(0, 12) * np.abs(depth - rng.uniform(0, 1))
        )
        field = amplitude(fog)
        mm = depth * sector.depth
        line = np.linspace(-1, 1, self.lines)[None]
        bend = 1 + 0.12 * slow_noise(rng, *shape, (1, 3))
        near = amplitude(levels.near_field - 1.1 * mm / rng.uniform(0.6, 2.0)) * bend
        rings = np.zeros(shape)
        period = rng.uniform(2.5, 7)
        for ring in range(1, int(rng.integers(2, 6))):
            place = period * ring * (1 + 0.02 * rng.normal())
            strength = amplitude(levels.near_field + rng.uniform(-8, 6) - 3.5 * ring)
            rings = rings + strength * np.exp(-0.5 * ((mm - place) / 0.8) ** 2) * np.exp(-0.5 * (line / 0.9) ** 2)
        veil = 0.0
        if rng.random() < 0.35:  # a reverberation of the chest wall across the apex
            place, thick = rng.uniform(14, 45), rng.uniform(2, 9)
            veil = amplitude(levels.haze + rng.uniform(3, 12)) * np.exp(-0.5 * ((mm - place) / thick) ** 2)
            veil = veil * np.exp(-0.5 * ((line - rng.uniform(-0.5, 0.5)) / rng.uniform(0.3, 0.8)) ** 2)
        return (field + near + rings + veil).astype(np.float32)

    def polar(self) -> np.ndarray:
        """Grey pictures (T, samples, lines), 0 to 1."""
        frames = len(self.tissue.outlines.endo)
        chunks = []
        last = None
        for start in range(0, frames, CHUNK):
            part = self.form(slice(start, min(start + CHUNK, frames)))
            if self.settings.persistence:
                kept = self.settings.persistence
                for frame in part:
                    if last is not None:
                        frame += kept * (last - frame)
                    last = frame
            chunks.append(part)
        return np.concatenate(chunks)

    def form(self, frames: slice) -> np.ndarray:
        rng, settings = self.rng, self.settings
        tissue, blood = self.tissue.amplitudes(frames)
        field = self.scatterers.at(*self.tissue.displacement(frames))
        field *= tissue
        fresh = complex_noise(rng, *tissue.shape)
        field += fresh * (self.blood * blood)
        self.structures.add(field, frames)
        field = self.blur(field)
        turn = 0.35 * np.sin(np.arange(frames.start, frames.stop) * 0.21 + 1).astype(np.float32)[:, None, None]
        for part in range(2):
            field[part] += self.haze * (self.still[part, 0] + turn * self.still[part, 1])
            field[part] += self.noise * (self.axial @ np.roll(fresh[part], 37, 2))
        power = field[0] ** 2 + field[1] ** 2
        if self.compound is not None:
            power = self.compound[0] @ power @ self.compound[1]
        decibels = 4.3429448 * np.log(power + np.float32(1e-9)) + self.gain
        grey = settings.grey + (decibels + 2.5) / settings.dynamic_range
        if self.smooth is not None:
            grey = self.smooth[0] @ grey @ self.smooth[1]
        grey = np.clip(grey, 0, 1)
        return np.power(grey, np.float32(settings.gamma)) if settings.gamma != 1 else grey
