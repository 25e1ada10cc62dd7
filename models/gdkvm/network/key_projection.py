"""Keys of a frame: projection of the image features and key-pixel feature fusion (KPFF)."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class KeyProjector(nn.Module):
    """Two convolutions without an activation between them. (B, c16, h, w) -> (B, K, h, w)"""

    def __init__(self, in_channels: int, channels: int, key_channels: int) -> None:
        super().__init__()
        self.layer1 = nn.Conv2d(in_channels, channels, 1)
        self.layer2 = nn.Conv2d(channels, key_channels, 3, padding=1)

    def forward(self, f16: torch.Tensor) -> torch.Tensor:
        return self.layer2(self.layer1(f16))


class PixelProjector(nn.Module):
    """Pixel feature of a frame. (B, c16, h, w) -> (B, C, h, w)"""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.layer = nn.Conv2d(in_channels, channels, 1)

    def forward(self, f16: torch.Tensor) -> torch.Tensor:
        return self.layer(f16)


class KeyPixelFeatureFusion(nn.Module):
    """Blends the key, lifted by its own spatial mean, with a key made from the pixel feature.

    forward: key (B, K, h, w), pixel (B, C, h, w) -> (B, K, h, w)
    """

    def __init__(self, channels: int, key_channels: int) -> None:
        super().__init__()
        self.layer1 = nn.Conv2d(channels, channels, 1)
        self.layer2 = nn.Conv2d(channels, key_channels, 3, padding=1)
        self.gate_layer = nn.Conv2d(key_channels, 1, 1)

    def forward(self, key: torch.Tensor, pixel: torch.Tensor) -> torch.Tensor:
        from_pixel = self.layer2(F.relu(self.layer1(pixel)))
        lifted = key + key.mean((2, 3), keepdim=True)
        gate = torch.sigmoid(self.gate_layer(lifted))
        return lifted * gate + from_pixel * (1 - gate)
