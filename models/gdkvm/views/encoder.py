"""The image encoder of a model that ships, frozen, read out of its graph."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..export.folding import fold_trunk
from ..export.graph import OPSET, exporter_options
from ..export.graph_weights import read_weights
from ..network.efficientnet_lite import EfficientNetLiteTrunk
from .network import VARIANT, features
from .preparation import SIZE

BRANCH = "image_encoder."


def read_encoder(folder: Path) -> EfficientNetLiteTrunk:
    """Its norms folded into convolutions, in evaluation mode. Raises ValueError where the model has another encoder."""
    manifest = json.loads((folder / "manifest.json").read_text())
    weights = read_weights(folder / manifest["graph"]["file"])
    found = {name.removeprefix(BRANCH): value for name, value in weights.items() if name.startswith(BRANCH)}
    trunk = EfficientNetLiteTrunk(VARIANT).eval()
    fold_trunk(trunk)
    wanted = trunk.state_dict()
    if set(found) != set(wanted) or any(found[name].shape != tuple(value.shape) for name, value in wanted.items()):
        raise ValueError(f"{folder}: its image encoder is not {VARIANT}")
    trunk.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in found.items()})
    return trunk.requires_grad_(False)


class _Features(nn.Module):
    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return features(self.encoder, pictures)


class FrozenFeatures:
    """The encoder's features through onnxruntime, which takes a seventh of PyTorch's time on a CPU."""

    def __init__(self, encoder: EfficientNetLiteTrunk, threads: int = 1) -> None:
        import onnxruntime

        buffer = io.BytesIO()
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _Features(encoder).eval(),
                (torch.zeros(2, 1, SIZE, SIZE),),
                buffer,
                opset_version=OPSET,
                input_names=["pictures"],
                output_names=["features"],
                dynamic_axes={"pictures": {0: "n"}},
                **exporter_options(),
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(buffer.getvalue(), options, providers=["CPUExecutionProvider"])

    def __call__(self, pictures: np.ndarray, batch: int = 32) -> np.ndarray:
        """Features float16 (n, CHANNELS, GRID, GRID) of pictures float32 (n, 1, SIZE, SIZE) in [0, 1]."""
        starts = range(0, len(pictures), batch)
        parts = [self.session.run(None, {"pictures": pictures[at : at + batch]})[0] for at in starts]
        return np.concatenate(parts).astype(np.float16)
