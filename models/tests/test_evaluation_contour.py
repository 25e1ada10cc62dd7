"""Contours and volumes by disks, against the workstation's and against formulas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdkvm.evaluation.contour import Plane, mask_volume_ml, single_plane_volume, trace_from_probability
from gdkvm.evaluation.contour.boundary import component_boundary, resample_closed
from gdkvm.evaluation.contour.component import largest_component
from gdkvm.evaluation.contour.disks import disk_diameters
from gdkvm.evaluation.contour.trace import crosses_itself

VECTORS = json.loads((Path(__file__).parents[2] / "test" / "fixtures" / "contours" / "volumes.json").read_text())


def probability_of(case: dict[str, Any]) -> np.ndarray:
    """The map that test/fixtures/contours/README.md describes."""
    y, x = np.mgrid[0 : case["rows"], 0 : case["columns"]]
    sin, cos = np.sin(case["tilt"]), np.cos(case["tilt"])
    u = cos * (x - case["cx"]) + sin * (y - case["cy"])
    v = -sin * (x - case["cx"]) + cos * (y - case["cy"])
    round_part = 1 - (u / case["halfWidth"]) ** 2 - (v / case["halfLength"]) ** 2
    inside = np.minimum(round_part, (case["base"] - v) / case["halfLength"])
    found = np.clip(0.5 + case["steepness"] * inside, 0, 1).astype(np.float32)
    if "speck" in case:
        left, top, side = case["speck"]
        found[top : top + side, left : left + side] = 1
    return found


@pytest.mark.parametrize("case", VECTORS, ids=[case["name"] for case in VECTORS])
def test_contours_are_those_of_the_workstation(case: dict[str, Any]) -> None:
    spacing = (case["mmPerPixelY"], case["mmPerPixelX"])
    found, expected = probability_of(case), case["expected"]
    trace = trace_from_probability(found, 0.5, spacing)
    assert trace is not None and len(trace.points) == expected["points"]
    # The workstation puts the hinge on the left of the picture first.
    ends = sorted([trace.points[0].tolist(), trace.points[-1].tolist()])
    np.testing.assert_allclose(ends, sorted([expected["first"], expected["second"]]), atol=1e-4)
    np.testing.assert_allclose(trace.points[trace.apex], expected["apex"], atol=1e-4)
    assert trace.plane(spacing).length == pytest.approx(expected["lengthMm"], rel=1e-5)
    assert mask_volume_ml(found, spacing) == pytest.approx(expected["volumeMl"], rel=1e-5)


def test_disks_of_a_half_ellipsoid_are_its_volume() -> None:
    angle = np.linspace(0, np.pi, 4001)
    wall = np.stack([22 * np.cos(angle), -80 * np.sin(angle)], 1)
    base, apex = np.zeros(2), np.array([0.0, -80.0])
    plane = Plane(80.0, disk_diameters(wall, base, apex))
    assert single_plane_volume(plane) == pytest.approx(2 / 3 * np.pi * 22**2 * 80, rel=2e-3)


def test_volume_of_a_mask_follows_its_spacing() -> None:
    y, x = np.mgrid[0:240, 0:200]
    mask = (((x - 100) / 40) ** 2 + ((y - 180) / 120) ** 2 < 1) & (y < 180)
    exact = 2 / 3 * np.pi * (40 * 0.3) ** 2 * 120 * 0.4 / 1000
    assert mask_volume_ml(mask, (0.4, 0.3)) == pytest.approx(exact, rel=0.03)


def test_what_is_no_ventricle_has_no_volume() -> None:
    assert np.isnan(mask_volume_ml(np.zeros((50, 50)), (1, 1)))
    speck = np.zeros((300, 300))
    speck[5:9, 5:9] = 1
    assert np.isnan(mask_volume_ml(speck, (1, 1)))
    assert trace_from_probability(np.full((50, 50), np.nan)) is None


def test_boundary_crosses_the_threshold_between_pixels() -> None:
    picture = np.zeros((5, 6))
    picture[2, 1:5] = [0.6, 0.9, 0.9, 0.6]
    component = largest_component(picture, 0.5)
    assert component is not None and component.area_px == 4 and component.start == (1, 2)
    assert component.centroid == (2.5, 2.0)
    border = component_boundary(component, picture, 0.5)
    assert border[:, 0].min() == pytest.approx(1 - 0.1 / 0.6)
    assert border[:, 1].max() == pytest.approx(2 + 0.4 / 0.9)
    even = resample_closed(border, 40)
    steps = np.hypot(*np.diff(even, axis=0).T)
    assert len(even) == 40 and steps.max() < 1.01 * np.hypot(*np.diff(border, axis=0).T).sum() / 39


def test_of_two_areas_the_larger_and_of_equal_ones_the_first() -> None:
    picture = np.zeros((8, 8))
    picture[1, 1:3] = picture[4, 4:6] = 1
    first = largest_component(picture, 0.5)
    assert first is not None and first.start == (1, 1)
    picture[5, 4] = 1
    second = largest_component(picture, 0.5)
    assert second is not None and second.start == (4, 4) and second.area_px == 3


def test_a_path_that_crosses_itself_is_seen() -> None:
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])
    assert not crosses_itself(square)
    assert crosses_itself(square[[0, 2, 1, 3]])
