"""From the weights of an exported graph back to a network that can be trained: the inverse of ``folding``.

What folding threw away cannot come back and is not missed: a norm begins as the identity, with the folded weights in
the convolution before it, and the channel of the other objects, which is always zero, with zero weights. What only the
loss reads begins at zero, so that it pushes nothing until it has learned.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from ..errors import GdkvmError
from ..network.model import GDKVM, only_for_the_loss
from ..network.object_transformer import Attention
from ..network.positional_encoding import SCALE, PositionalEncoding, keep_tables
from .folding import folded_name, normalised_convolutions

MASK_TRUNK = "mask_encoder"
FOLDED_MASK_TRUNK = "mask_encoder.encoder"
ENCODINGS = ("object_summarizer.pos_enc", "object_transformer.spatial_pe")
TABLE_TOLERANCE = 5e-4  # half a step of float16 at 1, twice


class WeightsDoNotFit(GdkvmError):
    """The weights of a graph are not those of the architecture; the message lists every one that is not."""


def fitted_encoding(encoding: PositionalEncoding, table: torch.Tensor, size: int) -> PositionalEncoding:
    """The encoding of a table (size * size, channels), which is near to the one given.

    Its frequencies lie a little off where a running average of weights rounded them once an iteration.
    """
    fitted = copy.deepcopy(encoding)
    position = torch.arange(size, dtype=torch.float64) / (size - 1 + 1e-6) * SCALE
    along_x = table.view(size, size, -1)[0, :, : table.shape[1] // 2].double().view(size, -1, 2)
    angle = torch.atan2(along_x[..., 0], along_x[..., 1])
    away = angle - position[:, None] * encoding.inv_freq.double()
    away = torch.atan2(away.sin(), away.cos())
    fitted.inv_freq += ((position[:, None] * away).sum(0) / (position**2).sum()).float()
    return fitted


class Unfolding:
    """Fills a network that can be trained with the named weights of a folded one, each of which is taken once."""

    def __init__(self, model: GDKVM, weights: Mapping[str, np.ndarray]) -> None:
        self.model, self.weights = model, dict(weights)
        self.template = model.state_dict()
        self.state: dict[str, torch.Tensor] = {}
        self.tables: dict[str, torch.Tensor] = {}
        self.problems: list[str] = []

    def take(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """The weight of this name; zeros, and a problem noted, where it is missing or of another shape."""
        values = self.weights.pop(name, None)
        if values is None:
            self.problems.append(f"missing     {name} {list(shape)}")
        elif values.shape != shape:
            self.problems.append(f"wrong shape {name} {list(values.shape)}, expected {list(shape)}")
        elif not np.isfinite(values).all():
            self.problems.append(f"not finite  {name}")
        else:
            return torch.from_numpy(np.array(values, np.float32))
        return torch.zeros(shape)

    def shape(self, key: str) -> tuple[int, ...]:
        return tuple(self.template[key].shape)

    def trunk(self, trunk: nn.Module, name: str, folded: str) -> None:
        for convolution, norm in normalised_convolutions(trunk):
            key, source = f"{name}.{convolution}.weight", f"{folded}.{folded_name(convolution)}"
            shape = self.shape(key)
            if key == f"{MASK_TRUNK}.conv1.weight":
                narrow = self.take(f"{source}.weight", (shape[0], shape[1] - 1, *shape[2:]))
                self.state[key] = torch.cat([narrow, torch.zeros_like(narrow[:, :1])], 1)
            else:
                self.state[key] = self.take(f"{source}.weight", shape)
            epsilon, behind = trunk.get_submodule(norm).eps, f"{name}.{norm}"
            self.state[f"{behind}.weight"] = torch.ones(shape[0])
            self.state[f"{behind}.bias"] = self.take(f"{source}.bias", (shape[0],))
            self.state[f"{behind}.running_mean"] = torch.zeros(shape[0])
            self.state[f"{behind}.running_var"] = torch.full((shape[0],), 1 - epsilon)

    def attention(self, name: str, scale: float) -> None:
        for part in ("weight", "bias"):
            shape = self.shape(f"{name}.in_proj_{part}")
            third = (shape[0] // 3, *shape[1:])
            query, key, value = (self.take(f"{name}.projections.{index}.{part}", third) for index in range(3))
            self.state[f"{name}.in_proj_{part}"] = torch.cat([query / scale, key, value])

    def mask_channels(self) -> None:
        """The pixel fuser's convolution, whose last channel holds the other objects."""
        key = "pixel_fuser.conv.weight"
        shape = self.shape(key)
        narrow = self.take(key, (shape[0], shape[1] - 1, *shape[2:]))
        self.state[key] = torch.cat([narrow, torch.zeros_like(narrow[:, :1])], 1)

    def encodings(self) -> None:
        """The frequencies of both positional encodings, from their tables; a graph may have one for the two."""
        size, shape = self.model.config.memory_size, self.model.object_transformer.spatial_pe(1, 1).shape
        names = [name for name in ENCODINGS if f"{name}.table" in self.weights] or [ENCODINGS[-1]]
        for name in names:
            table = self.take(f"{name}.table", (size * size, *shape[1:]))
            encoding = self.model.get_submodule(name)
            found = fitted_encoding(encoding, table, size)
            away = float((found(size, size) - table).abs().max())
            if away > TABLE_TOLERANCE and not self.problems:
                self.problems.append(f"not ours    {name}.table: off any positional encoding by {away:.2g}")
            for other in ENCODINGS if len(names) == 1 else [name]:
                self.state[f"{other}.inv_freq"] = found.inv_freq
                self.tables[other] = table

    def fill(self) -> None:
        """Fills the network. Raises WeightsDoNotFit, and leaves it as it was, where anything is missing or left."""
        model = self.model
        self.trunk(model.image_encoder, "image_encoder", "image_encoder")
        self.trunk(model.mask_encoder, MASK_TRUNK, FOLDED_MASK_TRUNK)
        for name, module in model.named_modules():
            if isinstance(module, Attention):
                self.attention(name, module.scale)
        self.mask_channels()
        self.encodings()
        for key, value in self.template.items():
            if key in self.state:
                continue
            if only_for_the_loss(model, key):
                self.state[key] = torch.zeros_like(value)
            elif key.endswith("num_batches_tracked"):
                self.state[key] = value.clone()
            else:
                source = key.replace(MASK_TRUNK, FOLDED_MASK_TRUNK, 1) if key.startswith(f"{MASK_TRUNK}.") else key
                self.state[key] = self.take(source, self.shape(key))
        self.problems += [f"unexpected  {name} {list(values.shape)}" for name, values in self.weights.items()]
        if self.problems:
            listing = "\n  ".join(self.problems)
            raise WeightsDoNotFit(f"{len(self.problems)} weights do not fit this architecture\n  {listing}")
        model.load_state_dict(self.state)
        keep_tables(model, self.tables)
