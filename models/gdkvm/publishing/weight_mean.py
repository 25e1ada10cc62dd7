"""Weights between those of a run and those it went on from.

What a run learned anew and what its beginning did better can both be had there, as long as it did not go far (Wortsman
et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import torch

from ..network.checkpoint import read_checkpoint
from ..training.config import TrainingConfig
from ..training.trainer import Trainer


def write_mean(run: Path, share: float, camus: Path, out: Path) -> None:
    """Writes a folder like that of ``run`` with weights that are ``share`` of its and else those of its beginning.

    Raises ValueError where the run began with nothing, or ``share`` is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"the share of a run has to lie between 0 and 1, not {share}")
    config = TrainingConfig.read(run / "config.yaml")
    if config.start_from is None:
        raise ValueError(f"{run}: it went on from nothing that its weights could be averaged with")
    content = read_checkpoint(run / "checkpoint.pth")
    with tempfile.TemporaryDirectory() as scratch:
        trainer = Trainer(config, camus, Path(scratch), workers=0)
        trainer.start_from(Path(config.start_from))
    begun = trainer.model.state_dict()
    for name, value in content["ema"].items():
        if value.is_floating_point() and not name.endswith("inv_freq"):
            content["ema"][name] = torch.lerp(begun[name], value, share)
    content["share_of_run"] = share
    out.mkdir(parents=True, exist_ok=True)
    torch.save(content, out / "checkpoint.pth")
    shutil.copyfile(run / "config.yaml", out / "config.yaml")
