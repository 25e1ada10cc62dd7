"""python -m gdkvm train"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_folder


def register(commands: Any) -> None:
    """Adds ``train`` to the subparsers of the command line."""
    train = commands.add_parser("train", help="train from a configuration; resumes from its output folder")
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs or of the CAMUS release")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    train.add_argument("--workers", type=int, default=1, help="processes that prepare batches (default 1)")
    train.add_argument("--threads", type=int, default=0, help="threads of the model on a CPU (default: all cores)")
    train.add_argument(
        "--processes",
        type=int,
        default=1,
        help="that learn together on a CPU, one thread each, from as many batches an iteration (default 1)",
    )
    train.add_argument(
        "--start-from",
        type=Path,
        metavar="MODEL",
        help="model folder or checkpoint whose weights to begin with, instead of the configuration's start_from",
    )
    train.add_argument("--iterations", type=int, help="stretch or shorten the configured schedule to that many")
    train.add_argument("--minutes", type=float, help="save and stop after this time; the same command resumes")
    train.set_defaults(run=command_train)


def command_train(arguments: argparse.Namespace) -> int:
    import torch

    from ..clips.phantom_store import phantom_store
    from .config import TrainingConfig
    from .together import learn_together

    folder = camus_folder(arguments.camus)
    config = TrainingConfig.read(arguments.config)
    if arguments.iterations is not None:
        config = config.scaled(arguments.iterations)
    if arguments.start_from is not None:
        config = replace(config, start_from=os.path.abspath(arguments.start_from), start_from_sha256=None)
    output = arguments.out or Path("build") / "models" / config.name
    settings = config, folder, output, arguments.device, arguments.workers, arguments.minutes
    if arguments.processes > 1:
        if arguments.device != "cpu":
            raise ValueError(f"--processes is for processors; {arguments.device} learns in one process")
        if any(stage.phantom_share for stage in config.stages):
            # Once, before several processes want them.
            shape = config.phantom_clips, config.phantom_frames
            phantom_store(output, *shape, config.first_phantom_seed, config.source_size)
        learn_together(arguments.processes, learn, *settings)
        return 0
    # PyTorch counts physical cores, and on virtual machines it sees one.
    torch.set_num_threads(arguments.threads or os.cpu_count() or 1)
    learn(*settings)
    return 0


def learn(config: Any, camus: Path, output: Path, device: str, workers: int, minutes: float | None) -> None:
    """The run, or one process of several that learn it together."""
    from .trainer import Trainer

    trainer = Trainer(config, camus, output, device, workers)
    if not trainer.run(minutes) and trainer.rank == 0:
        print(f"stopped at iteration {trainer.iteration}; the same command goes on from there", flush=True)
