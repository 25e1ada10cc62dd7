"""Bland-Altman plots of ejection fractions. Made without a display."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .ejection import BeatVolumes, agreement

COLOURS = {"A4C": "#0b6e99", "A2C": "#c0562f"}
METHODS = {"surrogate": "surrogate, resized pixels", "disks": "20 disks, single plane"}


def bland_altman(beats: Sequence[BeatVolumes], title: str, path: Path) -> None:
    """One panel a method: difference over mean of found and reference EF, with bias and limits of agreement."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    methods = [method for method in METHODS if any(beat.method == method for beat in beats)]
    figure = Figure(figsize=(6.4 * max(1, len(methods)), 4.8), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    for place, method in enumerate(methods):
        axes = figure.add_subplot(1, len(methods), place + 1)
        part = [beat for beat in beats if beat.method == method]
        for view in sorted({beat.view for beat in part}):
            found = np.array([beat.found_ef for beat in part if beat.view == view])
            truth = np.array([beat.true_ef for beat in part if beat.view == view])
            colour = COLOURS.get(view, "#555555")
            axes.scatter((found + truth) / 2, found - truth, s=18, alpha=0.75, color=colour, label=view or "clips")
        pairs = [[beat.found_ef for beat in part], [beat.true_ef for beat in part]]
        values = agreement(*pairs, [beat.patient for beat in part])
        for level, style in ((values.bias, "-"), (values.lower_limit, "--"), (values.upper_limit, "--")):
            if np.isfinite(level):
                axes.axhline(level, linestyle=style, color="#333333", linewidth=1)
                axes.annotate(
                    f"{level:+.1f}", (1.0, level), xycoords=("axes fraction", "data"), va="bottom", ha="right"
                )
        axes.axhline(0, color="#bbbbbb", linewidth=0.8, zorder=0)
        axes.set_xlabel("mean of found and reference EF, %")
        axes.set_ylabel("found minus reference, points")
        axes.set_title(f"{METHODS[method]}, n = {values.n}", fontsize=10)
        axes.legend(frameon=False, fontsize=9)
    figure.suptitle(title, fontsize=11)
    figure.savefig(path)
