"""The gated recurrence of the sensory memory."""

from __future__ import annotations

import torch
from torch import nn


class SensoryCell(nn.Module):
    """One gated update; a forget gate and an update gate from one convolution over [input, memory].

    forward: g (B, C, h, w), sensory (B, C, h, w) -> (B, C, h, w)
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.transform = nn.Conv2d(2 * channels, 3 * channels, 3, padding=1)
        nn.init.xavier_normal_(self.transform.weight)

    def forward(self, g: torch.Tensor, sensory: torch.Tensor) -> torch.Tensor:
        values = self.transform(torch.cat([g, sensory], 1))
        forget, update, candidate = values.chunk(3, 1)
        update = torch.sigmoid(update)
        return torch.sigmoid(forget) * sensory * (1 - update) + update * torch.tanh(candidate)
