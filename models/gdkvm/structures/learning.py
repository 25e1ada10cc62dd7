"""Trains a head on features that were made before, which takes a minute or two an epoch on one core."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional as F

from .config import StructureConfig
from .head import Features, HeadShape, StructureHead, enlarged, fold_normalisation
from .material import Material

Row = dict[str, float]


def statistics(material: Material) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Means and standard deviations by channel, from every twentieth frame."""
    means, deviations = {}, {}
    for name, values in material.features.items():
        shown = values[::20].astype(np.float32)
        means[name] = torch.from_numpy(shown.mean((0, 2, 3)))
        deviations[name] = torch.from_numpy(shown.std((0, 2, 3)) + 1e-3)
    return means, deviations


def batches(
    rng: np.random.Generator,
    material: Material,
    size: int,
    means: dict[str, torch.Tensor],
    deviations: dict[str, torch.Tensor],
) -> Iterator[tuple[Features, torch.Tensor]]:
    """Normalised features, and truth (B, 2, H, W) in [0, 1]."""
    order = rng.permutation(len(material.truth))
    for at in range(0, len(order) - size + 1, size):
        rows = np.sort(order[at : at + size])
        parts = {name: torch.from_numpy(part[rows].astype(np.float32)) for name, part in material.features.items()}
        normalised = {
            name: (part - means[name].view(-1, 1, 1)) / deviations[name].view(-1, 1, 1) for name, part in parts.items()
        }
        yield Features(**normalised), torch.from_numpy(material.truth[rows].astype(np.float32) / 255)


def loss(logits: torch.Tensor, truth: torch.Tensor, dice_weight: float) -> torch.Tensor:
    """Cross-entropy and soft Dice of logits at stride 4 and truth (B, 2, H, W) in [0, 1]."""
    large = enlarged(logits, 4)
    probability = torch.sigmoid(large)
    both, either = (probability * truth).sum((2, 3)), (probability + truth).sum((2, 3))
    dice = (2 * both + 1) / (either + 1)
    return F.binary_cross_entropy_with_logits(large, truth) + dice_weight * (1 - dice).mean()


def learn_head(config: StructureConfig, material: Material) -> tuple[StructureHead, list[Row]]:
    """The head in evaluation mode, of averaged weights, and its losses by epoch."""
    torch.manual_seed(config.seed)
    rng = np.random.default_rng([config.seed, 99])
    shape = HeadShape(tuple(part.shape[1] for part in material.features.values()), config.widths)
    head = StructureHead(shape)
    means, deviations = statistics(material)
    averaged = copy.deepcopy(head)
    steps = config.epochs * (len(material.truth) // config.batch)
    optimiser = torch.optim.AdamW(head.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.learning_rate, total_steps=steps, pct_start=0.1)
    log: list[Row] = []
    step = 0
    for epoch in range(config.epochs):
        losses = []
        for features, truth in batches(rng, material, config.batch, means, deviations):
            value = loss(head(features), truth, config.dice_weight)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            keep = min(config.running_average, 1 - 1 / math.sqrt(step + 1))
            with torch.no_grad():
                for mean, now in zip(averaged.parameters(), head.parameters()):
                    mean.lerp_(now, 1 - keep)
            losses.append(float(value.detach()))
        log.append({"loss": float(np.mean(losses))})
        print(f"epoch {epoch + 1} of {config.epochs}: loss {log[-1]['loss']:.4f}", flush=True)
    fold_normalisation(averaged, means, deviations)
    return averaged.eval(), log
