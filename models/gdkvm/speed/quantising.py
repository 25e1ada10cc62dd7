"""A model folder in lower precision from one in float32."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..evaluation.intervals import SEEDS, patient_mean
from ..export.card import notes_of, render
from ..export.model_folder import read_manifest, write_manifest
from ..export.stored_weights import store
from ..running.onnx_runner import OnnxRunner
from .accuracy import (
    Picture,
    Score,
    calibration_clips,
    ejection_fraction_changes,
    mean_dice,
    scores,
    validation_clips,
)
from .integer_arithmetic import in_integers
from .table import TOLERANCE

Precision = Literal["fp16", "int8"]
Arithmetic = Literal["float", "integer"]
DATASET = "CAMUS official validation"
# Dice does not see what a change of arithmetic does to a number: with 8-bit integers throughout it falls by 0.0003, and
# ejection fractions move by 1.1 points on average.
EF_TOLERANCE_POINTS = 0.5


@dataclass(frozen=True)
class Cost:
    """What another precision does on the validation patients."""

    dice_before: float
    dice: float
    ef_change_mean: float  # points, not a number where no clip has contours at ED and ES
    ef_change_most: float

    @classmethod
    def of(cls, before: list[Score], after: list[Score]) -> Cost:
        changes = ejection_fraction_changes(before, after)
        mean, most = (float(changes.mean()), float(changes.max())) if changes.size else (float("nan"),) * 2
        return cls(mean_dice(before), mean_dice(after), mean, most)

    def refusal(self, dice_tolerance: float, ef_tolerance: float) -> str | None:
        """Why this is too much, or None."""
        if self.dice < self.dice_before - dice_tolerance:
            return (
                f"Dice on validation patients falls from {self.dice_before:.4f} to {self.dice:.4f}, by more than "
                f"{dice_tolerance}; use fp16, or raise --tolerance"
            )
        if self.ef_change_mean > ef_tolerance:
            return (
                f"ejection fractions of validation patients move by {self.ef_change_mean:.2f} points on average, by "
                f"more than {ef_tolerance}; use fp16 or float arithmetic, or raise --ef-tolerance"
            )
        return None

    def __str__(self) -> str:
        dice = f"mean Dice is {self.dice_before:.4f} before and {self.dice:.4f} after"
        if not np.isfinite(self.ef_change_mean):
            return f"{dice}, and no clip has ejection fractions to compare"
        return (
            f"{dice}, and ejection fractions by disks move by {self.ef_change_mean:.2f} points on average and "
            f"{self.ef_change_most:.2f} at most"
        )


@dataclass(frozen=True)
class Quantised:
    manifest: dict[str, Any]
    cost: Cost | None
    file_bytes: int


def quantise(
    source: Path,
    out: Path,
    precision: Precision,
    arithmetic: Arithmetic = "float",
    camus: Path | None = None,
    tolerance: float = TOLERANCE,
    name: str | None = None,
    ef_tolerance: float = EF_TOLERANCE_POINTS,
) -> Quantised:
    """Writes the folder ``out``; the model is called ``name``, or as before with the precision behind it.

    With CAMUS at hand, refuses where Dice falls by more than ``tolerance`` or ejection fractions move by more than
    ``ef_tolerance`` points on average. Accuracy rows of the source are not carried over: they are of another graph.
    Rows measured here take their place.
    """
    import onnx

    manifest = read_manifest(source)
    if manifest["graph"]["precision"] != "fp32":
        raise ValueError(f"{source}: stored as {manifest['graph']['precision']} already; give the float32 model folder")
    if out.exists() and out.resolve() == source.resolve():
        raise ValueError(f"{out}: is the source; give another folder")
    picture, graph = Picture.of(manifest), source / manifest["graph"]["file"]
    if arithmetic == "integer":
        if precision != "int8" or camus is None:
            raise ValueError(
                "integer arithmetic takes --precision int8 and CAMUS training frames to find its ranges on"
            )
        content = in_integers(graph, calibration_clips(camus, picture))
    else:
        content = store(onnx.load(str(graph)), precision)
    out.mkdir(parents=True, exist_ok=True)
    target = out / "model.onnx"
    target.write_bytes(content.SerializeToString())

    cost = None
    found: list[Score] = []
    if camus is not None:
        clips = validation_clips(camus)
        found = scores(OnnxRunner(target), clips, picture)
        cost = Cost.of(scores(OnnxRunner(graph), clips, picture), found)
        refusal = cost.refusal(tolerance, ef_tolerance)
        if refusal is not None:
            target.unlink()
            raise ValueError(f"{out}: not written, {refusal}")
    values = described(manifest, target, precision, accuracy_rows(found))
    values["name"] = name or f"{manifest['name']}-{precision}"
    write_manifest(out, values)
    notes = notes_of(source / "card.md") + "\n\n" + precision_note(manifest, precision, arithmetic, cost)
    (out / "card.md").write_text(render(values, notes))
    return Quantised(values, cost, target.stat().st_size)


def described(manifest: dict[str, Any], graph: Path, precision: str, accuracy: list[dict[str, Any]]) -> dict[str, Any]:
    values = copy.deepcopy(manifest)
    values["graph"] |= {
        "file": graph.name,
        "sha256": hashlib.sha256(graph.read_bytes()).hexdigest(),
        "precision": precision,
    }
    values["accuracy"] = accuracy
    values["createdAt"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return values


def accuracy_rows(found: list[Score]) -> list[dict[str, Any]]:
    """Dice over all, then by view and phase, with patient bootstrap intervals."""
    groups = {f"{DATASET}, A4C+A2C, ED+ES": found}
    for view in ("A4C", "A2C"):
        for phase in ("ED", "ES"):
            groups[f"{DATASET}, {view}, {phase}"] = [one for one in found if (one.view, one.phase) == (view, phase)]
    rows = []
    for dataset, group in groups.items():
        if group:
            mean = patient_mean([one.dice for one in group], [one.patient for one in group], SEEDS["dice"])
            numbers = {"value": mean.value, "lower95": mean.lower95, "upper95": mean.upper95}
            rounded = {name: round(number, 4) for name, number in numbers.items()}
            rows.append({"dataset": dataset, "metric": "dice", **rounded, "n": mean.n})
    return rows


def precision_note(manifest: dict[str, Any], precision: str, arithmetic: str, cost: Cost | None) -> str:
    what = {
        ("fp16", "float"): "Weights are stored as float16 and computed with as float32.",
        ("int8", "float"): "Weights are stored in 8 bits, with a scale for each output channel, those of the image "
        "encoder in 16, and computed with as float32.",
        ("int8", "integer"): "Convolutions compute in 8-bit integers; the recurrence and the attention in float32.",
    }[precision, arithmetic]
    origin = f"Made from {manifest['name']} {manifest['version']} (graph `{manifest['graph']['sha256'][:16]}`)."
    if cost is None:
        return f"{what} {origin} Its accuracy was not measured."
    return f"{what} {origin} On the CAMUS validation patients, whole frame squeezed: {cost}."
