"""What the confidence found, in words, tables and curves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .calibration import area_under_curve, roc
from .confidence import PHANTOM, SPOILED, UNTOUCHED, Calibration, Samples, judge
from .features import FEATURE_NAMES
from .outcome import Check, at_least, write_csv

LEAST_AUC, LEAST_GAP, LEAST_FLAGGED = 0.75, 0.03, 0.9


def judgements(calibration: Calibration) -> dict[str, dict[str, Any]]:
    """By source, and over all of CAMUS."""
    source = calibration.samples.source
    parts = {name: source == name for name in (UNTOUCHED, SPOILED, PHANTOM)}
    parts["CAMUS, both"] = parts[UNTOUCHED] | parts[SPOILED]
    return {name: judge(calibration, chosen) for name, chosen in parts.items() if chosen.any()}


def describe(calibration: Calibration, flagged_loops: dict[str, float]) -> list[str]:
    fit = calibration.fit
    kept = [f"{weight:+.3f} {name}" for name, weight in zip(FEATURE_NAMES, fit.weights) if weight]
    lines = [f"  value = sigmoid({fit.bias:+.3f} {' '.join(kept)}), flagged below {calibration.limit:.3f}"]
    header = (
        "frames",
        f"below {calibration.samples.bad_dice}",
        "AUC",
        "flagged",
        "of bad",
        "Dice flagged",
        "not flagged",
    )
    lines.append(f"  {'':<16}" + "".join(f"{word:>13}" for word in header))
    for name, row in judgements(calibration).items():
        keys = ("auc", "flaggedShare", "badFound", "flaggedMeanDice", "unflaggedMeanDice")
        cells = [f"{row['frames']:>13}", f"{row['badFrames']:>13}"]
        cells += [f"{row[key]:13.4f}" if row[key] is not None else f"{'none':>13}" for key in keys]
        lines.append(f"  {name:<16}" + "".join(cells))
    lines += [f"  flagged of {name:<36} {100 * share:3.0f} %" for name, share in flagged_loops.items()]
    return lines


def checks(calibration: Calibration, no_ventricle: dict[str, float]) -> list[Check]:
    rows = judgements(calibration)
    untouched = rows[UNTOUCHED]
    gap = (untouched["unflaggedMeanDice"] or 0) - (untouched["flaggedMeanDice"] or 0)
    found = [
        at_least("AUC on untouched CAMUS frames", untouched["auc"], LEAST_AUC),
        at_least("mean Dice not flagged less flagged, untouched CAMUS", gap, LEAST_GAP),
    ]
    if "CAMUS, both" in rows:
        found.append(at_least("AUC on CAMUS with spoiled copies", rows["CAMUS, both"]["auc"], LEAST_AUC))
    if no_ventricle:
        worst = min(no_ventricle, key=lambda name: no_ventricle[name])
        found.append(at_least(f"flagged of frames without a ventricle ({worst})", no_ventricle[worst], LEAST_FLAGGED))
    return found


def worth_of(entry: dict[str, Any], samples: Samples) -> dict[str, float]:
    """What a manifest's confidence tells of untouched CAMUS frames among the samples, which it was not fitted on."""
    chosen = samples.source == UNTOUCHED
    rows = samples.table[chosen][:, [FEATURE_NAMES.index(name) for name in entry["features"]]]
    values = 1 / (1 + np.exp(-(entry["bias"] + rows @ np.array(entry["weights"]))))
    flagged = float((values < entry["limit"]).mean())
    return {"auc": area_under_curve(values, samples.good[chosen]), "flaggedShare": flagged}


def write(calibration: Calibration, out: Path) -> None:
    """frames.csv and roc.png."""
    samples = calibration.samples
    rows = zip(samples.source, samples.group, samples.kind, samples.dice, calibration.held_out, samples.table)
    write_csv(
        out / "frames.csv",
        ("source", "group", "kind", "dice", "marginOfConfidence", *FEATURE_NAMES),
        [(*row[:3], *map(float, row[3:5]), *map(float, row[5])) for row in rows],
    )
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for name in (UNTOUCHED, SPOILED, PHANTOM):
        chosen = samples.source == name
        values, good = calibration.held_out[chosen], samples.good[chosen]
        if chosen.any() and good.any() and not good.all():
            left.plot(*roc(values, good), label=f"{name}, AUC {area_under_curve(values, good):.3f}")
        right.plot(values, samples.dice[chosen], ".", markersize=3, alpha=0.6, label=name)
    left.plot([0, 1], [0, 1], ":", color="grey")
    left.set(
        title=f"Finding frames with Dice below {samples.bad_dice}",
        xlabel="good frames flagged",
        ylabel="bad frames flagged",
    )
    right.axvline(0, color="grey", linestyle="--", linewidth=0.8)
    right.axhline(samples.bad_dice, color="grey", linestyle=":", linewidth=0.8)
    right.set(title="Dice over confidence (held out)", xlabel="log-odds above the limit", ylabel="Dice")
    left.legend()
    right.legend()
    figure.savefig(out / "roc.png", dpi=110)
    pyplot.close(figure)


def flagged_share(values: np.ndarray, limit: float) -> float:
    return float((values < limit).mean())
