"""The configuration of a correction network's training, one YAML file."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from ..network.config import ModelConfig


@dataclass(frozen=True)
class CorrectionConfig:
    """``model_folder``: of the model that it corrects, whose image encoder it takes over and leaves as it is."""

    name: str
    model_folder: str  # seen from the configuration's folder
    model_sha256: str  # of that model's graph
    main: ModelConfig  # the architecture of that graph
    correction: ModelConfig
    iterations: int
    clips: int = 6
    frames: int = 5  # the given one among them
    phantom_share: float = 0.6
    both_given_share: float = 0.3  # of the batches in which the last frame is given too
    learning_rate: float = 1e-3
    taken_over_rate: float = 3e-4  # of the weights that come from the model
    weight_decay: float = 0.02
    warmup: int = 60
    gradient_norm: float = 1.0
    ema: float = 0.998
    dice_weight: float = 0.05
    area_weight: float = 0.15
    difference_weight: float = 0.04
    area_difference_weight: float = 0.25
    auxiliary_weight: float = 0.02
    source_size: int = 160
    phantom_clips: int = 1000
    phantom_frames: int = 40
    first_phantom_seed: int = 43_000_000
    seed: int = 1
    checkpoint_every: int = 100
    mask_path_from: int = 300  # iterations after which other frames have to depend on what is given

    @classmethod
    def read(cls, path: Path) -> CorrectionConfig:
        try:
            values = yaml.safe_load(path.read_text())
            for part in ("main", "correction"):
                values[part] = ModelConfig.from_dict(values[part])
            values["model_folder"] = os.path.abspath(path.parent / values["model_folder"])
            return cls(**values)
        except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
            raise ValueError(f"{path}: not the configuration of a correction network ({error})") from error

    def rate(self, iteration: int) -> float:
        """Factor of the learning rates: linear warm-up, then half a cosine down to a fiftieth."""
        if iteration < self.warmup:
            return (iteration + 1) / self.warmup
        done = (iteration - self.warmup) / max(self.iterations - self.warmup, 1)
        return 0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * min(done, 1.0)))

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self)
        return {**values, "main": self.main.to_dict(), "correction": self.correction.to_dict()}
