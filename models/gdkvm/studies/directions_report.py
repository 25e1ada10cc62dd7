"""Which kind of pass wins, by how much, and whether that can be told from chance."""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..running.passes import PASSES
from .directions import MATERIALS, Score
from .outcome import write_csv

EF_TOLERANCE = 0.3  # points by which a winner in Dice may be worse in ejection fraction


def mean(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def table(scores: list[Score]) -> list[dict[str, Any]]:
    """One row per material and kind of pass."""
    rows = []
    for material in MATERIALS:
        for passes in PASSES:
            part = [one for one in scores if (one.material, one.passes) == (material, passes)]
            if part:
                rows.append(
                    {
                        "material": material,
                        "passes": passes,
                        "clips": len(part),
                        "dice": mean([one.dice for one in part]),
                        "worstFrameDice": mean([one.worst_dice for one in part]),
                        "efMaePoints": mean([abs(one.ef_error) for one in part]),
                        "roughnessPercent": mean([one.roughness for one in part]),
                        "millisecondsPerFrame": float(np.median([one.milliseconds for one in part])),
                    }
                )
    return rows


def gain(scores: list[Score], passes: str, seed: int = 42, resamples: int = 2000) -> tuple[float, float, float]:
    """Mean gain in Dice over one forward pass, materials weighing the same, with a 95 % bootstrap over patients."""
    by_material: list[np.ndarray] = []
    for material in MATERIALS:
        base = {one.key: one for one in scores if (one.material, one.passes) == (material, PASSES[0])}
        groups: dict[str, list[float]] = {}
        for one in scores:
            if (one.material, one.passes) == (material, passes):
                groups.setdefault(one.group, []).append(one.dice - base[one.key].dice)
        if groups:
            by_material.append(np.array([np.mean(values) for values in groups.values()]))
    rng = np.random.default_rng(seed)
    drawn = [
        np.mean([part[rng.integers(len(part), size=len(part))].mean() for part in by_material])
        for _ in range(resamples)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(np.mean([part.mean() for part in by_material])), float(low), float(high)


def choose(scores: list[Score]) -> tuple[str, dict[str, tuple[float, float, float]]]:
    """The kind of pass to ship: the largest gain that is surely one and costs no ejection fraction; else forward."""
    gains = {passes: gain(scores, passes) for passes in PASSES[1:]}

    def ef_error(passes: str) -> float:
        return mean([row["efMaePoints"] for row in table(scores) if row["passes"] == passes])

    sure = [
        passes
        for passes, (_, low, _) in gains.items()
        if low > 0 and ef_error(passes) <= ef_error(PASSES[0]) + EF_TOLERANCE
    ]
    return max(sure, key=lambda passes: gains[passes][0], default=PASSES[0]), gains


def describe(scores: list[Score]) -> list[str]:
    rows = table(scores)
    chosen, gains = choose(scores)
    lines = [f"  {'':<32} {'passes':<16} {'Dice':>7} {'worst':>7} {'EF MAE':>7} {'rough %':>8} {'ms/frame':>9}"]
    for row in rows:
        lines.append(
            f"  {row['material']:<32} {row['passes']:<16} {row['dice']:7.4f} {row['worstFrameDice']:7.4f}"
            f" {row['efMaePoints']:7.2f} {row['roughnessPercent']:8.2f} {row['millisecondsPerFrame']:9.1f}"
        )
    for passes, (middle, low, high) in gains.items():
        lines.append(f"  {passes} against forward: Dice {middle:+.4f} (95 % {low:+.4f} to {high:+.4f})")
    forward, taken = (
        np.mean([r["millisecondsPerFrame"] for r in rows if r["passes"] == p]) for p in (PASSES[0], chosen)
    )
    lines.append(f"  winner: {chosen}, at {taken / forward:.1f} times the time of one pass")
    return lines


def write(scores: list[Score], out: Path) -> None:
    """clips.csv and directions.png."""
    write_csv(out / "clips.csv", [field.name for field in fields(Score)], [astuple(one) for one in scores])
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 3, figsize=(12, 4), layout="constrained")
    rows = table(scores)
    shown = (("dice", "Dice"), ("efMaePoints", "EF error, points"), ("roughnessPercent", "Roughness, %"))
    for axes, (key, title) in zip(panels, shown):
        for offset, passes in enumerate(PASSES):
            part = [row for row in rows if row["passes"] == passes]
            axes.bar(np.arange(len(part)) + 0.27 * (offset - 1), [row[key] for row in part], 0.25, label=passes)
        names = list(dict.fromkeys(row["material"] for row in rows))
        axes.set_xticks(range(len(names)), [name.replace(" with", "\nwith") for name in names], fontsize=8)
        axes.set_title(title)
    low = min(row["dice"] for row in rows)
    panels[0].set_ylim(max(0, low - 0.03), 1)
    panels[0].legend(fontsize=8)
    figure.savefig(out / "directions.png", dpi=110)
    pyplot.close(figure)


def summary(scores: list[Score]) -> dict[str, Any]:
    chosen, gains = choose(scores)
    return {
        "table": table(scores),
        "gains": {passes: dict(zip(("dice", "lower95", "upper95"), values)) for passes, values in gains.items()},
        "winner": chosen,
    }
