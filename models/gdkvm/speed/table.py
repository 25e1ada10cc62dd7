"""The table of a measurement, as text, Markdown and CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path

VARIANTS = ("eager", "fp32", "fp16", "int8", "integers", "offline", "batched")
TOLERANCE = 0.003  # Dice that a variant may lose and still be kept


@dataclass(frozen=True)
class Row:
    """One way of running a model on so many threads."""

    variant: str
    threads: int
    ms_per_frame: float
    best_ms_per_frame: float  # fastest round
    times_eager: float | None  # speed relative to PyTorch eager in the same run
    floor_ms_per_frame: float | None  # all multiply-adds of a frame at the rate of a large product
    share_of_floor: float | None  # floor / measured
    file_bytes: int | None = None
    dice: float | None = None
    dice_change: float | None = None  # against float32


def kept(row: Row) -> str:
    if row.dice_change is None:
        return ""
    return "yes" if row.dice_change >= -TOLERANCE else "no"


def optional(value: float | None, shape: str) -> str:
    return "" if value is None else format(value, shape)


HEAD = ("variant", "threads", "ms/frame", "best", "x eager", "floor ms", "of floor", "MB", "Dice", "change", "keep")


def cells(row: Row) -> tuple[str, ...]:
    return (
        row.variant,
        str(row.threads),
        f"{row.ms_per_frame:.2f}",
        f"{row.best_ms_per_frame:.2f}",
        optional(row.times_eager, ".2f"),
        optional(row.floor_ms_per_frame, ".2f"),
        optional(row.share_of_floor, ".0%"),
        optional(None if row.file_bytes is None else row.file_bytes / 1e6, ".2f"),
        optional(row.dice, ".4f"),
        optional(row.dice_change, "+.4f"),
        kept(row),
    )


def as_text(lines: list[tuple[str, ...]]) -> str:
    """Columns in line; the first one to the left, the others to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    shown = []
    for line in lines:
        first, *others = (cell.ljust(width) if not at else cell.rjust(width) for at, (cell, width) in
                          enumerate(zip(line, widths)))  # fmt: skip
        shown.append("  ".join([first, *others]).rstrip())
    return "\n".join(shown)


def as_markdown(lines: list[tuple[str, ...]]) -> str:
    head, *body = lines
    rows = [head, ("---", *("---:" for _ in head[1:])), *body]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def write_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        names = [field.name for field in fields(Row)]
        writer.writerow(names)
        writer.writerows([getattr(row, name) for name in names] for row in rows)
