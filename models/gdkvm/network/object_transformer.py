"""Query transformer: object queries read from the pixels they own, and the pixels read back."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from .config import ModelConfig
from .fusion import ChannelAttentionBlock
from .positional_encoding import PositionalEncoding
from .probability import foreground

AREA_EPSILON = 1e-4
BLOCKED = -1e9


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    """Softmax attention of split heads: q (B, heads, L, c), k and v (B, heads, S, c) -> (B, L, heads * c)."""
    score = q @ k.transpose(2, 3)
    if bias is not None:
        score = score + bias
    out = torch.softmax(score, 3) @ v
    batch, heads, length, width = q.shape
    return out.transpose(1, 2).reshape(batch, length, heads * width)


class Attention(nn.Module):
    """Multi-head attention with a packed input projection, as plain matrix products.

    forward: query (B, L, C), key and value (B, S, C), bias broadcastable to (B, heads, L, S) -> (B, L, C)
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.scale = 1 / math.sqrt(channels // heads)
        self.in_proj_weight = nn.Parameter(torch.empty(3 * channels, channels))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * channels))
        self.out_proj = nn.Linear(channels, channels)
        nn.init.xavier_uniform_(self.in_proj_weight)
        nn.init.zeros_(self.out_proj.bias)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, channels = x.shape
        return x.view(batch, length, self.heads, channels // self.heads).transpose(1, 2)

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor | None = None
    ) -> torch.Tensor:
        channels = self.out_proj.in_features
        weights = self.in_proj_weight.split(channels)
        biases = self.in_proj_bias.split(channels)
        q, k, v = (self.split(F.linear(x, w, b)) for x, w, b in zip((query, key, value), weights, biases))
        return self.out_proj(attend(q * self.scale, k, v, bias))


class ReadFromPixel(nn.Module):
    """Queries attend to the pixels. The residual starts from the normalised queries."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.cross_attn = Attention(channels, heads)
        self.norm = nn.LayerNorm(channels)

    def forward(
        self,
        x: torch.Tensor,
        query_position: torch.Tensor,
        pixels: torch.Tensor,
        pixel_position: torch.Tensor,
        bias: torch.Tensor,
    ) -> torch.Tensor:
        x = self.norm(x)
        return x + self.cross_attn(x + query_position, pixels + pixel_position, pixels, bias)


class QuerySelfAttention(nn.Module):
    """Queries attend to each other. The residual starts from the normalised queries."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.self_attn = Attention(channels, heads)
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: torch.Tensor, query_position: torch.Tensor) -> torch.Tensor:
        x = self.norm(x)
        positioned = x + query_position
        return x + self.self_attn(positioned, positioned, x)


class FeedForward(nn.Module):
    """Two linear layers on the normalised queries. The residual starts from the queries as they were."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(channels, hidden)
        self.linear2 = nn.Linear(hidden, channels)
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.linear2(F.relu(self.linear1(self.norm(x))))


class ReadFromQuery(nn.Module):
    """Pixels attend to the queries, without normalisation."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.cross_attn = Attention(channels, heads)

    def forward(
        self, pixels: torch.Tensor, pixel_position: torch.Tensor, x: torch.Tensor, query_position: torch.Tensor
    ) -> torch.Tensor:
        return pixels + self.cross_attn(pixels + pixel_position, x + query_position, x)


class PixelFeedForward(nn.Module):
    """The pixels as a map through a channel-attention block, which replaces them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = ChannelAttentionBlock(channels)

    def forward(self, pixels: torch.Tensor, height: int, width: int) -> torch.Tensor:
        batch, _, channels = pixels.shape
        return self.conv(pixels.transpose(1, 2).reshape(batch, channels, height, width))


class TransformerBlock(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels, heads = config.channels, config.attention_heads
        self.read_from_pixel = ReadFromPixel(channels, heads)
        self.self_attn = QuerySelfAttention(channels, heads)
        self.ffn = FeedForward(channels, config.feedforward)
        self.read_from_query = ReadFromQuery(channels, heads)
        self.pixel_ffn = PixelFeedForward(channels)

    def forward(
        self,
        x: torch.Tensor,
        query_position: torch.Tensor,
        pixel: torch.Tensor,
        pixel_position: torch.Tensor,
        bias: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        height, width = pixel.shape[2:]
        flat = pixel.flatten(2).transpose(1, 2)
        x = self.read_from_pixel(x, query_position, flat, pixel_position, bias)
        x = self.self_attn(x, query_position)
        x = self.ffn(x)
        flat = self.read_from_query(flat, pixel_position, x, query_position)
        return x, self.pixel_ffn(flat, height, width)


class ObjectTransformer(nn.Module):
    """forward: fused readout (B, C, h, w), object memory sum (B, Q, C + 1)
    -> pixels (B, C, h, w), auxiliary logits (list of (B, 1, h, w))
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = config.channels
        self.channels = channels
        self.queries = config.queries
        self.query_init = nn.Embedding(config.queries, channels)
        self.query_emb = nn.Embedding(config.queries, channels)
        self.summary_to_query_init = nn.Linear(channels, channels)
        self.summary_to_query_emb = nn.Linear(channels, channels)
        self.pixel_init_proj = nn.Conv2d(channels, channels, 1)
        self.pixel_emb_proj = nn.Conv2d(channels, channels, 1)
        self.spatial_pe = PositionalEncoding(channels)
        self.blocks = nn.ModuleList([TransformerBlock(config) for _ in range(config.transformer_blocks)])
        self.mask_pred = nn.ModuleList(
            [nn.Sequential(nn.ReLU(), nn.Conv2d(channels, 1, 1)) for _ in range(config.transformer_blocks + 1)]
        )

    def attention_bias(self, logit: torch.Tensor) -> torch.Tensor:
        """Foreground queries see only foreground, background queries only background: (B, 1, Q, P).

        A row that would be blocked everywhere is blocked nowhere.
        """
        inside = foreground(logit.flatten(2))
        outside = 1 - inside
        block_foreground = outside * inside.amax(2, keepdim=True)
        block_background = inside * outside.amax(2, keepdim=True)
        rows = torch.zeros(self.queries // 2, 1, dtype=logit.dtype, device=logit.device)
        blocked = torch.cat([block_foreground + rows, block_background + rows], 1)
        return (blocked * BLOCKED).unsqueeze(1)

    def forward(
        self, readout: torch.Tensor, memory_sum: torch.Tensor, every_level: bool = True
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """``every_level`` also computes the last auxiliary logit, which only the training loss reads."""
        height, width = readout.shape[2:]
        sums, area = memory_sum.split([self.channels, 1], 2)
        summary = sums / (area + AREA_EPSILON)
        x = self.query_init.weight + self.summary_to_query_init(summary)
        query_position = self.query_emb.weight + self.summary_to_query_emb(summary)

        pixel = self.pixel_init_proj(readout)
        pixel_position = self.pixel_emb_proj(readout).flatten(2).transpose(1, 2) + self.spatial_pe(height, width)

        logits = [self.mask_pred[0](pixel)]
        for index, block in enumerate(self.blocks):
            x, pixel = block(x, query_position, pixel, pixel_position, self.attention_bias(logits[index]))
            if every_level or index + 1 < len(self.blocks):
                logits.append(self.mask_pred[index + 1](pixel))
        return pixel, logits
