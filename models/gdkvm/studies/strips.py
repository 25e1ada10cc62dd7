"""Contours on real loops, for judging by eye: a sheet of every k-th frame with the area curve, and a moving picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..evaluation.contour import Trace, trace_from_probability
from ..running.shown import shown_box
from ..running.subject import Subject
from ..sector.resize import resize
from .features import clip_features, confidence_values, feature_table
from .long_loops import diastolic_jitter
from .material import Loop
from .viewing import cut, model_images, upright

SHOWN_HEIGHT = 320  # pixels of the sector's box in pictures
SHEET_FRAMES = 12
CONTOUR, HINGE, APEX, FLAGGED = (90, 220, 120), (255, 210, 60), (90, 180, 255), (255, 90, 80)


@dataclass(frozen=True)
class Contoured:
    """A loop cut to its sector at the size it is shown, with what the model found."""

    name: str
    pictures: np.ndarray  # (T, H, W, 3) uint8
    traces: list[Trace | None]
    area: np.ndarray  # (T,) pixels above the threshold at the model's resolution
    flagged: np.ndarray  # (T,) bool

    def facts(self) -> dict[str, Any]:
        """For the summary."""
        largest, smallest = float(self.area.max()), float(self.area.min())
        return {
            "name": self.name,
            "frames": len(self.area),
            "withoutContour": sum(trace is None for trace in self.traces),
            "flagged": int(self.flagged.sum()),
            "areaChangePercent": 100 * (1 - smallest / largest) if largest else 0.0,
            "diastolicJitterPercent": diastolic_jitter(self.area),
        }


def contour(subject: Subject, loop: Loop, confidence: dict[str, Any] | None) -> Contoured:
    """Runs the model as its manifest says, and draws nothing yet."""
    box = shown_box(loop.frames, subject, loop.regions)
    found = subject.runner.clip(model_images(loop.frames, subject, box))
    height = SHOWN_HEIGHT
    width = round(height * (box.right - box.left) / (box.bottom - box.top))
    colour = loop.frames if loop.frames.ndim == 4 else np.repeat(loop.frames[..., None], 3, 3)
    channels = [resize(cut(colour[..., channel], box), height, width) for channel in range(3)]
    maps = resize(upright(found, subject), height, width)
    traces = [trace_from_probability(frame, subject.threshold) for frame in maps]
    flagged = np.zeros(len(found), bool)
    if confidence:
        table = feature_table(clip_features(found, subject.threshold), confidence["features"])
        flagged = confidence_values(table, confidence["weights"], confidence["bias"]) < confidence["limit"]
    pictures = np.clip(np.stack(channels, 3) + 0.5, 0, 255).astype(np.uint8)
    return Contoured(loop.name, pictures, traces, (found > subject.threshold).sum((1, 2)), flagged)


def drawn(loop: Contoured, frame: int) -> np.ndarray:
    """A frame with contour, base line, hinges and apex: (H, W, 3) uint8."""
    from PIL import Image, ImageDraw

    image = Image.fromarray(loop.pictures[frame])
    draw = ImageDraw.Draw(image)
    trace = loop.traces[frame]
    if trace is not None:
        line = [tuple(map(float, point)) for point in trace.polyline()]
        draw.line(line, fill=FLAGGED if loop.flagged[frame] else CONTOUR, width=2)
        draw.line([line[0], line[-1]], fill=(150, 150, 150), width=1)
        for (x, y), fill in ((line[0], HINGE), (line[-1], HINGE), (tuple(trace.points[trace.apex]), APEX)):
            draw.ellipse([x - 3, y - 3, x + 3, y + 3], fill=fill)
    draw.text((4, 4), f"{frame}" + (" low confidence" if loop.flagged[frame] else ""), fill=(255, 255, 255))
    return np.asarray(image)


def sheet_frames(frames: int, every: int | None) -> list[int]:
    """Every k-th frame; without k, up to 12 spread over the loop."""
    if every:
        return list(range(0, frames, every))
    return sorted(set(np.linspace(0, frames - 1, min(SHEET_FRAMES, frames)).round().astype(int).tolist()))


def write_sheet(loop: Contoured, path: Path, every: int | None = None) -> None:
    """PNG: frames in rows of four, the area curve below."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = sheet_frames(len(loop.area), every)
    columns = min(4, len(shown))
    rows = -(-len(shown) // columns)
    aspect = loop.pictures.shape[1] / loop.pictures.shape[2]
    figure = pyplot.figure(figsize=(3.4 * columns, 3.4 * aspect * rows + 2), layout="constrained")
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=[3.4 * aspect] * rows + [2])
    for at, frame in enumerate(shown):
        axes = figure.add_subplot(grid[at // columns, at % columns])
        axes.imshow(drawn(loop, frame))
        axes.set_axis_off()
    curve = figure.add_subplot(grid[rows, :])
    time = np.arange(len(loop.area))
    curve.plot(time, loop.area, ".-", linewidth=0.8, markersize=3)
    curve.plot(time[loop.flagged], loop.area[loop.flagged], "o", color="tab:red", markersize=3, label="low confidence")
    curve.plot(shown, loop.area[shown], "|", color="grey", markersize=10)
    curve.set(title=f"{loop.name}: area, pixels of the model's picture", xlabel="frame", ylim=(0, None))
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def write_gif(loop: Contoured, path: Path, milliseconds: int = 60) -> None:
    from PIL import Image

    frames = [Image.fromarray(drawn(loop, frame)) for frame in range(len(loop.area))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)


def file_stem(name: str) -> str:
    """A loop's name as a file name."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)


def manifest_confidence(model: Path) -> dict[str, Any] | None:
    """The calibrated confidence of a model folder, if it has one."""
    from ..export.model_folder import read_manifest

    return read_manifest(model).get("confidence") if (model / "manifest.json").exists() else None


def describe(loop: Contoured) -> str:
    facts = loop.facts()
    return (
        f"  {facts['name']:<36} {facts['frames']:3d} frames, {facts['withoutContour']} without contour,"
        f" {facts['flagged']} flagged, area falls by {facts['areaChangePercent']:.0f} %,"
        f" diastolic jitter {facts['diastolicJitterPercent']:.2f} %"
    )
