"""What a training run tells: lines on the screen, log.csv, and a plot of loss and validation Dice."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import torch

from ..errors import GdkvmError
from ..export.mask_path import Dependence

DEPENDENCE = tuple(field.name for field in fields(Dependence))
COLUMNS = ("iteration", "minutes", "rate", "loss", "dice", *DEPENDENCE)
PRINT_EVERY = 50


class TrainingDiverged(GdkvmError):
    """The loss ran away. The run's checkpoint, if there is one, is from before that."""


def mean_of(losses: Sequence[torch.Tensor | float]) -> float:
    return float(torch.stack([torch.as_tensor(loss) for loss in losses]).mean())


class TrainingLog:
    """Writes into a run's folder; a resumed run goes on in the same file, without rows after its checkpoint."""

    """``writes``: whether this process tells; of several that learn together one does."""

    def __init__(self, folder: Path, iterations: int, resumed_at: int, writes: bool = True) -> None:
        self.writes = writes
        self.path, self.picture, self.iterations = folder / "log.csv", folder / "log.png", iterations
        self.losses: list[torch.Tensor | float] = []
        self.pace: float | None = None
        self.lowest = float("inf")  # mean loss over PRINT_EVERY iterations
        kept = [row for row in self.rows() if int(row["iteration"]) <= resumed_at]
        if writes:
            self.replace(kept)

    def rows(self) -> list[dict[str, str]]:
        if not self.path.exists():
            return []
        with open(self.path, newline="") as file:
            return list(csv.DictReader(file))

    def replace(self, rows: list[dict[str, str]]) -> None:
        with open(self.path, "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def add(self, done: int, loss: torch.Tensor | float, seconds: float) -> None:
        """After each iteration. A loss on a GPU is read only when it is told. Raises TrainingDiverged."""
        self.losses.append(loss)
        self.pace = seconds if self.pace is None else 0.98 * self.pace + 0.02 * seconds
        if done % PRINT_EVERY == 0 or done == self.iterations:
            minutes = (self.iterations - done) * self.pace / 60
            mean = mean_of(self.losses[-PRINT_EVERY:])
            if self.writes:
                told = f"{done}/{self.iterations} loss {mean:.4f} {self.pace:.3f} s, {minutes:.1f} min left"
                print(told, flush=True)
            self.lowest = min(self.lowest, mean)
            if not mean < 5 * self.lowest + 1:
                raise TrainingDiverged(
                    f"iteration {done}: the loss is {mean:.4g} and was {self.lowest:.4g}. A checkpoint, if there is "
                    "one, is from before; go on from it with a lower learning_rate, or start again"
                )

    def write(self, done: int, minutes: float, rate: float, dice: float, heeds: Dependence) -> None:
        """After each validation: a row with the mean loss since the last one, and how it heeds its mask."""
        mean = mean_of(self.losses)
        self.losses = []
        values = (done, round(minutes, 2), f"{rate:.3g}", round(mean, 5), round(dice, 5))
        values += tuple(f"{value:.3g}" for value in heeds.to_dict().values())
        with open(self.path, "a", newline="") as file:
            csv.writer(file).writerow(values)
        told = f"next_state heeds the mask by {heeds.state_by_mask:.2g}, the map by {heeds.map_by_mask:.2g}"
        print(f"  validation Dice {dice:.4f}; {told}", flush=True)
        self.plot()

    def plot(self) -> None:
        """log.png, where matplotlib is installed."""
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure
        except ImportError:
            return
        rows = self.rows()
        iterations = [int(row["iteration"]) for row in rows]
        figure = Figure((7, 4), layout="constrained")
        FigureCanvasAgg(figure)
        left = figure.add_subplot()
        left.plot(iterations, [float(row["loss"]) for row in rows], color="tab:blue")
        left.set_xlabel("iteration")
        left.set_ylabel("training loss", color="tab:blue")
        right = left.twinx()
        right.plot(iterations, [float(row["dice"]) for row in rows], color="tab:orange")
        right.set_ylabel("validation Dice", color="tab:orange")
        figure.savefig(self.picture, dpi=100)
