"""python -m gdkvm evaluate"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_folder


def register(commands: Any) -> None:
    """Adds ``evaluate`` to the subparsers of the command line."""
    parser = commands.add_parser(
        "evaluate",
        help="measure a model by protocol gdkvm-rerelease-v1 on CAMUS, EchoNet-Dynamic, DICOM and phantoms",
    )
    parser.add_argument("model", type=Path, help="model folder, checkpoint .pth, or folder of a training run")
    parser.add_argument("--data", type=Path, help="folder with packs, a4c-dicom/, the CAMUS release or EchoNet-Dynamic")
    parser.add_argument("--split", choices=["train", "validation", "test"], default="validation")
    parser.add_argument(
        "--compat-iccv", action="store_true", help="also score row by row, as the paper's evaluator did"
    )
    parser.add_argument(
        "--phantoms", type=int, default=0, metavar="N", help="also score N clips of the phantom test set"
    )
    parser.add_argument("--phantom-pictures", choices=["scanner", "sector"], default="scanner")
    parser.add_argument("--workers", type=int, default=1, help="processes for the phantoms (default 1)")
    parser.add_argument("--out", type=Path, help="folder for JSON, Markdown, CSV, plots and pages of cases")
    parser.add_argument("--record", action="store_true", help="write the accuracy into the model folder's own manifest")
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda, for checkpoints")
    parser.add_argument(
        "--batch", type=int, default=1, metavar="N", help="clips at a time, for checkpoints (default 1)"
    )
    parser.add_argument("--threads", type=int, default=0, help="threads of the model (default: all cores)")
    parser.add_argument("--passes", choices=["forward", "warm", "both-directions"], help="instead of the manifest's")
    parser.add_argument("--role", choices=["accurate", "fast"], help="whose targets apply; default: by the model")
    parser.set_defaults(run=command_evaluate)


def command_evaluate(arguments: argparse.Namespace) -> int:
    from ..running.subject import load_subject
    from .record import record_accuracy
    from .report import Options, measure, write
    from .sources import find_sources

    for name in ("phantoms", "workers", "batch", "threads"):
        if getattr(arguments, name) < (1 if name in ("workers", "batch") else 0):
            raise ValueError(f"--{name} {getattr(arguments, name)}: too small")
    if arguments.record and arguments.split != "validation":
        raise ValueError("--record: manifests state accuracy on the validation split")
    if arguments.record and not (arguments.model / "manifest.json").exists():
        raise ValueError(f"--record: {arguments.model} is not a model folder")
    subject = load_subject(arguments.model, arguments.device, arguments.threads, arguments.passes)
    sources = []
    if arguments.data is not None or not arguments.phantoms:
        sources = find_sources(camus_folder(arguments.data), subject, arguments.split)
    options = Options(
        arguments.split,
        arguments.compat_iccv,
        arguments.phantoms,
        arguments.phantom_pictures,
        arguments.workers,
        arguments.device,
        arguments.batch,
        arguments.role,
    )
    measured = measure(subject, sources, options)
    print(measured.text)
    if arguments.out is not None:
        write(measured, subject, options, arguments.out)
        print(f"written to {arguments.out}")
    if arguments.record:
        print(f"{arguments.model}: {record_accuracy(arguments.model, measured.report)} rows of accuracy")
    return 0
