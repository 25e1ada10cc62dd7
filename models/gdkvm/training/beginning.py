"""The weights that a run begins with: those of a model that ships, or of another run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ..errors import GdkvmError
from ..export.model_folder import read_manifest
from ..export.trainable import trainable_network
from ..network.checkpoint import read_checkpoint, weights_of
from ..network.config import ModelConfig
from ..network.positional_encoding import encoding_tables
from ..network.stored import weights_fingerprint


class OtherWeights(GdkvmError):
    """What a run is to start from is not what its configuration says."""


@dataclass(frozen=True)
class Beginning:
    weights: dict[str, torch.Tensor]
    tables: dict[str, torch.Tensor]  # of positional encodings, where a graph brought its own
    neighbours: dict[str, torch.Tensor] | None  # the head that only the loss reads, where it was kept
    sha256: str  # of the graph, or of the weights
    of_graph: bool  # read from a graph, which has neither norms nor the heads that only the loss reads


def read_beginning(path: Path, config: ModelConfig, sha256: str | None = None, revive: bool = False) -> Beginning:
    """The weights in a model folder, or the averaged ones in a checkpoint (a published one has no others).

    ``revive``: the folder is of a model whose rectifiers can die, and did; ``config`` has others.

    Raises OtherWeights where they are not those of ``sha256``, and CheckpointError, ValueError, GraphNotUnderstood or
    WeightsDoNotFit where they cannot be used.
    """
    if path.is_dir():
        manifest = read_manifest(path)
        as_it_was = replace(config, mask_slope=0.0) if revive else config
        network = trainable_network(path / manifest["graph"]["file"], as_it_was)
        found = Beginning(network.state_dict(), encoding_tables(network), None, manifest["graph"]["sha256"], True)
    elif revive:
        raise OtherWeights(f"{path}: revive_mask_path is for a model folder")
    else:
        content = read_checkpoint(path)
        own = isinstance(content, dict) and "ema" in content
        weights = content["ema"] if own else weights_of(content, path)
        neighbours = content.get("neighbours") if own else None
        found = Beginning(
            weights, content.get("tables", {}) if own else {}, neighbours, weights_fingerprint(weights), False
        )
    if sha256 is not None and found.sha256 != sha256:
        raise OtherWeights(
            f"{path}: has the SHA-256 {found.sha256}, and the configuration says start_from_sha256: {sha256}; "
            "get the weights that it names, or say others with --start-from"
        )
    return found
