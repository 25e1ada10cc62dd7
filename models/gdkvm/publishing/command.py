"""python -m gdkvm export, average, export-correction, convert and figures"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_folder

DOCUMENTS = [Path("../README.md"), Path("../docs/limits.md")]  # seen from models/


def register(commands: Any) -> None:
    """Adds the commands to the subparsers of the command line."""
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

    mean = commands.add_parser("average", help="a run's folder with weights between its own and those it went on from")
    mean.add_argument("trained", type=Path, help="output folder of a training run")
    mean.add_argument("--share", type=float, required=True, help="of the run's own weights, between 0 and 1")
    mean.add_argument("--camus", type=Path, help="CAMUS folder that the run learned from")
    mean.add_argument("--out", type=Path, required=True)
    mean.set_defaults(run=command_average)

    convert = commands.add_parser("convert", help="turn a published base checkpoint into a model folder")
    convert.add_argument("checkpoint", type=Path)
    convert.add_argument("--out", type=Path, required=True)
    convert.add_argument("--name", default="gdkvm-converted")
    convert.set_defaults(run=command_convert)

    correction = commands.add_parser(
        "export-correction", help="put a trained network for corrections beside the model whose corrections it carries"
    )
    correction.add_argument("trained", type=Path, help="output folder of train-correction")
    correction.add_argument("folder", type=Path, help="model folder, which is changed")
    correction.add_argument("--precision", choices=["fp32", "fp16", "int8"], default="fp16", help="of stored weights")
    correction.add_argument("--propagation", choices=["memory", "displacement"], default="memory")
    correction.add_argument("--reach", choices=["phase", "clip"], default="clip", help="how far corrections carry")
    correction.set_defaults(run=command_export_correction)

    figures = commands.add_parser("figures", help="write what the shipped manifests measured into the documents")
    figures.add_argument("documents", type=Path, nargs="*", default=DOCUMENTS, help="default: README and limits")
    figures.add_argument("--shipped", type=Path, default=Path("shipped"), help="folder of the models that ship")
    figures.add_argument("--check", action="store_true", help="change nothing; exit status 1 where figures differ")
    figures.set_defaults(run=command_figures)


def command_export(arguments: argparse.Namespace) -> int:
    from ..network.config import NAMED
    from ..network.golden import synthetic_network
    from .training_run import publish, write_synthetic

    if arguments.trained is not None:
        manifest = publish(
            arguments.trained, arguments.out, camus_folder(arguments.camus), arguments.notes, arguments.evaluation
        )
    else:
        name = arguments.config or "base"
        manifest = write_synthetic(synthetic_network(NAMED[name]), name, arguments.out)
    print(f"{arguments.out}: {manifest['name']}, {manifest['parameters']:,} parameters")
    return 0


def command_average(arguments: argparse.Namespace) -> int:
    from .weight_mean import write_mean

    write_mean(arguments.trained, arguments.share, camus_folder(arguments.camus), arguments.out)
    print(f"{arguments.out}: {arguments.share:g} of {arguments.trained}")
    return 0


def command_export_correction(arguments: argparse.Namespace) -> int:
    from .correction import attach

    manifest = attach(arguments.trained, arguments.folder, arguments.precision, arguments.propagation, arguments.reach)
    correction = manifest["correction"]
    print(f"{arguments.folder / correction['file']}: {correction['parameters']:,} parameters")
    return 0


def command_convert(arguments: argparse.Namespace) -> int:
    from .published_checkpoint import convert

    manifest = convert(arguments.checkpoint, arguments.out, name=arguments.name)
    print(f"{arguments.out}: {manifest['name']}, {manifest['parameters']:,} parameters")
    return 0


def command_figures(arguments: argparse.Namespace) -> int:
    from .figures import write_figures

    changed, faults = write_figures(arguments.documents, arguments.shipped, arguments.check)
    for path in changed:
        print(f"{path}: {'has other figures than the manifests' if arguments.check else 'written'}")
    for fault in faults:
        print(f"to mend by hand: {fault}")
    return 1 if faults or (arguments.check and changed) else 0
