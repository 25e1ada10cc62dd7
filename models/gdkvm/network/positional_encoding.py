"""Fixed sine and cosine encoding of the stride-16 grid."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

SCALE = 32.0
TEMPERATURE = 128.0


class PositionalEncoding(nn.Module):
    """First half of the channels encodes x, second half y; sine and cosine alternate.

    forward: (height, width) -> (height * width, channels), row-major

    ``table``: the encoding of one grid as a graph has it, rounded to the bits that it is stored in; it takes the place
    of the computed one, and is no part of the state.
    """

    inv_freq: torch.Tensor
    table: torch.Tensor | None

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        frequency = TEMPERATURE ** -(torch.arange(0, half, 2, dtype=torch.float64) / half)
        self.register_buffer("inv_freq", frequency.float())
        self.register_buffer("table", None, persistent=False)

    def axis(self, length: int) -> torch.Tensor:
        position = torch.arange(length, dtype=torch.float32, device=self.inv_freq.device)
        position = position / (position[-1] + 1e-6) * SCALE
        angle = position[:, None] * self.inv_freq[None]
        return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)

    def forward(self, height: int, width: int) -> torch.Tensor:
        if self.table is not None and len(self.table) == height * width:
            return self.table
        x = self.axis(width)[None].expand(height, -1, -1)
        y = self.axis(height)[:, None].expand(-1, width, -1)
        return torch.cat([x, y], -1).flatten(0, 1)


def encoding_tables(model: nn.Module) -> dict[str, torch.Tensor]:
    """The tables that a network's encodings have from a graph, by the encoding's name; most networks have none."""
    encodings = ((name, module) for name, module in model.named_modules() if isinstance(module, PositionalEncoding))
    return {name: encoding.table for name, encoding in encodings if encoding.table is not None}


def keep_tables(model: nn.Module, tables: Mapping[str, torch.Tensor]) -> None:
    """Gives a network's encodings these tables."""
    for name, table in tables.items():
        encoding = model.get_submodule(name)
        encoding.table = table.to(encoding.inv_freq.device)
