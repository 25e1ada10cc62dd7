"""Training iterations recorded once as CUDA graphs and replayed.

A frame of GDKVM is many hundreds of small kernels, each frame waits for the one before, and starting kernels one by one
takes a fast GPU longer than running them. A graph starts them all at once. Every shape of batch has a graph of its own;
they share one pool of memory, because only one runs at a time and nothing is kept between them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from ..network.model import GDKVM, State

WARM_UPS = 3  # kernels are chosen and the optimizer's memory is made before recording
ERROR_MODE = "thread_local"  # the thread that pins the loader's memory may call CUDA meanwhile


@dataclass
class Recorded:
    """Inputs that a graph reads where they are, and its result."""

    graph: torch.cuda.CUDAGraph
    clips: torch.Tensor
    masks: torch.Tensor
    state: State | None
    loss: torch.Tensor


class RecordedIterations:
    """``iterate(clips, masks, state)`` is one whole iteration: forward, backward, optimizer; it returns the loss.

    ``prepare`` comes before each. Trials run inside ``unchanged``, which must keep weights, moments and statistics.
    """

    def __init__(
        self,
        iterate: Callable[[torch.Tensor, torch.Tensor, State | None], torch.Tensor],
        prepare: Callable[[], None],
        unchanged: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.iterate, self.prepare, self.unchanged = iterate, prepare, unchanged
        self.pool: tuple[int, int] | None = None
        self.recorded: dict[tuple[torch.Size, bool, bool], Recorded] = {}

    def __call__(self, clips: torch.Tensor, masks: torch.Tensor, state: State | None, frozen: bool) -> torch.Tensor:
        """One iteration. ``frozen``: with fixed image statistics. The loss is overwritten by the next one."""
        key = (clips.shape, state is not None, frozen)
        if key not in self.recorded:
            self.recorded[key] = self.record(clips, masks, state)
        entry = self.recorded[key]
        entry.clips.copy_(clips)
        entry.masks.copy_(masks)
        if entry.state is not None and state is not None:
            for mine, given in zip(entry.state, state):
                mine.copy_(given)
        entry.graph.replay()
        return entry.loss

    def record(self, clips: torch.Tensor, masks: torch.Tensor, state: State | None) -> Recorded:
        clips, masks = clips.clone(), masks.clone()
        state = None if state is None else State(*(tensor.clone() for tensor in state))
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side), self.unchanged():
            for _ in range(WARM_UPS):
                self.prepare()
                self.iterate(clips, masks, state)
        torch.cuda.current_stream().wait_stream(side)
        self.prepare()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self.pool, capture_error_mode=ERROR_MODE):
            loss = self.iterate(clips, masks, state)
        self.pool = graph.pool()
        return Recorded(graph, clips, masks, state, loss)


class RecordedSteps:
    """Frames without gradient, one graph replayed for each: brings a batch's state to where a later frame finds it."""

    def __init__(self, model: GDKVM, autocast: Callable[[], torch.autocast]) -> None:
        self.model, self.autocast = model, autocast
        self.pool: tuple[int, int] | None = None
        self.recorded: dict[int, tuple[torch.cuda.CUDAGraph, torch.Tensor, torch.Tensor, State]] = {}

    @torch.no_grad()
    def __call__(self, clips: torch.Tensor) -> State:
        """clips (B, T, 1, H, W). The model has to be in evaluation mode. The state is overwritten by the next call."""
        if len(clips) not in self.recorded:
            self.recorded[len(clips)] = self.record(clips)
        graph, image, first, state = self.recorded[len(clips)]
        for tensor in state:
            tensor.zero_()
        for index in range(clips.shape[1]):
            image.copy_(clips[:, index])
            first.fill_(float(index == 0))
            graph.replay()
        return state

    def record(self, clips: torch.Tensor) -> tuple[torch.cuda.CUDAGraph, torch.Tensor, torch.Tensor, State]:
        image, first = clips[:, 0].clone(), torch.ones(1, 1, 1, device=clips.device)
        state = self.model.start(len(clips))

        def step() -> None:
            with self.autocast():
                after = self.model.step(image, state, first)[1]
            for mine, new in zip(state, after):
                mine.copy_(new)

        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self.pool, capture_error_mode=ERROR_MODE):
            step()
        self.pool = graph.pool()
        return graph, image, first, state
