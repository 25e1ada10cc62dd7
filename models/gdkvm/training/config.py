"""The configuration of a training run, one YAML file per model that ships."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..network.config import ModelConfig
from ..network.efficientnet_variants import VARIANTS


@dataclass(frozen=True)
class Stage:
    """What iterations before ``until`` learn from.

    A clip has between ``frames`` [least, most] frames with gradient, in steps of ``every``; in a share ``warm_share``
    of the batches up to ``warm`` more run before them without, so that the recurrent state has the range it reaches in
    long loops.
    ``phantom_share`` of the clips are phantoms. In ``burst_share`` of those of at least five frames some frames in a
    row cannot be read. ``held_to_start`` is the share of the starting model's map in the target of those that can.
    ``dice_weight``, ``area_weight``, ``change_weight`` and ``unrest_weight`` are the loss's, beside cross-entropy at 1.
    """

    until: int
    frames: tuple[int, int]
    every: int = 1
    warm: int = 0
    warm_share: float = 0.5
    phantom_share: float = 0.0
    dice_weight: float = 1.0
    area_weight: float = 0.0
    change_weight: float = 0.0
    unrest_weight: float = 0.0
    burst_share: float = 0.0
    held_to_start: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.held_to_start < 1:
            raise ValueError(f"held_to_start must be at least 0 and below 1, not {self.held_to_start}")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Stage:
        frames = values["frames"]
        bounds = (frames, frames) if isinstance(frames, int) else (int(frames[0]), int(frames[1]))
        if not 1 <= bounds[0] <= bounds[1] or values.get("every", 1) < 1:
            raise ValueError(f"frames of a stage must be [least, most] in steps of at least 1, not {frames}")
        return cls(**{**values, "frames": bounds})

    def draw(self, rng: np.random.Generator) -> tuple[int, int]:
        """Frames with gradient, and frames that run before them without."""
        least, most = self.frames
        frames = least + self.every * int(rng.integers((most - least) // self.every + 1))
        return frames, int(rng.integers(1, self.warm + 1)) if self.warm and rng.random() < self.warm_share else 0


@dataclass(frozen=True)
class TrainingConfig:
    name: str
    model: ModelConfig
    iterations: int
    stages: tuple[Stage, ...]
    frames_per_batch: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: int = 100
    gradient_norm: float = 3.0
    ema: float = 0.998
    auxiliary_weight: float = 0.05
    neighbour_weight: float = 0.0  # of the loss on myocardium and left atrium
    decay_from: int = 0
    source_size: int = 160  # clips are drawn at this many pixels a side before they are cropped and warped
    phantom_clips: int = 400
    phantom_frames: int = 24
    first_phantom_seed: int = 42_000_000
    imagenet: bool = False  # whether the image encoder starts from ImageNet weights
    precision: str = "auto"
    freeze_batch_norm_at: int = 1 << 30
    seed: int = 42
    validate_every: int = 250
    checkpoint_every: int = 100
    version: str = "0.1.0"
    description: str = ""
    role: str | None = None  # for the manifest: "accurate" or "fast"
    intended_use: str | None = None
    propagation: str = "displacement"  # for the manifest: how corrections are carried; "memory" where it was learned
    start_from: str | None = None  # a model folder or a checkpoint, seen from the configuration's folder
    start_from_sha256: str | None = None  # of that folder's graph, or of the checkpoint's weights
    revive_mask_path: bool = False  # of the model folder that it starts from, whose mask encoder is dead
    frozen: tuple[str, ...] = ()  # parts of the model that keep their weights and statistics
    mask_encoder_rate: float = 1.0  # times the learning rate, for a mask encoder that was revived
    mask_path_from: int = 1000  # iterations after which a memory that carries corrections has to depend on its mask

    def __post_init__(self) -> None:
        if self.imagenet and self.model.image_block not in VARIANTS:
            raise ValueError(f"imagenet: there are such weights for {', '.join(VARIANTS)} only")
        if self.start_from_sha256 is not None and self.start_from is None:
            raise ValueError("start_from_sha256: of what? start_from is missing")
        if self.holds_to_start and self.start_from is None:
            raise ValueError("held_to_start: to what? start_from is missing")
        if self.revive_mask_path and not self.model.mask_slope:
            raise ValueError("revive_mask_path: give the model a mask_slope above 0, or it dies again")

    @classmethod
    def read(cls, path: Path) -> TrainingConfig:
        try:
            values = yaml.safe_load(path.read_text())
            values["model"] = ModelConfig.from_dict(values["model"])
            values["stages"] = tuple(Stage.from_dict(stage) for stage in values["stages"])
            values["frozen"] = tuple(values.get("frozen", ()))
            if values.get("start_from") is not None:
                values["start_from"] = os.path.abspath(path.parent / values["start_from"])
            return cls(**values)
        except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
            raise ValueError(f"{path}: not a training configuration ({error})") from error

    def scaled(self, iterations: int) -> TrainingConfig:
        """The same schedule, stretched or shortened to that many iterations. The warm-up stays as long as it is."""

        def moved(iteration: int) -> int:
            return round(iteration * iterations / self.iterations)

        if moved(self.decay_from) < self.warmup:
            raise ValueError(
                f"{iterations} iterations: the rate would decay before its {self.warmup} of warm-up are over"
            )
        stages = tuple(replace(stage, until=moved(stage.until)) for stage in self.stages)
        return replace(
            self,
            iterations=iterations,
            stages=stages,
            decay_from=moved(self.decay_from),
            freeze_batch_norm_at=moved(self.freeze_batch_norm_at),
        )

    @property
    def holds_to_start(self) -> bool:
        return any(stage.held_to_start for stage in self.stages)

    def stage(self, iteration: int) -> Stage:
        return next((stage for stage in self.stages if iteration < stage.until), self.stages[-1])

    def rate(self, iteration: int) -> float:
        """Linear warm-up, constant, then from ``decay_from`` half a cosine down to one percent."""
        if iteration < self.warmup:
            return self.learning_rate * (iteration + 1) / self.warmup
        start = max(self.warmup, self.decay_from)
        done = max(0, iteration - start) / max(1, self.iterations - start)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))

    def clips(self, frames: int) -> int:
        """Clips of a batch of clips of that many frames."""
        return max(2, round(self.frames_per_batch / frames))

    def to_dict(self) -> dict[str, Any]:
        """What :meth:`read` reads."""
        values = asdict(self)
        values["model"] = self.model.to_dict()
        values["frozen"] = list(self.frozen)
        values["stages"] = [{**asdict(stage), "frames": list(stage.frames)} for stage in self.stages]
        return values
