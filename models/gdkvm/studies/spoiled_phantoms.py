"""Phantoms that a model contours well enough to be used and badly enough to need a correction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from ..datasets.camus_pairs import LV_CAVITY
from ..evaluation.segmenting import segment_as_shown
from ..phantom import PhantomClip, sector_clip
from ..running.segmentation import dice
from ..running.subject import Subject
from ..sector import Box
from .degradation import KINDS
from .outcome import write_json

FIRST_SEED = 1_700_000_000
"""Of no other study and no training."""
SIZE = 256
FEWEST_FRAMES, MOST_FRAMES = 32, 48
MEAN_DICE = 0.80, 0.92
GREATEST_STRENGTH = 2.0
HALVINGS = 6
NEAR_ENOUGH = 0.015


@dataclass(frozen=True)
class SpoiledPhantom:
    """A phantom whose pictures were spoiled until the model's mean Dice lay between the limits."""

    clip: PhantomClip  # with its pictures spoiled
    ways: dict[str, float]  # kinds of `degradation` and how much each counts
    strength: float
    mean_dice: float  # of the model, all frames

    @property
    def truth(self) -> np.ndarray:
        """(T, H, W) bool"""
        return self.clip.labels == LV_CAVITY


def spoiled(pictures: np.ndarray, seed: int, ways: dict[str, float], strength: float) -> np.ndarray:
    """The pictures (T, H, W) uint8 spoiled in all these ways; the same for the same seed, a little different for a
    little more strength."""
    clip = pictures / 255.0
    for part, (kind, share) in enumerate(ways.items()):
        rng = np.random.default_rng([seed, 9, part])
        clip = np.clip(KINDS[kind](rng, clip, strength * share), 0, 1)
    return (clip * 255 + 0.5).astype(np.uint8)


def draw_ways(seed: int) -> dict[str, float]:
    """Dropout, haze and a wrong gain, of which one or two may hardly count."""
    rng = np.random.default_rng([seed, 8])
    gain = str(rng.choice(["dark", "bright"]))
    return {"shadow": rng.uniform(0.2, 1), "haze": rng.uniform(0.1, 1), gain: rng.uniform(0.1, 1)}


def mean_dice(pictures: np.ndarray, truth: np.ndarray, subject: Subject) -> float:
    """Of all frames, a frame without any contour counts as 0."""
    whole = (Box(0, pictures.shape[1], 0, pictures.shape[2]),)
    probability = segment_as_shown(pictures, subject, regions=whole)
    return float(np.mean([dice(found > subject.threshold, true) for found, true in zip(probability, truth)]))


def spoil(seed: int, subject: Subject, known: float | None = None) -> SpoiledPhantom | None:
    """The phantom of a seed, spoiled so that its mean Dice comes near a value drawn between the limits; None where no
    strength brings it between them, or the clip shows no contraction.

    ``known``: the strength, where it was found before.
    """
    rng = np.random.default_rng([seed, 7])
    frames = int(rng.integers(FEWEST_FRAMES, MOST_FRAMES + 1))
    low, high = MEAN_DICE
    wanted = rng.uniform(low + NEAR_ENOUGH, high - NEAR_ENOUGH)
    clip = sector_clip(seed, size=SIZE, frames=frames)
    if not clip.beats:
        return None
    truth, ways = clip.labels == LV_CAVITY, draw_ways(seed)

    def tried(strength: float) -> tuple[float, float]:
        return strength, mean_dice(spoiled(clip.pictures, seed, ways, strength), truth, subject)

    strength, found = nearest_strength(tried, wanted) if known is None else tried(known)
    if not low <= found <= high:
        return None
    return SpoiledPhantom(replace(clip, pictures=spoiled(clip.pictures, seed, ways, strength)), ways, strength, found)


def nearest_strength(tried: Callable[[float], tuple[float, float]], wanted: float) -> tuple[float, float]:
    """The strength whose mean Dice came nearest, and that Dice: by halving, as more strength costs Dice all in all."""
    found: list[tuple[float, float]] = []
    least, most = 0.0, GREATEST_STRENGTH
    for _ in range(HALVINGS):
        found.append(tried((least + most) / 2))
        strength, value = found[-1]
        if abs(value - wanted) < NEAR_ENOUGH:
            break
        least, most = (strength, most) if value > wanted else (least, strength)
    return min(found, key=lambda entry: abs(entry[1] - wanted))


def spoiled_phantoms(subject: Subject, strengths: Path, first_seed: int = FIRST_SEED) -> Iterator[SpoiledPhantom]:
    """Those that can be had, from this seed on without an end. ``strengths``: a file that keeps what was found."""
    key = {"model": subject.fingerprint, "halvings": HALVINGS, "dice": list(MEAN_DICE), "size": SIZE}
    kept = json.loads(strengths.read_text()) if strengths.exists() else {}
    found: dict[str, float | None] = kept.get("strengths", {}) if kept.get("of") == key else {}
    for seed in count(first_seed):
        name = str(seed)
        known = found.get(name)
        phantom = None if name in found and known is None else spoil(seed, subject, known)
        found[name] = phantom.strength if phantom is not None else None
        write_json(strengths, {"of": key, "strengths": found})
        if phantom is not None:
            yield phantom
