"""A model folder: model.onnx, manifest.json and card.md, which is all the workstation knows about a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..network.model import GDKVM, parameter_count
from .cost import multiply_adds
from .graph import OPSET, STATE_INPUTS, export_graph, state_shapes
from .mask_path import WAYS, check_way

SCHEMA = "systola-model/1"
CAMUS_CITATION = (
    "S. Leclerc, E. Smistad, J. Pedrosa, A. Ostvik et al., Deep Learning for Segmentation using an Open Large-Scale "
    "Dataset in 2D Echocardiography, IEEE TMI 38(9):2198-2210, 2019, doi 10.1109/TMI.2019.2900516"
)
CAMUS_LICENCE = "CC-BY-NC-SA-4.0"
GDKVM_CITATION = (
    "R. Wang et al., GDKVM: Echocardiography Video Segmentation via Spatiotemporal Key-Value Memory with Gated Delta "
    "Rule, ICCV 2025"
)


@dataclass(frozen=True)
class Description:
    """What a manifest says beyond what follows from the network."""

    name: str
    version: str
    description: str
    licence: str
    citation: str = GDKVM_CITATION
    geometry: str = "sector"
    orientation: str = "upright"
    margin_fraction: float = 0.0
    training_data: list[dict[str, str]] = field(default_factory=list)
    accuracy: list[dict[str, Any]] = field(default_factory=list)
    role: str | None = None  # "accurate" or "fast"
    passes: str | None = None  # "forward", "warm" or "both-directions"; forward where it is not said
    warm_frames: int | None = None
    propagation: str | None = None  # "displacement" or "memory"; displacement where it is not said
    confidence: dict[str, Any] | None = None  # as `gdkvm confidence` fits it
    intended_use: str | None = None
    known_failures: list[str] | None = None

    def optional(self) -> dict[str, Any]:
        """What a manifest has only where it is known."""
        values = {
            "role": self.role,
            "passes": self.passes,
            "warmFrames": self.warm_frames,
            "propagation": self.propagation,
            "confidence": self.confidence,
            "intendedUse": self.intended_use,
            "knownFailures": self.known_failures,
        }
        return {name: value for name, value in values.items() if value is not None}


def manifest(model: GDKVM, graph: Path, about: Description, created: datetime | None = None) -> dict[str, Any]:
    """Content of manifest.json. Raises ValueError where the model is to carry corrections and cannot."""
    check_way(about.propagation, graph)
    config = model.config
    shapes = state_shapes(config)
    return {
        "schema": SCHEMA,
        "name": about.name,
        "version": about.version,
        "description": about.description,
        "graph": {
            "file": graph.name,
            "sha256": sha256_of(graph),
            "opset": OPSET,
            "precision": "fp32",
            "inputs": {"image": "image", "firstFrame": "first_frame"},
            "outputs": {"probability": "probability"},
            "state": [
                {"name": name, "input": name, "output": f"next_{name}", "shape": shapes[name]} for name in STATE_INPUTS
            ],
            "maskState": "mask",
        },
        "input": {
            "width": config.image_size,
            "height": config.image_size,
            "channels": 1,
            "range": [0, 1],
            "geometry": about.geometry,
            "orientation": about.orientation,
            "resize": "bilinear-antialias",
            "marginFraction": about.margin_fraction,
        },
        "structures": ["lv-cavity"],
        "threshold": 0.5,
        "parameters": parameter_count(model),
        "multiplyAddsPerFrame": multiply_adds(graph),
        "licence": about.licence,
        "citation": about.citation,
        "trainingData": about.training_data,
        "accuracy": about.accuracy,
        **about.optional(),
        "createdAt": (created or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def write_folder(
    model: GDKVM, folder: Path, about: Description, card: Callable[[dict[str, Any]], str]
) -> dict[str, Any]:
    """Writes a model folder and returns its manifest. ``card`` makes card.md from the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = folder / "model.onnx"
    export_graph(model, graph)
    values = manifest(model, graph, about)
    write_manifest(folder, values)
    (folder / "card.md").write_text(card(values))
    return values


def write_manifest(folder: Path, values: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder whose graph is the one it names. Raises ValueError."""
    try:
        values = json.loads((folder / "manifest.json").read_text())
        graph = folder / values["graph"]["file"]
        found = sha256_of(graph)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder}: not a model folder ({error})") from error
    if values.get("schema") != SCHEMA:
        raise ValueError(f"{folder}: schema {values.get('schema')!r}, expected {SCHEMA!r}")
    if values.get("propagation", WAYS[0]) not in WAYS:
        raise ValueError(f"{folder}: propagation {values['propagation']!r}, expected one of {', '.join(WAYS)}")
    check_hash(graph, found, values["graph"]["sha256"])
    if "correction" in values:
        correction = correction_graph(folder, values)
        if not correction.is_file():
            raise ValueError(f"{correction}: missing, though the manifest names it")
        check_hash(correction, sha256_of(correction), values["correction"]["sha256"])
    return values


def correction_graph(folder: Path, values: dict[str, Any]) -> Path:
    """Of a manifest that has one."""
    return folder / values["correction"]["file"]


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def check_hash(file: Path, found: str, expected: str) -> None:
    if found != expected:
        raise ValueError(f"{file}: its hash is not the manifest's; the file was changed or is incomplete")
