"""How a device computes best: the layout of tensors in memory, and whether in bfloat16."""

from __future__ import annotations

from pathlib import Path

import torch

from ..network.config import ModelConfig


def memory_format(config: ModelConfig) -> torch.memory_format:
    """Channels last is faster on CPU and GPU, but oneDNN's backward pass corrupts memory with it for very few channels
    (seen with 4 channels in PyTorch 1.13, 2.7 and 2.15)."""
    narrow = min(config.image_width, config.mask_width, config.key_channels) < 16
    return torch.contiguous_format if narrow else torch.channels_last


def computes_in_bfloat16(precision: str, device: torch.device) -> bool:
    """``auto``: on CUDA and on processors that multiply in it. On others bfloat16 is slower than float32."""
    if precision not in ("auto", "fp32", "bf16"):
        raise ValueError(f"precision must be auto, fp32 or bf16, not {precision!r}")
    if precision != "auto":
        return precision == "bf16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    processor = Path("/proc/cpuinfo")
    flags = processor.read_text() if processor.exists() else ""
    return "amx_bf16" in flags or "avx512_bf16" in flags
