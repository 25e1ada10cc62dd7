"""From a clip's pictures, and the regions that its file names, to the sector's box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from .box import Box
from .cells import Part, bounds, clip_activity, closed, opened, parts, smooth
from .fan import fan_bounds, fit_fan
from .frames import sampled

MOTION_THRESHOLD = 1.2  # mean range of grey levels over which a neighbourhood moves: the dim far field does, text not
BRIGHTNESS_THRESHOLD = 10.0  # mean grey level over which a neighbourhood shines, for stills
SMALLEST_SHARE = 0.06  # a sector is at least this share of its picture, else what was found is something else
RECTANGLE_FILL = 0.9  # a part that fills its box to this share is a rectangle ...
LARGEST_RECTANGLE = 0.25  # ... and, below this share of the picture, something that the scanner drew
REGION_SLACK = 2  # pixels by which a region's box may lie outside the picture and still be meant for it
HELD_SHARE = 0.9  # of what moves that a region must hold to be the sector's
INSIDE_SHARE = 0.5  # of a region that must lie inside the picture; else it was written for one of another size
LARGEST_REGION = 1.8  # a region this many times larger than the tissue in it is the screen, not the sector
REGION_MARGIN = 0.025  # share of a region's side by which it may exceed the fan seen in it before it is drawn in


class Sector(NamedTuple):
    box: Box
    source: Literal["region", "pixels", "frame"]  # what the box is from; "frame" where nothing could be told


class Tissue(NamedTuple):
    box: Box  # pixels that the tissue spans
    fan: Box | None  # pixels that the fan spans whose edges the tissue follows


def find_sector(frames: np.ndarray, regions: Sequence[Box] = ()) -> Sector:
    """The sector of a clip, from up to a dozen of its frames.

    Tissue moves over its whole area (in a still it shines); what surrounds it does not, is thin, or lies apart. A fan
    fitted to the tissue gives the corners that are too dark to see. Nothing outside the file's two-dimensional picture
    counts, whatever moves there; its region is taken where what is seen agrees with it. Of several pictures side by
    side, among which the workstation lets its reader choose, the largest is taken.

    frames (T, H, W) or (T, H, W, 3) uint8; regions: boxes of the file's 2D tissue and flow regions (PS3.3 C.8.5.5), as
    written.
    """
    height, width = frames.shape[1:3]
    whole = Box(0, height, 0, width)
    shown = largest_picture(regions, whole)
    picture = shown or whole
    activity = clip_activity(inside(sampled(frames), picture))
    moving = tissue_in(activity.motion, activity.cell, MOTION_THRESHOLD, picture)
    region = matching_region([box for box in regions if box.cut_to(picture)], whole, moving)
    seen = moving or tissue_in(activity.brightness, activity.cell, BRIGHTNESS_THRESHOLD, region or picture)
    if region is None:
        if seen is None:
            return Sector(picture, "region" if shown else "frame")
        return Sector(sector_box(seen, picture), "pixels")
    if seen is None:
        return Sector(region, "region")
    box = sector_box(seen, region)
    if region.area > LARGEST_REGION * box.area:
        return Sector(box, "pixels")
    return Sector(region if seen.fan is None else drawn_in(region, box), "region")


def largest_picture(regions: Sequence[Box], whole: Box) -> Box | None:
    """The largest region of which at least half lies in the picture, cut to it."""
    cut = [(box.cut_to(whole), box.area) for box in regions]
    found = [box for box, area in cut if box is not None and box.area >= INSIDE_SHARE * area]
    return max(found, key=lambda box: box.area, default=None)


def inside(grey: np.ndarray, box: Box) -> np.ndarray:
    """(n, H, W) with everything outside of a box black."""
    masked = np.zeros_like(grey)
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    masked[:, rows, columns] = grey[:, rows, columns]
    return masked


def matching_region(regions: Sequence[Box], whole: Box, moving: Tissue | None) -> Box | None:
    """The smallest region that lies in the picture and holds what moves."""
    found = []
    for written in regions:
        slack = Box(-REGION_SLACK, whole.bottom + REGION_SLACK, -REGION_SLACK, whole.right + REGION_SLACK)
        box = written.cut_to(whole)
        if box is None or written.cut_to(slack) != written or box.area < SMALLEST_SHARE * whole.area:
            continue
        held = box.cut_to(moving.box) if moving else None
        if moving is None or (held and held.area >= HELD_SHARE * moving.box.area):
            found.append(box)
    return min(found, key=lambda box: box.area, default=None)


def tissue_in(values: np.ndarray, cell: int, threshold: float, within: Box) -> Tissue | None:
    """The largest solid part of a map inside a box of pixels; None when it is too small to be a sector."""
    # Levels are cut, so that a bright thin line is not smeared into something thick.
    active = smooth(np.minimum(values, np.float32(4 * threshold)), 1).astype(np.float64) > threshold
    active[: within.top // cell] = active[-(-within.bottom // cell) :] = False
    active[:, : within.left // cell] = active[:, -(-within.right // cell) :] = False
    longer = max(active.shape)
    labels, solid = parts(opened(active, max(2, rounded(longer * 0.01))))
    # Strips, bars and logos go before gaps are closed, lest they are joined to the tissue.
    soft = [part.number for part in solid if not is_drawn(part, active.size)]
    labels, found = parts(closed(np.isin(labels, soft), rounded(longer * 0.02)))
    if not found or found[0].size * cell**2 < SMALLEST_SHARE * within.area:
        return None
    largest = labels == found[0].number
    cells, fan = bounds(largest), fit_fan(largest)
    outline = fan_bounds(fan, cells, active).times(cell).cut_to(within) if fan else None
    return Tissue(cells.times(cell).cut_to(within) or within, outline)


def is_drawn(part: Part, cells_of_picture: int) -> bool:
    """A filled rectangle that is not most of the picture: nothing that a heart is seen in."""
    return part.size > RECTANGLE_FILL * part.width * part.height and part.size < LARGEST_RECTANGLE * cells_of_picture


def rounded(value: float) -> int:
    return int(value + 0.5)


def sector_box(tissue: Tissue, within: Box) -> Box:
    return (tissue.box.around(tissue.fan) if tissue.fan else tissue.box).cut_to(within) or within


def drawn_in(region: Box, fan: Box) -> Box:
    """The region, with sides that lie well outside the fan moved in to it."""
    rows = REGION_MARGIN * (region.bottom - 1 - region.top)
    columns = REGION_MARGIN * (region.right - 1 - region.left)
    return Box(
        fan.top if fan.top - region.top > rows else region.top,
        fan.bottom if region.bottom - fan.bottom > rows else region.bottom,
        fan.left if fan.left - region.left > columns else region.left,
        fan.right if region.right - fan.right > columns else region.right,
    )
