"""Who the patient is: the size and shape of the heart, how its walls move, and how the plane cuts it.

Lengths in millimetres. Along the long axis of the left ventricle (LV) ``tau`` runs from 0 at the apex to 1 at the
mitral plane; a wall is described by its distance from that axis. Each view has two walls, the one on the left of the
picture first: A4C septum and lateral wall, A2C inferior and anterior wall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

KNOTS = np.array([0.0, 0.2, 0.5, 0.8, 1.0])  # tau of the regional weights: apex, apical, mid, basal, annulus
FINE = np.linspace(0.0, 1.0, 101)
MIDDLES = (np.arange(100) + 0.5) / 100


@dataclass(frozen=True)
class Wall:
    """One wall in one view."""

    radius: float  # largest distance of the endocardium from the axis at end-diastole
    widest: float  # tau of it
    roundness: float  # exponent of the apical end; 2 is an ellipse, more is blunter
    base: float  # distance at the annulus over the largest
    waves: tuple[float, ...]  # share of the radius, sine waves along tau
    weights: tuple[float, ...]  # regional contraction at KNOTS, 1 is normal, below 0 bulges
    lag: float  # of the contraction behind the normal, in seconds
    thickness: float  # at end-diastole

    def end_diastole(self, tau: np.ndarray) -> np.ndarray:
        """Distance from the axis."""
        apical = np.clip(1 - tau / self.widest, 0, 1)
        basal = np.clip((tau - self.widest) / (1 - self.widest), 0, 1)
        shape = np.where(
            tau < self.widest,
            (1 - apical**self.roundness) ** (1 / self.roundness),
            1 - (1 - self.base) * basal**2,
        )
        wave = sum(share * np.sin((order + 1) * np.pi * tau) for order, share in enumerate(self.waves, 1))
        return self.radius * shape * (1 + wave)

    @cached_property
    def smooth_weights(self) -> np.ndarray:
        """Regional contraction at FINE, without corners at the knots."""
        margin = 13
        step = FINE[1] - FINE[0]
        around = np.concatenate([-step * np.arange(margin, 0, -1), FINE, 1 + step * np.arange(1, margin + 1)])
        window = np.hanning(2 * margin + 1)
        return np.convolve(np.interp(around, KNOTS, self.weights), window / window.sum(), "valid")

    def weight(self, tau: np.ndarray) -> np.ndarray:
        """Regional contraction."""
        return np.interp(tau, FINE, self.smooth_weights)


@dataclass(frozen=True)
class Heart:
    """Everything about the heart that no scanner setting changes."""

    kind: str  # normal, dilated, hypertrophied, regional
    length: float  # of the LV at end-diastole, apex to mitral plane
    walls: dict[str, tuple[Wall, Wall]]  # by view
    curvature: dict[str, float]  # sideways bend of the axis over its length
    slant: dict[str, float]  # of the mitral plane against the perpendicular to the axis, as a slope
    gain: float  # radial contraction at end-systole where the weight is 1
    shortening: float  # of the long axis at end-systole
    foreshortening: dict[str, float]  # how far the plane passes beside the apex
    heart_rate: float  # beats a minute
    atrial_kick: float  # share of the filling
    irregular: float  # standard deviation of the beat length over its mean
    atrium: tuple[float, float]  # length and width of the left atrium at end-diastole, width over that of the annulus
    right: float  # width of the right ventricle over the radius of the LV
    right_atrium: float  # size over that of the left
    sway: tuple[float, float, float]  # of the apex with contraction, x and y in mm, and rocking in radians
    breath: tuple[float, float, float]  # x, y in mm and period in seconds

    def lag(self, view: str) -> tuple[float, float]:
        left, right = self.walls[view]
        return left.lag, right.lag

    def radii(self, view: str, tau: np.ndarray, contraction: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
        """Distances of the two walls from the axis at a contraction (0 end-diastole, 1 end-systole) of each."""
        return tuple(
            wall.end_diastole(tau) * np.maximum(1 - wall.weight(tau) * self.gain * amount, 0.2)
            for wall, amount in zip(self.walls[view], contraction)
        )

    def axis_length(self, contraction: float) -> float:
        return self.length * (1 - self.shortening * contraction)

    def volume_ml(self, contraction: dict[str, tuple[float, float]]) -> float:
        """Elliptical cross-sections whose diameters are those of the A4C and the A2C outline."""
        tau = MIDDLES
        widths = [sum(self.radii(view, tau, contraction[view])) for view in ("A4C", "A2C")]
        mean = float(np.mean([amount for pair in contraction.values() for amount in pair]))
        return float(np.pi / 4 * np.mean(widths[0] * widths[1]) * self.axis_length(mean) / 1000)


ALIKE = {view: (0.0, 0.0) for view in ("A4C", "A2C")}
CONTRACTED = {view: (1.0, 1.0) for view in ("A4C", "A2C")}

# End-diastolic volume: median in mL, log deviation, range; length over width; ejection fraction; wall thickness.
KINDS = {
    "normal": (0.38, (108, 0.26, 52, 190), (1.72, 0.16), (50, 73), (8.5, 13.5)),
    "dilated": (0.2, (195, 0.3, 110, 350), (1.52, 0.17), (10, 42), (8.0, 13.0)),
    "hypertrophied": (0.15, (88, 0.26, 50, 170), (1.82, 0.2), (48, 75), (13.0, 20.0)),
    "regional": (0.27, (130, 0.3, 65, 280), (1.64, 0.18), (20, 56), (8.0, 13.5)),
}

# Walls and knots that a coronary artery supplies: view, wall (0 left, 1 right), knots.
TERRITORIES = {
    "anterior descending": (("A4C", 0, (0, 1, 2)), ("A4C", 1, (0, 1)), ("A2C", 1, (0, 1, 2, 3)), ("A2C", 0, (0, 1))),
    "right": (("A4C", 0, (3, 4)), ("A2C", 0, (2, 3, 4))),
    "circumflex": (("A4C", 1, (1, 2, 3)), ("A2C", 0, (2, 3))),
}


def draw_weights(rng: np.random.Generator, kind: str) -> dict[tuple[str, int], np.ndarray]:
    """Regional weights of each wall at KNOTS."""
    weights = {
        (view, side): np.array([1.0, 1.0, 1.0, 0.92, 0.55]) * rng.normal(1, 0.09, 5)
        for view in ("A4C", "A2C")
        for side in (0, 1)
    }
    if kind == "regional" or rng.random() < 0.08:
        for name in rng.permutation(list(TERRITORIES))[: 1 + int(rng.random() < 0.3)]:
            severity = rng.choice([rng.uniform(0.3, 0.65), rng.uniform(-0.05, 0.2), rng.uniform(-0.4, -0.1)])
            for view, side, knots in TERRITORIES[name]:
                for knot in knots:
                    weights[view, side][knot] *= np.clip(severity + rng.normal(0, 0.08), -0.5, 1)
    return weights


def draw_heart(rng: np.random.Generator) -> Heart:
    kind = str(rng.choice(list(KINDS), p=[kind[0] for kind in KINDS.values()]))
    _, (median, spread, low, high), (slender, slender_sd), (ef_low, ef_high), thick = KINDS[kind]
    volume = float(np.clip(median * np.exp(rng.normal(0, spread)), low, high))
    slender = float(np.clip(rng.normal(slender, slender_sd), 1.15, 2.3))
    target = rng.uniform(ef_low, ef_high) if rng.random() < 0.9 else rng.uniform(10, 75)
    weights = draw_weights(rng, kind)
    thickness = rng.uniform(*thick)
    widest, roundness, base = rng.uniform(0.48, 0.82), rng.uniform(1.7, 2.3), rng.uniform(0.62, 0.93)
    other = np.clip(rng.normal(1.0, 0.07), 0.8, 1.2)
    lag = rng.uniform(0.03, 0.12) if rng.random() < 0.12 else 0.0

    def wall(view: str, side: int, radius: float) -> Wall:
        return Wall(
            radius=radius,
            widest=float(np.clip(widest + rng.normal(0, 0.04), 0.4, 0.86)),
            roundness=float(roundness + rng.normal(0, 0.08)),
            base=float(np.clip(base + rng.normal(0, 0.04), 0.55, 0.97)),
            waves=tuple(rng.normal(0, 0.025 / order) for order in (1, 1.3, 1.8)),
            weights=tuple(float(value) for value in weights[view, side]),
            lag=lag if (view, side) in (("A4C", 1), ("A2C", 0)) else 0.0,
            thickness=float(thickness * np.clip(rng.normal(1, 0.1), 0.75, 1.35)),
        )

    sides = {"A4C": 1.0, "A2C": other}
    walls = {view: (wall(view, 0, ratio), wall(view, 1, ratio)) for view, ratio in sides.items()}
    walls = {
        view: tuple(
            replace(pair[side], radius=pair[side].radius * (1 + sign * 0.12 * rng.uniform(-1, 1)))
            for side, sign in ((0, 1), (1, -1))
        )
        for view, pair in walls.items()
    }
    # Unit radii and length: the volume scales with length * radius², the length is slender * 2 * radius.
    heart = Heart(
        kind=kind,
        length=1.0,
        walls=walls,
        curvature={view: rng.normal(0, 0.022) for view in sides},
        slant={view: rng.normal(0, 0.09) for view in sides},
        gain=0.0,
        shortening=0.0,
        foreshortening={view: rng.uniform(0.1, 0.5) if rng.random() < 0.35 else 0.0 for view in sides},
        heart_rate=float(np.clip(rng.normal(70, 14), 45, 110)),
        atrial_kick=float(rng.uniform(0.12, 0.45)),
        irregular=float(rng.uniform(0.0, 0.04)),
        atrium=(float(rng.uniform(32, 60)), float(rng.uniform(0.92, 1.32))),
        right=float(rng.uniform(0.7, 1.35)),
        right_atrium=float(rng.uniform(0.75, 1.2)),
        sway=(float(rng.normal(0, 1.2)), float(rng.normal(0.5, 1.0)), float(rng.normal(0, 0.035))),
        breath=(float(rng.uniform(0, 2.5)), float(rng.uniform(0, 2.5)), float(rng.uniform(2.5, 6))),
    )
    if rng.random() < 0.08:  # atrial fibrillation
        heart = replace(heart, atrial_kick=0.0, irregular=rng.uniform(0.08, 0.18))
    per_cubed = heart.volume_ml(ALIKE) * 1000  # of unit radius and unit length
    radius = (volume * 1000 / (per_cubed * 2 * slender)) ** (1 / 3)
    heart = scaled(heart, radius, 2 * slender * radius)
    return contracting(heart, target / 100, rng.uniform(0.35, 0.7))


def scaled(heart: Heart, radius: float, length: float) -> Heart:
    walls = {
        view: tuple(replace(wall, radius=wall.radius * radius) for wall in pair) for view, pair in heart.walls.items()
    }
    return replace(heart, walls=walls, length=float(length))


def contracting(heart: Heart, ejection_fraction: float, longitudinal: float) -> Heart:
    """Contraction that ejects this share, or as much as the regions can. ``longitudinal``: of the axis over radial."""
    end_diastole = heart.volume_ml(ALIKE)
    low, high = 0.0, 0.75
    for _ in range(24):
        middle = (low + high) / 2
        trial = replace(heart, gain=middle, shortening=middle * longitudinal)
        if 1 - trial.volume_ml(CONTRACTED) / end_diastole < ejection_fraction:
            low = middle
        else:
            high = middle
    return replace(heart, gain=low, shortening=min(low * longitudinal, 0.3))
