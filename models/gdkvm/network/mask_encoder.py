"""Turns a frame and the last mask into the value that is written into memory."""

from __future__ import annotations

import torch

from .config import ModelConfig
from .fusion import FeatureFuser
from .resnet import ResNetTrunk
from .sensory import SensoryCell


class MaskEncoder(ResNetTrunk):
    """Trunk over [image, mask, other objects], fused with a pixel feature, and the "deep" sensory update.

    Its norms keep the statistics that they were given, so that nothing brings a rectifier back whose input comes to lie
    below zero everywhere; with ``mask_slope`` above zero it has a gradient there too.

    With one object the third channel is always zero; it stays because the published weights have it.

    forward: image (B, 1, H, W) normalised, pixel (B, C, h, w), mask (B, 1, H, W) soft, sensory (B, C, h, w)
    -> value (B, C, h, w), sensory (B, C, h, w)
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(3, "basic", config.mask_width, config.mask_blocks, config.mask_slope)
        self.fuser = FeatureFuser(config.channels, 4 * config.mask_width, config.channels)
        self.sensory_updater = SensoryCell(config.channels)

    def forward(  # type: ignore[override]
        self, image: torch.Tensor, pixel: torch.Tensor, mask: torch.Tensor, sensory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        f16, _, _ = self.trunk(torch.cat([image, mask, torch.zeros_like(mask)], 1))
        value = self.fuser(pixel, f16)
        return value, self.sensory_updater(value, sensory)
