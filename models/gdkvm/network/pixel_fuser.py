"""Joins memory readout, sensory memory, last mask and the current pixel feature."""

from __future__ import annotations

import torch
from torch import nn

from .config import ModelConfig
from .fusion import FeatureFuser
from .pooling import area_pool


class PixelFuser(nn.Module):
    """forward: pixel, readout, sensory (B, C, h, w), mask (B, 1, H, W) -> (B, C, h, w)"""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = config.channels
        self.fuser = FeatureFuser(channels, channels, channels)
        self.conv = nn.Conv2d(channels + 2, channels, 1)

    def forward(
        self, pixel: torch.Tensor, readout: torch.Tensor, sensory: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        small = area_pool(mask, pixel.shape[2], pixel.shape[3])
        # The last channel holds the other objects, of which there are none.
        sensory = self.conv(torch.cat([sensory, small, torch.zeros_like(small)], 1))
        return self.fuser(pixel, readout + sensory)
