"""From stride 16 to a stride-4 logit, and the second sensory update of the frame."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .config import ModelConfig
from .pooling import area_pool
from .sensory import SensoryCell


class UpsampleBlock(nn.Module):
    """Doubles the size, adds the skip and refines.

    forward: x (B, c, h, w), skip (B, c, 2h, 2w) -> (B, d, 2h, 2w)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.linear_proj = nn.Identity() if in_channels == out_channels else nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        y = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False) + skip
        return self.linear_proj(y) + F.gelu(self.conv2(F.gelu(self.conv1(y))))


class DecoderSensoryUpdater(SensoryCell):
    """Sensory update from all three decoder levels; the raw logit rides along with the finest one."""

    def __init__(self, config: ModelConfig) -> None:
        nn.Module.__init__(self)
        channels = config.channels
        up8, up4 = config.decoder_channels
        self.g16_conv = nn.Conv2d(channels, channels, 1)
        self.g8_conv = nn.Conv2d(up8, channels, 1)
        self.g4_conv = nn.Conv2d(up4 + 1, channels, 1)
        self.transform = nn.Conv2d(2 * channels, 3 * channels, 3, padding=1)
        nn.init.xavier_normal_(self.transform.weight)

    def levels(self, v16: torch.Tensor, v8: torch.Tensor, v4: torch.Tensor, logit: torch.Tensor) -> torch.Tensor:
        fine = torch.cat([v4, logit], 1)
        height, width = v16.shape[2:]
        g8 = self.g8_conv(area_pool(v8, height, width))
        return self.g16_conv(v16) + g8 + self.g4_conv(area_pool(fine, height, width))


class MaskDecoder(nn.Module):
    """forward: f8, f4 (image features), pixel (B, C, h, w), sensory (B, C, h, w)
    -> logit (B, 1, H/4, W/4), sensory (B, C, h, w), features that the logit is read from (B, d, H/4, W/4)
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        f4_channels, f8_channels, _ = config.image_channels
        up8, up4 = config.decoder_channels
        self.linear_proj_f8 = nn.Conv2d(f8_channels, config.channels, 1)
        self.linear_proj_f4 = nn.Conv2d(f4_channels, up8, 1)
        self.upsample_16_to_8 = UpsampleBlock(config.channels, up8)
        self.upsample_8_to_4 = UpsampleBlock(up8, up4)
        self.pred = nn.Conv2d(up4, 1, 1)
        self.sensory_updater = DecoderSensoryUpdater(config)

    def forward(
        self, f8: torch.Tensor, f4: torch.Tensor, pixel: torch.Tensor, sensory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        v8 = self.upsample_16_to_8(pixel, self.linear_proj_f8(f8))
        v4 = self.upsample_8_to_4(v8, self.linear_proj_f4(f4))
        logit = self.pred(v4)
        levels = self.sensory_updater.levels(pixel, v8, v4, logit)
        return logit, self.sensory_updater(levels, sensory), v4
