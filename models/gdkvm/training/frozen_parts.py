"""Parts of a network that do not learn, and statistics that stay."""

from __future__ import annotations

from torch import nn

from ..network.model import GDKVM


def freeze(model: GDKVM, parts: tuple[str, ...]) -> None:
    """Parts of the model keep their weights. Raises ValueError where there is no such part."""
    for name in parts:
        try:
            model.get_submodule(name).requires_grad_(False)
        except AttributeError as error:
            raise ValueError(f"frozen: the model has no part {name}") from error


def set_training_mode(model: GDKVM, freeze_image_statistics: bool, frozen: tuple[str, ...] = ()) -> None:
    """Training mode, but the mask encoder's batch statistics stay fixed.

    Its input differs in kind between frame 0 (no mask yet) and the others: statistics of the batch at hand would hide
    that difference in training and show it in use.
    """
    model.train()
    for module in model.mask_encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    if freeze_image_statistics:
        model.image_encoder.eval()
    for name in frozen:
        model.get_submodule(name).eval()
