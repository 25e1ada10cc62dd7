"""The batches of a training run: which clips an iteration sees follows from the run's seed and its number alone."""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from ..clips.clip_plan import ClipPlan, ClipPlanner
from ..clips.phantom_store import phantom_store
from ..clips.picture_library import PictureLibrary
from ..clips.unreadable import READABLE
from ..datasets.camus_pairs import Pair
from .config import TrainingConfig
from .together import rank_and_processes

LEAST_FRAMES_OF_A_BURST = 5


class BatchPlan(NamedTuple):
    clips: ClipPlan
    warm: int


class Batch(NamedTuple):
    """clips (B, T, 1, S, S) in [0, 1]; their first ``warm`` frames run without gradient. Soft masks of the others,
    (B, T - warm, 3, S, S): cavity, myocardium and left atrium. ``readable`` (B, T - warm): frames that nothing was done
    to that hides the cavity; all of them where it is None."""

    clips: torch.Tensor
    masks: torch.Tensor
    warm: int
    readable: torch.Tensor | None = None


class PlannedBatches(Dataset[BatchPlan]):
    """Plans by number of the iteration. Holds nothing of a GPU, so that other processes can draw them."""

    def __init__(self, config: TrainingConfig, planner: ClipPlanner) -> None:
        self.config, self.planner = config, planner
        self.rank, self.processes = rank_and_processes()

    def draw(
        self, number: int, *, clips: int, frames: int, warm: int, phantom_share: float, burst_share: float = 0.0
    ) -> BatchPlan:
        rng = np.random.default_rng([self.config.seed, number])
        size = self.config.model.image_size
        return BatchPlan(self.planner.plan(rng, clips, frames + warm, phantom_share, size, burst_share, warm), warm)

    def __getitem__(self, iteration: int) -> BatchPlan:
        config, stage = self.config, self.config.stage(iteration)
        number = iteration * self.processes + self.rank
        frames, warm = stage.draw(np.random.default_rng([config.seed, number, 1]))
        return self.draw(
            number,
            clips=config.clips(frames),
            frames=frames,
            warm=warm,
            phantom_share=stage.phantom_share,
            burst_share=stage.burst_share if frames >= LEAST_FRAMES_OF_A_BURST else 0.0,
        )


class TrainingBatches(Dataset[Batch]):
    """Batches by number of the iteration, so that a resumed run and any number of workers see the same.

    ``device``: where pictures are kept and batches are rendered. Phantoms are read, or simulated, when they are wanted.
    """

    def __init__(
        self, config: TrainingConfig, pairs: list[Pair], phantoms: Path, device: torch.device | str = "cpu"
    ) -> None:
        self.config = config
        self.plans = PlannedBatches(config, ClipPlanner(pairs, (config.phantom_clips, config.phantom_frames)))
        self.library = PictureLibrary(pairs, device)
        settings = config.phantom_clips, config.phantom_frames, config.first_phantom_seed, config.source_size
        self.phantom_settings = phantoms, *settings
        self.simulation: BaseProcess | None = None

    def need_phantoms(self) -> None:
        if self.library.has_phantoms:
            return
        if self.simulation is not None:
            self.simulation.join()
            if self.simulation.exitcode:
                print(f"the simulation of phantoms ended with {self.simulation.exitcode}; it is done again", flush=True)
        self.library.add_phantoms(phantom_store(*self.phantom_settings))

    def close(self) -> None:
        """Ends a simulation that nobody waits for any more."""
        if self.simulation is not None and self.simulation.is_alive():
            self.simulation.terminate()
            self.simulation.join()

    def render(self, plan: BatchPlan) -> Batch:
        if self.library.lacks(plan.clips):
            self.need_phantoms()
        readable = (plan.clips.augmentation.poor == torch.tensor(READABLE)).all(2)[:, plan.warm :]
        return Batch(*self.library.render(plan.clips, self.config.model.image_size, plan.warm), plan.warm, readable)

    def __getitem__(self, iteration: int) -> Batch:
        return self.render(self.plans[iteration])

    def loader(self, first: int, workers: int) -> Iterable[Batch]:
        """Batches from iteration ``first`` to the last, prepared in that many other processes (0: in this one).

        For a GPU the processes only plan, and the batches are rendered there; phantoms are simulated while it learns
        from stages without them.
        """
        wanted = any(stage.phantom_share and stage.until > first for stage in self.config.stages)
        order = range(first, self.config.iterations)
        if self.library.device.type == "cpu":
            if wanted:
                self.need_phantoms()  # before the workers start, so that they share it
            return DataLoader(self, batch_size=None, sampler=order, num_workers=workers)
        if wanted and not self.library.has_phantoms:
            # Fresh, not forked: a copy of a process that holds a GPU can hang.
            self.simulation = get_context("spawn").Process(target=phantom_store, args=self.phantom_settings)
            self.simulation.start()
        plans = DataLoader(self.plans, batch_size=None, sampler=order, num_workers=workers, pin_memory=True)
        return map(self.render, plans)
