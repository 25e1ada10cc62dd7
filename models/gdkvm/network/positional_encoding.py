"""Fixed sine and cosine encoding of the stride-16 grid."""

from __future__ import annotations

import torch
from torch import nn

SCALE = 32.0
TEMPERATURE = 128.0


class PositionalEncoding(nn.Module):
    """First half of the channels encodes x, second half y; sine and cosine alternate.

    forward: (height, width) -> (height * width, channels), row-major
    """

    inv_freq: torch.Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        frequency = TEMPERATURE ** -(torch.arange(0, half, 2, dtype=torch.float64) / half)
        self.register_buffer("inv_freq", frequency.float())

    def axis(self, length: int) -> torch.Tensor:
        position = torch.arange(length, dtype=torch.float32, device=self.inv_freq.device)
        position = position / (position[-1] + 1e-6) * SCALE
        angle = position[:, None] * self.inv_freq[None]
        return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)

    def forward(self, height: int, width: int) -> torch.Tensor:
        x = self.axis(width)[None].expand(height, -1, -1)
        y = self.axis(height)[:, None].expand(-1, width, -1)
        return torch.cat([x, y], -1).flatten(0, 1)
