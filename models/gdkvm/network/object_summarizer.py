"""Object memory: what the foreground and the background look like, in a few weighted sums."""

from __future__ import annotations

import torch
from torch import nn

from .config import ModelConfig
from .pooling import area_pool
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
        self.weights_pred = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, self.queries))

    def forward(self, mask: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        height, width = value.shape[2:]
        inside = area_pool(mask, height, width).flatten(2)
        half = self.queries // 2

        pixels = self.input_proj(value.flatten(2).transpose(1, 2)) + self.pos_enc(height, width)
        features = self.feature_pred(pixels)
        weights = torch.sigmoid(self.weights_pred(pixels)).transpose(1, 2)
        weights = torch.cat([weights[:, :half] * inside, weights[:, half:] * (1 - inside)], 1)
        return torch.cat([weights @ features, weights.sum(2, keepdim=True)], 2)
