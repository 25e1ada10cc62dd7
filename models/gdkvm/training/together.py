"""Several processes that learn one network together, each from batches of its own.

Gradients are shared, statistics of batches are not: where norms learn them, each process has its own, and the first
one's are kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import multiprocessing, nn

PATIENCE = timedelta(minutes=30)
Learn = Callable[..., None]


def learn_together(count: int, learn: Learn, *settings: object) -> None:
    """Runs ``learn(*settings)`` in that many processes of one thread each. More threads than one would wait for each
    other wherever the machine does other work."""
    with tempfile.TemporaryDirectory() as meeting:
        multiprocessing.spawn(one_of_several, (count, Path(meeting) / "point", learn, settings), count)


def one_of_several(rank: int, count: int, meeting: Path, learn: Learn, settings: tuple[object, ...]) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=count, timeout=PATIENCE)
    try:
        learn(*settings)
    finally:
        dist.destroy_process_group()


def rank_and_processes() -> tuple[int, int]:
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


def agreed(wish: bool) -> bool:
    """Whether any of the processes that learn together wishes it."""
    if not dist.is_initialized():
        return wish
    votes = torch.tensor(float(wish))
    dist.all_reduce(votes)
    return bool(votes > 0)


def share_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Gradients become the mean over all processes that learn together."""
    if not dist.is_initialized():
        return
    gradients = [weight.grad for weight in parameters if weight.grad is not None]
    whole = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(whole)
    whole /= dist.get_world_size()
    for gradient, part in zip(gradients, whole.split([gradient.numel() for gradient in gradients])):
        gradient.copy_(part.view_as(gradient))
