"""A model folder in lower precision from one in float32."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ..card import notes_of, render
from ..evaluation.intervals import SEEDS, patient_mean
from ..model_folder import read_manifest, write_manifest
from ..onnx_runner import OnnxRunner
from .accuracy import Picture, Score, calibration_clips, mean_dice, scores, validation_clips
from .integer_arithmetic import in_integers
from .stored_weights import store
from .table import TOLERANCE

Precision = Literal["fp16", "int8"]
Arithmetic = Literal["float", "integer"]
DATASET = "CAMUS official validation"


@dataclass(frozen=True)
class Quantised:
    manifest: dict[str, Any]
    dice: float | None
    dice_before: float | None
    file_bytes: int


def quantise(
    source: Path,
    out: Path,
    precision: Precision,
    arithmetic: Arithmetic = "float",
    camus: Path | None = None,
    tolerance: float = TOLERANCE,
    name: str | None = None,
) -> Quantised:
    """Writes the folder ``out``; the model is called ``name``, or as before with the precision behind it.

    With CAMUS at hand, refuses where Dice falls by more than ``tolerance``. Accuracy rows of the source are not carried
    over: they are of another graph. Rows measured here take their place.
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

    before = after = None
    found: list[Score] = []
    if camus is not None:
        clips = validation_clips(camus)
        before = mean_dice(scores(OnnxRunner(graph), clips, picture))
        found = scores(OnnxRunner(target), clips, picture)
        after = mean_dice(found)
        if after < before - tolerance:
            target.unlink()
            raise ValueError(
                f"{out}: not written, Dice on validation patients falls from {before:.4f} to {after:.4f}, by more than "
                f"{tolerance}; use fp16, or raise --tolerance"
            )
    values = described(manifest, target, precision, accuracy_rows(found))
    values["name"] = name or f"{manifest['name']}-{precision}"
    write_manifest(out, values)
    notes = notes_of(source / "card.md") + "\n\n" + precision_note(manifest, precision, arithmetic, before, after)
    (out / "card.md").write_text(render(values, notes))
    return Quantised(values, after, before, target.stat().st_size)


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


def precision_note(
    manifest: dict[str, Any], precision: str, arithmetic: str, before: float | None, after: float | None
) -> str:
    what = {
        ("fp16", "float"): "Weights are stored as float16 and computed with as float32.",
        ("int8", "float"): "Weights are stored in 8 bits, with a scale for each output channel, and computed with as "
        "float32.",
        ("int8", "integer"): "Convolutions compute in 8-bit integers; the recurrence and the attention in float32.",
    }[precision, arithmetic]
    origin = f"Made from {manifest['name']} {manifest['version']} (graph `{manifest['graph']['sha256'][:16]}`)."
    if before is None or after is None:
        return f"{what} {origin} Its accuracy was not measured."
    return (
        f"{what} {origin} Mean Dice on the CAMUS validation patients, whole frame squeezed, is {before:.4f} before and "
        f"{after:.4f} after."
    )
