"""Measures the variants of a model: times in turn, file sizes, Dice, and the floor they stand above."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..export.cost import multiply_adds
from ..export.stored_weights import store
from ..running.onnx_runner import OnnxRunner
from .accuracy import Picture, calibration_clips, mean_dice, scores, validation_clips
from .integer_arithmetic import in_integers
from .loading import load_ms, optimise_offline
from .matrix_products import gigaflops, in_onnxruntime, in_pytorch
from .split_graphs import FixedFeeds, export_split
from .table import VARIANTS, Row
from .timed_model import TimedModel
from .timing import Candidate, round_robin

BATCHES = (1, 4, 8, 16)
NAMES = {
    "fp32": "fp32",
    "fp16": "fp16 stored",
    "int8": "int8 stored",
    "integers": "int8 arithmetic",
    "portable": "fp32, optimised offline",
    "local": "fp32, optimised offline for this processor",
}
FP32_PRODUCT, INT8_PRODUCT, TORCH_PRODUCT = "fp32 product", "int8 product", "fp32 product, PyTorch"


@dataclass(frozen=True)
class Settings:
    variants: tuple[str, ...] = VARIANTS
    threads: tuple[int, ...] = (1, 2)
    rounds: int = 7
    repeats: int = 9
    camus: Path | None = None
    validation_clips: int | None = None  # all


@dataclass(frozen=True)
class Result:
    rows: list[Row]
    load_ms: dict[str, float]
    notes: list[str]


def measure(model: TimedModel, settings: Settings, say: Callable[[str], None] = print) -> Result:
    """Everything that ``settings`` names. Writes graphs to a temporary folder only."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        say("making the variants")
        graphs = make_graphs(model, settings, folder)
        image_sides, recurrent = {}, None
        if "batched" in settings.variants:
            image_sides, recurrent = export_split(model.network, folder, BATCHES)
        dice = measure_dice(model, settings, graphs, say)
        sizes = {name: path.stat().st_size for name, path in graphs.items()}
        work = multiply_adds(model.graph)
        rows, notes = [], [f"{model.title}, {work / 1e9:.3f} G multiply-adds per frame"]
        for threads in settings.threads:
            say(f"timing on {threads} threads")
            candidates = [frame_by_frame(name, path, threads) for name, path in graphs.items()]
            if "eager" in settings.variants:
                candidates.append(eager(model, threads))
            for batch, path in image_sides.items():
                candidates.append(Candidate(f"image side, {batch}", FixedFeeds(path, threads), batch))
            if recurrent is not None:
                candidates.append(Candidate("recurrent side", FixedFeeds(recurrent, threads)))
            found, products = timed(candidates, threads, settings)
            notes.append(f"{threads} threads: " + ", ".join(f"{name} {value:.0f} GFLOP/s" for name, value in products))
            rows += make_rows(threads, work, found, dict(products), sizes, dice)
        load = load_ms(graphs, max(settings.threads), 3) if "offline" in settings.variants else {}
    return Result(rows, {NAMES[name]: value for name, value in load.items()}, notes)


def make_graphs(model: TimedModel, settings: Settings, folder: Path) -> dict[str, Path]:
    """Files of the variants that are one graph, by their key in NAMES."""
    import onnx

    graphs = {"fp32": model.graph} if set(settings.variants) - {"eager", "batched"} else {}
    for precision in ("fp16", "int8"):
        if precision in settings.variants:
            graphs[precision] = folder / f"{precision}.onnx"
            onnx.save(store(onnx.load(str(model.graph)), precision), str(graphs[precision]))
    if "integers" in settings.variants:
        graphs["integers"] = folder / "integers.onnx"
        onnx.save(in_integers(model.graph, calibration(model, settings)), str(graphs["integers"]))
    if "offline" in settings.variants:
        for name in ("portable", "local"):
            graphs[name] = folder / f"{name}.onnx"
            optimise_offline(model.graph, graphs[name], for_this_processor=name == "local")
    return graphs


def calibration(model: TimedModel, settings: Settings) -> list[np.ndarray]:
    """Training clips; noise where there are none or where the weights are synthetic, good for times only."""
    size = model.network.config.image_size
    if model.manifest is None or settings.camus is None:
        return [np.random.default_rng(0).random((2, size, size)).astype(np.float32)]
    return calibration_clips(settings.camus, Picture.of(model.manifest))


def measure_dice(
    model: TimedModel, settings: Settings, graphs: dict[str, Path], say: Callable[[str], None]
) -> dict[str, float]:
    """Dice on validation patients by graph; empty for synthetic weights or without data."""
    if model.manifest is None or settings.camus is None:
        return {}
    clips, picture = validation_clips(settings.camus, settings.validation_clips), Picture.of(model.manifest)
    found = {}
    for name, path in graphs.items():
        if name not in ("portable", "local"):
            found[name] = mean_dice(scores(OnnxRunner(path, max(settings.threads)), clips, picture))
            say(f"Dice of {NAMES[name]} on {len(clips)} validation clips: {found[name]:.4f}")
    return found


def frame_by_frame(name: str, path: Path, threads: int) -> Candidate:
    runner = OnnxRunner(path, threads)
    image = np.random.default_rng(1).random(runner.session.shapes["image"][2:]).astype(np.float32)
    return Candidate(name, lambda: runner.step(image))


def eager(model: TimedModel, threads: int) -> Candidate:
    import torch

    size = model.network.config.image_size
    image = torch.from_numpy(np.random.default_rng(1).random((1, 1, size, size)).astype(np.float32))
    state = model.network.start()

    def run() -> None:
        torch.set_num_threads(threads)
        with torch.no_grad():
            model.network.step(image, state, 0.0)

    return Candidate("eager", run)


def timed(
    candidates: list[Candidate], threads: int, settings: Settings
) -> tuple[dict[str, tuple[float, float]], list[tuple[str, float]]]:
    """Milliseconds per frame (median, best) by candidate, and the products' GFLOP/s, all in the same rounds."""
    products = [
        Candidate(FP32_PRODUCT, in_onnxruntime(threads, integers=False)),
        Candidate(INT8_PRODUCT, in_onnxruntime(threads, integers=True)),
        Candidate(TORCH_PRODUCT, in_pytorch(threads)),
    ]
    times = round_robin([*candidates, *products], settings.rounds, settings.repeats)
    speeds = [(product.name, gigaflops(times[product.name].median_ms)) for product in products]
    return {one.name: (times[one.name].median_ms, times[one.name].best_ms) for one in candidates}, speeds


def make_rows(
    threads: int,
    work: int,
    found: dict[str, tuple[float, float]],
    products: dict[str, float],
    sizes: dict[str, int],
    dice: dict[str, float],
) -> list[Row]:
    """Rows of one thread count. The floor of a precision is its multiply-adds at the rate of the large product."""
    fp32_floor = 2 * work / max(products[FP32_PRODUCT], products[TORCH_PRODUCT]) / 1e6
    int8_floor = min(fp32_floor, 2 * work / products[INT8_PRODUCT] / 1e6)
    baseline = found["eager"][0] if "eager" in found else None

    def row(variant: str, median: float, best: float, key: str = "") -> Row:
        floor = int8_floor if key == "integers" else fp32_floor
        change = dice[key] - dice["fp32"] if key in dice else None
        faster = baseline / median if baseline else None
        return Row(variant, threads, median, best, faster, floor, floor / median, sizes.get(key), dice.get(key), change)

    def part(variant: str, median: float, best: float) -> Row:
        return Row(variant, threads, median, best, None, None, None)

    rows = [row("PyTorch eager", *found["eager"])] if "eager" in found else []
    rows += [row(NAMES[key], *found[key], key) for key in NAMES if key in found]
    if "recurrent side" in found:
        step = found["recurrent side"]
        for batch in BATCHES:
            image = found[f"image side, {batch}"]
            rows.append(row(f"fp32, image side {batch} at once", image[0] + step[0], image[1] + step[1]))
        rows.append(part("fp32, recurrent side alone", *step))
    return rows
