"""Model folders from training runs and from synthetic weights."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from .card import render
from .checkpoint import load_strictly, read_checkpoint
from .evaluation import Score, evaluate_dicom, evaluate_pack, summarise
from .export import export_graph
from .model import GDKVM
from .model_folder import CAMUS_CITATION, CAMUS_LICENCE, Description, write_folder
from .onnx_runner import OnnxRunner
from .training import TrainingConfig

SYNTHETIC_NOTES = """The weights are synthetic numbers from a deterministic recipe, made for tests and benchmarks. The
model segments nothing.
"""


def write_synthetic(model: GDKVM, name: str, folder: Path) -> dict[str, Any]:
    """A folder for tests and benchmarks; returns its manifest."""
    about = Description(
        name=f"gdkvm-{name}-synthetic",
        version="0.1.0",
        description="Synthetic weights for tests and benchmarks. Segments nothing.",
        licence="Apache-2.0",
    )
    return write_folder(model, folder, about, lambda values: render(values, SYNTHETIC_NOTES))


def accuracy_row(dataset: str, scores: list[Score]) -> dict[str, Any]:
    summary = summarise(scores)
    return {
        "dataset": dataset,
        "metric": "dice",
        "value": round(summary.mean, 4),
        "lower95": round(summary.lower, 4),
        "upper95": round(summary.upper, 4),
        "n": summary.count,
    }


def measure(graph: Path, camus: Path, size: int) -> list[dict[str, Any]]:
    """Accuracy rows of a graph on the CAMUS validation data in a folder."""
    runner = OnnxRunner(graph)
    shape = (size, size)
    scores = evaluate_pack(runner, camus / "camus-224-val.npz", shape)
    rows = [accuracy_row("CAMUS official validation, A4C+A2C, ED+ES", scores)]
    for view in ("A4C", "A2C"):
        for phase in ("ED", "ES"):
            part = [score for score in scores if (score.view, score.phase) == (view, phase)]
            rows.append(accuracy_row(f"CAMUS official validation, {view}, {phase}", part))
    if (camus / "a4c-dicom" / "labels.npz").exists():
        native = evaluate_dicom(runner, camus / "a4c-dicom", shape)
        rows.append(accuracy_row("CAMUS official validation, 20 patients as DICOM at native size, A4C, ED+ES", native))
    return rows


def publish(run: Path, folder: Path, camus: Path, notes: Path | None) -> dict[str, Any]:
    """Writes the folder of a trained model with its measured accuracy; returns its manifest."""
    config = TrainingConfig.read(run / "config.yaml")
    checkpoint = run / "checkpoint.pth"
    content = read_checkpoint(checkpoint)
    model = GDKVM(config.model)
    load_strictly(model, content["ema"], checkpoint)
    with tempfile.TemporaryDirectory() as scratch:
        graph = Path(scratch) / "model.onnx"
        export_graph(model, graph)
        accuracy = measure(graph, camus, config.model.image_size)
    about = Description(
        name=config.name,
        version=config.version,
        description=config.description,
        licence=CAMUS_LICENCE,
        training_data=[{"name": "CAMUS", "licence": CAMUS_LICENCE, "citation": CAMUS_CITATION}],
    )
    about = replace(about, accuracy=accuracy)
    trained = f"Trained for {content['it']:,} iterations, {content['seconds'] / 60:.0f} minutes. "
    text = notes.read_text() if notes else ""
    return write_folder(model, folder, about, lambda values: render(values, trained + text))
