"""The recogniser: an image encoder, and two heads on its features.

One reads the sector and tells the view, the other reads the whole picture and tells a spectrum or an M-mode.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from ..network.efficientnet_lite import EfficientNetLiteTrunk
from .classes import OTHER, VIEWS

VARIANT = "efficientnet-lite0"
CHANNELS = 112 + 40  # of the features at stride 16, and at stride 8 averaged to the same grid
GRID = 10  # cells a side at stride 16
PLACES = 5  # cells a side over which a head keeps apart where something is


def features(encoder: nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    """pictures (n, 1, 160, 160) in [0, 1] -> (n, CHANNELS, GRID, GRID)"""
    f16, f8, _ = encoder((pictures - 0.5) / 0.5)
    return torch.cat([f16, F.avg_pool2d(f8, 2)], 1)


class Head(nn.Module):
    """features (n, CHANNELS, GRID, GRID) -> logits (n, outputs)"""

    def __init__(self, width: int, outputs: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(CHANNELS, width, 1)
        self.around = nn.Conv2d(width, width, 3, stride=GRID // PLACES, padding=1)
        self.further = nn.Conv2d(width, width, 3, padding=1)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(width * PLACES * PLACES, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.narrow(x))
        x = F.relu(self.around(x))
        x = F.relu(x + self.further(x))
        return self.out(self.drop(x.flatten(1)))


class ViewHeads(nn.Module):
    """``view`` on the sector's features, ``strip`` on those of the whole picture."""

    def __init__(self, width: int = 48, strip_width: int = 24, dropout: float = 0.0) -> None:
        super().__init__()
        # Features of the encoder are of many sizes; the heads see them alike.
        self.register_buffer("mean", torch.zeros(1, CHANNELS, 1, 1))
        self.register_buffer("deviation", torch.ones(1, CHANNELS, 1, 1))
        self.view = Head(width, len(VIEWS), dropout)
        self.strip = Head(strip_width, 1, dropout)

    def normalised(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.deviation

    def views(self, x: torch.Tensor) -> torch.Tensor:
        return self.view(self.normalised(x))

    def strips(self, x: torch.Tensor) -> torch.Tensor:
        return self.strip(self.normalised(x))[:, 0]


def of_clip(view_logits: torch.Tensor, strip_logits: torch.Tensor, temperature: float) -> torch.Tensor:
    """Probabilities (4,) of a clip's views, from logits (n, 4) of its sectors and (m,) of its whole pictures.

    Logarithms of the frames' probabilities are averaged, then sharpened or softened by ``temperature``. The largest
    probability of a strip moves that much of all others to "other".
    """
    view = (F.log_softmax(view_logits, 1).mean(0) / temperature).softmax(0)
    strip = torch.sigmoid(strip_logits.amax(0))
    other = F.one_hot(torch.tensor(OTHER), len(VIEWS)).to(view)
    return view * (1 - strip) + other * strip


class Recogniser(nn.Module):
    """The graph: sectors (n, 1, 160, 160) and wholes (m, 1, 160, 160) in [0, 1] -> probabilities (4,) of the clip."""

    def __init__(self, encoder: EfficientNetLiteTrunk, heads: ViewHeads, temperature: float) -> None:
        super().__init__()
        self.encoder, self.heads = encoder, heads
        self.temperature = temperature

    def forward(self, sectors: torch.Tensor, wholes: torch.Tensor) -> torch.Tensor:
        views = self.heads.views(features(self.encoder, sectors))
        strips = self.heads.strips(features(self.encoder, wholes))
        return of_clip(views, strips, self.temperature)
