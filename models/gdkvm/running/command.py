"""python -m gdkvm check"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Adds ``check`` to the subparsers of the command line."""
    check = commands.add_parser("check", help="compare with golden tensors of the reference")
    check.add_argument("golden", type=Path)
    check.add_argument("--onnx", action="store_true", help="export and compare in onnxruntime too")
    check.set_defaults(run=command_check)


def command_check(arguments: argparse.Namespace) -> int:
    from .checking import check

    results = check(arguments.golden, arguments.onnx)
    print(f"{'run':<14} {'tensor':<24} {'difference':>10} {'allowed':>10}")
    for result in results:
        print(result)
    failed = sum(not result.passed for result in results)
    print(f"{failed} of {len(results)} beyond tolerance" if failed else f"all {len(results)} within tolerance")
    return 1 if failed else 0
