"""The sector's box: the workstation's boxes, and what a file says of its regions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scanner_screen import screen_frames

from gdkvm.sector import Box, find_sector, grey_levels, tissue_regions

BOXES = Path(__file__).parents[2] / "test" / "fixtures" / "sector" / "boxes.json"
SCREENS = json.loads(BOXES.read_text())


def box_of(edges: list[int]) -> Box:
    """From [minX, minY, maxX, maxY], edges included."""
    (left, right), (top, bottom) = sorted(edges[::2]), sorted(edges[1::2])
    return Box(top, bottom + 1, left, right + 1)


@pytest.mark.parametrize("screen", SCREENS, ids=[screen["name"] for screen in SCREENS])
def test_the_box_is_the_workstations(screen: dict[str, Any]) -> None:
    frames = screen_frames(screen["options"])
    assert int(grey_levels(frames).sum(dtype=np.int64)) == screen["sum"]
    regions = [box_of(screen["region"])] if "region" in screen else []
    found = find_sector(frames, regions)
    assert (found.box, found.source) == (box_of(screen["box"]), screen["source"])


def test_a_black_clip_is_taken_whole() -> None:
    assert find_sector(np.zeros((2, 50, 60), np.uint8)) == (Box(0, 50, 0, 60), "frame")


def test_blanked_frames_do_not_count() -> None:
    frames = screen_frames({**SCREENS[1]["options"], "frames": 12})
    blanked = frames.copy()
    blanked[::3] = 0
    assert find_sector(blanked).box == find_sector(np.delete(frames, slice(None, None, 3), 0)).box


def test_only_regions_of_two_dimensional_tissue_and_flow_count() -> None:
    from pydicom.dataset import Dataset

    def region(spatial_format: int, data_type: int) -> Dataset:
        item = Dataset()
        item.RegionSpatialFormat, item.RegionDataType = spatial_format, data_type
        item.RegionLocationMinX0, item.RegionLocationMinY0 = 10 * data_type, 20
        item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 99, 59
        return item

    content = Dataset()
    assert tissue_regions(content) == ()
    content.SequenceOfUltrasoundRegions = [region(1, 1), region(1, 2), region(2, 1), region(3, 3), region(1, 3)]
    assert tissue_regions(content) == (Box(20, 60, 10, 100), Box(20, 60, 20, 100))


def test_colour_becomes_the_grey_that_models_are_shown() -> None:
    from PIL import Image

    frames = np.random.default_rng(3).integers(0, 256, (2, 40, 50, 3), np.uint8)
    np.testing.assert_array_equal(grey_levels(frames)[1], np.asarray(Image.fromarray(frames[1]).convert("L")))
