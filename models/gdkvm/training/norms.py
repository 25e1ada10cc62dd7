"""Batch norms of a network that was read from a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import nn


class Moments:
    """Mean and variance of each channel of everything that was added."""

    def __init__(self, channels: int) -> None:
        self.count = 0
        self.sum, self.squares = (torch.zeros(channels, dtype=torch.float64) for _ in range(2))

    def add(self, x: torch.Tensor) -> None:
        """x (B, C, h, w)"""
        values = x.double().transpose(0, 1).flatten(1).cpu()
        self.count += values.shape[1]
        self.sum += values.sum(1)
        self.squares += (values**2).sum(1)

    @property
    def mean(self) -> torch.Tensor:
        return self.sum / self.count

    @property
    def variance(self) -> torch.Tensor:
        return (self.squares / self.count - self.mean**2).clamp(min=0)


@torch.no_grad()
def measure_norms(norms: Sequence[nn.BatchNorm2d], run: Callable[[], None]) -> None:
    """Gives norms the mean and the variance of what reaches them while ``run`` runs the network, which has to be in
    evaluation mode, and changes their weights and biases so that they compute what they did.

    Norms out of a graph are the identity. With statistics of their own they learn as norms do, and can go over to the
    statistics of a batch without a jump.
    """
    moments = [Moments(norm.num_features) for norm in norms]

    def note(found: Moments, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        found.add(inputs[0])

    hooks = [norm.register_forward_pre_hook(partial(note, found)) for norm, found in zip(norms, moments)]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    for norm, found in zip(norms, moments):
        if not found.count:
            continue
        weight, bias, mean, variance = (
            tensor.double().cpu() for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
        )
        slope = weight / torch.sqrt(variance + norm.eps)
        # The stored variance is rounded to float32, and the weight has to undo what is stored.
        stored = found.variance.float().double()
        norm.weight.copy_(slope * torch.sqrt(stored + norm.eps))
        norm.bias.copy_(bias + (found.mean.float().double() - mean) * slope)
        norm.running_mean.copy_(found.mean)
        norm.running_var.copy_(stored)
