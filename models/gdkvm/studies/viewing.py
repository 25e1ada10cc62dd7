"""Pictures as a model under study sees them, and its recurrent state while it runs."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from ..running.segmentation import to_grey
from ..running.subject import Subject
from ..sector import Box
from ..sector.resize import resize


class SteppingRunner(Protocol):
    """A runner that goes frame by frame and shows its recurrent state: OnnxRunner and TorchRunner."""

    state: Any
    first: bool  # whether the next frame is the first one of a clip

    def reset(self) -> None: ...

    def step(self, image: np.ndarray) -> np.ndarray:
        """image (S, S) in [0, 1] -> probability (S, S)"""
        ...


def stepping_runner(subject: Subject) -> SteppingRunner:
    """The subject's runner without the passes around it."""
    return subject.runner.runner  # type: ignore[return-value]


def memory_norm(runner: SteppingRunner) -> float:
    """Frobenius norm of the key-value memory S after the last step."""
    state = runner.state
    memory = state["state"] if isinstance(state, dict) else state.state.detach().float().cpu().numpy()
    return float(np.linalg.norm(np.asarray(memory, np.float64)))


def cut(pictures: np.ndarray, box: Box) -> np.ndarray:
    """The box of (T, H, W), black where it reaches beyond the picture."""
    height, width = pictures.shape[1:]
    margins = (max(0, -box.top), max(0, box.bottom - height), max(0, -box.left), max(0, box.right - width))
    padded = np.pad(pictures, ((0, 0), margins[:2], margins[2:])) if any(margins) else pictures
    top, left = box.top + margins[0], box.left + margins[2]
    return padded[:, top : top + box.bottom - box.top, left : left + box.right - box.left]


def squeeze_to_input(pictures: np.ndarray, subject: Subject) -> np.ndarray:
    """Upright (T, H, W), any range -> (T, S, S) in the model's orientation, same range."""
    return resize(pictures.transpose(0, 2, 1) if subject.transposed else pictures, *subject.size)


def upright(maps: np.ndarray, subject: Subject) -> np.ndarray:
    """(T, S, S) as the model gives them -> rows are depth."""
    return maps.transpose(0, 2, 1) if subject.transposed else maps


def model_images(frames: np.ndarray, subject: Subject, box: Box) -> np.ndarray:
    """The box of frames (T, H, W) or (T, H, W, 3) uint8 as the model sees it: (T, S, S) in [0, 1]."""
    grey = to_grey(frames) / np.float32(255)
    return squeeze_to_input(cut(grey, box), subject)


def model_masks(masks: np.ndarray, subject: Subject, box: Box | None = None) -> np.ndarray:
    """Masks (T, H, W) bool at the model's resolution and orientation."""
    height, width = masks.shape[1:]
    return squeeze_to_input(cut(masks.astype(np.float32), box or Box(0, height, 0, width)), subject) > 0.5
