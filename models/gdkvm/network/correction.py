"""A network of its own for corrections: what a reader drew on some frames, carried to all others of the clip.

It stands beside a model that contours by itself and is handed that model's map of every frame. Where a contour was
given it writes what it meant into a key-value memory; everywhere else it reads from it and says by how much the
log-odds of the model's map change. The memory is GDKVM's second one:

    S <- S + k v^T,   z <- z + sum of k over the pixels          only where a contour is given
    r = (S^T k) / (z^T k)                                        on every frame

with the keys k (K, P) of a frame's P pixels (softmax over K, as in ``gated_delta_rule``) and the values v (V, P) of a
given frame, made from its picture, the given mask and the model's own map. What was seen fades in GDKVM, with 0.82 of
itself kept a frame; what a reader said must not, so nothing is erased and nothing decays: S does not change from frame
to frame, grows with the contours that are given and not with the clip, and does not know the order of the frames. z
makes the reading a mean over the given pixels of like keys, whatever their number.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from . import gated_delta_rule as gdr
from .config import ModelConfig
from .fusion import FeatureFuser
from .key_projection import KeyPixelFeatureFusion, KeyProjector, PixelProjector
from .mask_decoder import UpsampleBlock
from .model import image_encoder, initialise_trunk
from .object_summarizer import ObjectSummarizer
from .object_transformer import ObjectTransformer
from .resnet import ResNetTrunk

MOST_LOG_ODDS = 6.0
"""To which a model's log-odds are limited before they are changed: a border that moves leaves what was certain."""
MASS_EPSILON = 1e-4


class CorrectionMemory(NamedTuple):
    """What was given so far. Zeros before anything was."""

    state: torch.Tensor  # (B, K, V)
    mass: torch.Tensor  # (B, K, 1)
    object_memory_sum: torch.Tensor  # (B, Q, C + 1)


class CorrectionFeatures(NamedTuple):
    """What a frame and the model's map of it give without the memory."""

    image: torch.Tensor  # (B, 1, H, W) normalised
    found: torch.Tensor  # (B, 1, H, W) the model's map
    f8: torch.Tensor
    f4: torch.Tensor
    pixel: torch.Tensor  # (B, C, h, w)
    key: torch.Tensor  # (B, K, P) softmaxed


class CorrectionOutput(NamedTuple):
    log_odds: torch.Tensor  # (B, 1, H, W) of the corrected map
    change: torch.Tensor  # (B, 1, H/4, W/4) what was added to the model's log-odds
    query_logits: list[torch.Tensor]


def limited_log_odds(found: torch.Tensor) -> torch.Tensor:
    """Log-odds of a map (B, 1, H, W) in [0, 1], within MOST_LOG_ODDS."""
    least = torch.sigmoid(torch.tensor(-MOST_LOG_ODDS)).item()
    found = found.clamp(least, 1 - least)
    return torch.log(found / (1 - found))


class CorrectionNetwork(nn.Module):
    """``config``: widths of the blocks, which are GDKVM's; key_channels and channels are the memory's."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        channels, keys = config.channels, config.key_channels
        f4_channels, f8_channels, c16 = config.image_channels
        up8, up4 = config.decoder_channels
        size = config.memory_size
        self.image_encoder = image_encoder(config)
        self.pix_projector = PixelProjector(c16, channels)
        self.key_projector = KeyProjector(c16, channels, keys)
        self.KPFF = KeyPixelFeatureFusion(channels, keys)
        self.key_position = nn.Parameter(torch.zeros(1, keys, size, size))
        # Picture, given mask, the model's map.
        self.mask_encoder = ResNetTrunk(3, "basic", config.mask_width, config.mask_blocks, config.mask_slope)
        self.value_fuser = FeatureFuser(channels, 4 * config.mask_width, channels)
        self.object_summarizer = ObjectSummarizer(config)
        self.found_16 = nn.Conv2d(2, channels, 4, stride=4)
        self.read_fuser = FeatureFuser(channels, channels, channels)
        self.object_transformer = ObjectTransformer(config)
        self.linear_proj_f8 = nn.Conv2d(f8_channels, channels, 1)
        self.linear_proj_f4 = nn.Conv2d(f4_channels, up8, 1)
        self.found_8 = nn.Conv2d(2, channels, 2, stride=2)
        self.found_4 = nn.Conv2d(2, up8, 3, padding=1)
        self.upsample_16_to_8 = UpsampleBlock(channels, up8)
        self.upsample_8_to_4 = UpsampleBlock(up8, up4)
        self.pred = nn.Conv2d(up4, 1, 3, padding=1)
        initialise_trunk(self.mask_encoder)
        # At first nothing that is given changes anything.
        nn.init.zeros_(self.pred.weight)
        nn.init.zeros_(self.pred.bias)

    def start(self, batch: int = 1) -> CorrectionMemory:
        config, reference = self.config, self.key_position
        return CorrectionMemory(
            reference.new_zeros(batch, config.key_channels, config.channels),
            reference.new_zeros(batch, config.key_channels, 1),
            reference.new_zeros(batch, config.queries, config.channels + 1),
        )

    def encode(self, image: torch.Tensor, found: torch.Tensor) -> CorrectionFeatures:
        """image (B, 1, H, W) in [0, 1], found (B, 1, H, W) the model's map of it."""
        image = (image - 0.5) / 0.5
        # Where nothing in the encoder learns, nothing has to be kept for it.
        learns = torch.is_grad_enabled() and any(weight.requires_grad for weight in self.image_encoder.parameters())
        with torch.set_grad_enabled(learns):
            f16, f8, f4 = self.image_encoder(image)
        pixel = self.pix_projector(f16)
        key = self.KPFF(self.key_projector(f16), pixel) + self.key_position
        return CorrectionFeatures(image, found, f8, f4, pixel, gdr.key_softmax(key))

    def written(self, features: CorrectionFeatures, given: torch.Tensor) -> CorrectionMemory:
        """What a given mask (B, 1, H, W) adds to the memory."""
        f16, _, _ = self.mask_encoder.trunk(torch.cat([features.image, given, features.found], 1))
        value = self.value_fuser(features.pixel, f16)
        return CorrectionMemory(
            features.key @ value.flatten(2).transpose(1, 2),
            features.key.sum(2, keepdim=True),
            self.object_summarizer(given, value),
        )

    def corrected(
        self, features: CorrectionFeatures, memory: CorrectionMemory, training_outputs: bool = False
    ) -> CorrectionOutput:
        """The model's map of a frame as the memory says that the reader would have it. An empty memory changes it
        nowhere."""
        batch, _, height, width = features.pixel.shape
        odds = limited_log_odds(features.found)
        small = F.avg_pool2d(torch.cat([features.found, odds / MOST_LOG_ODDS], 1), 4, count_include_pad=False)

        weight = memory.mass.transpose(1, 2) @ features.key  # (B, 1, P)
        readout = (memory.state.transpose(1, 2) @ features.key) / (weight + MASS_EPSILON)
        readout = readout.view(batch, -1, height, width)
        fused = self.read_fuser(features.pixel + self.found_16(small), readout)
        transformed, query_logits = self.object_transformer(fused, memory.object_memory_sum, training_outputs)

        v8 = self.upsample_16_to_8(transformed, self.linear_proj_f8(features.f8) + self.found_8(small))
        v4 = self.upsample_8_to_4(v8, self.linear_proj_f4(features.f4) + self.found_4(small))
        given = (memory.mass.amax((1, 2), keepdim=True) > 0).to(odds.dtype).unsqueeze(3)
        change = self.pred(v4) * given
        whole = F.interpolate(change, scale_factor=4.0, mode="bilinear", align_corners=False)
        return CorrectionOutput(odds + whole, change, query_logits)

    def step(
        self,
        image: torch.Tensor,
        found: torch.Tensor,
        given: torch.Tensor,
        is_given: torch.Tensor,
        memory: CorrectionMemory,
    ) -> tuple[torch.Tensor, CorrectionMemory]:
        """One frame: writes where ``is_given`` (1, 1, 1) is 1, then reads. -> map (B, 1, H, W), memory"""
        features = self.encode(image, found)
        added = self.written(features, given)
        memory = CorrectionMemory(*(old + is_given * new for old, new in zip(memory, added)))
        return torch.sigmoid(self.corrected(features, memory).log_odds), memory


def merged(memories: list[CorrectionMemory]) -> CorrectionMemory:
    """What several given contours wrote, together."""
    return CorrectionMemory(*(torch.stack(parts).sum(0) for parts in zip(*memories)))
