"""python -m gdkvm train-view, export-view, evaluate-view."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_folder


def register(commands: Any) -> None:
    train = commands.add_parser("train-view", help="train a recogniser of views; goes on from its output folder")
    train.add_argument("config", type=Path)
    train.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs")
    train.add_argument("--data", type=Path, help="folder with views/ and dicom/ (default: $SYSTOLA_TEST_DATA)")
    train.add_argument("--out", type=Path, help="default: build/models/<name>")
    train.set_defaults(run=command_train)

    export = commands.add_parser("export-view", help="write the model folder of a trained recogniser, and measure it")
    export.add_argument("trained", type=Path, help="folder of the run")
    export.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs, to measure on")
    export.add_argument("--notes", type=Path, required=True, help="what only people can say, for the card")
    export.add_argument("--out", type=Path, required=True)
    export.set_defaults(run=command_export)

    evaluate = commands.add_parser("evaluate-view", help="what a recogniser's model folder answers on known clips")
    evaluate.add_argument("model", type=Path)
    evaluate.add_argument("--camus", type=Path, help="folder of the 224 x 224 packs")
    evaluate.add_argument("--data", type=Path, help="folder with views/ and dicom/, which its training saw")
    evaluate.set_defaults(run=command_evaluate)


def command_train(arguments: argparse.Namespace) -> int:
    from .config import ViewConfig
    from .training import train

    config = ViewConfig.read(arguments.config)
    data = arguments.data or Path(os.environ.get("SYSTOLA_TEST_DATA", ""))
    if not (data / "views" / "stills").is_dir():
        raise ValueError("no stills of views: give --data or set SYSTOLA_TEST_DATA to a folder with views/stills/")
    output = arguments.out or Path("build") / "models" / config.name
    train(config, arguments.config, camus_folder(arguments.camus), data, output)
    return 0


def command_export(arguments: argparse.Namespace) -> int:
    from .training import export_run

    export_run(arguments.trained, camus_folder(arguments.camus), arguments.out, arguments.notes.read_text())
    return 0


def command_evaluate(arguments: argparse.Namespace) -> int:
    from .evaluating import camus_verdicts, milliseconds_a_clip, read_view_manifest, real_verdicts
    from .judging import table
    from .recogniser_graph import RecogniserSession

    values = read_view_manifest(arguments.model)
    session = RecogniserSession(arguments.model / values["graph"]["file"])
    print(table(camus_verdicts(session, camus_folder(arguments.camus)), values["certainty"]))
    if arguments.data:
        print("\nClips that were learned from:")
        print(table(real_verdicts(session, arguments.data), values["certainty"]))
    print(f"\n{milliseconds_a_clip(session):.0f} ms a clip of 8 frames on one thread, without decoding and cropping")
    return 0
