"""Tables and limits of the study of propagation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..evaluation.intervals import patient_mean
from .outcome import Check, at_least, write_csv
from .propagation import Followed, Gain

SHARE_GAINED = 0.8
FALL_OF_ERROR = 0.25
LESS_THAN_DISPLACEMENT = 0.15  # of its border error, for a way that is to be taken in its place
LEAST_FOLLOWED_MM = 3.0
SEED = 51


def grouped(gains: Sequence[Gain]) -> Iterator[tuple[str, str, list[Gain]]]:
    """By experiment and way, in the order in which they were made."""
    for experiment, way in dict.fromkeys((one.experiment, one.way) for one in gains):
        yield experiment, way, [one for one in gains if (one.experiment, one.way) == (experiment, way)]


def pair(gains: Sequence[Gain], field: str) -> np.ndarray:
    """(n, 2) before and after, of the clips that have both."""
    values = np.array([getattr(one, field) for one in gains], float).reshape(-1, 2)
    return values[np.isfinite(values).all(1)]


def row(experiment: str, way: str, gains: Sequence[Gain]) -> dict[str, Any]:
    dice, distance = pair(gains, "dice"), pair(gains, "distance_mm")
    reached, ejection = pair(gains, "reached_distance_mm"), pair(gains, "ejection_fraction_error")
    difference = patient_mean((dice[:, 1] - dice[:, 0]).tolist(), [str(index) for index in range(len(dice))], SEED)
    return {
        "experiment": experiment,
        "way": way,
        "clips": len(gains),
        "frames": sum(one.frames for one in gains),
        "reached": sum(one.reached for one in gains),
        "dice": means(dice),
        "diceDifference": difference,
        "distanceMm": means(distance),
        "reachedDice": means(pair(gains, "reached_dice")),
        "reachedDistanceMm": means(reached),
        "fallOfDistance": fall(distance),
        "fallOfReachedDistance": fall(reached),
        "shareGainedDice": float((dice[:, 1] > dice[:, 0]).mean()) if len(dice) else float("nan"),
        "shareGainedDistance": float((distance[:, 1] < distance[:, 0]).mean()) if len(distance) else float("nan"),
        "ejectionFractionError": means(ejection),
        "ejectionFractionClips": len(ejection),
        "beatError": means(pair(gains, "beat_error")),
    }


def means(pairs: np.ndarray) -> list[float]:
    return pairs.mean(0).tolist() if len(pairs) else [float("nan")] * 2


def fall(pairs: np.ndarray) -> float:
    """By which share the mean falls."""
    before, after = means(pairs)
    return 1 - after / before if before > 0 else float("nan")


def table(gains: Sequence[Gain]) -> list[dict[str, Any]]:
    return [row(*group) for group in grouped(gains)]


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """For the notes."""
    lines = [
        "| given | way | clips | Dice of the others | border, mm | falls by | clips that gain | carried frames, mm | "
        "falls by | EF of the clip, error in points | EF of the beat |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        lines.append(
            f"| {one['experiment']} | {one['way']} | {one['clips']} | {arrow(one['dice'], 3)} | "
            f"{arrow(one['distanceMm'], 2)} | {percent(one['fallOfDistance'])} | {percent(one['shareGainedDice'])} | "
            f"{arrow(one['reachedDistanceMm'], 2)} | {percent(one['fallOfReachedDistance'])} | "
            f"{arrow(one['ejectionFractionError'], 1)} | {arrow(one['beatError'], 1)} |"
        )
    return "\n".join(lines) + "\n"


def arrow(values: Sequence[float], digits: int) -> str:
    return "-" if np.isnan(values).any() else f"{values[0]:.{digits}f} → {values[1]:.{digits}f}"


def percent(value: float) -> str:
    return "-" if np.isnan(value) else f"{100 * value:.0f} %"


def write_gains(gains: Sequence[Gain], path: Path) -> None:
    columns = ("dice", "distance_mm", "reached_dice", "reached_distance_mm", "ejection_fraction_error", "beat_error")
    heads = [f"{name}_{when}" for name in columns for when in ("before", "after")]
    write_csv(
        path,
        ["clip", "given", "way", "frames", "reached", *heads],
        (
            [one.name, one.experiment, one.way, one.frames, one.reached, *(v for c in columns for v in getattr(one, c))]
            for one in gains
        ),
    )


def phantom_checks(rows: Sequence[dict[str, Any]], way: str) -> list[Check]:
    """Of the model's own way only."""
    found = []
    for one in (one for one in rows if one["way"] == way):
        what = f"phantoms, {one['experiment']} given"
        found.append(at_least(f"{what}: share of clips that gain", one["shareGainedDice"], SHARE_GAINED))
        if "and" in one["experiment"]:
            found.append(at_least(f"{what}: fall of the mean border error", one["fallOfDistance"], FALL_OF_ERROR))
        for other in rows:
            if way != "displacement" and (other["experiment"], other["way"]) == (one["experiment"], "displacement"):
                lower = 1 - one["distanceMm"][1] / other["distanceMm"][1]
                found.append(at_least(f"{what}: border error below displacement's", lower, LESS_THAN_DISPLACEMENT))
    return found


def camus_checks(rows: Sequence[dict[str, Any]], way: str) -> list[Check]:
    found = []
    for one in (one for one in rows if one["way"] == way):
        dice, ejection = one["dice"], one["ejectionFractionError"]
        found.append(at_least("CAMUS, ED given: Dice at ES, after minus before", dice[1] - dice[0], 0))
        found.append(at_least("CAMUS, ED given: EF error, before minus after", ejection[0] - ejection[1], 0))
    return found


def shift_checks(moves: Sequence[Followed]) -> list[Check]:
    least = min((one.by_distance[1] for one in moves if 1 in one.by_distance), default=float("nan"))
    return [at_least("a contour shifted by 5 mm: the least that a neighbour followed, mm", least, LEAST_FOLLOWED_MM)]
