"""What the recogniser is made of and learns by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import yaml


@dataclass(frozen=True)
class ViewConfig:
    name: str
    version: str
    description: str
    encoder: str  # folder of the model whose image encoder is read, seen from the configuration's
    seed: int = 15
    sectors: int = 12000  # pictures drawn for the view
    wholes: int = 4000  # for spectra and M-modes
    phantom_clips: int = 400
    phantom_frames: int = 24
    first_phantom_seed: int = 44_000_000
    width: int = 48
    strip_width: int = 24
    dropout: float = 0.4
    epochs: int = 30
    batch: int = 128
    learning_rate: float = 0.002
    weight_decay: float = 0.02
    label_smoothing: float = 0.03
    set_apart: int = 10  # every so many-th training patient fits the certainty and teaches nothing
    certainty: float = 0.9  # below it the answer is unknown

    @classmethod
    def read(cls, path: Path) -> ViewConfig:
        """Raises ValueError for what is no such configuration."""
        values = yaml.safe_load(path.read_text())
        if not isinstance(values, dict):
            raise ValueError(f"{path}: not a configuration")
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"{path}: unknown settings: {', '.join(unknown)}")
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(f"{path}: {error}") from error
