"""Rewriting for inference: what is constant is computed once, before export.

Batch normalisation goes into the convolution before it, the packed attention projections are split and scaled, channels
that are always zero are dropped, and positional encodings become tables.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn

from ..network.efficientnet_lite import InvertedResidual
from ..network.mask_encoder import MaskEncoder
from ..network.model import GDKVM
from ..network.object_transformer import Attention, ObjectTransformer, attend
from ..network.pixel_fuser import PixelFuser
from ..network.pooling import area_pool
from ..network.positional_encoding import PositionalEncoding
from ..network.resnet import BasicBlock, Bottleneck


@torch.no_grad()
def fold(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """One convolution with bias that equals convolution and running-statistics normalisation."""
    scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    folded = nn.Conv2d(
        convolution.in_channels,
        convolution.out_channels,
        convolution.kernel_size,
        convolution.stride,
        convolution.padding,
        groups=convolution.groups,
        bias=True,
    )
    folded.weight.copy_(convolution.weight.double() * scale[:, None, None, None])
    folded.bias.copy_(norm.bias.double() - norm.running_mean.double() * scale)
    return folded


def shortcut_without_stride(convolution: nn.Conv2d) -> nn.Sequential:
    """A strided 1x1 convolution as subsampling and a dense one, which onnxruntime computes faster."""
    stride = convolution.stride
    convolution.stride = (1, 1)
    return nn.Sequential(nn.MaxPool2d(1, stride), convolution)


def normalised_convolutions(trunk: nn.Module) -> Iterator[tuple[str, str]]:
    """Names in a trunk, as it is trained, of every convolution and of the norm behind it."""
    yield "conv1", "bn1"
    for name, block in trunk.named_modules():
        if isinstance(block, (BasicBlock, Bottleneck)):
            for index in range(1, 3 if isinstance(block, BasicBlock) else 4):
                yield f"{name}.conv{index}", f"{name}.bn{index}"
            if block.downsample is not None:
                yield f"{name}.downsample.0", f"{name}.downsample.1"
        elif isinstance(block, InvertedResidual):
            for convolution, norm in (("expand", "bn0"), ("depthwise", "bn1"), ("project", "bn2")):
                if not isinstance(getattr(block, convolution), nn.Identity):
                    yield f"{name}.{convolution}", f"{name}.{norm}"


def folded_name(convolution: str) -> str:
    """Where a folded trunk has the convolution that has this name in the trunk as it is trained."""
    holder, _, last = convolution.rpartition(".")
    return f"{holder}.1" if holder.endswith("downsample") and last == "0" else convolution


def fold_trunk(trunk: nn.Module) -> None:
    """Folds every BatchNorm of a trunk in place."""
    for convolution, norm in list(normalised_convolutions(trunk)):
        folded = fold(trunk.get_submodule(convolution), trunk.get_submodule(norm))
        holder, _, last = convolution.rpartition(".")
        if holder.endswith("downsample"):
            trunk.get_submodule(holder.rpartition(".")[0]).downsample = shortcut_without_stride(folded)
            continue
        setattr(trunk.get_submodule(holder), last, folded)
        setattr(trunk.get_submodule(holder), norm.rpartition(".")[2], nn.Identity())


class EncodingTable(nn.Module):
    """A positional encoding of one grid size."""

    def __init__(self, encoding: PositionalEncoding, height: int, width: int) -> None:
        super().__init__()
        self.register_buffer("table", encoding(height, width).detach())

    def forward(self, height: int, width: int) -> torch.Tensor:
        return self.table


class SplitAttention(nn.Module):
    """Attention with its three input projections apart and the scale inside the first."""

    @torch.no_grad()
    def __init__(self, attention: Attention) -> None:
        super().__init__()
        channels = attention.out_proj.in_features
        self.heads = attention.heads
        self.projections = nn.ModuleList()
        parts = zip(attention.in_proj_weight.split(channels), attention.in_proj_bias.split(channels))
        for index, (weight, bias) in enumerate(parts):
            linear = nn.Linear(channels, channels)
            scale = attention.scale if index == 0 else 1.0
            linear.weight.copy_(weight * scale)
            linear.bias.copy_(bias * scale)
            self.projections.append(linear)
        self.out_proj = attention.out_proj

    def split(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, channels = x.shape
        return x.view(batch, length, self.heads, channels // self.heads).transpose(1, 2)

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor | None = None
    ) -> torch.Tensor:
        q, k, v = (self.split(linear(x)) for linear, x in zip(self.projections, (query, key, value)))
        return self.out_proj(attend(q, k, v, bias))


@torch.no_grad()
def without_channel(convolution: nn.Conv2d, channel: int) -> nn.Conv2d:
    """The convolution without one of its input channels, which is always zero."""
    keep = [index for index in range(convolution.in_channels) if index != channel]
    smaller = nn.Conv2d(
        len(keep),
        convolution.out_channels,
        convolution.kernel_size,
        convolution.stride,
        convolution.padding,
        bias=convolution.bias is not None,
    )
    smaller.weight.copy_(convolution.weight[:, keep])
    if convolution.bias is not None:
        smaller.bias.copy_(convolution.bias)
    return smaller


class SingleObjectMaskEncoder(nn.Module):
    """Mask encoder without the channel of the other objects."""

    def __init__(self, encoder: MaskEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        encoder.conv1 = without_channel(encoder.conv1, 2)

    def forward(
        self, image: torch.Tensor, pixel: torch.Tensor, mask: torch.Tensor, sensory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        f16, _, _ = self.encoder.trunk(torch.cat([image, mask], 1))
        value = self.encoder.fuser(pixel, f16)
        return value, self.encoder.sensory_updater(value, sensory)


class SingleObjectPixelFuser(nn.Module):
    """Pixel fuser without the channel of the other objects."""

    def __init__(self, fuser: PixelFuser) -> None:
        super().__init__()
        self.fuser = fuser.fuser
        self.conv = without_channel(fuser.conv, fuser.conv.in_channels - 1)

    def forward(
        self, pixel: torch.Tensor, readout: torch.Tensor, sensory: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        small = area_pool(mask, pixel.shape[2], pixel.shape[3])
        return self.fuser(pixel, readout + self.conv(torch.cat([sensory, small], 1)))


def split_attentions(transformer: ObjectTransformer) -> None:
    """Splits the input projections of all its attentions, in place."""
    for block in transformer.blocks:
        for holder, name in (
            (block.read_from_pixel, "cross_attn"),
            (block.self_attn, "self_attn"),
            (block.read_from_query, "cross_attn"),
        ):
            setattr(holder, name, SplitAttention(getattr(holder, name)))


def for_inference(model: GDKVM) -> GDKVM:
    """A rewritten copy on the CPU, in evaluation mode, that computes the same."""
    model = copy.deepcopy(model).cpu().eval()
    size = model.config.memory_size
    fold_trunk(model.image_encoder)
    fold_trunk(model.mask_encoder)
    model.mask_encoder = SingleObjectMaskEncoder(model.mask_encoder)
    model.pixel_fuser = SingleObjectPixelFuser(model.pixel_fuser)
    model.object_summarizer.pos_enc = EncodingTable(model.object_summarizer.pos_enc, size, size)
    model.object_transformer.spatial_pe = EncodingTable(model.object_transformer.spatial_pe, size, size)
    split_attentions(model.object_transformer)
    return model
