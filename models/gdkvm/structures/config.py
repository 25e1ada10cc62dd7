"""What a head of structures is made of and learns by."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path

import yaml

from .head import STRUCTURES


@dataclass(frozen=True)
class StructureConfig:
    name: str
    model: str  # folder of the model whose features are read, seen from the configuration's
    seed: int = 15
    camus_clips: int = 1800
    phantom_clips: int = 600
    frames: int = 4  # of a clip, all of which are learned from
    simulated: int = 320  # phantoms that clips are taken from
    simulated_frames: int = 16
    first_phantom_seed: int = 45_000_000
    source_size: int = 224
    widths: tuple[int, int, int] = (64, 40, 24)
    epochs: int = 12
    batch: int = 16
    learning_rate: float = 0.002
    weight_decay: float = 0.02
    dice_weight: float = 0.5
    running_average: float = 0.998
    # Added to a structure's logits when the head is attached: on patients that it has not seen it draws too small.
    raised: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> StructureConfig:
        """Raises ValueError for what is no such configuration."""
        values = yaml.safe_load(path.read_text())
        if not isinstance(values, dict):
            raise ValueError(f"{path}: not a configuration")
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"{path}: unknown settings: {', '.join(unknown)}")
        wrong = sorted(set(values.get("raised", {})) - set(STRUCTURES))
        if wrong:
            raise ValueError(f"{path}: raised: no structures of a head: {', '.join(wrong)}")
        if "widths" in values:
            values["widths"] = tuple(values["widths"])
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(f"{path}: {error}") from error
