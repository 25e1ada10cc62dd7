"""GDKVM: segments the left ventricle frame by frame, with an explicit recurrent state.

Architecture: Wang et al., "GDKVM: Echocardiography Video Segmentation via Spatiotemporal Key-Value Memory with Gated
Delta Rule", ICCV 2025. Parameter names and shapes follow the public re-release, so its checkpoint loads strictly.
One object per clip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn

from . import gated_delta_rule as gdr
from .auxiliary import AuxiliaryComputer
from .config import BASE, ModelConfig
from .efficientnet_lite import EfficientNetLiteTrunk
from .efficientnet_variants import VARIANTS
from .key_projection import KeyPixelFeatureFusion, KeyProjector, PixelProjector
from .mask_decoder import MaskDecoder
from .mask_encoder import MaskEncoder
from .object_summarizer import ObjectSummarizer
from .object_transformer import ObjectTransformer
from .pixel_fuser import PixelFuser
from .probability import full_resolution
from .resnet import ResNetTrunk


class State(NamedTuple):
    """What one frame hands to the next. Its size does not grow with the clip."""

    state: torch.Tensor  # (B, K, V) key-value memory
    sensory: torch.Tensor  # (B, C, h, w)
    object_memory_sum: torch.Tensor  # (B, Q, C + 1)
    mask: torch.Tensor  # (B, 1, H, W) soft mask of the last frame; a corrected one may be put here
    previous_pixel_feature: torch.Tensor  # (B, C, h, w)


class Features(NamedTuple):
    """What a frame gives without looking at any other."""

    image: torch.Tensor  # (B, 1, H, W) normalised
    f8: torch.Tensor
    f4: torch.Tensor
    pixel: torch.Tensor  # (B, C, h, w)
    key: torch.Tensor  # (B, K, h, w) before its softmax


@dataclass
class Output:
    """One frame's result. Shapes as in State; ``logits`` (B, 2, H, W) are log-odds of background and object, ``fine``
    (B, d, H/4, W/4) the decoder's last features."""

    probability: torch.Tensor
    logits: torch.Tensor
    logit: torch.Tensor
    query_logits: list[torch.Tensor]
    sensory_logit: torch.Tensor
    fine: torch.Tensor
    intermediate: dict[str, torch.Tensor] = field(default_factory=dict)


class GDKVM(nn.Module):
    def __init__(self, config: ModelConfig = BASE) -> None:
        super().__init__()
        self.config = config
        channels, keys, heads = config.channels, config.key_channels, config.gate_heads
        c16 = config.image_channels[2]
        self.A_log = nn.Parameter(torch.empty(heads).uniform_(1e-3, 16).log())
        step = torch.exp(torch.empty(heads).uniform_(math.log(1e-3), math.log(1e-1))).clamp(min=1e-4)
        self.dt_bias = nn.Parameter(step + torch.log(-torch.expm1(-step)))
        self.image_encoder = image_encoder(config)
        self.mask_encoder = MaskEncoder(config)
        self.key_projector = KeyProjector(c16, channels, keys)
        self.pix_projector = PixelProjector(c16, channels)
        self.KPFF = KeyPixelFeatureFusion(channels, keys)
        self.mask_decoder = MaskDecoder(config)
        self.pixel_fuser = PixelFuser(config)
        self.object_transformer = ObjectTransformer(config)
        self.object_summarizer = ObjectSummarizer(config)
        self.aux_computer = AuxiliaryComputer(channels)
        self.b_proj = nn.Linear(channels, heads, bias=False)
        self.a_proj = nn.Linear(channels, heads, bias=False)
        for trunk in (self.image_encoder, self.mask_encoder):
            initialise_trunk(trunk)

    def start(self, batch: int = 1) -> State:
        """The state before frame 0: zeros. The flag ``first`` of :meth:`step` does the rest."""
        config = self.config
        size, memory = config.image_size, config.memory_size
        reference = self.A_log
        return State(
            reference.new_zeros(batch, config.key_channels, config.channels),
            reference.new_zeros(batch, config.channels, memory, memory),
            reference.new_zeros(batch, config.queries, config.channels + 1),
            reference.new_zeros(batch, 1, size, size),
            reference.new_zeros(batch, config.channels, memory, memory),
        )

    def encode(self, image: torch.Tensor) -> Features:
        """Frame-independent part. image (B, 1, H, W) in [0, 1]."""
        image = (image - 0.5) / 0.5
        f16, f8, f4 = self.image_encoder(image)
        pixel = self.pix_projector(f16)
        return Features(image, f8, f4, pixel, self.KPFF(self.key_projector(f16), pixel))

    def segment(
        self, features: Features, state: State, first: torch.Tensor | float, training_outputs: bool = True
    ) -> tuple[Output, State]:
        """Recurrent part of one frame.

        ``first`` is 1 on the first frame, else 0, as a number or a tensor (1, 1, 1). With 1, the key-value memory, the
        object memory and the previous pixel feature of ``state`` are not used; its mask and sensory memory are, so that
        a clip can start from a given contour (zeros: fully automatic).
        """
        image, f8, f4, pixel, raw_key = features
        height, width = pixel.shape[2:]
        if not isinstance(first, torch.Tensor):
            first = torch.full((1, 1, 1), float(first), dtype=pixel.dtype, device=pixel.device)
        later = 1 - first

        previous = first.unsqueeze(3) * pixel + later.unsqueeze(3) * state.previous_pixel_feature
        # The value is made from this frame's image but the last frame's mask and pixel feature.
        value, sensory = self.mask_encoder(image, previous, state.mask, state.sensory)
        memory = self.object_summarizer(state.mask, value)
        memory_before = later * state.object_memory_sum

        key = gdr.key_softmax(raw_key)
        old = later * state.state
        alpha, beta = gdr.gates(old, self.a_proj.weight, self.b_proj.weight, self.A_log, self.dt_bias)
        new = gdr.update(old, key, value.flatten(2), alpha, beta, first, self.config.bounded_memory)
        readout = gdr.read(new, key, height, width)

        # From frame 1 on, the queries see the object memory of the frames before this one.
        memory_read = memory_before + first * memory
        fused = self.pixel_fuser(pixel, readout, sensory, state.mask)
        transformed, query_logits = self.object_transformer(fused, memory_read, training_outputs)
        logit, next_sensory, fine = self.mask_decoder(f8, f4, transformed, sensory)
        logits, probability = full_resolution(logit)

        output = Output(
            probability,
            logits,
            logit,
            query_logits,
            self.aux_computer(pixel, next_sensory) if training_outputs else logit,
            fine,
            {
                "key_fused": raw_key,
                "value": value,
                "sensory_enc": sensory,
                "sensory_dec": next_sensory,
                "object_memory": memory,
                "object_memory_sum": memory_read,
                "S": new,
                "alpha": alpha,
                "beta": beta,
                "readout": readout,
                "readout_fused": fused,
                "transformer": transformed,
            },
        )
        return output, State(new, next_sensory, memory_before + memory, probability, pixel)

    def step(
        self, image: torch.Tensor, state: State, first: torch.Tensor | float, training_outputs: bool = False
    ) -> tuple[Output, State]:
        """One frame. image (B, 1, H, W) in [0, 1]."""
        return self.segment(self.encode(image), state, first, training_outputs)

    def forward(self, clip: torch.Tensor, state: State | None = None, training_outputs: bool = True) -> list[Output]:
        """A whole clip (B, T, 1, H, W) in [0, 1], or its continuation from ``state``; the image side runs on all frames
        at once."""
        batch, frames = clip.shape[:2]
        features = self.encode(clip.flatten(0, 1))
        per_frame = [tensor.view(batch, frames, *tensor.shape[1:]).unbind(1) for tensor in features]
        current = self.start(batch) if state is None else state
        outputs = []
        for index in range(frames):
            frame = Features(*(tensor[index] for tensor in per_frame))
            output, current = self.segment(frame, current, float(state is None and index == 0), training_outputs)
            outputs.append(output)
        return outputs


def image_encoder(config: ModelConfig) -> ResNetTrunk | EfficientNetLiteTrunk:
    if config.image_block in VARIANTS:
        return EfficientNetLiteTrunk(config.image_block)
    return ResNetTrunk(1, config.image_block, config.image_width, config.image_blocks)


def initialise_trunk(trunk: nn.Module) -> None:
    """He initialisation by fan-out of the residual trunks' convolutions, which have no bias."""
    for module in trunk.modules():
        if isinstance(module, nn.Conv2d) and module.bias is None:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def only_for_the_loss(model: nn.Module, name: str) -> bool:
    """Whether a parameter belongs to an auxiliary head, which no frame's result depends on."""
    return name.startswith(("aux_computer.", f"object_transformer.mask_pred.{len(model.object_transformer.blocks)}."))


def parameter_count(model: nn.Module) -> int:
    """Parameters that inference uses: without the auxiliary heads that only the loss reads."""
    return sum(value.numel() for name, value in model.named_parameters() if not only_for_the_loss(model, name))
