"""The ways in which a manifest may have its model run over a clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .segmentation import Runner

PASSES = ("forward", "warm", "both-directions")


class PassesRunner:
    """A runner that goes over every clip as its manifest says.

    ``warm``: the first ``warm_frames`` frames once in reverse order, then the clip with that state kept.
    ``both-directions``: forwards and backwards from fresh states, probabilities averaged.
    """

    def __init__(self, runner: Runner, passes: str = "forward", warm_frames: int = 32) -> None:
        if passes not in PASSES:
            raise ValueError(f"passes {passes!r} is not one of {', '.join(PASSES)}")
        self.runner, self.passes, self.warm_frames = runner, passes, warm_frames

    def clip(self, images: np.ndarray) -> np.ndarray:
        """images (T, S, S) in [0, 1] -> probabilities (T, S, S)."""
        return self.clips([images])[0]

    def clips(self, several: Sequence[np.ndarray]) -> list[np.ndarray]:
        if self.passes == "warm":
            # Frames that follow keep the state, so the clip with the warming frames before it is one run.
            warmed = [np.concatenate([images[: self.warm_frames][::-1], images]) for images in several]
            found = self.run(warmed)
            return [after[-len(images) :] for after, images in zip(found, several)]
        forwards = self.run(several)
        if self.passes == "forward":
            return forwards
        backwards = self.run([images[::-1] for images in several])
        return [(there + back[::-1]) / 2 for there, back in zip(forwards, backwards)]

    def run(self, several: Sequence[np.ndarray]) -> list[np.ndarray]:
        together = getattr(self.runner, "clips", None)
        return together(several) if together else [self.runner.clip(images) for images in several]
