"""What is measured: a model folder, a checkpoint or the folder of a training run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..network.model import parameter_count
from ..network.stored import read_network, weights_fingerprint
from .passes import PassesRunner

CAVITY = "lv-cavity"
ACCURATE_FROM_PARAMETERS = 20_000_000


@dataclass(frozen=True)
class Subject:
    """A model with all that is needed to run it as it is meant to be run."""

    name: str
    version: str
    kind: str  # "onnx" or "pytorch"
    source: Path
    fingerprint: str  # SHA-256 of the graph, or of the weights
    size: tuple[int, int]  # height, width of the input
    transposed: bool  # wants lateral positions as rows
    threshold: float
    passes: str
    role: str  # "accurate" or "fast"
    parameters: int
    runner: PassesRunner
    geometry: str = "sector"
    margin_fraction: float = 0.0

    def facts(self) -> dict[str, Any]:
        """For the report."""
        keys = ("name", "version", "kind", "fingerprint", "transposed", "threshold", "passes", "role", "parameters")
        return {key: getattr(self, key) for key in keys} | {"size": list(self.size)}


def load_subject(
    path: Path, device: str = "cpu", threads: int = 0, passes: str | None = None, structure: str = CAVITY
) -> Subject:
    """The model at a path, whose maps are those of a structure. Raises ValueError or CheckpointError with what is
    wrong."""
    if (path / "manifest.json").exists():
        return from_folder(path, device, threads, passes, structure)
    if structure != CAVITY:
        raise ValueError(f"{path}: structures beside the cavity are drawn by model folders only")
    if (path / "checkpoint.pth").exists():
        return from_checkpoint(path / "checkpoint.pth", device, threads, passes)
    if path.is_file():
        return from_checkpoint(path, device, threads, passes)
    raise ValueError(f"{path}: neither a model folder (manifest.json), a training run (checkpoint.pth) nor a .pth file")


def role_of(parameters: int) -> str:
    return "accurate" if parameters >= ACCURATE_FROM_PARAMETERS else "fast"


def from_folder(folder: Path, device: str, threads: int, passes: str | None, structure: str = CAVITY) -> Subject:
    from ..export.model_folder import read_manifest
    from .onnx_runner import OnnxRunner

    if device != "cpu":
        raise ValueError(f"{folder}: model folders run in onnxruntime on the CPU; give the checkpoint to use {device}")
    manifest = read_manifest(folder)
    picture = manifest["input"]
    way = passes or manifest.get("passes", "forward")
    outputs = manifest["graph"]["outputs"]
    output = {CAVITY: outputs["probability"], **outputs.get("structures", {})}.get(structure)
    if output is None:
        raise ValueError(f"{folder}: the model does not draw {structure}")
    runner = OnnxRunner(folder / manifest["graph"]["file"], threads, output)
    return Subject(
        manifest["name"],
        manifest["version"],
        "onnx",
        folder,
        manifest["graph"]["sha256"],
        (picture["height"], picture["width"]),
        picture["orientation"] == "transposed",
        float(manifest["threshold"]),
        way,
        manifest.get("role") or role_of(manifest["parameters"]),
        manifest["parameters"],
        PassesRunner(runner, way, int(manifest.get("warmFrames", 32))),
        picture["geometry"],
        float(picture["marginFraction"]),
    )


def from_checkpoint(path: Path, device: str, threads: int, passes: str | None) -> Subject:
    """A checkpoint of our training (its averaged weights) or one in the published layout.

    The published one was trained on pictures with lateral positions as rows.
    """
    from .torch_runner import TorchRunner

    stored = read_network(path)
    if threads:
        torch.set_num_threads(threads)
    way = passes or "forward"
    name, version = run_name(path) if stored.ours else (path.stem, "")
    count = parameter_count(stored.network)
    return Subject(
        name,
        version,
        "pytorch",
        path,
        weights_fingerprint(stored.weights),
        (stored.network.config.image_size,) * 2,
        not stored.ours,
        0.5,
        way,
        role_of(count),
        count,
        PassesRunner(TorchRunner(stored.network, device), way),
    )


def run_name(checkpoint: Path) -> tuple[str, str]:
    """Name and version from the run's configuration beside the checkpoint."""
    config = checkpoint.parent / "config.yaml"
    if not config.exists():
        return checkpoint.stem, ""
    text = config.read_text()
    found = [re.search(rf"^{key}:\s*['\"]?([^'\"\n]+)", text, re.MULTILINE) for key in ("name", "version")]
    return tuple(match.group(1).strip() if match else "" for match in found)  # type: ignore[return-value]
