"""The recurrent state of GDKVM and its gated delta rule.

The state S (B, K, V) maps keys to values. With the softmaxed keys k (B, K, P) of a frame's P pixels and their values
v (B, V, P), one frame does

    S <- alpha * (S - beta * (k k^T S)) + beta * (k v^T)

alpha (decay) and beta (write strength) come from the state before the update, one gate per key row and gate head;
a gate head covers V / heads neighbouring value channels. Frame 0 writes k v^T without gates.

k k^T grows with the pixels that share a key, and nothing in the rule keeps beta times it below 2, from where on a state
that is erased overshoots and grows with every frame. Where a model asks for it, what a key row erases and writes is
divided by the row's mass over the frame, where that is above 1. Rows of k k^T sum to their mass, because each pixel's
key sums to 1, so no eigenvalue of the divided matrix is above 1, and erasing does not overshoot.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F


def key_softmax(key: torch.Tensor) -> torch.Tensor:
    """(B, K, h, w) -> (B, K, P), each pixel's key sums to 1 over the key channels."""
    return torch.softmax(key.flatten(2), 1)


def gates(
    state: torch.Tensor,
    a_weight: torch.Tensor,
    b_weight: torch.Tensor,
    a_log: torch.Tensor,
    dt_bias: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gates from the state before the update: alpha and beta, both (B, K, heads), in (0, 1]."""
    beta = torch.sigmoid(state @ b_weight.t())
    alpha = torch.exp(-torch.exp(a_log) * F.softplus(state @ a_weight.t() + dt_bias))
    return alpha, beta


def write(state: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What one frame erases and adds before gating: both (B, K, V)."""
    old = key.transpose(1, 2) @ state
    return key @ old, key @ value.transpose(1, 2)


def row_share(key: torch.Tensor) -> torch.Tensor:
    """What a key row's erasing and writing is multiplied by: 1 over its mass where that is above 1. -> (B, K, 1)"""
    return 1 / key.sum(2, keepdim=True).clamp(min=1)


def gated(gate: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    """Multiplies (B, K, V) by gates (B, K, heads), each head covering V / heads neighbouring channels."""
    batch, keys, values = tensor.shape
    heads = gate.shape[2]
    return (tensor.view(batch, keys, heads, values // heads) * gate.unsqueeze(3)).view(batch, keys, values)


def update(
    state: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    alpha: torch.Tensor,
    beta: torch.Tensor,
    first: torch.Tensor,
    bounded: bool = False,
) -> torch.Tensor:
    """State after a frame. ``first`` (1 or 0, broadcastable to (B, 1, 1)) makes the write ungated, as frame 0 does.

    ``bounded`` divides by the mass of each key row; the published model does not.
    """
    erase, new = write(state, key, value)
    if bounded:
        share = row_share(key)
        erase, new = erase * share, new * share
    return gated(alpha, state - gated(beta, erase)) + gated(first + (1 - first) * beta, new)


def read(state: torch.Tensor, key: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Readout of the updated state at every pixel: (B, V, h, w)."""
    batch, _, values = state.shape
    return (state.transpose(1, 2) @ key).view(batch, values, height, width)
