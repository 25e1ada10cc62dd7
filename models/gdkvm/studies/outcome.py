"""What a study leaves behind: checks against limits, tables, and how far it is."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..evaluation.progress import Progress
from ..evaluation.summary import plain

Item = TypeVar("Item")


@dataclass(frozen=True)
class Check:
    """A measured value beside its limit."""

    what: str
    value: float
    limit: str
    passed: bool

    def __str__(self) -> str:
        return f"  {'pass' if self.passed else 'FAIL'}  {self.what}: {self.value:.4g} ({self.limit})"


def at_least(what: str, value: float, limit: float) -> Check:
    return Check(what, value, f"at least {limit:g}", bool(value >= limit))


def at_most(what: str, value: float, limit: float) -> Check:
    return Check(what, value, f"at most {limit:g}", bool(value <= limit))


def conclude(checks: Sequence[Check], out: Path, summary: dict[str, Any]) -> int:
    """Prints the checks, writes summary.json; exit status 1 where one failed."""
    for check in checks:
        print(check)
    write_json(out / "summary.json", {**summary, "checks": [asdict(check) for check in checks]})
    print(f"written to {out}")
    return 0 if all(check.passed for check in checks) else 1


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Numbers that are none become null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain(values), indent=2, ensure_ascii=False) + "\n")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Floats with six significant digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([f"{value:.6g}" if isinstance(value, float) else value for value in row])


def progress(items: Sequence[Item], label: str) -> Iterator[Item]:
    """The items, with a line on standard error now and then that says how far and how long still."""
    report = Progress(label, len(items))
    for done, item in enumerate(items, start=1):
        yield item
        report(done)
