"""Widths and depths of a GDKVM, so that the base model and smaller ones share the same blocks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from .efficientnet_variants import VARIANTS

IMAGE_BLOCKS = ("bottleneck", "basic", *VARIANTS)


@dataclass(frozen=True)
class ModelConfig:
    """Every width of the network. The defaults are the published base configuration.

    Channels of the image features at stride 4, 8 and 16 follow from ``image_width`` times
    (1, 2, 4) times the block's expansion (4 for bottlenecks, 1 for basic blocks). With an EfficientNet-Lite as
    ``image_block`` they are that network's, and ``image_width`` and ``image_blocks`` say nothing.
    """

    image_size: int = 256
    image_block: str = "bottleneck"
    image_width: int = 64
    image_blocks: tuple[int, int, int] = (3, 4, 6)
    mask_width: int = 64
    mask_blocks: tuple[int, int, int] = (2, 2, 2)
    key_channels: int = 64
    channels: int = 256
    gate_heads: int = 8
    attention_heads: int = 8
    queries: int = 16
    transformer_blocks: int = 3
    feedforward: int = 2048
    decoder_channels: tuple[int, int] = (128, 128)
    bounded_memory: bool = False  # see gated_delta_rule; the published model has it not
    mask_slope: float = 0.0  # of the mask encoder's rectifiers below zero; with 0, as published, they can die

    def __post_init__(self) -> None:
        if self.image_block not in IMAGE_BLOCKS:
            raise ValueError(f"image_block must be one of {', '.join(IMAGE_BLOCKS)}, not {self.image_block!r}")
        if self.image_size % 16:
            raise ValueError(f"image_size must be a multiple of 16, not {self.image_size}")
        if self.channels % 4 or self.channels % self.gate_heads or self.channels % self.attention_heads:
            raise ValueError("channels must be a multiple of 4, of gate_heads and of attention_heads")
        if not 0 <= self.mask_slope < 1:
            raise ValueError(f"mask_slope must be at least 0 and below 1, not {self.mask_slope}")
        if self.queries % 2:
            raise ValueError("queries must be even: half foreground, half background")

    @property
    def image_channels(self) -> tuple[int, int, int]:
        """Channels of the image features at stride 4, 8 and 16."""
        if self.image_block in VARIANTS:
            return VARIANTS[self.image_block].channels
        expansion = 4 if self.image_block == "bottleneck" else 1
        width = self.image_width * expansion
        return width, 2 * width, 4 * width

    @property
    def memory_size(self) -> int:
        """Rows (and columns) of the stride-16 grid on which the memory works."""
        return self.image_size // 16

    def to_dict(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"unknown model settings: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


BASE = ModelConfig()

SMALL = ModelConfig(
    image_size=128,
    image_block="basic",
    image_width=32,
    image_blocks=(2, 2, 2),
    mask_width=16,
    mask_blocks=(1, 1, 1),
    key_channels=64,
    channels=80,
    gate_heads=8,
    attention_heads=4,
    queries=16,
    transformer_blocks=2,
    feedforward=256,
    decoder_channels=(64, 48),
)

MICRO = ModelConfig(
    image_size=64,
    image_block="basic",
    image_width=4,
    image_blocks=(1, 1, 1),
    mask_width=4,
    mask_blocks=(1, 1, 1),
    key_channels=8,
    channels=8,
    gate_heads=2,
    attention_heads=2,
    queries=4,
    transformer_blocks=1,
    feedforward=8,
    decoder_channels=(8, 4),
)

NAMED = {"base": BASE, "small": SMALL, "micro": MICRO}
