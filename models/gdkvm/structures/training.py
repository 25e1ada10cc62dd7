"""From a configuration to a trained head in a folder, and from there into a model's folder."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path
from typing import Any

import torch

from ..datasets.structure_masks import CAVITY
from ..export.card import rewrite
from ..export.cost import multiply_adds
from ..export.model_folder import read_manifest, sha256_of, write_manifest
from .config import StructureConfig
from .evaluating import TITLES, accuracy_rows, score_structure
from .features import FrozenModel
from .grafting import OUTPUTS, write_grafted
from .head import STRUCTURES, HeadShape, StructureHead, parameter_count
from .learning import learn_head
from .material import draw_material

HEAD, MADE_FOR = "head.pt", "model.sha256"


def train(config: StructureConfig, source: Path, camus: Path, output: Path) -> None:
    """Writes head.pt, log.csv and config.yaml into ``output``, and the features that it learned from."""
    folder = (source.parent / config.model).resolve()
    manifest = read_manifest(folder)
    output.mkdir(parents=True, exist_ok=True)
    frozen = FrozenModel(folder / manifest["graph"]["file"])
    head, log = learn_head(config, draw_material(config, frozen, camus, output / "material"))
    torch.save({"shape": dataclasses.asdict(head.shape), "head": head.state_dict()}, output / HEAD)
    (output / MADE_FOR).write_text(manifest["graph"]["sha256"])
    with (output / "log.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, ["epoch", *log[0]])
        writer.writeheader()
        writer.writerows({"epoch": epoch, **{name: round(value, 5) for name, value in row.items()}}
                         for epoch, row in enumerate(log, 1))  # fmt: skip
    shutil.copyfile(source, output / "config.yaml")


def read_head(run: Path) -> StructureHead:
    content = torch.load(run / HEAD, map_location="cpu")
    shape = HeadShape(**{name: tuple(value) for name, value in content["shape"].items()})
    head = StructureHead(shape)
    head.load_state_dict(content["head"])
    return head.eval()


@torch.no_grad()
def raised(head: StructureHead, amounts: dict[str, float]) -> StructureHead:
    """The head with an amount added to each structure's logits."""
    for structure, amount in amounts.items():
        head.logits.bias[STRUCTURES.index(structure)] += amount
    return head


def attach(run: Path, folder: Path, version: str) -> dict[str, Any]:
    """Puts a trained head into the graph of the model that it learned beside. The manifest's new version is given; it
    is returned. Raises ValueError where the head was trained beside another graph."""
    manifest = read_manifest(folder)
    graph = folder / manifest["graph"]["file"]
    wanted = (run / MADE_FOR).read_text().strip()
    if manifest["graph"]["sha256"] != wanted:
        raise ValueError(f"{folder}: the head learned beside a graph with the hash {wanted[:12]}…, this one is another")
    head = raised(read_head(run), StructureConfig.read(run / "config.yaml").raised)
    write_grafted(head, graph, graph)
    manifest["version"] = version
    manifest["graph"]["sha256"] = sha256_of(graph)
    manifest["graph"]["outputs"]["structures"] = dict(OUTPUTS)
    manifest["structures"] = [CAVITY, *STRUCTURES]
    manifest["parameters"] += parameter_count(head)
    manifest["multiplyAddsPerFrame"] = multiply_adds(graph)
    write_manifest(folder, manifest)
    rewrite(folder, manifest)
    return manifest


def write_accuracy(folder: Path, camus: Path) -> list[dict[str, Any]]:
    """Measures the structures beside the cavity, and puts the rows in the manifest in place of what was there."""
    manifest = read_manifest(folder)
    rows = [
        row for structure in STRUCTURES for row in accuracy_rows(structure, score_structure(folder, structure, camus))
    ]
    endings = tuple(TITLES[structure] for structure in STRUCTURES)
    kept = [row for row in manifest["accuracy"] if not row["dataset"].endswith(endings)]
    manifest["accuracy"] = [*kept, *rows]
    write_manifest(folder, manifest)
    rewrite(folder, manifest)
    return rows
