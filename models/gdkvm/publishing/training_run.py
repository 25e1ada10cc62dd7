"""Model folders from training runs and from synthetic weights."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..evaluation.accuracy import camus_rows, check_same_model, phantom_rows
from ..evaluation.files import read_report
from ..evaluation.report import Options, measure
from ..evaluation.sources import find_sources
from ..export.card import render
from ..export.model_folder import CAMUS_CITATION, CAMUS_LICENCE, Description, write_folder
from ..network.checkpoint import load_strictly, read_checkpoint
from ..network.efficientnet_variants import VARIANTS
from ..network.model import GDKVM
from ..network.positional_encoding import keep_tables
from ..network.stored import weights_fingerprint
from ..running.subject import load_subject
from ..training.config import TrainingConfig

SYNTHETIC_NOTES = """The weights are synthetic numbers from a deterministic recipe, made for tests and benchmarks. The
model segments nothing.
"""

IMAGENET_CITATION = (
    "M. Tan, Q. V. Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, ICML 2019"
)


def imagenet_source(image_block: str) -> dict[str, str]:
    """The manifest's entry of the ImageNet weights that an image encoder started from."""
    return {
        "name": f"ImageNet, through the published weights of {VARIANTS[image_block].title}",
        "licence": "Apache-2.0",
        "citation": IMAGENET_CITATION,
    }


def write_synthetic(model: GDKVM, name: str, folder: Path) -> dict[str, Any]:
    """A folder for tests and benchmarks; returns its manifest."""
    about = Description(
        name=f"gdkvm-{name}-synthetic",
        version="0.1.0",
        description="Synthetic weights for tests and benchmarks. Segments nothing.",
        licence="Apache-2.0",
    )
    return write_folder(model, folder, about, lambda values: render(values, SYNTHETIC_NOTES))


def measure_camus(folder: Path, camus: Path, threads: int) -> list[dict[str, Any]]:
    """Accuracy rows of a model folder on the CAMUS validation data."""
    subject = load_subject(folder, threads=threads)
    return camus_rows(measure(subject, find_sources(camus, subject), Options()).report)


def publish(
    run: Path, folder: Path, camus: Path, notes: Path | None, evaluation: Path | None = None, threads: int = 0
) -> dict[str, Any]:
    """Writes the folder of a trained model with its measured accuracy; returns its manifest.

    CAMUS is measured here, on the exported graph. What takes longer (phantoms) is read from ``evaluation``, the output
    folder of the evaluate command on the same run or on the folder exported from it.
    """
    config = TrainingConfig.read(run / "config.yaml")
    text = notes.read_text() if notes else ""
    checkpoint = run / "checkpoint.pth"
    content = read_checkpoint(checkpoint)
    model = GDKVM(config.model)
    load_strictly(model, content["ema"], checkpoint)
    keep_tables(model, content.get("tables", {}))
    about = Description(
        name=config.name,
        version=config.version,
        description=config.description,
        licence=CAMUS_LICENCE,
        training_data=[
            {"name": "CAMUS", "licence": CAMUS_LICENCE, "citation": CAMUS_CITATION},
            *([imagenet_source(config.model.image_block)] if config.imagenet else []),
        ],
        role=config.role,
        propagation=config.propagation,
        intended_use=config.intended_use,
        known_failures=known_failures(text) or None,
    )
    with tempfile.TemporaryDirectory() as scratch:
        draft = write_folder(model, Path(scratch), about, lambda values: render(values, ""))
        slower = []
        if evaluation is not None:
            report = read_report(evaluation)
            check_same_model(report, {weights_fingerprint(content["ema"]), draft["graph"]["sha256"]}, str(run))
            slower = phantom_rows(report)
        accuracy = measure_camus(Path(scratch), camus, threads) + slower
    about = replace(about, accuracy=accuracy)
    trained = f"Trained for {content['it']:,} iterations, {content['seconds'] / 60:.0f} minutes. "
    if content.get("started_from"):
        trained += f"They went on from weights that were there before (SHA-256 `{content['started_from'][:16]}`). "
    if content.get("share_of_run"):
        trained += f"What ships is the mean of these and the new ones, {content['share_of_run']:g} of it new. "
    return write_folder(model, folder, about, lambda values: render(values, trained + text))


def known_failures(notes: str) -> list[str]:
    """The items of the list under "Known failures" in a card's notes, for the manifest."""
    after = notes.partition("**Known failures")[2]
    items: list[str] = []
    for line in after.splitlines()[1:]:
        if line.startswith("- "):
            items.append(line[2:].strip())
        elif line.startswith("  ") and items:
            items[-1] += " " + line.strip()
        elif line.strip():
            break
    return items
