"""The curve of Dice over the error of the crop, and where it has fallen by how much."""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np

from .crop_error import SIDES, Score
from .outcome import write_csv

FALL = 0.01


def table(scores: list[Score]) -> list[dict[str, Any]]:
    """Mean over clips of every condition, beside the right crop of the same material."""
    rows = []
    for material in dict.fromkeys(one.material for one in scores):
        own = [one for one in scores if one.material == material]
        right = float(np.mean([one.dice for one in own if one.series == "all sides" and one.error == 0]))
        for series, error in dict.fromkeys((one.series, one.error) for one in own):
            part = [one for one in own if (one.series, one.error) == (series, error)]
            middle = float(np.mean([one.dice for one in part]))
            rows.append(
                {
                    "material": material,
                    "series": series,
                    "error": error,
                    "clips": len(part),
                    "dice": middle,
                    "fall": right - middle,
                    "lostShare": float(np.mean([one.lost_share for one in part])),
                }
            )
    return rows


def tolerated(rows: list[dict[str, Any]], material: str, sign: int) -> float:
    """Largest error of all sides, outwards (1) or inwards (-1), up to which Dice falls by no more than FALL."""
    own = [r for r in rows if r["material"] == material and r["series"] == "all sides" and r["error"] * sign >= 0]
    reach = 0.0
    for row in sorted(own, key=lambda row: abs(row["error"])):
        if row["fall"] > FALL:
            break
        reach = abs(row["error"])
    return reach


def describe(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"  {'material':<18} {'series':<26} {'error':>7} {'Dice':>7} {'fall':>8} {'cut off':>8}"]
    for row in rows:
        lines.append(
            f"  {row['material']:<18} {row['series']:<26} {100 * row['error']:+6.0f}% {row['dice']:7.4f}"
            f" {row['fall']:+8.4f} {100 * row['lostShare']:7.1f}%"
        )
    for material in dict.fromkeys(row["material"] for row in rows):
        out, cut = tolerated(rows, material, 1), tolerated(rows, material, -1)
        lines.append(
            f"  {material}: Dice stays within {FALL} of the right crop up to a margin of {100 * out:.0f} % on every"
            f" side, and up to {100 * cut:.0f} % cut off every side"
        )
    return lines


def write(scores: list[Score], out: Path) -> None:
    """clips.csv, table.csv and crop-error.png."""
    write_csv(out / "clips.csv", [field.name for field in fields(Score)], [astuple(one) for one in scores])
    rows = table(scores)
    write_csv(out / "table.csv", list(rows[0]), [list(row.values()) for row in rows])
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 4.5), layout="constrained", sharey=True)
    for material in dict.fromkeys(row["material"] for row in rows):
        draw(left, [r for r in rows if r["material"] == material and r["series"] == "all sides"], material)
    centre = [r for r in rows if r["material"] == "CAMUS" and r["series"] == "all sides" and r["error"] == 0]
    for side in SIDES:
        draw(right, centre + [r for r in rows if r["material"] == "CAMUS" and r["series"].split()[0] == side], side)
    left.set(title="All four sides", xlabel="error of the crop, % of the box's side (outwards +)", ylabel="Dice")
    right.set(title="One side at a time, CAMUS", xlabel="error, %")
    for axes in (left, right):
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    figure.savefig(out / "crop-error.png", dpi=110)
    pyplot.close(figure)


def draw(axes: Any, rows: list[dict[str, Any]], label: str) -> None:
    rows = sorted(rows, key=lambda row: row["error"])
    axes.plot([100 * row["error"] for row in rows], [row["dice"] for row in rows], "o-", markersize=3, label=label)
