"""The model that a run started from, so that what it drew well is not unlearned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from ..network.checkpoint import load_strictly
from ..network.model import GDKVM
from ..network.positional_encoding import keep_tables
from .batches import Batch
from .beginning import read_beginning
from .config import TrainingConfig


class StartingModel:
    """As it drew before anything was learned. Raises as ``read_beginning``."""

    def __init__(self, config: TrainingConfig, device: torch.device, layout: torch.memory_format) -> None:
        assert config.start_from is not None
        path = Path(config.start_from)
        revived = config.revive_mask_path
        beginning = read_beginning(path, config.model, config.start_from_sha256, revived)
        self.model = GDKVM(replace(config.model, mask_slope=0.0) if revived else config.model)
        load_strictly(self.model, beginning.weights, path)
        keep_tables(self.model, beginning.tables)
        self.model.eval().requires_grad_(False).to(device, memory_format=layout)

    @torch.no_grad()
    def mixed_into(self, masks: torch.Tensor, batch: Batch, clips: torch.Tensor, share: float) -> torch.Tensor:
        """masks (B, t, M, S, S) of the last t frames of clips (B, T, 1, S, S), in which cavities on readable frames are
        mixed with that share of this model's maps. Cross-entropy with a mixture is the mixture of cross-entropies."""
        outputs = self.model(clips, training_outputs=False)
        maps = torch.stack([output.probability for output in outputs[batch.warm :]], 1).to(masks.dtype)
        cavity = masks[:, :, :1]
        mixed = (1 - share) * cavity + share * maps
        if batch.readable is not None:
            mixed = torch.where(batch.readable.to(masks.device)[:, :, None, None, None], mixed, cavity)
        return torch.cat([mixed, masks[:, :, 1:]], 2)
