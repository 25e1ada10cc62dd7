"""Blocks shared by the mask encoder and the pixel fuser: channel-attention residual block and feature fuser."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F


class ChannelAttentionBlock(nn.Module):
    """Residual block whose branch is weighted per channel (efficient channel attention, Wang et al., CVPR 2020).

    forward: (B, C, h, w) -> (B, C, h, w)
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        kernel = int((math.log2(channels) + 1) / 2)
        kernel += 1 - kernel % 2
        self.conv = nn.Conv1d(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        u = self.conv2(F.relu(self.conv1(F.relu(x))))
        batch, channels = u.shape[:2]
        # The channel means are one sequence; as a column of a picture the 1-D convolution needs no transpose.
        sequence = u.mean((2, 3)).view(batch, 1, channels, 1)
        padding = self.conv.padding[0]
        weight = F.conv2d(sequence, self.conv.weight.unsqueeze(-1), padding=(padding, 0))
        return u * torch.sigmoid(weight).view(batch, channels, 1, 1) + x


class FeatureFuser(nn.Module):
    """Adds two projected maps and refines the sum.

    forward: x (B, x_channels, h, w), y (B, y_channels, h, w) -> (B, C, h, w)
    """

    def __init__(self, x_channels: int, y_channels: int, channels: int) -> None:
        super().__init__()
        self.x_transform = nn.Conv2d(x_channels, channels, 1)
        self.y_transform = nn.Conv2d(y_channels, channels, 1)
        self.layer1 = ChannelAttentionBlock(channels)
        self.layer2 = ChannelAttentionBlock(channels)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.layer2(self.layer1(self.x_transform(x) + self.y_transform(y)))
