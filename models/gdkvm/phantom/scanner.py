"""What the scanner is set to and how well the patient can be seen. Levels in decibels relative to the myocardium."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .heart import Heart
from .outlines import Placement
from .sector import Sector


@dataclass(frozen=True)
class Levels:
    """Mean echo of the tissues."""

    blood: float
    surround: float
    wall: float  # of the right heart and the atria
    pericardium: float
    annulus: float
    leaflets: float
    papillary: float
    anisotropy: float  # loss of a wall that lies along the beam
    unevenness: float  # standard deviation of slow changes
    haze: float
    near_field: float
    noise: float  # at the probe
    noise_rise: float  # from there to the bottom


@dataclass(frozen=True)
class Settings:
    axial_mm: float  # standard deviation of the point spread
    lateral_degrees: float
    focus: float  # depth of the best lateral resolution, as a share
    dynamic_range: float
    grey: float  # of the mean myocardium, 0 to 1
    gamma: float
    persistence: float
    compounding: float  # incoherent averaging, in widths of the point spread
    smoothing: float  # of the grey picture, in samples
    attenuation: float  # left after the time-gain compensation, from top to bottom
    gain_steps: tuple[float, ...]  # of the time-gain sliders


def draw_sector(rng: np.random.Generator, heart: Heart) -> tuple[Sector, Placement]:
    share = rng.uniform(0.39, 0.62) if rng.random() < 0.85 else rng.uniform(0.34, 0.8)
    depth = float(np.clip(heart.length / share, 75, 230))
    half = rng.normal(37.5, 2.0) if rng.random() < 0.55 else rng.uniform(26, 45)
    half = np.radians(half)
    skew = rng.uniform(-0.1, 0.1) if rng.random() < 0.1 else 0.0
    top = rng.random()
    behind = 0.0 if top < 0.55 else rng.uniform(3, 14) if top < 0.93 else rng.uniform(25, 50)
    limits = (-1e3, 1e3, 1e3)
    if rng.random() < 0.15:
        wide = (depth + behind) * np.sin(half)
        limits = (-wide * rng.uniform(0.55, 1.05), wide * rng.uniform(0.55, 1.05), depth * rng.uniform(0.75, 1.05))
    apex_y = float(np.clip(rng.normal(0.19, 0.055), 0.04, 0.36)) * depth
    tilt = float(rng.normal(0.1, 0.15)) if rng.random() < 0.85 else rng.uniform(-0.5, 0.5)
    # The middle of the ventricle lies near the middle beam, wherever its axis points.
    aim = rng.normal(0.02, 0.035) if rng.random() < 0.85 else rng.uniform(-0.2, 0.2)
    apex_x = aim * depth - np.sin(tilt) * 0.55 * heart.length
    sector = Sector(
        depth, -half + skew, half + skew, float(behind), bool(rng.random() < 0.3), limits, bool(rng.random() < 0.12)
    )
    return sector, Placement((float(apex_x), apex_y), tilt)


FAINTEST = -6.5  # everything that fills the cavity, in all, at mid-depth: below it nobody would contour


def visible(levels: Levels) -> Levels:
    """The same with less haze and noise, if these would hide the cavity."""
    middle = levels.noise + 0.5 * levels.noise_rise
    excess = 10 * np.log10(sum(10 ** (level / 10) for level in (levels.blood, levels.haze, middle))) - FAINTEST
    if excess <= 0:
        return levels
    return replace(levels, haze=levels.haze - excess, noise=levels.noise - excess)


def draw_levels(rng: np.random.Generator) -> Levels:
    drawn = Levels(
        blood=rng.uniform(-34, -16),
        surround=rng.uniform(-14, 0) if rng.random() < 0.6 else rng.uniform(-22, -8),
        wall=rng.uniform(-7, 1),
        pericardium=rng.uniform(3, 14),
        annulus=rng.uniform(2, 10),
        leaflets=rng.uniform(-3, 7),
        papillary=rng.uniform(-8, 0),
        anisotropy=rng.uniform(0, 10),
        unevenness=rng.uniform(2.5, 7.5),
        haze=rng.uniform(-28, -5),
        near_field=rng.uniform(-14, 8),
        noise=rng.uniform(-42, -18),
        noise_rise=rng.uniform(0, 24),
    )
    return visible(drawn)


def draw_settings(rng: np.random.Generator) -> Settings:
    return Settings(
        axial_mm=rng.uniform(0.45, 1.15),
        lateral_degrees=rng.uniform(0.5, 1.35),
        focus=rng.uniform(0.3, 0.8),
        dynamic_range=rng.uniform(38, 66),
        grey=float(np.clip(rng.normal(0.48, 0.09), 0.25, 0.7)),
        gamma=rng.uniform(0.85, 1.6),
        persistence=rng.uniform(0, 0.45) if rng.random() < 0.6 else 0.0,
        compounding=rng.uniform(0.2, 0.7) if rng.random() < 0.75 else 0.0,
        smoothing=rng.uniform(0.4, 0.9) if rng.random() < 0.4 else 0.0,
        attenuation=rng.uniform(-6, 9),
        gain_steps=tuple(rng.normal(0, 2.0, 8)),
    )
