"""What is timed: the graph of a model folder or of a named size, with its network in PyTorch beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..export.graph import export_graph
from ..export.model_folder import read_manifest
from ..network.config import NAMED, ModelConfig
from ..network.golden import synthetic_network
from ..network.model import GDKVM, parameter_count
from ..network.stored import read_network

CONFIGS = Path(__file__).parents[2] / "configs"


@dataclass(frozen=True)
class TimedModel:
    name: str
    graph: Path
    network: GDKVM  # with the weights of the graph where a checkpoint was given, else with synthetic ones
    manifest: dict[str, Any] | None

    @property
    def title(self) -> str:
        size = self.network.config.image_size
        return f"{self.name}, {size} x {size}, {parameter_count(self.network):,} parameters"


def named(name: str, folder: Path) -> TimedModel:
    """A size of the code, with synthetic weights: for times and file sizes only."""
    network = synthetic_network(NAMED[name])
    graph = folder / f"{name}.onnx"
    export_graph(network, graph)
    return TimedModel(f"{name}, synthetic weights", graph, network, None)


def from_folder(folder: Path, run: Path | None) -> TimedModel:
    """A model folder; ``run`` is the checkpoint it came from, or the folder of that training run.

    Raises ValueError for a folder that is not in float32, and for a network that is not the folder's.
    """
    manifest = read_manifest(folder)
    if manifest["graph"]["precision"] != "fp32":
        raise ValueError(
            f"{folder}: stored as {manifest['graph']['precision']}; give the float32 folder that it was made from; "
            "other precisions are measured beside that"
        )
    if run is not None:
        network = from_checkpoint(run / "checkpoint.pth" if run.is_dir() else run)
    else:
        network = synthetic_network(config_of(manifest))
    wanted, found = manifest["input"]["width"], network.config.image_size
    if parameter_count(network) != manifest["parameters"] or wanted != found:
        here = f"{parameter_count(network):,} parameters at {found} x {found}"
        raise ValueError(
            f"{run or folder}: a network of {here}, but {manifest['name']} has {manifest['parameters']:,} at "
            f"{wanted} x {wanted}; give the checkpoint it was exported from with --torch-run"
        )
    graph = folder / manifest["graph"]["file"]
    return TimedModel(f"{manifest['name']} {manifest['version']}", graph, network, manifest)


def from_checkpoint(path: Path) -> GDKVM:
    """Averaged weights of one of our training runs."""
    stored = read_network(path)
    if not stored.ours:
        raise ValueError(f"{path}: not a checkpoint of a training run; it does not say of which widths it is")
    return stored.network


def config_of(manifest: dict[str, Any]) -> ModelConfig:
    """The architecture of a model folder: the one committed under its name, else a named size of as many parameters."""
    candidates = list(NAMED.values())
    path = CONFIGS / f"{manifest['name']}.yaml"
    if path.exists():
        import yaml

        candidates.insert(0, ModelConfig.from_dict(yaml.safe_load(path.read_text())["model"]))
    for config in candidates:
        same_size = config.image_size == manifest["input"]["width"]
        if same_size and parameter_count(GDKVM(config)) == manifest["parameters"]:
            return config
    raise ValueError(
        f"{manifest['name']}: no configuration has {manifest['parameters']:,} parameters; give its checkpoint with "
        "--torch-run, or leave out the variants that need PyTorch (eager, batched)"
    )
