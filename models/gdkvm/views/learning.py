"""Trains the heads on features, which takes seconds an epoch on one core."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .config import ViewConfig
from .material import Material
from .network import ViewHeads

Row = dict[str, float]


def statistics(heads: ViewHeads, material: Material) -> None:
    """Sets what the features are normalised with, from a part of them."""
    shown = material.features[:2000].astype(np.float32)
    heads.mean.copy_(torch.from_numpy(shown.mean((0, 2, 3))).view_as(heads.mean))
    heads.deviation.copy_(torch.from_numpy(shown.std((0, 2, 3)) + 1e-3).view_as(heads.deviation))


def without_fold(material: Material, fold: int | None) -> Material:
    """What was made without real clips of a fold."""
    if fold is None:
        return material
    kept = (material.folds >> fold & 1) == 0
    return Material(*(part[kept] for part in material))


def batches(rng: np.random.Generator, material: Material, size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    order = rng.permutation(len(material.classes))
    for at in range(0, len(order) - size + 1, size):
        rows = np.sort(order[at : at + size])
        yield torch.from_numpy(material.features[rows].astype(np.float32)), torch.from_numpy(material.classes[rows])


def learn_heads(
    config: ViewConfig, sectors: Material, wholes: Material, fold: int | None = None
) -> tuple[ViewHeads, list[Row]]:
    """Heads in evaluation mode, and their losses by epoch. ``fold``: leave out what was made of that fold's clips."""
    torch.manual_seed(config.seed)
    rng = np.random.default_rng([config.seed, 99])
    heads = ViewHeads(config.width, config.strip_width, config.dropout)
    sectors, wholes = without_fold(sectors, fold), without_fold(wholes, fold)
    statistics(heads, sectors)
    log = [{} for _ in range(config.epochs)]
    for part, material, name in ((heads.view, sectors, "view"), (heads.strip, wholes, "strip")):
        for row, loss, right in epochs(config, rng, heads, part, material):
            log[row] |= {f"{name}_loss": loss, f"{name}_right": right}
    return heads.eval(), log


def epochs(
    config: ViewConfig, rng: np.random.Generator, heads: ViewHeads, part: nn.Module, material: Material
) -> Iterator[tuple[int, float, float]]:
    steps = config.epochs * (len(material.classes) // config.batch)
    optimiser = torch.optim.AdamW(part.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.learning_rate, total_steps=steps, pct_start=0.1)
    heads.train()
    for epoch in range(config.epochs):
        losses, right = [], []
        for features, classes in batches(rng, material, config.batch):
            logits = part(heads.normalised(features))
            if logits.shape[1] == 1:
                soft = classes.float() * (1 - config.label_smoothing) + config.label_smoothing / 2
                loss = F.binary_cross_entropy_with_logits(logits[:, 0], soft)
                found = (logits[:, 0] > 0).long()
            else:
                loss = F.cross_entropy(logits, classes, label_smoothing=config.label_smoothing)
                found = logits.argmax(1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(float(loss))
            right.append(float((found == classes).float().mean()))
        yield epoch, float(np.mean(losses)), float(np.mean(right))
