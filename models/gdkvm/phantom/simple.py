"""A simple seeded echo phantom: an apical view with a left ventricle of known shape.

The ventricle is a half-ellipse or truncated ellipse that shortens and narrows; blood is dark, the myocardium brighter,
an atrium lies beneath the base. Pictures are made in polar space (scatterers that move with the tissue, a point-spread
function of constant axial and angular width, log compression, attenuation, dropout) and scan-converted to the box of
the sector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SAMPLES, LINES, TEXTURE = 224, 112, 256


@dataclass(frozen=True)
class Anatomy:
    """Millimetres; x right and y down from the probe. Axis from apex to base."""

    depth: float
    half_angle: float
    apex: tuple[float, float]
    tilt: float
    length: float
    radius: float
    widest: float  # fraction of the length, from the apex, where the cavity is widest
    wall: float
    ejection_fraction: float
    shortening: float  # of the long axis


def draw_anatomy(rng: np.random.Generator) -> Anatomy:
    depth = rng.uniform(120, 190)
    length = min(rng.uniform(62, 105), depth * 0.68)
    ejection_fraction = rng.uniform(0.12, 0.78)
    return Anatomy(
        depth=depth,
        half_angle=np.radians(rng.uniform(30, 47)),
        apex=(rng.uniform(-14, 14), rng.uniform(8, 30)),
        tilt=rng.uniform(-0.3, 0.3),
        length=length,
        radius=length * rng.uniform(0.2, 0.36),
        widest=rng.uniform(0.5, 1.0),
        wall=rng.uniform(7, 13),
        ejection_fraction=ejection_fraction,
        shortening=rng.uniform(0.15, 0.45) * ejection_fraction,
    )


def gaussian(size: int, sigma: float) -> np.ndarray:
    """Blur along one axis as a matrix."""
    distance = np.arange(size)[:, None] - np.arange(size)[None]
    kernel = np.exp(-0.5 * (distance / sigma) ** 2)
    return (kernel / kernel.sum(1, keepdims=True)).astype(np.float32)


def smooth_noise(rng: np.random.Generator, height: int, width: int, cells: int) -> np.ndarray:
    """Slowly varying noise, about N(0, 1)."""
    coarse = rng.standard_normal((cells, cells)).astype(np.float32)
    up_rows = gaussian_interpolation(cells, height)
    up_columns = gaussian_interpolation(cells, width)
    return up_rows @ coarse @ up_columns.T * 1.6


def gaussian_interpolation(cells: int, size: int) -> np.ndarray:
    position = np.linspace(0, cells - 1, size)
    weight = np.exp(-0.5 * ((position[:, None] - np.arange(cells)[None]) / 0.7) ** 2)
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)


def texture_at(texture: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Scatterers at material coordinates (texture cells), nearest."""
    return texture[np.floor(u).astype(np.int64) % TEXTURE, np.floor(v).astype(np.int64) % TEXTURE]


def cavity_radius(fraction: np.ndarray, radius: float, widest: float) -> np.ndarray:
    """Half-width at a fraction of the long axis (0 apex, 1 base)."""
    return radius * np.sqrt(np.maximum(0.0, 1 - ((fraction - widest) / widest) ** 2))


class Phantom:
    """One patient and one scanner setting."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.rng = rng
        self.anatomy = draw_anatomy(rng)
        complex_noise = rng.standard_normal((2, TEXTURE, TEXTURE)).astype(np.float32)
        self.texture = complex_noise[0] + 1j * complex_noise[1]
        # Echo levels in decibels relative to the myocardium.
        self.blood = rng.uniform(-50, -16)
        self.surround = rng.uniform(-26, 2)
        self.valve = rng.uniform(-4, 9)
        self.pericardium = rng.uniform(0, 12)
        self.dynamic_range = rng.uniform(38, 62)
        self.gain = rng.uniform(-6, 6)
        self.attenuation = rng.uniform(-6, 10)
        self.axial = gaussian(SAMPLES, rng.uniform(0.7, 1.8))
        self.lateral = gaussian(LINES, rng.uniform(0.6, 1.9))
        self.regional = smooth_noise(rng, SAMPLES, LINES, 5) * rng.uniform(0, 4)
        self.dropout = self.draw_dropout()
        self.atrium = rng.uniform(0.45, 0.75)
        self.right_ventricle = rng.uniform(0.5, 0.9) if rng.random() < 0.7 else 0.0
        self.leaflets = rng.random() < 0.7
        self.clutter = rng.uniform(-40, -14)

    def draw_dropout(self) -> np.ndarray:
        """Loss per scan line in decibels: rib shadows and bad contact."""
        line = np.linspace(-1, 1, LINES)
        loss = np.zeros(LINES, np.float32)
        for _ in range(self.rng.integers(0, 3)):
            centre, width = self.rng.uniform(-1.1, 1.1), self.rng.uniform(0.04, 0.2)
            loss += self.rng.uniform(3, 16) * np.exp(-0.5 * ((line - centre) / width) ** 2)
        return loss

    def dimensions(self, phase: float) -> tuple[float, float, float]:
        """Length, radius and wall thickness at a phase (0 ED, 1 ES)."""
        body = self.anatomy
        volume = 1 - body.ejection_fraction * phase
        shorter = 1 - body.shortening * phase
        narrower = float(np.sqrt(volume / shorter))
        thicker = 1 + 0.5 * body.ejection_fraction * phase
        return body.length * shorter, body.radius * narrower, body.wall * thicker

    def local(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance along the long axis from the apex and signed distance from it."""
        body = self.anatomy
        dx, dy = x - body.apex[0], y - body.apex[1]
        sin, cos = np.sin(body.tilt), np.cos(body.tilt)
        return dx * sin + dy * cos, dx * cos - dy * sin

    def cavity(self, x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        length, radius, _ = self.dimensions(phase)
        u, v = self.local(x, y)
        inside = (u > 0) & (u < length)
        return inside & (np.abs(v) < cavity_radius(u / length, radius, self.anatomy.widest))

    def echo(self, phase: float) -> np.ndarray:
        """Log-compressed polar picture (SAMPLES, LINES) in [0, 1]."""
        body = self.anatomy
        length, radius, wall = self.dimensions(phase)
        depth = np.linspace(0.5, body.depth, SAMPLES)[:, None]
        angle = np.linspace(-body.half_angle, body.half_angle, LINES)[None]
        x, y = depth * np.sin(angle), depth * np.cos(angle)
        u, v = self.local(x, y)

        half = cavity_radius(u / length, radius, body.widest)
        cavity = (u > 0) & (u < length) & (np.abs(v) < half)
        outer_fraction = (u + wall) / (length + wall)
        outer_half = cavity_radius(outer_fraction, radius + wall, body.widest)
        outer = (u > -wall) & (u < length) & (np.abs(v) < outer_half)
        base = cavity_radius(np.ones(1), radius, body.widest)[0]
        atrium_length = self.atrium * body.length * (1 + 0.15 * phase)
        atrium_half = max(base * 1.05, 9.0)
        atrium = ((u - length - atrium_length * 0.52) / (atrium_length * 0.5)) ** 2 + (v / atrium_half) ** 2 < 1
        ring = ((u - length - atrium_length * 0.52) / (atrium_length * 0.5 + 4)) ** 2 + (v / (atrium_half + 4)) ** 2 < 1
        right = np.zeros_like(cavity)
        if self.right_ventricle:
            centre = -(radius + wall + self.right_ventricle * radius)
            right = ((u - 0.6 * length) / (0.45 * length)) ** 2 + ((v - centre) / (0.75 * radius)) ** 2 < 1

        level = np.full(u.shape, self.surround, np.float32)
        level[right] = self.blood
        level[ring] = -3.0
        level[outer] = 0.0
        level[outer & (np.abs(v) > outer_half - 2.0)] = self.pericardium * 0.5
        level[atrium] = self.blood
        level[cavity] = self.blood
        if self.leaflets:
            opening = base * (1 - 0.9 * phase) * 0.7
            tip = length + 12 * (1 - phase)
            near_base = (u > length - 1.2) & (u < tip)
            leaflet = near_base & (np.abs(np.abs(v) - np.maximum(base - (u - length) * 0.6, opening)) < 1.6)
            annulus = (np.abs(u - length) < 3) & (np.abs(np.abs(v) - base - 2) < 4)
            closed = (phase > 0.5) & (np.abs(u - length) < 1.5) & (np.abs(v) < base)
            level[(leaflet | closed) & ~cavity] = self.valve
            level[annulus & ~cavity] = self.valve
        blood = cavity | atrium | right

        scale_u = u / np.maximum(length, 1) * 150
        scale_v = v / np.maximum(radius, 1) * 45
        scatter = texture_at(self.texture, scale_u, scale_v)
        fresh = self.rng.standard_normal((2, *u.shape)).astype(np.float32)
        scatter = np.where(blood, fresh[0] + 1j * fresh[1], scatter)
        field = scatter * 10 ** (level / 20)
        field = self.axial @ field @ self.lateral.T
        clutter = (self.axial @ (fresh[1] + 1j * fresh[0]) @ self.lateral.T) * 10 ** (self.clutter / 20)
        field = field + clutter * np.exp(-depth / 25)
        power = 20 * np.log10(np.abs(field) / (np.abs(field).mean() + 1e-9) + 1e-6)
        power = power + self.gain + self.regional - self.dropout - self.attenuation * depth / body.depth
        top = np.percentile(power, 99)
        return np.clip((power - top + self.dynamic_range) / self.dynamic_range, 0, 1).astype(np.float32)

    def frame(self, phase: float, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Picture and cavity mask of the sector's box, both uint8 (size, size)."""
        body = self.anatomy
        right = body.depth * np.sin(body.half_angle)
        x = ((np.arange(size) + 0.5) / size * 2 - 1)[None] * right
        y = ((np.arange(size) + 0.5) / size)[:, None] * body.depth
        radius, angle = np.hypot(x, y), np.arctan2(x, y)
        inside = (radius < body.depth) & (np.abs(angle) < body.half_angle)
        row = np.clip(radius / body.depth * (SAMPLES - 1), 0, SAMPLES - 1.001)
        column = np.clip((angle / body.half_angle + 1) / 2 * (LINES - 1), 0, LINES - 1.001)
        polar = self.echo(phase)
        r0, c0 = row.astype(np.int64), column.astype(np.int64)
        fr, fc = row - r0, column - c0
        picture = (polar[r0, c0] * (1 - fc) + polar[r0, c0 + 1] * fc) * (1 - fr)
        picture = picture + (polar[r0 + 1, c0] * (1 - fc) + polar[r0 + 1, c0 + 1] * fc) * fr
        mask = self.cavity(x + 0 * y, y + 0 * x, phase) & inside
        return (picture * inside * 255).astype(np.uint8), mask.astype(np.uint8) * 255


def make_clip(seed: int, frames: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A clip of one cycle: pictures and masks, both uint8 (frames, size, size)."""
    phantom = Phantom(seed)
    start = phantom.rng.random()
    pairs = [phantom.frame(0.5 - 0.5 * np.cos(2 * np.pi * (start + index / frames)), size) for index in range(frames)]
    pictures, masks = zip(*pairs)
    return np.stack(pictures), np.stack(masks)
