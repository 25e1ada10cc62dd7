"""Object memory: what the foreground and the background look like, in a few weighted sums."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .config import ModelConfig
from .positional_encoding import PositionalEncoding


class ObjectSummarizer(nn.Module):
    """Half of the summaries pool under the mask, the other half outside it.

    forward: mask (B, 1, H, W) soft, value (B, C, h, w) -> (B, Q, C + 1): sums, then the area in the last column
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = config.channels
        self.queries = config.queries
        self.pos_enc = PositionalEncoding(channels)
        self.input_proj = nn.Linear(channels, channels)
        self.feature_pred = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, channels))
        self.weights_pred = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, self.queries)
        )

    def forward(self, mask: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        height, width = value.shape[2:]
        small = F.avg_pool2d(mask, (mask.shape[2] // height, mask.shape[3] // width)).flatten(2)
        half = self.queries // 2
        inside = small.expand(-1, half, -1)
        region = torch.cat([inside, 1 - inside], 1)

        pixels = self.input_proj(value.flatten(2).transpose(1, 2)) + self.pos_enc(height, width)
        features = self.feature_pred(pixels)
        weights = torch.sigmoid(self.weights_pred(pixels)).transpose(1, 2) * region
        return torch.cat([weights @ features, weights.sum(2, keepdim=True)], 2)
