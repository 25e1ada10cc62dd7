"""Compares this implementation with golden tensors of the reference, in PyTorch and in onnxruntime."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch

from ..export.graph import export_graph
from ..network import golden
from ..network.config import BASE
from ..network.model import GDKVM, Output
from .onnx_runner import OnnxRunner

ONNX_TOLERANCE = 1e-3
UNIT_RANGE = ("masks", "sensory_enc", "sensory_dec", "beta", "alpha")  # values in [0, 1] or [-1, 1]


@dataclass(frozen=True)
class Comparison:
    run: str
    name: str
    difference: float
    allowed: float

    @property
    def passed(self) -> bool:
        return bool(np.isfinite(self.difference)) and self.difference <= self.allowed

    def __str__(self) -> str:
        verdict = "ok" if self.passed else "FAIL"
        return f"{self.run:<14} {self.name:<24} {self.difference:10.2e} {self.allowed:10.2e}  {verdict}"


def tolerance(name: str, reference: np.ndarray) -> float:
    """Allowed largest absolute difference of a float32 implementation on a CPU."""
    top = float(np.abs(reference.astype(np.float64)).max())
    if name == "aux_sensory_logits":  # read by the loss only, close to the clamp of the log-odds
        return 2e-2
    if reference.dtype == np.float16:
        return 1e-3 * top
    return 2e-4 if name.endswith(UNIT_RANGE) else 5e-5 * top


def compare(run: str, found: dict[str, np.ndarray], reference: dict[str, np.ndarray]) -> Iterator[Comparison]:
    for name, values in found.items():
        if name not in reference:
            continue
        wanted = reference[name]
        if values.size != wanted.size:
            yield Comparison(run, name, float("nan"), 0.0)
            continue
        difference = np.abs(values.reshape(wanted.shape).astype(np.float64) - wanted.astype(np.float64)).max()
        yield Comparison(run, name, float(difference), tolerance(name, wanted))


def golden_model(size: int, seed: int = golden.WEIGHT_SEED) -> GDKVM:
    """The base model with synthetic weights, for square inputs of this size."""
    model = GDKVM(replace(BASE, image_size=size)).eval()
    model.load_state_dict(golden_weights(seed))
    return model


@lru_cache(maxsize=1)
def golden_weights(seed: int) -> dict[str, torch.Tensor]:
    """Synthetic weights of the base model; 35 million hashes are worth keeping."""
    return golden.state_dict(GDKVM(BASE).state_dict(), seed)


def arrays(outputs: list[Output]) -> dict[str, np.ndarray]:
    """Outputs of a clip under the names of the golden files."""
    named = {
        "masks": torch.cat([output.probability for output in outputs]),
        "logits": torch.cat([output.logits[:, 1:] for output in outputs]),
        "z": torch.cat([output.logit for output in outputs]),
    }
    if all(len(output.query_logits) == 4 for output in outputs):
        named["q_logits"] = torch.cat([torch.cat(output.query_logits, 1) for output in outputs])
    for index, output in enumerate(outputs[:2]):
        named |= {f"f{index}_{name}": value for name, value in output.intermediate.items()}
    return {name: value.detach().numpy() for name, value in named.items()}


def sensory_log_odds(outputs: list[Output]) -> np.ndarray:
    from ..network.probability import log_odds

    return torch.cat([log_odds(output.sensory_logit)[:, 1:] for output in outputs]).numpy()


@torch.no_grad()
def check(path: Path, onnx: bool) -> list[Comparison]:
    """All comparisons with one golden file. Raises ValueError where the file is not one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            reference = {name: file[name] for name in file.files}
        meta: dict[str, Any] = json.loads(str(reference["meta"]))
        frames = reference["frames_u8"].astype(np.float32) / np.float32(255)
        seed = int(meta["weight_seed"])
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"{path}: not a golden file ({error})") from error

    model = golden_model(frames.shape[-1], seed)
    clip = torch.from_numpy(frames)[None, :, None]
    results: list[Comparison] = []

    outputs = model(clip)
    whole = arrays(outputs)
    whole["aux_sensory_logits"] = sensory_log_odds(outputs)
    features = model.image_encoder((clip[0, :1] - 0.5) / 0.5)
    whole |= {f"f0_{name}": value.numpy() for name, value in zip(("f16", "f8", "f4"), features)}
    results += compare("whole clip", whole, reference)

    state, stepped = model.start(), []
    for index in range(clip.shape[1]):
        output, state = model.step(clip[:, index], state, float(index == 0))
        stepped.append(output)
    results += compare("frame by frame", arrays(stepped), reference)

    if onnx:
        with tempfile.TemporaryDirectory() as folder:
            graph = Path(folder) / "model.onnx"
            export_graph(model, graph)
            found = OnnxRunner(graph).clip(frames)
        difference = float(np.abs(found - reference["masks"]).max())
        results.append(Comparison("onnxruntime", "masks", difference, ONNX_TOLERANCE))
    return results
