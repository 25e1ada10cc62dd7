"""A page of best, median and worst cases: picture, reference and found contour, Dice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .scoring import Case

REFERENCE, FOUND = "#35d07f", "#ff9a3c"
ROWS = ("worst", "median", "best")


def choose(cases: Sequence[Case], each: int = 5) -> list[list[Case]]:
    """Worst (worst first), median and best cases by Dice; fewer where there are not so many."""
    ordered = sorted(cases, key=lambda case: (case.dice, case.key, case.phase))
    each = min(each, max(1, len(ordered) // 3))
    middle = max(0, (len(ordered) - each) // 2)
    return [ordered[:each], ordered[middle : middle + each], ordered[::-1][:each]]


def gallery(groups: Sequence[Sequence[Case]], title: str, path: Path) -> None:
    """groups: worst, median, best. Writes a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = max(len(group) for group in groups)
    figure = Figure(figsize=(max(2.9 * columns, 6), 3.1 * len(groups) + 0.4), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    for row, (name, group) in enumerate(zip(ROWS, groups)):
        for column, case in enumerate(group):
            axes = figure.add_subplot(len(groups), columns, row * columns + column + 1)
            axes.imshow(case.picture, cmap="gray", vmin=0, vmax=255, aspect=case.aspect)
            for mask, colour in ((case.truth, REFERENCE), (case.found, FOUND)):
                if mask.any() and not mask.all():
                    axes.contour(mask.astype(np.float32), levels=[0.5], colors=[colour], linewidths=1.1)
            axes.set_title(f"{case.key} {case.phase}\nDice {case.dice:.3f}", fontsize=8)
            axes.set_xticks([])
            axes.set_yticks([])
            if column == 0:
                axes.set_ylabel(name)
    figure.suptitle(f"{title}\nGreen: reference, orange: found", fontsize=9, wrap=True)
    figure.savefig(path)
