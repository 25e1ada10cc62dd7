"""Whether what a correction network keeps, and the maps that it gives afterwards, depend on what was given."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .correction_graph import CORRECTION_STATE
from .correction_session import CorrectionSession
from .mask_path import FRAMES, OTHER_SEED, Dependence, apart
from .trial_clip import trial_clip, trial_masks

GIVEN, READ = 1, 3
"""Frames of the drawn clip: whose contour is given, and whose map is looked at."""


def correction_dependence(graph: Path) -> Dependence:
    """On a drawn clip whose cavity the model is taken to have found a tenth too small. ``state``: the memory after one
    given contour; ``map``: of another frame, read with it."""
    session = CorrectionSession(graph)
    size = session.size
    images = trial_clip(size, FRAMES)
    true, large = trial_masks(size, FRAMES), trial_masks(size, FRAMES, scale=1.25)
    found = np.clip(trial_masks(size, FRAMES, scale=0.95), 0.05, 0.95)

    def given(pictures: np.ndarray, maps: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, after = session.step(pictures[GIVEN], maps[GIVEN], mask, session.start())
        corrected, _ = session.step(images[READ], found[READ], None, after)
        return after[CORRECTION_STATE[0]], corrected

    by_mask = [given(images, found, mask[GIVEN]) for mask in (true, np.zeros_like(true), large)]
    other = given(1 - np.flip(trial_clip(size, FRAMES, OTHER_SEED), 1), np.flip(found, 1), true[GIVEN])
    return Dependence(
        *(max(apart(one[part], by_mask[0][part]) for one in by_mask[1:]) for part in (0, 1)),
        *(apart(other[part], by_mask[0][part]) for part in (0, 1)),
    )
