"""Confidence features, their shared vectors, and the studies on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gdkvm.studies import confidence_vectors
from gdkvm.studies.features import FEATURE_NAMES, area_jump, clip_features, confidence_values, feature_table

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
