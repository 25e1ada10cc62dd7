"""The model folder of a recogniser: view.onnx, manifest.json, card.md."""

from __future__ import annotations

import io
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..export.graph import OPSET, exporter_options, simplified
from ..export.model_folder import CAMUS_CITATION, CAMUS_LICENCE, sha256_of, write_manifest
from ..export.stored_weights import store
from .classes import VIEWS
from .config import ViewConfig
from .network import Recogniser
from .preparation import FRAMES, SIZE, Prepared

SCHEMA = "systola-view-model/1"
GRAPH = "view.onnx"
INPUTS, OUTPUT = ("sectors", "wholes"), "probability"
STILLS_CITATION = (
    "TTE47: gallery of 47 expert-labelled views of transthoracic echocardiography, thrive-centre, CC BY-NC-SA 4.0"
)


def export_recogniser(recogniser: Recogniser, path: Path) -> None:
    """Writes the graph, its weights stored in 16 bits and computed with in float32."""
    import onnx

    buffer = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            recogniser.eval(),
            (torch.rand(3, 1, SIZE, SIZE), torch.rand(2, 1, SIZE, SIZE)),
            buffer,
            opset_version=OPSET,
            input_names=list(INPUTS),
            output_names=[OUTPUT],
            dynamic_axes={"sectors": {0: "n"}, "wholes": {0: "m"}},
            do_constant_folding=True,
            **exporter_options(),
        )
    graph = store(simplified(buffer.getvalue()), "fp16")
    onnx.checker.check_model(graph, full_check=True)
    path.write_bytes(graph.SerializeToString())


class RecogniserSession:
    """A recogniser's graph in onnxruntime."""

    def __init__(self, graph: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def __call__(self, prepared: Prepared) -> np.ndarray:
        """Probabilities (4,) of VIEWS."""
        return self.session.run([OUTPUT], {"sectors": prepared.sectors, "wholes": prepared.wholes})[0]


def manifest(
    config: ViewConfig, recogniser: Recogniser, graph: Path, encoder: str, measured: dict[str, Any]
) -> dict[str, Any]:
    """Content of manifest.json. ``encoder``: name and version of the model whose encoder this is."""
    return {
        "schema": SCHEMA,
        "name": config.name,
        "version": config.version,
        "description": config.description,
        "graph": {
            "file": graph.name,
            "sha256": sha256_of(graph),
            "opset": OPSET,
            "precision": "fp16",
            "inputs": {name: name for name in INPUTS},
            "outputs": {OUTPUT: OUTPUT},
        },
        "input": {
            "width": SIZE,
            "height": SIZE,
            "channels": 1,
            "range": [0, 1],
            "geometry": "sector",
            "orientation": "upright",
            "resize": "bilinear-antialias",
            "marginFraction": 0.0,
            "frames": FRAMES,
            "wholePictures": "first and last of these frames",
        },
        "classes": list(VIEWS),
        "certainty": config.certainty,
        "encoder": encoder,
        "parameters": sum(value.numel() for value in recogniser.parameters()),
        "licence": CAMUS_LICENCE,
        "citation": f"{CAMUS_CITATION}; {STILLS_CITATION}",
        "trainingData": [
            {"name": "CAMUS, official training patients", "licence": CAMUS_LICENCE},
            {"name": "TTE47 gallery, stills", "licence": CAMUS_LICENCE},
            {"name": "public DICOM loops (fo-dicom, go-dicom, pydicom, dcm4che)", "licence": "MS-PL, MIT, MPL-1.1"},
            {"name": "simulated phantoms", "licence": "Apache-2.0"},
        ],
        "measured": measured,
        "intendedUse": (
            "A suggestion of the view of a transthoracic B-mode clip of an adult, to be confirmed by someone who can "
            "read echocardiograms. Research use only."
        ),
        "createdAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def write_view_folder(
    folder: Path, config: ViewConfig, recogniser: Recogniser, encoder: str, measured: dict[str, Any], notes: str
) -> dict[str, Any]:
    from .card import render

    folder.mkdir(parents=True, exist_ok=True)
    graph = folder / GRAPH
    export_recogniser(recogniser, graph)
    values = manifest(config, recogniser, graph, encoder, measured)
    write_manifest(folder, values)
    (folder / "card.md").write_text(render(values, notes))
    return values
