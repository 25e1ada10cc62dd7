"""The authors' checkpoint as a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..export.card import render
from ..export.model_folder import CAMUS_CITATION, CAMUS_LICENCE, Description, write_folder
from ..network.checkpoint import load_strictly, read_checkpoint, weights_of
from ..network.config import BASE, ModelConfig
from ..network.model import GDKVM

NOTES = """This model was converted from a checkpoint that others trained. Its accuracy was not measured here.

- The public re-release reports Dice 0.937 on the 50 CAMUS test patients, for clips of ten frames at 256 x 256.
- Its training pictures were whole CAMUS frames with their first axis as rows, the transpose of the upright display;
  the manifest says so (`geometry: frame`, `orientation: transposed`) and the workstation obeys it.
- Training saw clips of ten frames. Longer loops, other scanners and other views are untested.

Weights trained on CAMUS may be used for non-commercial scientific research only.
"""


def convert(
    checkpoint: Path, folder: Path, config: ModelConfig = BASE, name: str = "gdkvm-converted"
) -> dict[str, Any]:
    """Reads a checkpoint strictly and writes a model folder; returns the manifest. Raises CheckpointError."""
    model = GDKVM(config)
    load_strictly(model, weights_of(read_checkpoint(checkpoint), checkpoint), checkpoint)
    about = Description(
        name=name,
        version="1.0.0",
        description="GDKVM base, converted from a published checkpoint. Research use only.",
        licence=CAMUS_LICENCE,
        geometry="frame",
        orientation="transposed",
        training_data=[{"name": "CAMUS", "licence": CAMUS_LICENCE, "citation": CAMUS_CITATION}],
    )
    return write_folder(model, folder, about, lambda values: render(values, NOTES))
