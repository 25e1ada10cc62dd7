"""Training loss: cross-entropy and Dice on every frame, and lightly on the auxiliary logits."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from ..network.model import Output

NEIGHBOURS = 2  # myocardium and left atrium


class NeighbourHead(nn.Module):
    """Reads the structures around the cavity from the decoder's features. Only the loss needs it.

    forward: (B, d, H/4, W/4) -> logits (B, 2, H/4, W/4)
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pred = nn.Conv2d(channels, NEIGHBOURS, 1)

    def forward(self, fine: torch.Tensor) -> torch.Tensor:
        return self.pred(fine)


def dice_loss(probability: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Soft Dice per picture, smoothed by one pixel, averaged. (B, 1, H, W) both."""
    overlap = 2 * (probability * target).sum((1, 2, 3)) + 1
    return (1 - overlap / (probability.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1)).mean()


def log_area_error(probability: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Logarithm of found over true area, (B, 1, H, W) both -> (B,); smoothed by a 400th of the picture."""
    least = target[0].numel() / 400
    return ((probability.float().sum((1, 2, 3)) + least) / (target.sum((1, 2, 3)) + least)).log()


def area_loss(errors: torch.Tensor) -> torch.Tensor:
    """Mean size of logarithmic errors of areas, of any shape; volumes hang on ratios of areas.

    Linear beyond 5 %, so that pictures that show nothing do not rule it.
    """
    return F.smooth_l1_loss(errors, torch.zeros_like(errors), beta=0.05)


def change_loss(errors: torch.Tensor) -> torch.Tensor:
    """How far logarithmic errors of areas (B, T) differ within a clip: ejection fraction hangs on the ratio of areas of
    one heart, and what all frames have too much or too little cancels in it."""
    return area_loss(errors - errors.mean(1, keepdim=True))


def unrest_loss(errors: torch.Tensor) -> torch.Tensor:
    """How far logarithmic errors of areas (B, T) jump from frame to frame: what a contour trembles by beside what the
    heart does. 0 for single frames."""
    if errors.shape[1] < 2:
        return errors.new_zeros(())
    jumps = errors.diff(dim=1)
    return F.smooth_l1_loss(jumps, torch.zeros_like(jumps), beta=0.01)


def frame_loss(
    output: Output,
    target: torch.Tensor,
    auxiliary_weight: float,
    dice_weight: float | torch.Tensor,
) -> torch.Tensor:
    """Loss of one frame. target (B, 1, H, W) soft.

    Soft Dice speeds learning up, but where the border is uncertain it is least with too large an area (Bertels et al.,
    "Theoretical analysis and experimental validation of volume bias of soft Dice optimized segmentation maps", Medical
    Image Analysis 67, 2021), and areas are what volumes come from: ``dice_weight`` goes down in a run. What is left of
    the bias (small cavities too large, large ones too small) is what the weight of :func:`area_loss` is for.
    """
    odds = output.logits[:, 1:] - output.logits[:, :1]
    loss = F.binary_cross_entropy_with_logits(odds, target) + dice_weight * dice_loss(output.probability, target)
    if auxiliary_weight:
        stride = target.shape[-1] // output.sensory_logit.shape[-1]
        small = F.avg_pool2d(target, stride)
        # Two log-odds of opposite sign make the softmax a sigmoid of twice the logit.
        for logit in [output.sensory_logit, *output.query_logits]:
            loss = loss + auxiliary_weight * F.binary_cross_entropy_with_logits(2 * logit, small)
    return loss


def neighbour_loss(outputs: list[Output], targets: torch.Tensor, head: NeighbourHead) -> torch.Tensor:
    """Cross-entropy of the structures around the cavity, at stride 4. targets (B, T, 2, H, W)."""
    losses = []
    for index, output in enumerate(outputs):
        logits = head(output.fine)
        small = F.avg_pool2d(targets[:, index], targets.shape[-1] // logits.shape[-1])
        losses.append(F.binary_cross_entropy_with_logits(logits, small))
    return torch.stack(losses).mean()


def clip_loss(
    outputs: list[Output],
    targets: torch.Tensor,
    auxiliary_weight: float,
    dice_weight: float | torch.Tensor = 1.0,
    area_weight: float | torch.Tensor = 0.0,
    change_weight: float | torch.Tensor = 0.0,
    unrest_weight: float | torch.Tensor = 0.0,
) -> torch.Tensor:
    """Mean over the frames of a clip, and what the clip's areas are off. targets (B, T, 1, H, W)."""
    frames = list(zip(outputs, targets.unbind(1)))
    losses = [frame_loss(output, target, auxiliary_weight, dice_weight) for output, target in frames]
    errors = torch.stack([log_area_error(output.probability, target) for output, target in frames], 1)
    of_areas = area_weight * area_loss(errors) + change_weight * change_loss(errors)
    return torch.stack(losses).mean() + of_areas + unrest_weight * unrest_loss(errors)
