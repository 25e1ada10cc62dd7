"""When the heart does what: beats, contraction over time, and the times of the frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .heart import Heart


@dataclass(frozen=True)
class Rhythm:
    """R waves (seconds, the first before the clip), strength of each beat, and the frames' times."""

    r_waves: np.ndarray
    strengths: np.ndarray
    frame_times: np.ndarray
    systole: float  # R wave to end of ejection, at the mean beat length, in seconds
    atrial_kick: float

    def beat_of(self, time: np.ndarray) -> np.ndarray:
        return np.clip(np.searchsorted(self.r_waves, time, "right") - 1, 0, len(self.r_waves) - 2)

    def contraction(self, time: np.ndarray) -> np.ndarray:
        """0 at end-diastole, 1 at the end-systole of a beat of mean strength. time (T,) seconds.

        Isovolumic contraction, ejection, isovolumic relaxation, early filling, diastasis, atrial filling.
        """
        beat = self.beat_of(time)
        start, length = self.r_waves[beat], np.diff(self.r_waves)[beat]
        since = time - start
        systole = np.minimum(self.systole, 0.55 * length)
        ejection = smooth_step((since - 0.045) / (systole - 0.045))
        early = smooth_step((since - systole - 0.06) / np.minimum(0.2, 0.45 * (length - systole)))
        kick = smooth_step((since - (length - 0.15)) / 0.13)
        return self.strengths[beat] * (ejection - (1 - self.atrial_kick) * early - self.atrial_kick * kick)

    def mitral_opening(self, time: np.ndarray) -> np.ndarray:
        """0 closed, 1 wide open: the E wave, half open in diastasis, the A wave."""
        beat = self.beat_of(time)
        start, length = self.r_waves[beat], np.diff(self.r_waves)[beat]
        since = time - start
        systole = np.minimum(self.systole, 0.55 * length)
        opened = smooth_step((since - systole - 0.05) / 0.07)
        closing = smooth_step((since - length + 0.02) / 0.05) + 1.0 * (since < 0) + smooth_step(1 - since / 0.03)
        middle = systole + 0.22
        diastasis = np.exp(-0.5 * ((since - (middle + length - 0.14) / 2) / np.maximum(length - middle, 0.08) * 4) ** 2)
        return np.clip(opened * (1 - 0.55 * diastasis) - closing, 0, 1)


def smooth_step(x: np.ndarray) -> np.ndarray:
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def draw_rhythm(rng: np.random.Generator, heart: Heart, frames: int | None) -> Rhythm:
    """A clip of one to three beats at 15 to 90 frames/s that starts anywhere in the cycle.

    Systole after A. M. Weissler et al., Circulation 1968;37:149-159: electromechanical systole of men at rest
    546 - 2.1 x heart rate (ms).
    """
    length = 60 / heart.heart_rate
    beats = rng.uniform(1, 3) if rng.random() < 0.8 else rng.uniform(0.9, 1.3)
    rate = float(np.exp(rng.uniform(np.log(15), np.log(90))))
    start = rng.random() * length
    if frames is None:
        # Wherever it starts, the clip holds a whole contraction.
        shortest = length - start + (546 - 2.1 * heart.heart_rate) / 1000 + 0.15
        frames = int(np.ceil(max(beats * length, shortest) * rate))
    else:
        rate = float(np.clip(frames / (beats * length), 15, 90))
    lengths = length * np.clip(1 + rng.normal(0, heart.irregular, 64), 0.6, 1.6)
    count = int(np.ceil((start + frames / rate) / (0.6 * length))) + 6
    r_waves = np.concatenate([[0.0], np.cumsum(lengths[: min(count, 64)])])
    strengths = np.clip(1 + rng.normal(0, 0.02 + 0.5 * heart.irregular, 64), 0.75, 1.1)[: len(r_waves)]
    systole = (546 - 2.1 * heart.heart_rate) / 1000 - rng.uniform(0.0, 0.06)
    return Rhythm(r_waves, strengths, start + np.arange(frames) / rate, systole, heart.atrial_kick)
