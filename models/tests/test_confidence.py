"""Confidence features and their shared vectors, and how the calibrated confidence is fitted and written down."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gdkvm.export.card import render, rewrite
from gdkvm.export.correction_graph import export_correction
from gdkvm.export.model_folder import Description, sha256_of, write_folder
from gdkvm.network.config import MICRO
from gdkvm.network.correction import CorrectionNetwork
from gdkvm.network.model import GDKVM
from gdkvm.running.subject import load_subject
from gdkvm.studies import confidence, confidence_report, confidence_vectors
from gdkvm.studies.calibration import area_under_curve, fit_logistic, fit_worthwhile, folds_by_group
from gdkvm.studies.corrected_maps import CorrectedMaps, CorrectionMissing
from gdkvm.studies.features import FEATURE_NAMES, area_jump, clip_features, confidence_values, feature_table

MICRO_MODEL = Path(__file__).parents[2] / "test" / "fixtures" / "micro-model"
VECTORS = Path(__file__).parents[2] / "test" / "fixtures" / "confidence" / "vectors.json"


def test_shared_vectors_still_hold() -> None:
    stored = json.loads(VECTORS.read_text())
    made = confidence_vectors.vectors()
    assert [clip["name"] for clip in stored["clips"]] == [clip["name"] for clip in made["clips"]]
    for old, new in zip(stored["clips"], made["clips"]):
        for before, after in zip(old["frames"], new["frames"]):
            assert before["probability64"] == after["probability64"]
    about = stored["confidence"]
    for clip in stored["clips"]:
        shape = (clip["size"], clip["size"])
        maps = np.stack([np.reshape(frame["probability64"], shape) for frame in clip["frames"]]) / np.float32(64)
        features = clip_features(maps, clip["threshold"])
        values = confidence_values(feature_table(features, about["features"]), about["weights"], about["bias"])
        for row, value, frame in zip(feature_table(features), values, clip["frames"]):
            np.testing.assert_allclose(row, [frame["features"][name] for name in FEATURE_NAMES], atol=1e-9)
            assert value == pytest.approx(frame["confidence"], abs=1e-9)
            assert (value < about["limit"]) == frame["flagged"]


def test_area_jump_compares_with_the_median_of_neighbours() -> None:
    assert area_jump(np.array([10, 90])).tolist() == [0, 0]
    # At index 1 the window is 10, 20, 30, 60: its median is 25.
    assert area_jump(np.array([10, 20, 30, 60])).tolist() == [0.5, 0.2, 0.2, 1.0]


def test_an_empty_map_has_features() -> None:
    features = clip_features(np.zeros((3, 8, 8), np.float32))
    assert feature_table(features)[1].tolist() == [1, 0, 0, 0, 0, 0]
    with pytest.raises(ValueError, match="unknown confidence features"):
        feature_table(features, ["sharpness"])


def test_only_features_that_help_on_others_are_fitted() -> None:
    rng = np.random.default_rng(5)
    table = rng.standard_normal((300, 4))
    good = rng.random(300) < 1 / (1 + np.exp(-(2.5 - 2 * table[:, 1] + 1.5 * table[:, 3])))
    groups = np.arange(300) // 4
    fit = fit_worthwhile(table, good, groups, [1, -1, 1, 1])
    assert fit.weights[1] < -1 and fit.weights[3] > 0.7
    assert fit.weights[0] == fit.weights[2] == 0


def test_logistic_regression_keeps_signs_and_drops_what_does_not_help() -> None:
    rng = np.random.default_rng(0)
    table = rng.standard_normal((600, 3))
    good = rng.random(600) < 1 / (1 + np.exp(-(1.5 - 2 * table[:, 0] + 0.8 * table[:, 1])))
    fit = fit_logistic(table, good, [-1, -1, 0])
    assert fit.weights[0] == pytest.approx(-2, abs=0.5) and fit.weights[1] == 0
    free = fit_logistic(table, good, [0, 0, 0])
    assert free.weights[1] == pytest.approx(0.8, abs=0.3) and free.bias == pytest.approx(1.5, abs=0.3)
    assert area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])) == 0.75
    groups = np.array([f"p{at // 4}" for at in range(600)])
    fold = folds_by_group(groups, 5)
    assert all(len(set(fold[groups == name])) == 1 for name in set(groups)) and len(set(fold)) == 5
    with pytest.raises(ValueError, match="both good and bad"):
        fit_logistic(table, np.ones(600, bool), [0, 0, 0])


def test_confidence_goes_into_manifest_and_card(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    uncertain = rng.uniform(0.1, 1.0, 400)
    table = np.stack([np.full(400, 0.7), uncertain, np.full(400, 0.1), np.ones(400), np.zeros(400), np.zeros(400)], 1)
    dice_values = np.clip(0.98 - 0.2 * uncertain + 0.02 * rng.standard_normal(400), 0, 1)
    source = np.where(np.arange(400) < 200, confidence.UNTOUCHED, confidence.SPOILED).astype(object)
    groups = np.array([f"p{at // 4}" for at in range(400)], object)
    found = confidence.calibrate(
        confidence.Samples(table, dice_values, source, groups, np.full(400, "", object), np.full(400, 0.85))
    )
    entry = confidence.manifest_entry(found)
    assert entry["features"] == ["uncertainShare"] and entry["weights"][0] < 0
    worth = entry["calibration"]
    assert worth["frames"] == 200 and worth["auc"] > 0.9 and worth["flaggedShare"] == pytest.approx(0.1, abs=0.05)
    assert worth["flaggedMeanDice"] < worth["unflaggedMeanDice"]
    about = Description("micro", "0.1.0", "A test.", "Apache-2.0")
    manifest = write_folder(GDKVM(MICRO), tmp_path / "model", about, lambda values: render(values, "By a person."))
    for _ in range(2):
        rewrite(tmp_path / "model", {**manifest, "confidence": entry})
    text = (tmp_path / "model" / "card.md").read_text()
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert titles == ["## Confidence", "## Training, limits, known failures", "## Sources"]
    assert "By a person." in text and f"below {entry['limit']:g} is flagged" in text


def test_corrected_frames_are_judged_by_the_maps_that_a_given_contour_leads_to(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MICRO_MODEL, folder)
    with pytest.raises(CorrectionMissing, match="--corrected"):
        CorrectedMaps(load_subject(folder))
    torch.manual_seed(4)
    network = CorrectionNetwork(MICRO).eval()
    torch.nn.init.normal_(network.pred.weight, std=0.5)
    export_correction(network, folder / "correction.onnx")
    manifest = json.loads((folder / "manifest.json").read_text())
    named = {"file": "correction.onnx", "sha256": sha256_of(folder / "correction.onnx")}
    (folder / "manifest.json").write_text(json.dumps({**manifest, "correction": named}))
    subject = load_subject(folder, threads=1)
    size = subject.size[0]
    rng = np.random.default_rng(2)
    images = rng.random((5, size, size)).astype(np.float32)
    truth = np.zeros((5, size, size), bool)
    for index in range(5):
        truth[index, 10 : 30 + 3 * index, 10:40] = True
    corrected = CorrectedMaps(subject)
    found = subject.runner.clip(images)
    none = np.zeros(5)

    pair = corrected.measure(images[:2], truth[:2], none[:2], confidence.UNTOUCHED, "patient", "")
    assert len(pair.dice) == 2, "either frame of a pair with the other one given"
    for at, (given, other) in enumerate(((0, 1), (1, 0))):
        state = corrected.session.start()
        _, state = corrected.session.step(images[given], found[given], truth[given].astype(np.float32), state)
        expected, _ = corrected.session.step(images[other], found[other], None, state)
        assert not np.allclose(expected, found[other], atol=1e-3)
        mask = expected > subject.threshold
        assert pair.dice[at] == pytest.approx(2 * (mask & truth[other]).sum() / (mask.sum() + truth[other].sum()))
        np.testing.assert_allclose(pair.table[at], feature_table(clip_features(expected[None], subject.threshold))[0])
    assert len(corrected.measure(images, truth, none, confidence.PHANTOM, "phantom", "").dice) == 4
    rows = confidence_report.worth_of({"features": ["peak"], "weights": [1.0], "bias": 0.0, "limit": 0.99}, pair)
    assert rows["flaggedShare"] == 1
