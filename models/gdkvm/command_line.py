"""The commands of python -m gdkvm. Exit status 0: done; 1: failed or beyond tolerance; 2: bad usage."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .onnx_runner import OnnxRunner


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
        manifest = publish(arguments.trained, arguments.out, camus_folder(arguments.camus), arguments.notes)
    else:
        name = arguments.config or "base"
        model = GDKVM(NAMED[name])
        model.load_state_dict(golden.state_dict(model.state_dict()))
        manifest = write_synthetic(model, name, arguments.out)
    print(f"{arguments.out}: {manifest['name']}, {manifest['parameters']:,} parameters")
    return 0


def command_convert(arguments: argparse.Namespace) -> int:
    from .checkpoint import CheckpointError
    from .conversion import convert

    try:
        manifest = convert(arguments.checkpoint, arguments.out, name=arguments.name)
    except CheckpointError as error:
        print(f"gdkvm: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.out}: {manifest['name']}, {manifest['parameters']:,} parameters")
    return 0


def command_evaluate(arguments: argparse.Namespace) -> int:
    from .evaluation import evaluate_dicom, evaluate_pack, table
    from .model_folder import read_manifest
    from .onnx_runner import OnnxRunner

    manifest = read_manifest(arguments.model)
    picture = manifest["input"]
    size, transposed = (picture["height"], picture["width"]), picture["orientation"] == "transposed"
    runner = OnnxRunner(arguments.model / manifest["graph"]["file"])
    if arguments.phantoms:
        print_phantoms(runner, arguments.phantoms, size[0])
        if arguments.data is None:
            return 0
    folder = camus_folder(arguments.data)
    found = False
    if (folder / "camus-224-val.npz").exists():
        found = True
        print("CAMUS official validation patients, 224 x 224, Dice of the LV cavity")
        for label, summary in table(evaluate_pack(runner, folder / "camus-224-val.npz", size, transposed)):
            print(f"  {label:<8} {summary}")
    if (folder / "a4c-dicom" / "labels.npz").exists():
        found = True
        print("CAMUS validation DICOM, native resolution, Dice of the LV cavity")
        for label, summary in table(evaluate_dicom(runner, folder / "a4c-dicom", size, transposed)):
            print(f"  {label:<8} {summary}")
    if not found:
        raise ValueError(f"{folder}: neither camus-224-val.npz nor a4c-dicom/labels.npz is there")
    return 0


def print_phantoms(runner: OnnxRunner, count: int, size: int) -> None:
    import numpy as np

    from .evaluation import evaluate_phantoms

    scores = evaluate_phantoms(runner, count, size)
    errors = np.array([score.ejection_fraction - score.true_ejection_fraction for score in scores])
    mean, error, bias = np.mean([score.dice for score in scores]), np.abs(errors).mean(), errors.mean()
    print(f"{count} phantoms never trained on: Dice {mean:.4f}")
    print(f"  ejection fraction by disks: mean absolute error {error:.1f} points, bias {bias:.1f}")


def command_bench(arguments: argparse.Namespace) -> int:
    from . import golden
    from .benchmark import benchmark
    from .config import NAMED
    from .model import GDKVM

    model = GDKVM(NAMED[arguments.config])
    model.load_state_dict(golden.state_dict(model.state_dict()))
    for line in benchmark(model, arguments.threads):
        print(line)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="gdkvm", description="GDKVM: train, evaluate, check, export, convert, bench")
    commands = top.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train from a configuration; resumes from its output folder")
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder with camus-224-train.npz and camus-224-val.npz")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.add_argument("--device", default="cpu")
    train.set_defaults(run=command_train)

    evaluate = commands.add_parser("evaluate", help="Dice of a model folder on CAMUS validation data")
    evaluate.add_argument("model", type=Path)
    evaluate.add_argument("--data", type=Path, help="folder with camus-224-val.npz and a4c-dicom/")
    evaluate.add_argument("--phantoms", type=int, default=0, help="also score this many phantoms")
    evaluate.set_defaults(run=command_evaluate)

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
    export.add_argument("--notes", type=Path, help="hand-written part of the card, Markdown")
    export.set_defaults(run=command_export)

    convert = commands.add_parser("convert", help="turn a published base checkpoint into a model folder")
    convert.add_argument("checkpoint", type=Path)
    convert.add_argument("--out", type=Path, required=True)
    convert.add_argument("--name", default="gdkvm-converted")
    convert.set_defaults(run=command_convert)

    bench = commands.add_parser("bench", help="speed beside PyTorch and a large matrix product")
    bench.add_argument("--config", choices=["base", "small", "micro"], default="base")
    bench.add_argument("--threads", type=int, default=2)
    bench.set_defaults(run=command_bench)
    return top


def main(values: list[str] | None = None) -> int:
    arguments = parser().parse_args(values)
    try:
        return arguments.run(arguments)
    except (OSError, ValueError) as error:
        print(f"gdkvm: {error}", file=sys.stderr)
        return 1
