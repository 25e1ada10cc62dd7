"""Command lines: `python -m gdkvm speed`, `python -m gdkvm quantise` and `python -m gdkvm kernels`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from ..datasets.folders import camus_packs_at_hand
from .table import VARIANTS


def command_speed(arguments: argparse.Namespace) -> int:
    from .measuring import Settings, measure
    from .timed_model import from_folder, named

    if arguments.sizes:
        return print_sizes(arguments)
    if (arguments.model is None) == (arguments.config is None):
        raise ValueError("give a model folder, or --config for a size with synthetic weights, or --sizes")
    settings = Settings(
        tuple(arguments.variants),
        tuple(arguments.threads),
        arguments.rounds,
        arguments.repeats,
        camus_packs_at_hand(arguments.camus),
        arguments.clips,
    )
    with tempfile.TemporaryDirectory() as folder:
        model = (
            from_folder(arguments.model, arguments.torch_run)
            if arguments.model
            else named(arguments.config, Path(folder))
        )
        result = measure(model, settings)
    from .table import HEAD, as_markdown, as_text, cells, write_csv

    lines = [HEAD, *(cells(row) for row in result.rows)]
    loads = [f"{name}: {value:.0f} ms to load" for name, value in result.load_ms.items()]
    print("\n".join([*result.notes, as_text(lines), *loads]))
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        listed = "".join(f"- {line}\n" for line in [*result.notes, *loads])
        (arguments.out / "speed.md").write_text(as_markdown(lines) + "\n" + listed)
        write_csv(arguments.out / "speed.csv", result.rows)
    return 0


def print_sizes(arguments: argparse.Namespace) -> int:
    from .sizes import HEAD, measure_sizes
    from .table import as_markdown, as_text

    rows = measure_sizes(arguments.threads, arguments.rounds, arguments.repeats)
    lines = [HEAD, *(row.cells() for row in rows)]
    print(as_text(lines))
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "sizes.md").write_text(as_markdown(lines))
    return 0


def command_quantise(arguments: argparse.Namespace) -> int:
    from .quantising import quantise

    made = quantise(
        arguments.model,
        arguments.out,
        arguments.precision,
        arguments.arithmetic,
        camus_packs_at_hand(arguments.camus),
        arguments.tolerance,
        arguments.name,
        arguments.ef_tolerance,
    )
    print(f"{arguments.out}: {made.manifest['name']}, {made.file_bytes / 1e6:.2f} MB")
    if made.cost is None:
        print("What it costs was not measured: no CAMUS packs (give --camus or set SYSTOLA_TEST_DATA)")
    else:
        print(f"On CAMUS validation patients: {made.cost}")
    return 0


def command_kernels(arguments: argparse.Namespace) -> int:
    from .rewriting import rewrite

    camus, attention = camus_packs_at_hand(arguments.camus), not arguments.keep_attention
    made = rewrite(arguments.model, arguments.out, camus, arguments.clips, attention)
    print(f"{arguments.out}: {made.after} kernels a frame, {made.before} before; {made.difference}")
    return 0


def register(commands: Any) -> None:
    """Adds the commands to the parser."""
    speed = commands.add_parser("speed", help="ms per frame of each precision, beside PyTorch and the cores' floor")
    speed.add_argument("model", type=Path, nargs="?", help="a float32 model folder")
    speed.add_argument("--config", choices=["base", "small", "micro"], help="this size with synthetic weights instead")
    speed.add_argument("--sizes", action="store_true", help="times of other sizes of the small model instead")
    speed.add_argument("--camus", type=Path, help="folder with the CAMUS packs, for ranges and Dice")
    speed.add_argument("--torch-run", type=Path, help="checkpoint or run folder that the model folder came from")
    speed.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS), metavar="VARIANT",
                       help=f"some of: {', '.join(VARIANTS)}")  # fmt: skip
    speed.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    speed.add_argument("--rounds", type=int, default=7, help="times that the candidates take turns (default 7)")
    speed.add_argument("--repeats", type=int, default=9, help="frames of a candidate in each turn (default 9)")
    speed.add_argument("--clips", type=int, help="validation clips for Dice (default all)")
    speed.add_argument("--out", type=Path, help="folder for speed.md and speed.csv, or sizes.md")
    speed.set_defaults(run=command_speed)

    quantise = commands.add_parser("quantise", help="a model folder with weights in 16 or 8 bits")
    quantise.add_argument("model", type=Path, help="a float32 model folder")
    quantise.add_argument("--precision", choices=["fp16", "int8"], required=True)
    quantise.add_argument("--arithmetic", choices=["float", "integer"], default="float",
                          help="integer: convolutions in 8 bits too (default float)")  # fmt: skip
    quantise.add_argument("--camus", type=Path, help="folder with the CAMUS packs, for ranges, Dice and EF")
    quantise.add_argument("--tolerance", type=float, default=0.003, help="Dice that may be lost (default 0.003)")
    quantise.add_argument("--ef-tolerance", type=float, default=0.5, metavar="POINTS",
                          help="by which EF may move on average (default 0.5)")  # fmt: skip
    quantise.add_argument("--name", help="name of the model (default: the source's, with the precision behind it)")
    quantise.add_argument("--out", type=Path, required=True)
    quantise.set_defaults(run=command_quantise)

    kernels = commands.add_parser("kernels", help="a model folder whose graph has fewer nodes, with the same numbers")
    kernels.add_argument("model", type=Path, help="a model folder, its weights stored in whatever way")
    kernels.add_argument("--camus", type=Path, help="folder with the CAMUS packs, to compare both graphs on")
    kernels.add_argument("--clips", type=int, help="validation clips to compare on (default all)")
    kernels.add_argument("--keep-attention", action="store_true",
                         help="leave attention as it is: more kernels, a little faster on processors")  # fmt: skip
    kernels.add_argument("--out", type=Path, required=True)
    kernels.set_defaults(run=command_kernels)
