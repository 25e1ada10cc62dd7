"""Reference masks of each structure that a model can draw, from labels of the regions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .camus_pairs import LEFT_ATRIUM, LV_CAVITY, MYOCARDIUM
from .labelled_clip import LabelledClip

CAVITY = "lv-cavity"
INSIDE = {CAVITY: (LV_CAVITY,), "lv-wall": (LV_CAVITY, MYOCARDIUM), "left-atrium": (LEFT_ATRIUM,)}
"""Labels of the regions that a structure's border encloses; the wall's is the epicardium, so the cavity is in it."""


def structure_mask(labels: np.ndarray, structure: str) -> np.ndarray:
    """labels (…, H, W) uint8 -> bool. Raises ValueError for a structure without labels."""
    if structure not in INSIDE:
        raise ValueError(f"structure {structure!r} is not one of {', '.join(INSIDE)}")
    return np.isin(labels, INSIDE[structure])


def clip_of(clip: LabelledClip, structure: str) -> LabelledClip:
    """The clip with the masks of a structure in place of the cavity's, on its labelled frames. Raises ValueError.

    Of several areas only the largest counts: where the packs were resampled, pixels between the atrium (3) and the
    background (0) came out as 1 and 2, single ones around the atrium, which are neither cavity nor wall.
    """
    if structure == CAVITY:
        return clip
    if clip.labels is None:
        raise ValueError(f"{clip.key}: its labels tell the cavity only")
    masks = np.zeros_like(clip.masks)
    rows = list(clip.labelled)
    for row in rows:
        masks[row] = largest_area(structure_mask(clip.labels[row], structure))
    return replace(clip, masks=masks)


def largest_area(mask: np.ndarray) -> np.ndarray:
    """The largest 4-connected area of a mask (H, W)."""
    from scipy import ndimage

    areas, _ = ndimage.label(mask)
    sizes = np.bincount(areas.ravel())
    sizes[0] = 0
    return areas == sizes.argmax() if sizes.any() else mask
