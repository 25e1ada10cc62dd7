"""The head: from features of a frame to maps of the epicardium's inside and of the left atrium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

STRUCTURES = ("lv-wall", "left-atrium")


class Features(NamedTuple):
    """Of a frame, (B, channels, rows, columns); see :class:`gdkvm.structures.taps.Taps`."""

    f16: torch.Tensor
    transformed: torch.Tensor
    f8: torch.Tensor
    f4: torch.Tensor
    fine: torch.Tensor


@dataclass(frozen=True)
class HeadShape:
    """``channels``: of the features in their order; ``widths``: of the head at stride 16, 8 and 4."""

    channels: tuple[int, int, int, int, int]
    widths: tuple[int, int, int] = (64, 40, 24)


def convolution(inputs: int, outputs: int, size: int) -> nn.Conv2d:
    layer = nn.Conv2d(inputs, outputs, size, padding=size // 2)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


class Residual(nn.Module):
    """forward: x (B, c, h, w) -> the same size"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = convolution(channels, channels, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + F.relu(self.convolution(x))


class StructureHead(nn.Module):
    """forward: :class:`Features` -> logits (B, 2, H / 4, W / 4) of lying inside the epicardium (cavity and wall
    together), and in the left atrium.

    Features are read through 1x1 convolutions of their own, coarse ones first, so that the atrium is found where the
    picture as a whole says it is.
    """

    def __init__(self, shape: HeadShape) -> None:
        super().__init__()
        self.shape = shape
        w16, w8, w4 = shape.widths
        c16, transformed, c8, c4, fine = shape.channels
        self.read_f16, self.read_transformed = convolution(c16, w16, 1), convolution(transformed, w16, 1)
        self.at_16 = nn.Sequential(Residual(w16), Residual(w16), convolution(w16, w8, 1))
        self.read_f8 = convolution(c8, w8, 1)
        self.at_8 = nn.Sequential(Residual(w8), convolution(w8, w4, 1))
        self.read_f4, self.read_fine = convolution(c4, w4, 1), convolution(fine, w4, 1)
        self.at_4 = nn.Sequential(Residual(w4), Residual(w4))
        self.logits = convolution(w4, len(STRUCTURES), 1)

    def readers(self) -> dict[str, nn.Conv2d]:
        """The layer that reads each of the features."""
        return {name: getattr(self, f"read_{name}") for name in Features._fields}

    def forward(self, features: Features) -> torch.Tensor:
        x = F.relu(self.read_f16(features.f16) + self.read_transformed(features.transformed))
        x = F.relu(enlarged(self.at_16(x), 2) + self.read_f8(features.f8))
        x = F.relu(enlarged(self.at_8(x), 2) + self.read_f4(features.f4) + self.read_fine(features.fine))
        return self.logits(self.at_4(x))


def enlarged(x: torch.Tensor, factor: int) -> torch.Tensor:
    return F.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=False)


def structure_maps(logits: torch.Tensor, cavity: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Probabilities (B, 1, H, W) of the epicardium's inside and of the atrium, from the head's logits and the cavity's
    probability (B, 1, H, W).

    What is cavity is inside of the epicardium, and what is more likely inside of it than not is no atrium.
    """
    inside, atrium = torch.sigmoid(enlarged(logits, 4)).split(1, 1)
    inside = torch.maximum(inside, cavity)
    return inside, torch.minimum(atrium, 1 - inside)


@torch.no_grad()
def fold_normalisation(
    head: StructureHead, means: dict[str, torch.Tensor], deviations: dict[str, torch.Tensor]
) -> None:
    """Makes a head that learned from normalised features one for features as they are. By channel."""
    for name, layer in head.readers().items():
        scaled = layer.weight / deviations[name].view(1, -1, 1, 1)
        layer.bias -= (scaled * means[name].view(1, -1, 1, 1)).sum((1, 2, 3))
        layer.weight.copy_(scaled)


def parameter_count(head: StructureHead) -> int:
    return sum(value.numel() for value in head.parameters())
