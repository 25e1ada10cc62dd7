"""Clips in which a contour is given on one frame and wanted on others, near and far, before and after it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from .augmentation_plan import draw_augmentation
from .clip_plan import ClipPlan, ClipPlanner
from .picture_library import PictureLibrary
from .reader_styles import anatomy, draw_styles, drawn_in_style
from .unreadable import READABLE

NEAR, BETWEEN, FAR = (1, 3), (3, 9), (9, 40)  # frames from the given one; at most this far, exclusive
CAMUS_APART = (
    10.0  # frames of a loop between end-diastole and end-systole, which is how far apart a pair's are taken for
)
# Readers are consistent only so far: on patients, the model's errors of area at end-diastole and end-systole correlate
# with r = 0.40. What drifts is as large there as what stays.
PHANTOM_DRIFT, CAMUS_DRIFT = 0.4, 1.0
CAMUS_STYLED = 0.5  # of the clips of patients; in the others the reader of the data set is the only one
SPOILT = 0.5  # of the clips, all frames alike


class CorrectionBatch(NamedTuple):
    """B clips of T frames; the contour of frame 0 is given. Three readers of each: the true one, one with a style and
    one with the opposite."""

    clips: torch.Tensor  # (B, T, 1, S, S) in [0, 1]
    drawn: torch.Tensor  # (B, 3, T, 1, S, S) soft, by reader


class CorrectionPlanner:
    """Draws which frames of which clips."""

    def __init__(self, planner: ClipPlanner) -> None:
        self.planner = planner

    def phantom(self, rng: np.random.Generator, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the picture library and times, the given frame first."""
        clips, count = self.planner.phantoms
        given = int(rng.integers(count))
        times = [given]
        spans = [NEAR, BETWEEN, FAR, FAR]
        for index in range(frames - 1):
            low, high = spans[index % len(spans)]
            away = int(rng.integers(low, min(high, count)))
            ways = [time for time in (given - away, given + away) if 0 <= time < count]
            times.append(int(rng.choice(ways)) if ways else int(rng.integers(count)))
        first = 2 * len(self.planner.walls) + int(rng.integers(clips)) * count
        return first + np.array(times), np.array(times, float)

    def plan(
        self, rng: np.random.Generator, clips: int, frames: int, phantom_share: float, size: int
    ) -> tuple[ClipPlan, np.ndarray, np.ndarray, np.ndarray]:
        """A plan, the times of its frames (B, T), the scale of its styles and how far they drift (B,)."""
        rows, here, there, times, scales, drifts = [], [], [], [], [], []
        still = np.full((frames, self.planner.walls.shape[2], 2), 0.5)
        for _ in range(clips):
            if rng.random() < phantom_share:
                row, time = self.phantom(rng, frames)
                outlines = still, still
                scale, drift = float(rng.random() < 0.95), PHANTOM_DRIFT
            else:
                row, *outlines = self.planner.camus(rng, frames)
                time = CAMUS_APART * (row % 2) + rng.uniform(-1, 1, frames)
                scale, drift = float(rng.random() < CAMUS_STYLED), CAMUS_DRIFT
            rows.append(row)
            here.append(outlines[0])
            there.append(outlines[1])
            times.append(time)
            scales.append(scale)
            drifts.append(drift)
        moved = (torch.from_numpy(np.stack(part).astype(np.float32)) for part in (here, there))
        augmentation = draw_augmentation(rng, clips, frames, size)
        # The frame that a reader corrects is one that can be read.
        augmentation.poor[:, 0] = torch.tensor(READABLE)
        return (
            ClipPlan(torch.from_numpy(np.stack(rows)), *moved, augmentation),
            np.stack(times),
            np.array(scales),
            np.array(drifts),
        )


def spoil_throughout(rng: np.random.Generator, clips: torch.Tensor) -> torch.Tensor:
    """Veils, wrong gain and dark walls that stay: a model errs in the same way in a whole clip. (B, T, 1, S, S)"""
    batch, _, _, size, _ = clips.shape
    grid = torch.from_numpy(rng.random((batch, 1, 24, 24)).astype(np.float32))
    veil = F.interpolate(grid, size=(size, size), mode="bicubic", align_corners=False).clamp(0, 1)
    depth = (torch.arange(size) + 0.5).view(1, 1, size, 1) / size

    def drawn(share: float, low: float, high: float) -> torch.Tensor:
        values = rng.uniform(low, high, batch) * (rng.random(batch) < share * SPOILT)
        return torch.from_numpy(values.astype(np.float32)).view(batch, 1, 1, 1, 1)

    inside = (clips > 1.5 / 255).float()
    reach = torch.from_numpy(rng.uniform(0.15, 0.6, batch).astype(np.float32)).view(batch, 1, 1, 1)
    near = (torch.exp(-depth / reach) * veil).unsqueeze(1)
    thick, thin = drawn(0.6, 0.1, 0.9), drawn(0.4, 0.02, 0.2)
    out = clips + (thick * near + thin) * inside
    dim = drawn(0.35, 0.1, 0.6)
    out = ((out * (1 - dim)) - 0.15 * dim * inside).clamp(min=0)
    bright = drawn(0.35, 0.2, 1.6)
    out = out * (1 + bright) + 0.08 * bright * inside
    return (out.clamp(0, 1) * 255).round() / 255


def correction_batch(
    library: PictureLibrary,
    planner: CorrectionPlanner,
    rng: np.random.Generator,
    *,
    clips: int,
    frames: int,
    phantom_share: float,
    size: int,
) -> CorrectionBatch:
    plan, times, scales, drifts = planner.plan(rng, clips, frames, phantom_share, size)
    pictures, structures = library.render(plan, size)
    truth, atria = structures[:, :, 0], structures[:, :, 2]
    styles = draw_styles(rng, times, scales, drifts)
    heart = anatomy(truth, atria)
    readers = [truth, drawn_in_style(truth, heart, styles), drawn_in_style(truth, heart, styles.opposite())]
    return CorrectionBatch(spoil_throughout(rng, pictures), torch.stack(readers, 1).unsqueeze(3))
