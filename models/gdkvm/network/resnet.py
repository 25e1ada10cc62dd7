"""Residual trunks up to stride 16 (He et al., CVPR 2016), as used on the image and on the mask."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


def rectify(x: torch.Tensor, slope: float) -> torch.Tensor:
    """What lies below zero is multiplied by ``slope``; 0 is the rectifier as published."""
    return F.leaky_relu(x, slope) if slope else F.relu(x)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions; the first one carries the stride."""

    expansion = 1

    def __init__(self, in_channels: int, width: int, stride: int = 1, slope: float = 0.0) -> None:
        super().__init__()
        self.slope = slope
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(in_channels, width, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = rectify(self.bn1(self.conv1(x)), self.slope)
        y = self.bn2(self.conv2(y))
        return rectify(y + (x if self.downsample is None else self.downsample(x)), self.slope)


class Bottleneck(nn.Module):
    """1x1, 3x3 (which carries the stride) and a widening 1x1 convolution."""

    expansion = 4

    def __init__(self, in_channels: int, width: int, stride: int = 1, slope: float = 0.0) -> None:
        super().__init__()
        self.slope = slope
        out_channels = width * self.expansion
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample = shortcut(in_channels, out_channels, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = rectify(self.bn1(self.conv1(x)), self.slope)
        y = rectify(self.bn2(self.conv2(y)), self.slope)
        y = self.bn3(self.conv3(y))
        return rectify(y + (x if self.downsample is None else self.downsample(x)), self.slope)


BLOCKS: dict[str, type[BasicBlock] | type[Bottleneck]] = {"basic": BasicBlock, "bottleneck": Bottleneck}


def shortcut(in_channels: int, out_channels: int, stride: int) -> nn.Sequential | None:
    """Projection of the shortcut where the shape changes, else None (identity)."""
    if stride == 1 and in_channels == out_channels:
        return None
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
        nn.BatchNorm2d(out_channels),
    )


def stage(block: str, in_channels: int, width: int, count: int, stride: int, slope: float) -> nn.Sequential:
    """``count`` residual blocks, the first with ``stride``."""
    kind = BLOCKS[block]
    blocks = [kind(in_channels, width, stride, slope)]
    blocks += [kind(width * kind.expansion, width, slope=slope) for _ in range(count - 1)]
    return nn.Sequential(*blocks)


class ResNetTrunk(nn.Module):
    """Stem and three stages: features at stride 4, 8 and 16. ``slope``: of all rectifiers, below zero.

    forward: (B, in_channels, H, W) -> (B, c, H/16, W/16), (B, c/2, H/8, W/8), (B, c/4, H/4, W/4)
    """

    def __init__(
        self, in_channels: int, block: str, width: int, counts: tuple[int, int, int], slope: float = 0.0
    ) -> None:
        super().__init__()
        self.slope = slope
        # The stem has 64 channels in the published networks, which is also their first width.
        self.conv1 = nn.Conv2d(in_channels, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        expansion = BLOCKS[block].expansion
        self.layer1 = stage(block, width, width, counts[0], 1, slope)
        self.layer2 = stage(block, width * expansion, 2 * width, counts[1], 2, slope)
        self.layer3 = stage(block, 2 * width * expansion, 4 * width, counts[2], 2, slope)

    def trunk(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = rectify(self.bn1(self.conv1(x)), self.slope)
        f4 = self.layer1(F.max_pool2d(x, 3, 2, 1))
        f8 = self.layer2(f4)
        f16 = self.layer3(f8)
        return f16, f8, f4

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.trunk(x)
