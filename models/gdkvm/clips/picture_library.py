"""The pictures that training clips are made of, and their rendering on any device."""

from __future__ import annotations

import numpy as np
import torch

from ..datasets.camus_pairs import LEFT_ATRIUM, LV_CAVITY, MYOCARDIUM, Pair
from .augmentation import augment
from .clip_plan import ClipPlan
from .motion import displacement_fields
from .phantom_store import PhantomStore

STRUCTURES = (LV_CAVITY, MYOCARDIUM, LEFT_ATRIUM)


class PictureLibrary:
    """Pictures and labels of CAMUS pairs (ED, ES), then of phantoms frame by frame.

    On a GPU all are kept in its memory; on the CPU phantoms stay in their file.
    """

    def __init__(self, pairs: list[Pair], device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.pictures = [torch.from_numpy(np.concatenate([pair.images for pair in pairs])).to(self.device)]
        self.labels = [torch.from_numpy(np.concatenate([pair.labels for pair in pairs])).to(self.device)]
        self.of_pairs = self.count = len(self.pictures[0])

    @property
    def has_phantoms(self) -> bool:
        return self.count > self.of_pairs

    def lacks(self, plan: ClipPlan) -> bool:
        """Whether a plan names pictures that are not here yet. For plans that are not on a GPU."""
        return int(plan.picture.max()) >= self.count

    def add_phantoms(self, store: PhantomStore) -> None:
        count, frames, height, width = store.pictures.shape
        for parts, stack in ((self.pictures, store.pictures), (self.labels, store.labels)):
            flat = torch.from_numpy(stack.reshape(count * frames, height, width))
            if self.device.type == "cpu":
                parts.append(flat)
            else:
                parts[0] = torch.cat([parts[0], flat.to(self.device)])
        self.count += count * frames

    def gather(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures and labels, uint8 (B, T, S, S), of rows (B, T)."""
        if len(self.pictures) == 1:
            return self.pictures[0][rows], self.labels[0][rows]
        first = self.of_pairs
        later = rows >= first
        found = []
        for parts in (self.pictures, self.labels):
            stack = parts[0][rows.clamp(max=first - 1)]
            stack[later] = parts[1][rows[later] - first]
            found.append(stack)
        return found[0], found[1]

    def render(self, plan: ClipPlan, size: int, warm: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
        """Clips (B, T, 1, size, size) in [0, 1] and soft masks of STRUCTURES (B, T - warm, 3, size, size) of the frames
        after the first ``warm``."""
        plan = plan.to(self.device)
        pictures, labels = self.gather(plan.picture)
        fields = displacement_fields(plan.here.flatten(0, 1), plan.there.flatten(0, 1))
        fields = fields.view(*plan.picture.shape, *fields.shape[1:])
        masks = torch.stack([labels[:, warm:] == structure for structure in STRUCTURES], 2).float()
        cavity = (labels[:, 0] == LV_CAVITY).float()
        return augment(pictures.float() / 255, masks, fields, cavity, plan.augmentation, size)
