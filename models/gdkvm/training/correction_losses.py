"""What a correction network learns by: the border that each reader draws, and what sets two readers apart."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from .correction_config import CorrectionConfig
from .losses import area_loss


def correction_loss(
    log_odds: torch.Tensor, targets: torch.Tensor, config: CorrectionConfig
) -> tuple[torch.Tensor, torch.Tensor]:
    """log_odds, targets (B, readers, T, H, W), of frames whose contour is wanted; readers: the true one, one with a
    style, one with the opposite. Returns the loss and what the two with a style had of their difference, (2, T):
    its products with the true one, and the true one's square.

    The opposite styles are of the same pictures, so that what pictures show by themselves cancels in their difference:
    without a loss on it a network learns the mean reader first and the given one late, if at all.
    """
    found = torch.sigmoid(log_odds)
    entropy = F.binary_cross_entropy_with_logits(log_odds, targets)
    overlap = 2 * (found * targets).sum((3, 4)) + 1
    dice = (1 - overlap / (found.sum((3, 4)) + targets.sum((3, 4)) + 1)).mean()
    least = targets[0, 0, 0].numel() / 400
    errors = ((found.sum((3, 4)) + least) / (targets.sum((3, 4)) + least)).log()
    apart, wanted = (part[:, 1] - part[:, 2] for part in (found, targets))
    difference = (apart - wanted).abs().mean() / (wanted.abs().mean() + 1e-3)
    loss = (
        entropy
        + config.dice_weight * dice
        + config.area_weight * area_loss(errors)
        + config.difference_weight * difference
        + config.area_difference_weight * area_loss(errors[:, 1] - errors[:, 2])
    )
    with torch.no_grad():
        areas = apart.sum((2, 3)), wanted.sum((2, 3))
        kept = torch.stack([(areas[0] * areas[1]).sum(0), (areas[1] ** 2).sum(0)])
    return loss, kept
