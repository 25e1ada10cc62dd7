"""Where the tissues are on the polar grid and how strongly they scatter, frame by frame."""

from __future__ import annotations

import numpy as np

from .blur import linear, slow_noise
from .outlines import HALF, Outlines
from .scanner import Levels
from .sector import Sector
from .star import StarMap, closed_by_base, rounded, star_map, star_tables

COARSE = 4  # polar cells to a cell of the displacement's grid


def amplitude(decibels: np.ndarray | float) -> np.ndarray:
    return np.power(10.0, np.asarray(decibels, np.float32) / 20, dtype=np.float32)


def within(distance: np.ndarray, edge: float) -> np.ndarray:
    """1 inside, 0 outside, ``edge`` mm wide."""
    return np.clip(0.5 - distance / edge, 0, 1)


class Chamber:
    """A chamber's outline as star tables about a fixed centre."""

    def __init__(self, outlines: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        curve = rounded(outlines)
        self.centre = curve.mean((0, 1))
        self.radius = star_tables(curve, self.centre)[0]
        self.map = star_map(x, y, self.centre)

    def distance(self, frames: slice) -> np.ndarray:
        return self.map.depth_inside(self.radius[frames])


class Tissue:
    """Amplitudes and displacements of one clip on a polar grid (samples, lines)."""

    def __init__(
        self, rng: np.random.Generator, outlines: Outlines, levels: Levels, sector: Sector, samples: int, lines: int
    ) -> None:
        self.outlines, self.levels, self.sector = outlines, levels, sector
        self.samples, self.lines = samples, lines
        x, y = sector.polar(samples, lines)
        self.x, self.y = x.astype(np.float32), y.astype(np.float32)
        self.edge = 1.6 * sector.depth / samples
        self.read_left_ventricle()
        self.atrium = Chamber(outlines.left_atrium, x, y)
        self.right = [
            Chamber(part, x, y) for part in (outlines.right_ventricle, outlines.right_atrium) if part is not None
        ]
        self.draw_static(rng)
        self.draw_displacement_grid()

    def read_left_ventricle(self) -> None:
        endo, epi = self.outlines.endo, self.outlines.epi
        self.centre = (0.5 * endo[:, HALF] + 0.25 * (endo[:, 0] + endo[:, -1])).mean(0)
        self.map = star_map(self.x, self.y, self.centre)
        closed, outer = closed_by_base(endo), closed_by_base(epi)
        material = closed_by_base(np.broadcast_to(np.linspace(-1, 1, 2 * HALF + 1)[:, None], (*endo.shape[:2], 1)))
        self.endo, self.at_endo_x, self.at_endo_y, self.material = star_tables(
            closed, self.centre, np.concatenate([closed[:1] - closed, material], -1)
        )
        self.epi, self.at_epi_x, self.at_epi_y = star_tables(outer, self.centre, outer[:1] - outer)

    def draw_static(self, rng: np.random.Generator) -> None:
        """Maps that do not change within the clip."""
        levels, x, y = self.levels, self.x, self.y
        shape = (self.samples, self.lines)
        reach = np.hypot(x, y + self.sector.behind) + 1e-3
        beam = np.stack([x / reach, (y + self.sector.behind) / reach])
        # Walls: the normal at end-diastole against the beam.
        theta = np.arange(len(self.epi[0]))
        gx = (self.endo[0] + 4) * np.sin((theta / len(theta) - 0.5) * 2 * np.pi)
        gy = -(self.endo[0] + 4) * np.cos((theta / len(theta) - 0.5) * 2 * np.pi)
        tangent = np.stack([np.roll(gx, -4) - np.roll(gx, 4), np.roll(gy, -4) - np.roll(gy, 4)])
        tangent /= np.hypot(*tangent) + 1e-6
        along = np.abs(tangent[0][self.map.direction] * beam[0] + tangent[1][self.map.direction] * beam[1])
        uneven = slow_noise(rng, *shape, (7, 6)) * levels.unevenness
        # Segments differ, and a bright stripe runs inside the septum and wherever fibres lie across the beam.
        segments = slow_noise(rng, 1, len(self.endo[0]), (1, 7))[0] * rng.uniform(1.5, 6)
        self.wall_amplitude = amplitude(
            -levels.anisotropy * (along**2 - 0.35) + 0.7 * uneven + segments[self.map.direction]
        )
        stripe = np.clip(slow_noise(rng, 1, len(self.endo[0]), (1, 6))[0], 0, 2.5) * rng.uniform(0, 1.8)
        self.stripe = stripe.astype(np.float32)[self.map.direction] * self.wall_amplitude
        self.stripe_at = rng.uniform(0.2, 0.8)
        patchy = slow_noise(rng, *shape, (9, 7)) * (levels.unevenness + 1.5) + slow_noise(rng, *shape, (30, 11)) * 4
        behind = np.clip((y / self.sector.depth - 0.72) / 0.2, 0, 1) * rng.uniform(-3, 10)
        self.surround = amplitude(levels.surround + patchy + behind)
        middle = (self.outlines.endo[0, 0] + self.outlines.endo[0, -1]) / 2
        nx, ny = x - middle[0], y - middle[1]
        facing = np.abs(nx * beam[0] + ny * beam[1]) / (np.hypot(nx, ny) + 1e-3)
        self.pericardium = amplitude(
            levels.pericardium - 20 * (1 - facing**2) + slow_noise(rng, *shape, (6, 8)) * 5
        ) * (y > self.outlines.endo[0, HALF, 1])
        loose = slow_noise(rng, *shape, (10, 8)) * 4 - 2.2 * levels.anisotropy * (1 - facing**2)
        self.connective = amplitude(levels.wall + uneven + loose)
        self.septum = rng.uniform(1.5, 4.5)
        self.band = rng.uniform(1.4, 3.2)
        self.trabeculae = np.abs(slow_noise(rng, 1, 1024, (1, 90))[0]) * rng.uniform(0, 2.2)
        # Trabeculae blur the endocardium, fat and thin lung the epicardium.
        self.inner_edge, self.outer_edge = rng.uniform(1.0, 4.0), rng.uniform(1.0, 6.5)
        self.transmural = rng.uniform(-0.25, 0.2)
        # A wall that fades: the lateral or anterior one most often, beside lung.
        fade = np.zeros(shape, np.float32)
        directions = (np.arange(1024) / 1024 - 0.5) * 2 * np.pi
        for _ in range(int(rng.choice(3, p=[0.4, 0.42, 0.18]))):
            centre = rng.normal(0.8, 0.35) if rng.random() < 0.7 else rng.uniform(-2.2, 2.2)
            away = np.angle(np.exp(1j * (directions - centre)))
            loss = rng.uniform(4, 22) * np.exp(-0.5 * (away / rng.uniform(0.18, 0.6)) ** 2)
            fade += loss.astype(np.float32)[self.map.direction] * np.clip(self.map.distance / 18 - 0.3, 0, 1)
        self.fade = amplitude(-fade)
        count = int(rng.choice(3, p=[0.3, 0.4, 0.3]))
        self.papillary = [
            (
                float(side * rng.uniform(0.38, 0.62)),
                rng.uniform(0.7, 0.9),
                rng.uniform(0.1, 0.24),
                rng.uniform(0.1, 0.2),
            )
            for side in rng.choice([-1, 1], count, p=[0.3, 0.7])
        ]

    def draw_displacement_grid(self) -> None:
        """How far back each point was in frame 0, on a coarse grid, in polar cells."""
        samples, lines = self.samples // COARSE, self.lines // COARSE
        x, y = self.sector.polar(samples, lines)
        coarse = star_map(x, y, self.centre)
        endo, epi = coarse.gather(self.endo), coarse.gather(self.epi)
        share = np.clip((coarse.distance - endo) / np.maximum(epi - endo, 1), 0, 1)
        near = np.exp(-np.maximum(coarse.distance - epi, 0) / 14)
        base = (self.outlines.endo[:, 0] + self.outlines.endo[:, -1]) / 2
        apex = self.outlines.endo[:, HALF]
        axis = base[0] - apex[0]
        length = np.hypot(*axis)
        axis /= length
        u = (x - apex[0, 0]) * axis[0] + (y - apex[0, 1]) * axis[1]
        falling = np.where(u < length, np.clip(u / length, 0, 1), np.clip(1 - (u - length) / 55, 0, 1))
        around = np.exp(-np.maximum(coarse.distance - epi[0], 0) / 45) * falling
        moved = []
        for at_endo, at_epi, back in (
            (self.at_endo_x, self.at_epi_x, (base[0] - base)[:, 0]),
            (self.at_endo_y, self.at_epi_y, (base[0] - base)[:, 1]),
        ):
            wall = coarse.gather(at_endo) * (1 - share) + coarse.gather(at_epi) * share
            moved.append(near * wall + (1 - near) * around * back[:, None, None])
        radius = np.hypot(x, y + self.sector.behind)
        beam_x, beam_y = x / radius, (y + self.sector.behind) / radius
        down = moved[0] * beam_x + moved[1] * beam_y
        across = moved[0] * beam_y - moved[1] * beam_x
        spacing = (self.sector.right - self.sector.left) / self.lines * np.maximum(radius, 12)
        rows, columns = linear(self.samples, samples), linear(self.lines, lines).T
        self.down = (down / (self.sector.depth / self.samples)).astype(np.float32)
        self.across = (across / spacing).astype(np.float32)
        self.rows, self.columns = rows, columns

    def displacement(self, frames: slice) -> tuple[np.ndarray, np.ndarray]:
        """Polar cells (T, samples, lines) to add to find where the tissue was in frame 0."""
        return self.rows @ self.down[frames] @ self.columns, self.rows @ self.across[frames] @ self.columns

    def amplitudes(self, frames: slice) -> tuple[np.ndarray, np.ndarray]:
        """Scattering amplitude of tissue and share of blood (T, samples, lines)."""
        edge = self.edge
        endo, epi = self.map.gather(self.endo[frames]), self.map.gather(self.epi[frames])
        distance = self.map.distance
        beyond = distance - epi
        to_atrium = self.atrium.distance(frames)
        heart = np.minimum(beyond, to_atrium - 2.5)
        blood = within(to_atrium, edge)
        for chamber in self.right:
            inside = chamber.distance(frames)
            heart = np.minimum(heart, inside - 3.5)
            # The septum between the atria keeps its thickness.
            blood = np.maximum(blood, within(np.maximum(inside, self.septum - to_atrium), edge))
        inside_heart = within(heart, edge)
        tissue = self.surround * (1 - inside_heart) + self.connective * inside_heart
        band = np.maximum(0, 1 - np.abs(heart - 0.7 * self.band) / self.band)
        tissue = tissue + self.pericardium * band * band
        tissue *= 1 - blood
        muscle = within(beyond, max(edge, self.outer_edge))
        share = (distance - endo) / np.maximum(epi - endo, 1.0)
        lining = np.maximum(0, 1 - np.abs(share - self.stripe_at) * 5)
        wall = self.wall_amplitude * (1 + self.transmural * (2 * share - 1)) + self.stripe * lining
        tissue = tissue * (1 - muscle) + wall * muscle
        trabeculae = (self.trabeculae * np.ones((len(endo), 1), np.float32)).astype(np.float32)
        rough = self.map.gather(trabeculae)
        cavity = within(distance - endo + rough, max(edge, self.inner_edge))
        blood = blood * (1 - muscle)
        tissue *= 1 - cavity
        if self.papillary:
            material = self.map.gather(self.material[frames])
            ratio = distance / np.maximum(endo, 1)
            strength = amplitude(self.levels.papillary)
            for along, out, wide, tall in self.papillary:
                blob = 1.3 - ((material - along) / wide) ** 2 - ((ratio - out) / tall) ** 2
                blob = np.clip(blob, 0, 1) * cavity
                cavity = cavity * (1 - 0.9 * blob)
                tissue += strength * blob
        return tissue * self.fade, np.maximum(blood, cavity)


def labels(outlines: Outlines, x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """True anatomy (T, *pixels) uint8: 1 cavity, 2 myocardium, 3 left atrium; 0 outside the sector."""
    endo, epi = outlines.endo, outlines.epi
    centre = (0.5 * endo[:, HALF] + 0.25 * (endo[:, 0] + endo[:, -1])).mean(0)
    x, y = x[inside], y[inside]
    seen: StarMap = star_map(x, y, centre)
    cavity = seen.depth_inside(star_tables(closed_by_base(endo), centre)[0]) < 0
    muscle = seen.depth_inside(star_tables(closed_by_base(epi), centre)[0]) < 0
    atrium = Chamber(outlines.left_atrium, x, y).distance(slice(None)) < 0
    value = np.where(cavity, 1, np.where(muscle, 2, np.where(atrium, 3, 0))).astype(np.uint8)
    whole = np.zeros((len(endo), *inside.shape), np.uint8)
    whole[:, inside] = value
    return whole
