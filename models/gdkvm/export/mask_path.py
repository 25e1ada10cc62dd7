"""Whether what a network keeps from frame to frame depends on the mask that it is given and on the pictures before: a
correction can only be carried by a memory that heeds its mask."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from ..network.model import GDKVM, State
from .graph import STATE_INPUTS
from .graph_session import GraphSession, GraphState
from .trial_clip import trial_clip, trial_masks

WAYS = ("displacement", "memory")
"""How a corrected contour comes to other frames: moved as the reader moved it, or through the recurrent state."""
FRAMES = 5
OTHER_SEED = 3


@dataclass(frozen=True)
class Dependence:
    """By how much of itself what a frame leaves or shows changes; 0 where it does not depend on it at all.

    Root mean square differences as a share of the root mean square: of ``next_state``, the key-value memory that the
    frame leaves, and of its map. ``by_mask``: the largest between an empty, a true and a large mask given before the
    frame, with nothing else changed. ``by_pictures``: between what frames of two clips left, with the same mask given.
    """

    state_by_mask: float
    map_by_mask: float
    state_by_pictures: float
    map_by_pictures: float

    def below(self, least: Dependence) -> list[str]:
        """What is less than wanted, in words; a value that is not a number is."""
        wanted = least.to_dict()
        return [
            f"{name} {value:.2g}, at least {wanted[name]:g} is wanted"
            for name, value in self.to_dict().items()
            if not value >= wanted[name]
        ]

    def to_dict(self) -> dict[str, float]:
        return asdict(self)


LEAST = Dependence(state_by_mask=0.05, map_by_mask=0.05, state_by_pictures=0.1, map_by_pictures=0.02)
"""Of a model whose manifest says that its memory carries corrections, and of a training run for one."""
DEAD = 1e-6
"""Below it a mask makes no difference but rounding, and the path that it takes has no gradient to learn by."""


class FrameByFrame(Protocol):
    """A network or a graph. States are only handed on, and their mask replaced."""

    def start(self) -> Any: ...

    def with_mask(self, state: Any, mask: np.ndarray) -> Any: ...

    def step(self, image: np.ndarray, first: bool, state: Any) -> tuple[np.ndarray, Any]: ...

    def memory(self, state: Any) -> np.ndarray: ...


class GraphFrames:
    """A graph in onnxruntime."""

    def __init__(self, session: GraphSession) -> None:
        self.start, self.step = session.start, session.step

    def with_mask(self, state: GraphState, mask: np.ndarray) -> GraphState:
        return {**state, "mask": mask[None, None]}

    def memory(self, state: GraphState) -> np.ndarray:
        return state[STATE_INPUTS[0]]


class NetworkFrames:
    """A network in PyTorch, in the mode that it is in."""

    def __init__(self, model: GDKVM) -> None:
        self.model, self.device = model, model.A_log.device

    def tensor(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values)[None, None].to(self.device)

    def start(self) -> State:
        return self.model.start()

    def with_mask(self, state: State, mask: np.ndarray) -> State:
        return state._replace(mask=self.tensor(mask))

    @torch.no_grad()
    def step(self, image: np.ndarray, first: bool, state: State) -> tuple[np.ndarray, State]:
        output, after = self.model.step(self.tensor(image), state, float(first))
        return output.probability[0, 0].float().cpu().numpy(), after

    def memory(self, state: State) -> np.ndarray:
        return state.state.float().cpu().numpy()


def dependence(frames: FrameByFrame, size: int) -> Dependence:
    """Of a network or a graph that takes pictures of this size, on a drawn clip."""
    images, true = trial_clip(size, FRAMES), trial_masks(size, FRAMES)[-2]
    large = trial_masks(size, FRAMES, scale=1.25)[-2]

    def before_the_last(pictures: np.ndarray) -> Any:
        state = frames.start()
        for index, image in enumerate(pictures[:-1]):
            _, state = frames.step(image, index == 0, state)
        return state

    def last(state: Any, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found, after = frames.step(images[-1], False, frames.with_mask(state, mask))
        return frames.memory(after), found

    state = before_the_last(images)
    by_mask = [last(state, mask) for mask in (true, np.zeros_like(true), large)]
    # Another heart, another way round: what it leaves belongs to other places and other greys.
    other = last(before_the_last(1 - np.flip(trial_clip(size, FRAMES, OTHER_SEED), 1)), true)
    return Dependence(
        *(max(apart(one[part], by_mask[0][part]) for one in by_mask[1:]) for part in (0, 1)),
        *(apart(other[part], by_mask[0][part]) for part in (0, 1)),
    )


def apart(found: np.ndarray, reference: np.ndarray) -> float:
    """Root mean square difference as a share of the larger root mean square of the two."""
    size = max(float(np.sqrt(np.mean(values.astype(np.float64) ** 2))) for values in (found, reference))
    return float(np.sqrt(np.mean((found.astype(np.float64) - reference) ** 2))) / size if size > 0 else 0.0


def graph_dependence(graph: Path) -> Dependence:
    session = GraphSession(graph)
    return dependence(GraphFrames(session), session.shapes["image"][2])


def network_dependence(model: GDKVM) -> Dependence:
    """``model`` has to be in evaluation mode."""
    return dependence(NetworkFrames(model), model.config.image_size)


def check_way(way: str | None, graph: Path, correction: Dependence | None = None) -> None:
    """Raises ValueError for a way that there is not, and for "memory" where the memory that corrections go through does
    not live: the graph's own, or that of its network for corrections, of which ``correction`` was found."""
    if way is not None and way not in WAYS:
        raise ValueError(f"propagation {way!r}: expected one of {', '.join(WAYS)}")
    if way != "memory":
        return
    lacking = (graph_dependence(graph) if correction is None else correction).below(LEAST)
    if lacking:
        raise ValueError(
            f"{graph}: its memory hardly depends on the mask that it is given or on the pictures before "
            f'({"; ".join(lacking)}), so that it cannot carry corrections; say propagation "displacement"'
        )
