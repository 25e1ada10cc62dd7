"""The commands of python -m gdkvm. Exit status 0: done; 1: failed or beyond tolerance; 2: bad usage."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def camus_folder(argument: Path | None) -> Path:
    """Folder with camus-224-train.npz: the argument, else $SYSTOLA_TEST_DATA/camus."""
    if argument is not None:
        return argument
    data = os.environ.get("SYSTOLA_TEST_DATA")
    if not data:
        raise ValueError("no CAMUS folder: give --camus or set SYSTOLA_TEST_DATA to the folder that holds camus/")
    return Path(data) / "camus"


def command_train(arguments: argparse.Namespace) -> int:
    from .training import Trainer, TrainingConfig

    folder = camus_folder(arguments.camus)
    config = TrainingConfig.read(arguments.config)
    validation = folder / "camus-224-val.npz"
    trainer = Trainer(
        config,
        folder / "camus-224-train.npz",
        arguments.out or Path("build") / "models" / config.name,
        arguments.device,
        validation if validation.exists() else None,
    )
    trainer.run()
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="gdkvm", description="GDKVM: train, evaluate, check, export, convert")
    commands = top.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train from a configuration; resumes from its output folder")
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder with camus-224-train.npz and camus-224-val.npz")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.add_argument("--device", default="cpu")
    train.set_defaults(run=command_train)
    return top


def main(values: list[str] | None = None) -> int:
    arguments = parser().parse_args(values)
    try:
        return arguments.run(arguments)
    except (OSError, ValueError) as error:
        print(f"gdkvm: {error}", file=sys.stderr)
        return 1
