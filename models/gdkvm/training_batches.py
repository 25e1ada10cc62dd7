"""The batches of a training run: which clips an iteration sees follows from the run's seed and its number alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from .camus import Pair
from .clips import PhantomStore, make_batch, phantom_store
from .training_config import TrainingConfig


class Batch(NamedTuple):
    """clips (B, T, 1, S, S) in [0, 1] and soft masks of the same shape; the first ``warm`` frames run without
    gradient."""

    clips: torch.Tensor
    masks: torch.Tensor
    warm: int


class TrainingBatches(Dataset[Batch]):
    """Batch by number of the iteration, so that a resumed run and any number of workers see the same."""

    def __init__(self, config: TrainingConfig, pairs: list[Pair], phantoms: Path) -> None:
        self.config, self.pairs, self.folder = config, pairs, phantoms
        self.store: PhantomStore | None = None

    def phantoms(self) -> PhantomStore:
        """The phantom clips, simulated when a run first wants them."""
        if self.store is None:
            config = self.config
            self.store = phantom_store(
                self.folder,
                config.phantom_clips,
                config.phantom_frames,
                config.first_phantom_seed,
                config.source_size,
            )
        return self.store

    def draw(self, iteration: int, *, clips: int, frames: int, warm: int, phantom_share: float) -> Batch:
        config = self.config
        rng = np.random.default_rng([config.seed, iteration])
        store = self.phantoms() if phantom_share else None
        size = config.model.image_size
        return Batch(*make_batch(rng, self.pairs, store, phantom_share, clips, frames + warm, size), warm)

    def __getitem__(self, iteration: int) -> Batch:
        config, stage = self.config, self.config.stage(iteration)
        frames, warm = stage.draw(np.random.default_rng([config.seed, iteration, 1]))
        return self.draw(
            iteration, clips=config.clips(frames), frames=frames, warm=warm, phantom_share=stage.phantom_share
        )

    def loader(self, first: int, workers: int, pinned: bool) -> Iterable[Batch]:
        """Batches from iteration ``first`` to the last, prepared in that many other processes (0: in this one)."""
        if any(stage.phantom_share and stage.until > first for stage in self.config.stages):
            self.phantoms()  # before the workers start, so that they share it
        order = range(first, self.config.iterations)
        return DataLoader(self, batch_size=None, sampler=order, num_workers=workers, pin_memory=pinned)
