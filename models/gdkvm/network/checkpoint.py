"""Reading PyTorch checkpoints without running what is in them.

A .pth file is a zip archive with a pickle and the bytes of tensors, and a pickle can call any function. This reader has
its own unpickler that knows tensors and plain containers and refuses everything else. It does not use torch.load:
PyTorch 1.13 ignores the pickle_module it is given, and its weights-only mode refuses the scheduler of real checkpoints.
"""

from __future__ import annotations

import collections
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from ..errors import GdkvmError


class CheckpointError(GdkvmError):
    """The file is not a checkpoint that can be used; the message says why and what to do."""


STORAGES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


def rebuild_tensor(
    storage: torch.Tensor,
    offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    requires_grad: bool = False,
    hooks: Any = None,
    metadata: Any = None,
) -> torch.Tensor:
    """A tensor in its storage, inside the storage's bounds."""
    whole = all(isinstance(number, int) and number >= 0 for number in (offset, *size, *stride))
    last = offset + sum((length - 1) * step for length, step in zip(size, stride))
    empty = 0 in size
    if not whole or len(size) != len(stride) or (not empty and last >= storage.numel()):
        raise CheckpointError("a tensor lies outside its storage; the file is damaged")
    return torch.as_strided(storage, tuple(size), tuple(stride), offset)


def rebuild_parameter(data: torch.Tensor, requires_grad: bool = False, hooks: Any = None) -> torch.Tensor:
    return data


ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("collections", "Counter"): collections.Counter,
    ("builtins", "set"): set,
    ("torch", "Size"): torch.Size,
    ("torch", "device"): torch.device,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    **{("torch", name): dtype for name, dtype in STORAGES.items()},
    **{("torch", str(dtype).removeprefix("torch.")): dtype for dtype in STORAGES.values()},
}


class CheckpointUnpickler(pickle.Unpickler):
    """Unpickles from an archive; every name that is not on the list is refused."""

    def __init__(self, archive: zipfile.ZipFile, prefix: str) -> None:
        self.archive, self.prefix = archive, prefix
        self.storages: dict[str, torch.Tensor] = {}
        super().__init__(io.BytesIO(archive.read(f"{prefix}data.pkl")), encoding="utf-8")

    def find_class(self, module: str, name: str) -> Any:
        try:
            return ALLOWED[(module, name)]
        except KeyError:
            raise CheckpointError(
                f"refused: the file wants to load {module}.{name}, which a checkpoint of weights does not need"
            ) from None

    def persistent_load(self, identity: Any) -> torch.Tensor:
        if not isinstance(identity, tuple) or len(identity) != 5 or identity[0] != "storage":
            raise CheckpointError("refused: the file refers to something that is not a tensor's storage")
        _, dtype, key, _, count = identity
        if key not in self.storages:
            content = bytearray(self.archive.read(f"{self.prefix}data/{key}"))
            values = torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)
            if values.numel() != count:
                raise CheckpointError(f"storage {key} holds {values.numel()} values instead of {count}")
            self.storages[key] = values
        return self.storages[key]


def read_checkpoint(path: Path) -> Any:
    """The content of a .pth file in PyTorch's zip format (1.6 and later), tensors on the CPU.

    Raises CheckpointError for a file that is no checkpoint or wants to load anything but tensors and containers.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith("/data.pkl")]
            if len(pickles) != 1:
                raise CheckpointError("not a PyTorch checkpoint: no data.pkl in the archive")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise CheckpointError("not a PyTorch checkpoint: its entries are compressed")
            return CheckpointUnpickler(archive, pickles[0].removesuffix("data.pkl")).load()
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from None
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file") from None
    except zipfile.BadZipFile:
        message = "not a PyTorch zip checkpoint, or incomplete; get it again, or save it with a current PyTorch"
        raise CheckpointError(f"{path}: {message}") from None
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
