"""Recorded iterations against those that are run kernel by kernel. Needs a CUDA GPU and PyTorch 2.1 or newer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from training_runs import CONFIG

from gdkvm.network.config import MICRO
from gdkvm.training.config import Stage
from gdkvm.training.trainer import Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")

WIDE = replace(MICRO, image_width=16, mask_width=16, key_channels=16, channels=16)


def trainer(pack: Path, folder: Path) -> Trainer:
    stages = (Stage(2, (2, 2)), Stage(8, (2, 3), warm=3, phantom_share=0.3))
    config = replace(CONFIG, model=WIDE, iterations=8, stages=stages, precision="fp32")
    made = Trainer(config, pack.parent, folder, device="cuda")
    made.calibrate()
    return made


def test_recorded_iterations_learn_what_others_learn(pack: Path, tmp_path: Path) -> None:
    recorded, plain = (trainer(pack, tmp_path / name) for name in ("recorded", "plain"))
    plain.recorded_steps = None
    losses: list[tuple[float, float]] = []
    for iteration in range(6):
        batch = recorded.batches[iteration]
        mine = float(recorded.step(batch))
        plain.set_rate(plain.config.rate(plain.iteration))
        state = plain.run_warm(batch.clips[:, : batch.warm]) if batch.warm else None
        plain.forget_gradients()
        losses.append((mine, float(plain.learn(batch.clips[:, batch.warm :], batch.masks, state))))
        plain.iteration += 1
    found, expected = np.array(losses).T
    np.testing.assert_allclose(found, expected, rtol=2e-3)


def test_recording_changes_nothing(pack: Path, tmp_path: Path) -> None:
    made = trainer(pack, tmp_path / "run")
    made.step(made.batches[0])
    before = {name: value.clone() for name, value in made.model.state_dict().items()}
    moments = [{key: value.clone() for key, value in each.items()} for each in made.optimizer.state.values()]
    batch = made.batches[0]
    recorded = made.recorded_iterations
    assert recorded is not None
    recorded.record(batch.clips, batch.masks, None)
    for name, value in made.model.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)
    for mine, other in zip(made.optimizer.state.values(), moments):
        for key, value in other.items():
            torch.testing.assert_close(mine[key], value, rtol=0, atol=0)
