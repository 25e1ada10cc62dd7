"""python -m gdkvm train-correction"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_folder


def register(commands: Any) -> None:
    """Adds ``train-correction`` to the subparsers of the command line."""
    train = commands.add_parser(
        "train-correction", help="train a network that carries corrections for a model; resumes from its output folder"
    )
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs or of the CAMUS release")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.add_argument(
        "--processes",
        type=int,
        help="that learn together, one thread each, from as many batches an iteration (default: as many as cores)",
    )
    train.add_argument("--minutes", type=float, help="save and stop after this time; the same command resumes")
    train.set_defaults(run=command_train_correction)


def command_train_correction(arguments: argparse.Namespace) -> int:
    from ..clips.phantom_store import phantom_store
    from .correction_config import CorrectionConfig
    from .together import learn_together

    config = CorrectionConfig.read(arguments.config)
    folder = camus_folder(arguments.camus)
    output = arguments.out or Path("build") / "models" / config.name
    output.mkdir(parents=True, exist_ok=True)
    # Once, before several processes want them.
    phantom_store(output, config.phantom_clips, config.phantom_frames, config.first_phantom_seed, config.source_size)
    count = arguments.processes or os.cpu_count() or 1
    learn_together(count, learn, config, folder, output, arguments.minutes)
    return 0


def learn(config: Any, camus: Path, output: Path, minutes: float | None) -> None:
    """One process of several."""
    from .correction_trainer import CorrectionTrainer

    trainer = CorrectionTrainer(config, camus, output, output)
    if not trainer.run(minutes) and trainer.rank == 0:
        print(f"stopped at iteration {trainer.iteration}; the same command goes on from there", flush=True)
