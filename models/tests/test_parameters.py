"""Names, shapes and types of all parameters and buffers: what checkpoints are read by."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdkvm.network.config import NAMED, ModelConfig
from gdkvm.network.model import GDKVM
from gdkvm.training.config import TrainingConfig

HERE = Path(__file__).parent
CONFIGS = HERE.parent / "configs"


def config(name: str) -> ModelConfig:
    return NAMED[name] if name in NAMED else TrainingConfig.read(CONFIGS / f"{name}.yaml").model


@pytest.mark.parametrize("name", ["micro", "base", "gdkvm-base-camus", "gdkvm-small-camus"])
def test_checkpoints_of_every_model_that_exists_can_still_be_read(name: str) -> None:
    found = [
        f"{key} {'x'.join(map(str, value.shape)) or '-'} {str(value.dtype).removeprefix('torch.')}"
        for key, value in GDKVM(config(name)).state_dict().items()
    ]
    assert found == (HERE / "parameters" / f"{name}.txt").read_text().splitlines()
