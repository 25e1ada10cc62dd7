"""Training-only logit read from the sensory memory."""

from __future__ import annotations

import torch
from torch import nn


class SensoryAuxiliary(nn.Module):
    """A projection of the sensory memory, correlated with the pixel feature. -> (B, 1, h, w)"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.projection = nn.Conv2d(channels, channels + 1, 1)

    def forward(self, pixel: torch.Tensor, sensory: torch.Tensor) -> torch.Tensor:
        projected = self.projection(sensory)
        return (projected[:, :-1] * pixel).sum(1, keepdim=True) + projected[:, -1:]


class AuxiliaryComputer(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.sensory_aux = SensoryAuxiliary(channels)

    def forward(self, pixel: torch.Tensor, sensory: torch.Tensor) -> torch.Tensor:
        return self.sensory_aux(pixel, sensory)
