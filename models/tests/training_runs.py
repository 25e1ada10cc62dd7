"""A run so small that a test can train it."""

from __future__ import annotations

from gdkvm.network.config import MICRO
from gdkvm.training.config import Stage, TrainingConfig
from gdkvm.training.trainer import Trainer

CONFIG = TrainingConfig(
    name="micro",
    model=MICRO,
    iterations=6,
    stages=(Stage(2, (2, 2)), Stage(6, (2, 3), warm=3, phantom_share=0.3)),
    frames_per_batch=4,
    warmup=2,
    neighbour_weight=0.3,
    phantom_clips=2,
    phantom_frames=4,
    source_size=96,
    validate_every=3,
    checkpoint_every=3,
)


def losses_of(trainer: Trainer, iterations: int) -> list[float]:
    return [float(trainer.step(trainer.batches[trainer.iteration])) for _ in range(iterations)]
