"""python -m gdkvm phantoms: store, page, compare."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(commands: argparse._SubParsersAction) -> None:
    phantoms = commands.add_parser("phantoms", help="simulated echo loops with true contours")
    actions = phantoms.add_subparsers(dest="action", required=True)

    store = actions.add_parser("store", help="make clips for training and keep them in a file")
    store.add_argument("--count", type=int, required=True)
    store.add_argument("--first-seed", type=int, default=0)
    store.add_argument("--size", type=int, default=160)
    store.add_argument("--frames", type=int, default=24)
    store.add_argument("--workers", type=int, default=1, help="processes")
    store.add_argument("--out", type=Path, required=True)
    store.set_defaults(run=command_store)

    page = actions.add_parser("page", help="a page of phantoms to look at")
    page.add_argument("--out", type=Path, required=True)
    page.add_argument("--real", type=Path, help="folder with CAMUS packs or DICOM loops to show beside them")
    page.add_argument("--first-seed", type=int)
    page.set_defaults(run=command_page)

    compare = actions.add_parser("compare", help="phantoms and CAMUS in numbers")
    compare.add_argument("--camus", type=Path, required=True, help="folder with camus-224-train.npz")
    compare.add_argument("--count", type=int, default=100, help="phantoms, and CAMUS pictures a phase")
    compare.add_argument("--first-seed", type=int, default=1_000_000)
    compare.set_defaults(run=command_compare)


def command_store(arguments: argparse.Namespace) -> int:
    from .store import write_store

    store = write_store(
        arguments.out, arguments.count, arguments.first_seed,
        size=arguments.size, frames=arguments.frames, workers=arguments.workers,
    )  # fmt: skip
    print(f"{arguments.out}: {len(store.seeds)} clips of {store.pictures.shape[1]} frames")
    return 0


def command_page(arguments: argparse.Namespace) -> int:
    from .page import FIRST_SEED, write_page

    if arguments.real is not None and not arguments.real.is_dir():
        raise ValueError(f"{arguments.real}: not a folder; give one with camus-224-*.npz or *.dcm inside")
    write_page(arguments.out, arguments.real, FIRST_SEED if arguments.first_seed is None else arguments.first_seed)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB")
    return 0


def command_compare(arguments: argparse.Namespace) -> int:
    from .comparison import compare

    print(compare(arguments.camus / "camus-224-train.npz", arguments.first_seed, arguments.count))
    return 0
