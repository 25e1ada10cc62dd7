"""Whether what a correction network keeps, and the maps that it gives afterwards, depend on what was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from ..network.correction import CorrectionMemory, CorrectionNetwork
from .correction_graph import CORRECTION_STATE
from .correction_session import CorrectionSession, GivenState
from .mask_path import FRAMES, OTHER_SEED, Dependence, apart
from .trial_clip import trial_clip, trial_masks

GIVEN, READ = 1, 3
"""Frames of the drawn clip: whose contour is given, and whose map is looked at."""


class Corrections(Protocol):
    """A network or a graph. States are only handed on. Pictures, maps and masks (H, W) in [0, 1]."""

    def start(self) -> Any: ...

    def step(self, image: np.ndarray, found: np.ndarray, given: np.ndarray | None, state: Any) -> Any: ...

    def memory(self, state: Any) -> np.ndarray: ...


class GraphCorrections:
    """A graph in onnxruntime."""

    def __init__(self, session: CorrectionSession) -> None:
        self.start, self.step = session.start, session.step

    def memory(self, state: GivenState) -> np.ndarray:
        return state[CORRECTION_STATE[0]]


class NetworkCorrections:
    """A network in PyTorch, which has to be in evaluation mode."""

    def __init__(self, network: CorrectionNetwork) -> None:
        self.network, self.start = network, network.start

    @torch.no_grad()
    def step(
        self, image: np.ndarray, found: np.ndarray, given: np.ndarray | None, state: CorrectionMemory
    ) -> tuple[np.ndarray, CorrectionMemory]:
        planes = (image, found, np.zeros_like(found) if given is None else given)
        tensors = [torch.from_numpy(plane.astype(np.float32))[None, None] for plane in planes]
        probability, after = self.network.step(*tensors, torch.full((1, 1, 1), float(given is not None)), state)
        return probability[0, 0].numpy(), after

    def memory(self, state: CorrectionMemory) -> np.ndarray:
        return state.state.numpy()


def correction_dependence(corrections: Corrections, size: int) -> Dependence:
    """On a drawn clip whose cavity the model is taken to have found a tenth too small. ``state``: the memory after one
    given contour; ``map``: of another frame, read with it."""
    images = trial_clip(size, FRAMES)
    true, large = trial_masks(size, FRAMES), trial_masks(size, FRAMES, scale=1.25)
    found = np.clip(trial_masks(size, FRAMES, scale=0.95), 0.05, 0.95)

    def given(pictures: np.ndarray, maps: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, after = corrections.step(pictures[GIVEN].copy(), maps[GIVEN].copy(), mask, corrections.start())
        corrected, _ = corrections.step(images[READ], found[READ], None, after)
        return corrections.memory(after), corrected

    by_mask = [given(images, found, mask[GIVEN]) for mask in (true, np.zeros_like(true), large)]
    other = given(1 - np.flip(trial_clip(size, FRAMES, OTHER_SEED), 1), np.flip(found, 1), true[GIVEN])
    return Dependence(
        *(max(apart(one[part], by_mask[0][part]) for one in by_mask[1:]) for part in (0, 1)),
        *(apart(other[part], by_mask[0][part]) for part in (0, 1)),
    )


def graph_correction_dependence(graph: Path) -> Dependence:
    session = CorrectionSession(graph)
    return correction_dependence(GraphCorrections(session), session.size)


def network_correction_dependence(network: CorrectionNetwork) -> Dependence:
    """``network`` has to be in evaluation mode."""
    return correction_dependence(NetworkCorrections(network), network.config.image_size)
