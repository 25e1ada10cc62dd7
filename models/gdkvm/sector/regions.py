"""The ultrasound regions of a DICOM file, PS3.3 C.8.5.5."""

from __future__ import annotations

from typing import Any

from .box import Box

TWO_DIMENSIONAL = 1  # Region Spatial Format (0018,6012)
COLOUR_FLOW = 2  # Region Data Type (0018,6014): 1 tissue, 2 colour flow


def tissue_regions(content: Any) -> tuple[Box, ...]:
    """Boxes, corners in order, of the two-dimensional regions of tissue and flow. content: a pydicom data set"""
    found = []
    for region in getattr(content, "SequenceOfUltrasoundRegions", []):
        kind = int(region.get("RegionSpatialFormat", 0)), int(region.get("RegionDataType", 0))
        if kind[0] != TWO_DIMENSIONAL or kind[1] > COLOUR_FLOW:
            continue
        top, bottom = sorted((int(region.get("RegionLocationMinY0", 0)), int(region.get("RegionLocationMaxY1", 0))))
        left, right = sorted((int(region.get("RegionLocationMinX0", 0)), int(region.get("RegionLocationMaxX1", 0))))
        found.append(Box(top, bottom + 1, left, right + 1))
    return tuple(found)
