"""python -m gdkvm train-structures, attach-structures, evaluate-structures"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_folder


def register(commands: Any) -> None:
    """Adds the commands to the subparsers of the command line."""
    train = commands.add_parser("train-structures", help="train a head for wall and atrium on a model that ships")
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.set_defaults(run=command_train)

    attach = commands.add_parser("attach-structures", help="put a trained head into its model's graph")
    attach.add_argument("trained", type=Path, help="output folder of train-structures")
    attach.add_argument("folder", type=Path, help="model folder, which is changed")
    attach.add_argument("--version", required=True, help="of the model from now on")
    attach.set_defaults(run=command_attach)

    evaluate = commands.add_parser("evaluate-structures", help="wall and atrium of a model against reference masks")
    evaluate.add_argument("folder", type=Path, help="model folder")
    evaluate.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs")
    evaluate.add_argument("--write", action="store_true", help="put the rows into manifest and card")
    evaluate.add_argument("--beside", type=Path, help="a graph to compare the time of a frame with")
    evaluate.set_defaults(run=command_evaluate)


def command_train(arguments: argparse.Namespace) -> int:
    from .config import StructureConfig
    from .training import train

    config = StructureConfig.read(arguments.config)
    train(config, arguments.config, camus_folder(arguments.camus), arguments.out or Path("build/models") / config.name)
    return 0


def command_attach(arguments: argparse.Namespace) -> int:
    from .training import attach

    manifest = attach(arguments.trained, arguments.folder, arguments.version)
    print(f"{arguments.folder}: {manifest['name']} {manifest['version']} draws {', '.join(manifest['structures'])}")
    return 0


def command_evaluate(arguments: argparse.Namespace) -> int:
    from .evaluating import accuracy_rows, milliseconds_a_frame, score_structure, worst
    from .head import STRUCTURES
    from .training import write_accuracy

    camus = camus_folder(arguments.camus)
    if arguments.write:
        rows = write_accuracy(arguments.folder, camus)
    else:
        scores = {structure: score_structure(arguments.folder, structure, camus) for structure in STRUCTURES}
        rows = [row for structure, frames in scores.items() for row in accuracy_rows(structure, frames)]
        for structure, frames in scores.items():
            print(f"{structure}, lowest: {'; '.join(worst(frames))}")
    for row in rows:
        print(f"{row['dataset']}: {row['metric']} {row['value']} ({row['lower95']} to {row['upper95']}, n {row['n']})")
    if arguments.beside:
        own, other = milliseconds_a_frame([arguments.folder / "model.onnx", arguments.beside])
        print(f"{own:.2f} ms a frame on one thread, {own / other:.3f} times that of {arguments.beside}")
    return 0
