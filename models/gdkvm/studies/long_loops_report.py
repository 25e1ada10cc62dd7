"""Tables and the plot of the long-loop study."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .long_loops import EARLY, LATE, Course, diastolic_jitter
from .outcome import write_csv


def describe(course: Course) -> str:
    """One line for people."""
    parts = [f"norm of S up to {course.norm_ratio():.3f} x early"]
    if course.dice is not None:
        early, late = course.dice[EARLY].mean(), course.dice[LATE].mean()
        parts.append(f"Dice {early:.4f} early, {late:.4f} late")
    else:
        parts.append(f"passes 2 and 3 correlate {course.passes_correlation():.5f}")
        parts.append(f"areas {course.passes_difference():.2f} % apart")
    jitter = diastolic_jitter(course.area[course.period : 2 * course.period])
    return f"  {course.name:<32} {', '.join(parts)}, diastolic jitter {jitter:.2f} %"


def summary_row(course: Course) -> dict[str, object]:
    row: dict[str, object] = {
        "name": course.name,
        "periodFrames": course.period,
        "frames": len(course.area),
        "normRatio": course.norm_ratio(),
        "diastolicJitterPercent": diastolic_jitter(course.area[course.period : 2 * course.period]),
    }
    if course.dice is not None:
        row |= {"diceEarly": float(course.dice[EARLY].mean()), "diceLate": float(course.dice[LATE].mean())}
    else:
        row |= {"correlation": course.passes_correlation(), "areaDifferencePercent": course.passes_difference()}
    return row


def write(courses: list[Course], out: Path) -> None:
    """frames.csv and long-loops.png."""
    rows = [
        (
            course.name,
            at,
            float(course.area[at]),
            float(course.norm[at]),
            float(course.dice[at]) if course.dice is not None else "",
        )
        for course in courses
        for at in range(len(course.area))
    ]
    write_csv(out / "frames.csv", ("name", "frame", "area_px", "state_norm", "dice"), rows)
    plot(courses, out / "long-loops.png")


def plot(courses: list[Course], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (top, middle, bottom) = pyplot.subplots(3, 1, figsize=(10, 10), layout="constrained")
    for course in courses:
        early = np.median(course.norm[EARLY]) if len(course.norm) > EARLY.start else course.norm[-1]
        middle.plot(course.norm / max(float(early), 1e-12), linewidth=0.8, label=course.name)
        if course.dice is not None:
            top.plot(course.dice, linewidth=0.8, label=course.name)
        else:
            second = course.area[course.period : 2 * course.period]
            third = course.area[2 * course.period : 3 * course.period]
            phase = np.arange(course.period) / course.period
            line = bottom.plot(phase, second / max(1.0, float(second.mean())), linewidth=0.8, label=course.name)[0]
            bottom.plot(phase, third / max(1.0, float(second.mean())), ":", linewidth=1.6, color=line.get_color())
    top.set(title="Phantoms", xlabel="frame", ylabel="Dice")
    middle.set(title="Norm of the key-value memory", xlabel="frame", ylabel="over its early median")
    bottom.set(
        title="Real loops: second pass (line) and third (dots)", xlabel="share of the loop", ylabel="area / mean"
    )
    for axes in (top, middle, bottom):
        if axes.lines:
            axes.legend(fontsize=6, ncols=2)
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
