"""A network for corrections, put beside the model whose corrections it carries."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..export.card import rewrite
from ..export.correction_graph import (
    CORRECTION_INPUTS,
    CORRECTION_OUTPUTS,
    CORRECTION_STATE,
    correction_shapes,
    export_correction,
)
from ..export.correction_path import graph_correction_dependence
from ..export.graph import OPSET
from ..export.mask_path import check_way
from ..export.model_folder import read_manifest, sha256_of, write_manifest
from ..export.stored_weights import store
from ..network.checkpoint import load_strictly, read_checkpoint
from ..network.correction import CorrectionNetwork
from ..training.correction_config import CorrectionConfig

FILE = "correction.onnx"


def attach(run: Path, folder: Path, precision: str, way: str, reach: str = "clip") -> dict[str, Any]:
    """Writes correction.onnx of a training run into a model folder, and names it in the manifest; returns that.

    ``precision``: fp32, or how weights are stored, fp16 or int8. ``way``: how the model's corrections are carried from
    now on; ``reach``: how far, "phase" (to the neighbouring end-diastole and end-systole) or "clip".

    Raises ValueError where that is "memory" and the network hardly depends on what is given.
    """
    import onnx

    config = CorrectionConfig.read(run / "config.yaml")
    manifest = read_manifest(folder)
    checkpoint = run / "checkpoint.pth"
    network = CorrectionNetwork(config.correction)
    load_strictly(network, read_checkpoint(checkpoint)["ema"], checkpoint)
    graph = folder / FILE
    export_correction(network, graph)
    if precision != "fp32":
        graph.write_bytes(store(onnx.load(str(graph)), precision).SerializeToString())
    shapes = correction_shapes(config.correction)
    image, found, given, is_given = CORRECTION_INPUTS[:4]
    manifest["correction"] = {
        "file": FILE,
        "sha256": sha256_of(graph),
        "opset": OPSET,
        "precision": precision,
        "width": config.correction.image_size,
        "height": config.correction.image_size,
        "inputs": {"image": image, "found": found, "given": given, "isGiven": is_given},
        "outputs": {"probability": CORRECTION_OUTPUTS[0]},
        "state": [
            {"name": name, "input": name, "output": f"next_{name}", "shape": shapes[name]} for name in CORRECTION_STATE
        ],
        "reach": reach,
        "parameters": sum(weight.numel() for weight in network.parameters()),
    }
    check_way(way, folder / manifest["graph"]["file"], graph_correction_dependence(graph))
    manifest["propagation"] = way
    manifest["createdAt"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    write_manifest(folder, manifest)
    rewrite(folder, manifest)
    return manifest
