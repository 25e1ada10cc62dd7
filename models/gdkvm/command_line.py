"""The commands of python -m gdkvm. Exit status 0: done; 1: failed or beyond tolerance; 2: bad usage."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .errors import GdkvmError
from .evaluation import command as evaluation_command
from .phantom import command as phantom_command
from .speed import command as speed_command
from .studies import command as studies_command


def camus_folder(argument: Path | None) -> Path:
    """Folder with camus-224-train.npz: the argument, else $SYSTOLA_TEST_DATA/camus."""
    if argument is not None:
        return argument
    data = os.environ.get("SYSTOLA_TEST_DATA")
    if not data:
        raise ValueError("no CAMUS folder: give --camus or set SYSTOLA_TEST_DATA to the folder that holds camus/")
    return Path(data) / "camus"


def command_train(arguments: argparse.Namespace) -> int:
    import torch

    from .training import Trainer
    from .training_config import TrainingConfig

    # PyTorch counts physical cores, and on virtual machines it sees one.
    torch.set_num_threads(arguments.threads or os.cpu_count() or 1)
    folder = camus_folder(arguments.camus)
    config = TrainingConfig.read(arguments.config)
    if arguments.iterations is not None:
        config = config.scaled(arguments.iterations)
    trainer = Trainer(
        config,
        folder,
        arguments.out or Path("build") / "models" / config.name,
        arguments.device,
        arguments.workers,
    )
    if not trainer.run(arguments.minutes, arguments.start_from):
        print(f"stopped at iteration {trainer.iteration}; the same command goes on from there")
    return 0


def command_check(arguments: argparse.Namespace) -> int:
    from .checking import check

    results = check(arguments.golden, arguments.onnx)
    print(f"{'run':<14} {'tensor':<24} {'difference':>10} {'allowed':>10}")
    for result in results:
        print(result)
    failed = sum(not result.passed for result in results)
    print(f"{failed} of {len(results)} beyond tolerance" if failed else f"all {len(results)} within tolerance")
    return 1 if failed else 0


def command_export(arguments: argparse.Namespace) -> int:
    from . import golden
    from .config import NAMED
    from .model import GDKVM
    from .publishing import publish, write_synthetic

    if arguments.trained is not None:
        manifest = publish(
            arguments.trained, arguments.out, camus_folder(arguments.camus), arguments.notes, arguments.evaluation
        )
    else:
        name = arguments.config or "base"
        model = GDKVM(NAMED[name])
        model.load_state_dict(golden.state_dict(model.state_dict()))
        manifest = write_synthetic(model, name, arguments.out)
    print(f"{arguments.out}: {manifest['name']}, {manifest['parameters']:,} parameters")
    return 0


def command_convert(arguments: argparse.Namespace) -> int:
    from .conversion import convert

    manifest = convert(arguments.checkpoint, arguments.out, name=arguments.name)
    print(f"{arguments.out}: {manifest['name']}, {manifest['parameters']:,} parameters")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="gdkvm", description="GDKVM: train, evaluate, check, export, convert, speed, quantise"
    )
    commands = top.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train from a configuration; resumes from its output folder")
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs or of the CAMUS release")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    train.add_argument("--workers", type=int, default=1, help="processes that prepare batches (default 1)")
    train.add_argument("--threads", type=int, default=0, help="threads of the model on a CPU (default: all cores)")
    train.add_argument("--start-from", type=Path, metavar="CHECKPOINT", help="weights to begin with, not random ones")
    train.add_argument("--iterations", type=int, help="stretch or shorten the configured schedule to that many")
    train.add_argument("--minutes", type=float, help="save and stop after this time; the same command resumes")
    train.set_defaults(run=command_train)

    evaluation_command.register(commands)

    check = commands.add_parser("check", help="compare with golden tensors of the reference")
    check.add_argument("golden", type=Path)
    check.add_argument("--onnx", action="store_true", help="export and compare in onnxruntime too")
    check.set_defaults(run=command_check)

    export = commands.add_parser("export", help="write a model folder")
    source = export.add_mutually_exclusive_group(required=True)
    source.add_argument("--golden", action="store_true", help="base model with synthetic weights")
    source.add_argument("--config", choices=["base", "small", "micro"], help="this size with synthetic weights")
    source.add_argument("--trained", type=Path, help="output folder of a training run; evaluates it too")
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--camus", type=Path, help="CAMUS folder for the accuracy of a trained model")
    export.add_argument("--evaluation", type=Path, help="output folder of evaluate, for the phantoms' rows")
    export.add_argument("--notes", type=Path, help="hand-written part of the card, Markdown")
    export.set_defaults(run=command_export)

    convert = commands.add_parser("convert", help="turn a published base checkpoint into a model folder")
    convert.add_argument("checkpoint", type=Path)
    convert.add_argument("--out", type=Path, required=True)
    convert.add_argument("--name", default="gdkvm-converted")
    convert.set_defaults(run=command_convert)
    phantom_command.register(commands)
    speed_command.register(commands)
    studies_command.register(commands)
    return top


# What a command imports when it needs it, by the name under which it is imported.
_OF_THE_DEV_EXTRA = {
    "PIL": "pillow",
    "SimpleITK": "SimpleITK",
    "cv2": "opencv-python-headless",
    "matplotlib": "matplotlib",
    "nibabel": "nibabel",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "pydicom": "pydicom",
    "scipy": "scipy",
    "skimage": "scikit-image",
}


def main(values: list[str] | None = None) -> int:
    arguments = parser().parse_args(values)
    try:
        return arguments.run(arguments)
    except ModuleNotFoundError as error:
        package = _OF_THE_DEV_EXTRA.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        print(
            f"gdkvm: {arguments.command} needs {package}, which is not installed; "
            'it comes with the extra "dev": pip install "./models[dev]"',
            file=sys.stderr,
        )
        return 1
    except (OSError, ValueError, GdkvmError) as error:
        print(f"gdkvm: {error}", file=sys.stderr)
        return 1
