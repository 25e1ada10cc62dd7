"""Stored precision, integer arithmetic, quantised folders, split graphs, and how times are taken."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from test_export import frames

from gdkvm.command_line import main
from gdkvm.export import stored_weights
from gdkvm.export.card import render
from gdkvm.export.model_folder import Description, manifest, read_manifest, write_manifest
from gdkvm.export.stored_weights import DELICATE, channel_axis, store, to_bytes
from gdkvm.network.checkpoint import CheckpointError
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.running.onnx_runner import OnnxRunner
from gdkvm.speed import matrix_products, measuring
from gdkvm.speed.accuracy import Score, ejection_fraction_changes
from gdkvm.speed.integer_arithmetic import feeds, in_integers
from gdkvm.speed.measuring import make_rows
from gdkvm.speed.quantising import Cost, quantise
from gdkvm.speed.sizes import measure_sizes
from gdkvm.speed.split_graphs import FEATURES, export_split
from gdkvm.speed.table import as_markdown, cells
from gdkvm.speed.timed_model import config_of, from_folder
from gdkvm.speed.timing import Candidate, round_robin


def optimised(model: onnx.ModelProto, folder: Path) -> onnx.GraphProto:
    """What onnxruntime runs after it has loaded a graph."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return onnx.load(str(folder / "optimised.onnx")).graph


@pytest.fixture(scope="module")
def micro_folder(micro: GDKVM, micro_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speed")
    (folder / "model.onnx").write_bytes(micro_graph.read_bytes())
    about = Description("gdkvm-micro-synthetic", "0.1.0", "For tests.", "Apache-2.0")
    values = manifest(micro, folder / "model.onnx", about)
    write_manifest(folder, values)
    (folder / "card.md").write_text(render(values, "The weights are synthetic numbers."))
    return folder


@pytest.fixture(scope="module")
def camus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packs of three patients whose cavity is the smooth disk of the test frames."""
    folder = tmp_path_factory.mktemp("packs")
    pictures = (frames(2) * 255).astype(np.uint8)
    y, x = np.mgrid[0:64, 0:64] / 64
    masks = np.stack([np.hypot(x - 0.5, (y - 0.45) * 0.7) < radius for radius in (0.26, 0.2)]).astype(np.uint8)
    stems = [f"patient000{patient}_{view}" for patient in range(3) for view in ("2CH", "4CH")]
    ids = np.array([f"{stem}_{phase}" for stem in stems for phase in ("ED", "ES")])
    for name in ("train", "val"):
        np.savez(
            folder / f"camus-224-{name}.npz",
            ids=ids,
            images=np.tile(pictures, (len(stems), 1, 1)),
            labels=np.tile(masks, (len(stems), 1, 1)),
        )
    return folder


def test_bytes_keep_each_channel_within_half_a_step() -> None:
    rng = np.random.default_rng(0)
    weight = rng.uniform(-1, 1, (6, 5, 3, 3)).astype(np.float32) * np.logspace(-4, 2, 6)[:, None, None, None]
    weight[2] = 0
    values, scale = to_bytes(weight.astype(np.float32), 0)
    assert values.dtype == np.int8 and scale.shape == (6, 1, 1, 1) and np.abs(values.astype(int)).max() <= 127
    error = np.abs(values * scale - weight)
    inside = np.abs(weight) <= 127 * scale
    assert (error <= scale * 0.501)[inside].all() and not values[2].any()
    # One outlier in a channel of 4,000: clipping it loses less than a coarse step everywhere.
    weight = np.concatenate([rng.normal(0, 0.01, 4000), [0.1]]).astype(np.float32)[:, None]
    values, scale = to_bytes(weight, -1)
    assert scale.item() < weight.max() / 127
    coarse = np.rint(weight / (0.1 / 127)) * 0.1 / 127
    assert ((values * scale - weight) ** 2).sum() < ((coarse - weight) ** 2).sum()


def test_channel_axis_follows_the_operator() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "conv"], ["a"]),
        helper.make_node("MatMul", ["a", "matrix"], ["b"]),
        helper.make_node("Add", ["b", "table"], ["c"]),
        helper.make_node("MatMul", ["c", "shared"], ["d"]),
        helper.make_node("Add", ["d", "shared"], ["e"]),
        helper.make_node("MatMul", ["left", "e"], ["f"]),
        helper.make_node("Gemm", ["f", "gemm", "bias"], ["g"]),
        helper.make_node("Gemm", ["g", "turned"], ["h"], transB=1),
    ]
    graph = helper.make_graph(nodes, "g", [], [])
    expected = {"conv": 0, "matrix": -1, "gemm": -1, "turned": 0, "table": None, "shared": None, "left": None}
    assert {name: channel_axis(graph, name) for name in expected} == expected


@pytest.mark.parametrize(("precision", "tolerance"), [("fp16", 1e-3), ("int8", 1e-2)])
def test_stored_weights_are_small_folded_and_nearly_the_same(
    micro_graph: Path, tmp_path: Path, precision: str, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_weights, "SMALLEST", 64)
    original = onnx.load(str(micro_graph))
    small = store(original, precision)

    def stored_bytes(model: onnx.ModelProto) -> int:
        return sum(numpy_helper.to_array(tensor).nbytes for tensor in model.graph.initializer)

    assert stored_bytes(small) < (0.6 if precision == "fp16" else 0.45) * stored_bytes(original)
    kinds = {(DELICATE in one.name, one.data_type) for one in small.graph.initializer if one.name.endswith("/stored")}
    assert (True, TensorProto.FLOAT16) in kinds and (True, TensorProto.INT8) not in kinds
    assert (False, TensorProto.INT8 if precision == "int8" else TensorProto.FLOAT16) in kinds
    before, after = ([node.op_type for node in optimised(model, tmp_path).node] for model in (original, small))
    assert after == before, "what turns weights back to float32 is gone once the graph is loaded"
    assert [value.name for value in small.graph.input] == [value.name for value in original.graph.input]
    types = {value.type.tensor_type.elem_type for value in [*small.graph.input, *small.graph.output]}
    assert types == {TensorProto.FLOAT}
    onnx.save(small, str(tmp_path / "small.onnx"))
    clip = frames(8)
    difference = np.abs(OnnxRunner(tmp_path / "small.onnx", 1).clip(clip) - OnnxRunner(micro_graph, 1).clip(clip))
    # Synthetic weights amplify what trained ones do not; on the shipped model the mean difference is far smaller.
    assert 0 < difference.mean() < tolerance


def test_numbers_too_large_for_half_stay_as_they_are() -> None:
    large = numpy_helper.from_array(np.full(600, 1e5, np.float32), "large")
    node = helper.make_node("Add", ["x", "large"], ["y"])
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [600]) for name in "xy"]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [large])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    assert store(model, "fp16") == model
    with pytest.raises(ValueError, match="fp16 or int8"):
        store(model, "int4")


def test_calibration_feeds_the_state_of_the_model_itself(micro_graph: Path) -> None:
    runner = OnnxRunner(micro_graph, 1)
    found = list(feeds(runner, [frames(3), frames(2)]))
    assert [float(entry["first_frame"][0]) for entry in found] == [1, 0, 0, 1, 0]
    assert not found[0]["state"].any() and not found[3]["mask"].any()
    runner.reset()
    np.testing.assert_array_equal(found[1]["mask"][0, 0], runner.step(frames(1)[0]))


def test_integers_in_convolutions_only(micro_graph: Path, tmp_path: Path) -> None:
    integers = in_integers(micro_graph, [frames(4)])
    kinds = [node.op_type for node in optimised(integers, tmp_path).node]
    assert kinds.count("QLinearConv") > 30 and not {"QLinearMatMul", "QLinearSigmoid", "QLinearSoftmax"} & set(kinds)
    onnx.save(integers, str(tmp_path / "integers.onnx"))
    clip = frames(6)
    found, expected = OnnxRunner(tmp_path / "integers.onnx", 1).clip(clip), OnnxRunner(micro_graph, 1).clip(clip)
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9
    left = in_integers(micro_graph, [frames(1)], leave=("image_encoder",))
    kinds = [node.op_type for node in optimised(left, tmp_path).node]
    assert "Conv" in kinds and "QLinearConv" in kinds


def test_a_quantised_folder_says_what_it_is(micro_folder: Path, camus: Path, tmp_path: Path) -> None:
    made = quantise(micro_folder, tmp_path / "half", "fp16", camus=camus, tolerance=0.5)
    written = read_manifest(tmp_path / "half")
    assert written == made.manifest and written["name"] == "gdkvm-micro-synthetic-fp16"
    assert written["graph"]["precision"] == "fp16"
    assert written["graph"]["state"] == read_manifest(micro_folder)["graph"]["state"]
    datasets = [row["dataset"] for row in written["accuracy"]]
    assert datasets[0] == "CAMUS official validation, A4C+A2C, ED+ES" and len(datasets) == 5
    assert written["accuracy"][0]["n"] == 12 and written["accuracy"][1]["n"] == 3
    card = (tmp_path / "half" / "card.md").read_text()
    assert "synthetic numbers" in card and "stored as float16" in card and written["graph"]["sha256"] in card
    # Integers without data to find ranges on, and a second time over.
    with pytest.raises(ValueError, match="training frames"):
        quantise(micro_folder, tmp_path / "integers", "int8", "integer")
    with pytest.raises(ValueError, match="stored as fp16 already"):
        quantise(tmp_path / "half", tmp_path / "again", "int8")
    with pytest.raises(ValueError, match="stored as fp16; give the float32 folder"):
        from_folder(tmp_path / "half", None)
    with pytest.raises(ValueError, match="is the source"):
        quantise(micro_folder, micro_folder, "int8")


def test_a_loss_beyond_the_tolerance_is_refused(micro_folder: Path, camus: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not written, Dice on validation patients falls from"):
        quantise(micro_folder, tmp_path / "out", "int8", camus=camus, tolerance=-1.0)
    assert not (tmp_path / "out" / "model.onnx").exists() and not (tmp_path / "out" / "manifest.json").exists()


def test_moved_ejection_fractions_are_refused_whatever_dice_says() -> None:
    def found(*volumes: float, overlap: float = 0.94) -> list[Score]:
        keys = [(clip, phase) for clip in ("A4C", "A2C", "none") for phase in ("ED", "ES")]
        return [Score("patient", clip, phase, overlap, volume) for (clip, phase), volume in zip(keys, volumes)]

    before = found(100, 50, 100, 40, 100, float("nan"))  # 50 and 60 percent, and a clip without a contour at ES
    after = found(200, 98, 80, 32, 0, 30)  # 51 and 60 percent
    assert ejection_fraction_changes(before, after) == pytest.approx([0, 1])  # A2C first
    cost = Cost.of(before, after)
    assert (cost.ef_change_mean, cost.ef_change_most) == pytest.approx((0.5, 1))
    assert cost.refusal(0.003, 0.5 + 1e-9) is None
    assert "move by 0.50 points on average, by more than 0.4" in (cost.refusal(0.003, 0.4) or "")
    assert "falls from 0.9400 to 0.9300" in (
        Cost.of(before, found(1, 1, 1, 1, 1, 1, overlap=0.93)).refusal(0.003, 9) or ""
    )
    nothing = Cost.of(before[4:], after[4:])
    assert nothing.refusal(0.003, 0) is None and "no clip has ejection fractions to compare" in str(nothing)


def test_image_side_and_recurrent_side_make_the_whole(micro: GDKVM, micro_graph: Path, tmp_path: Path) -> None:
    image_sides, recurrent = export_split(micro, tmp_path, (3,))
    clip = frames(3)
    sessions = [
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        for path in (image_sides[3], recurrent)
    ]
    together = sessions[0].run(None, {"image": clip[:, None]})
    runner = OnnxRunner(micro_graph, 1)
    for index, image in enumerate(clip):
        features = {name: values[index : index + 1] for name, values in zip(FEATURES, together)}
        state = dict(runner.state)
        found = sessions[1].run(None, {"first_frame": np.float32([runner.first]), **features, **state})
        np.testing.assert_allclose(found[0][0, 0], runner.step(image), atol=1e-5)


def test_candidates_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, order = [0.0], []
    monkeypatch.setattr("gdkvm.speed.timing.time.perf_counter", lambda: clock[0])

    def candidate(name: str, seconds: list[float], frames: int = 1) -> Candidate:
        def run() -> None:
            order.append(name)
            clock[0] += seconds[len([one for one in order if one == name]) - 1]

        return Candidate(name, run, frames)

    first, second = [9.0, 1, 2, 3, 9, 4, 4, 4], [9.0, 8, 8, 8, 9, 8, 8, 80]
    found = round_robin([candidate("a", first), candidate("b", second, 4)], rounds=2, repeats=3)
    assert "".join(order) == "aaaabbbbaaaabbbb"
    assert found["a"].median_ms == 3000 and found["a"].best_ms == 2000
    assert found["b"].median_ms == 2000, "per frame, and one slow frame does not count"
    with pytest.raises(ValueError, match="names of their own"):
        round_robin([candidate("a", []), candidate("a", [])], 1, 1)


def test_rows_stand_against_eager_and_the_floor() -> None:
    found = {"eager": (40.0, 39.0), "fp32": (10.0, 9.0), "integers": (8.0, 8.0)}
    products = {"fp32 product": 100.0, "int8 product": 200.0, "fp32 product, PyTorch": 80.0}
    rows = make_rows(2, 250_000_000, found, products, {"fp32": 4_000_000}, {"fp32": 0.92, "integers": 0.9165})
    assert [row.variant for row in rows] == ["PyTorch eager", "fp32", "int8 arithmetic"]
    assert rows[1].times_eager == 4 and rows[1].floor_ms_per_frame == pytest.approx(5.0)
    assert rows[2].floor_ms_per_frame == pytest.approx(2.5) and rows[2].share_of_floor == pytest.approx(0.3125)
    assert cells(rows[1])[-4:] == ("4.00", "0.9200", "+0.0000", "yes")
    assert cells(rows[2])[-2:] == ("-0.0035", "no")
    assert as_markdown([("a", "b"), ("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |\n"


def test_a_network_that_is_not_the_folders_is_refused(micro_folder: Path, tmp_path: Path) -> None:
    values = read_manifest(micro_folder)
    assert config_of(values) == MICRO and from_folder(micro_folder, None).network.config == MICRO
    with pytest.raises(ValueError, match=r"no configuration has 7 parameters.*--torch-run"):
        config_of({**values, "parameters": 7})
    with pytest.raises(CheckpointError, match="no such file"):
        from_folder(micro_folder, tmp_path / "missing.pth")
    graph = micro_folder / "model.onnx"
    (tmp_path / "model.onnx").write_bytes(graph.read_bytes())
    write_manifest(tmp_path, {**values, "parameters": 8})
    with pytest.raises(ValueError, match="8 parameters"):
        from_folder(tmp_path, None)


def test_speed_command_writes_its_table(
    micro_folder: Path, camus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(matrix_products, "SIDE", 128)
    monkeypatch.setattr(measuring, "BATCHES", (2,))
    quick = ["--rounds", "1", "--repeats", "1", "--threads", "1", "--clips", "2", "--out", str(tmp_path)]
    assert main(["speed", str(micro_folder), "--camus", str(camus), *quick]) == 0
    with (tmp_path / "speed.csv").open() as handle:
        rows = {row["variant"]: row for row in csv.DictReader(handle)}
    assert {"PyTorch eager", "fp32", "fp16 stored", "int8 stored", "int8 arithmetic"} < set(rows)
    assert float(rows["fp32"]["dice_change"]) == 0 and float(rows["int8 stored"]["ms_per_frame"]) > 0
    assert int(rows["fp16 stored"]["file_bytes"]) < int(rows["fp32"]["file_bytes"])
    assert "fp32, image side 2 at once" in rows and "ms to load" in (tmp_path / "speed.md").read_text()
    assert "PyTorch eager" in capsys.readouterr().out
    assert main(["speed"]) == 1 and main(["speed", str(micro_folder), "--camus", str(tmp_path)]) == 1
    assert "camus-224-val.npz is not there" in capsys.readouterr().err


def test_sizes_grow_with_the_width() -> None:
    rows = measure_sizes([1], 1, 1, image_sizes=(32,), widths=(4, 8), base=MICRO)
    work = {(row.config.image_size, row.config.image_width): row.multiply_adds for row in rows}
    assert 0 < work[32, 4] < work[32, 8] and all(row.ms_per_frame > 0 for row in rows)
