"""From decoder logits to log-odds, foreground and full-resolution probability, for one object."""

from __future__ import annotations

import torch
from torch.nn import functional as F

EPSILON = 1e-7


def log_odds(logit: torch.Tensor) -> torch.Tensor:
    """(B, 1, ...) raw logit -> (B, 2, ...) clamped log-odds of background and object."""
    probability = torch.sigmoid(logit.float())
    both = torch.cat([1 - probability, probability], 1).clamp(EPSILON, 1 - EPSILON)
    return torch.log(both / (1 - both))


def foreground(logit: torch.Tensor) -> torch.Tensor:
    """(B, 1, ...) raw logit -> 1 where the object is at least as likely as the background, else 0; ties count."""
    odds = log_odds(logit)
    return (odds[:, 1:] >= odds[:, :1]).to(logit.dtype)


def full_resolution(logit: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Stride-4 logit -> log-odds (B, 2, H, W) and object probability (B, 1, H, W).

    The log-odds are upsampled, then the softmax is taken; the other order gives other masks.
    """
    odds = log_odds(logit)
    logits = F.interpolate(odds, scale_factor=4.0, mode="bilinear", align_corners=False)
    # The softmax of two channels is the sigmoid of their difference, and upsampling is linear: one channel will do.
    difference = F.interpolate(odds[:, 1:] - odds[:, :1], scale_factor=4.0, mode="bilinear", align_corners=False)
    return logits, torch.sigmoid(difference)
