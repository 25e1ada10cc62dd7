"""AdamW over the parts that learn, with a rate of its own for a mask encoder that was revived."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn


def parameter_groups(model: nn.Module, weight_decay: float, mask_encoder_rate: float = 1.0) -> list[dict[str, Any]]:
    """No decay on vectors (biases, norms, gates) nor on the query embeddings. ``factor`` is what a group's rate is of
    the run's. Frozen parameters are in none."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {(weight_decay, 1.0): [], (0.0, 1.0): []}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            skip = parameter.ndim < 2 or "query_init" in name or "query_emb" in name
            factor = mask_encoder_rate if name.startswith("mask_encoder.") else 1.0
            groups.setdefault((0.0 if skip else weight_decay, factor), []).append(parameter)
    return [
        {"params": parameters, "weight_decay": decay, "factor": factor}
        for (decay, factor), parameters in groups.items()
    ]


def make_optimizer(
    modules: Iterable[nn.Module], weight_decay: float, rate: torch.Tensor, mask_encoder_rate: float = 1.0
) -> torch.optim.AdamW:
    """AdamW; on a GPU in one kernel, with its rates and its steps in the GPU's memory so that it can be recorded."""
    groups = [group for module in modules for group in parameter_groups(module, weight_decay, mask_encoder_rate)]
    if rate.device.type == "cuda":
        groups = [{**group, "lr": rate * group["factor"]} for group in groups]
        return torch.optim.AdamW(groups, lr=rate, fused=True, capturable=True)
    return torch.optim.AdamW(groups, lr=float(rate))
