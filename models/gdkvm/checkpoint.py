"""Reading PyTorch checkpoints without running what is in them.

A .pth file is a pickle, and a pickle can call any function. Only what tensors and optimiser states need is allowed.
"""

from __future__ import annotations

import collections
import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("collections", "Counter"): collections.Counter,
    ("collections", "defaultdict"): collections.defaultdict,
    ("builtins", "dict"): dict,
    ("builtins", "list"): list,
    ("builtins", "set"): set,
    ("torch", "Size"): torch.Size,
    ("torch", "device"): torch.device,
    ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
    ("torch._utils", "_rebuild_parameter"): torch._utils._rebuild_parameter,
}
for number in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"):
    ALLOWED[("torch", f"{number}Storage")] = getattr(torch, f"{number}Storage")
for number in ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"):
    ALLOWED[("torch", number)] = getattr(torch, number)


class CheckpointError(Exception):
    """The file is not a checkpoint that can be used; the message says why and what to do."""


class RestrictedUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return ALLOWED[(module, name)]
        except KeyError:
            raise CheckpointError(
                f"refused: the file wants to load {module}.{name}, which a checkpoint of weights does not need"
            ) from None


class RestrictedPickle(ModuleType):
    """Stands in for the pickle module inside torch.load."""

    Unpickler = RestrictedUnpickler

    @staticmethod
    def load(file: Any, **options: Any) -> Any:
        return RestrictedUnpickler(file, **options).load()


def read_checkpoint(path: Path) -> Any:
    """The content of a .pth file, tensors on the CPU.

    Raises CheckpointError for a file that is no checkpoint or wants to load anything but tensors and containers.
    """
    try:
        # Older formats would be unpickled by other rules; only the zip format of PyTorch 1.6 and later is read.
        with open(path, "rb") as file:
            if file.read(2) != b"PK":
                raise CheckpointError(f"{path}: not a PyTorch zip checkpoint; save it again with a current PyTorch")
        return torch.load(
            path, map_location="cpu", pickle_module=RestrictedPickle("restricted_pickle"), weights_only=False
        )
    except CheckpointError as error:
        message = str(error)
        raise CheckpointError(message if message.startswith(str(path)) else f"{path}: {message}") from None
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file") from None
    except Exception as error:
        raise CheckpointError(f"{path}: cannot be read as a checkpoint ({type(error).__name__}: {error})") from error


def weights_of(content: Any, path: Path) -> dict[str, torch.Tensor]:
    """The state dict in a checkpoint: under ``model`` (re-release), ``weights`` (older code) or bare."""
    if isinstance(content, dict):
        for key in ("model", "weights"):
            if isinstance(content.get(key), dict):
                content = content[key]
                break
    if not isinstance(content, dict) or not content:
        raise CheckpointError(f"{path}: holds no state dict")
    wrong = [str(key) for key, value in content.items() if not isinstance(value, torch.Tensor)]
    if wrong:
        raise CheckpointError(f"{path}: not a state dict; these entries are no tensors: {', '.join(wrong[:8])}")
    return dict(content)


def load_strictly(model: torch.nn.Module, weights: dict[str, torch.Tensor], path: Path) -> None:
    """Loads all weights or none. Raises CheckpointError with every key that does not match."""
    expected = model.state_dict()
    problems = [f"missing     {key} {list(value.shape)}" for key, value in expected.items() if key not in weights]
    problems += [f"unexpected  {key} {list(value.shape)}" for key, value in weights.items() if key not in expected]
    for key, value in expected.items():
        if key in weights and weights[key].shape != value.shape:
            problems.append(f"wrong shape {key} {list(weights[key].shape)}, expected {list(value.shape)}")
        elif key in weights and value.is_floating_point() and not bool(torch.isfinite(weights[key]).all()):
            problems.append(f"not finite  {key}")
    if problems:
        listing = "\n  ".join(problems)
        raise CheckpointError(f"{path}: {len(problems)} entries do not fit this architecture\n  {listing}")
    model.load_state_dict(weights)
