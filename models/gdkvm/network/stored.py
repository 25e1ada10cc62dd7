"""Networks out of checkpoints: ours, which bring their widths, and the published one, whose widths are known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch

from .checkpoint import load_strictly, read_checkpoint, weights_of
from .config import NAMED, ModelConfig
from .model import GDKVM
from .positional_encoding import keep_tables


@dataclass(frozen=True)
class StoredNetwork:
    """A network with its weights. ``ours``: of a training run of this code, which keeps averaged weights."""

    network: GDKVM
    weights: dict[str, torch.Tensor]
    ours: bool


def read_network(path: Path) -> StoredNetwork:
    """A checkpoint of our training (its averaged weights) or one in the published layout. Raises CheckpointError."""
    content = read_checkpoint(path)
    ours = isinstance(content, dict) and isinstance(content.get("config"), dict)
    if ours:
        values = content["config"].get("model", content["config"])
        weights = content.get("ema") or weights_of(content, path)
        network = GDKVM(ModelConfig.from_dict(values))
    else:
        weights = weights_of(content, path)
        network = GDKVM(fitting_config(weights))
    load_strictly(network, weights, path)
    if ours:
        keep_tables(network, content.get("tables", {}))
    return StoredNetwork(network.eval(), weights, ours)


def fitting_config(weights: dict[str, torch.Tensor]) -> ModelConfig:
    """The named configuration that has exactly these shapes; base where none has, so that loading names the misfits."""
    shapes = {name: tuple(value.shape) for name, value in weights.items()}
    for config in NAMED.values():
        if {name: tuple(value.shape) for name, value in GDKVM(config).state_dict().items()} == shapes:
            return config
    return NAMED["base"]


def weights_fingerprint(weights: dict[str, torch.Tensor]) -> str:
    """SHA-256 over names and values, the same for the same weights in whatever file."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode())
        digest.update(weights[name].detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
