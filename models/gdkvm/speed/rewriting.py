"""A model folder whose graph starts fewer kernels, compared with the one it was made from."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..export import card
from ..export.fewer_kernels import kernels, with_fewer_kernels
from ..export.graph import STATE_INPUTS, STATE_OUTPUTS
from ..export.graph_session import session_on_cpu
from ..export.model_folder import read_manifest, sha256_of, write_manifest
from ..export.trial_clip import trial_clip
from ..running.segmentation import dice
from .accuracy import Picture, validation_clips

if TYPE_CHECKING:
    import onnxruntime

TRIAL_FRAMES = 30
# A difference that a rounded map of 16 bits can just show, and masks that are the same but for single pixels.
LARGEST_DIFFERENCE = 1e-5
LEAST_DICE = 0.9999


@dataclass
class Difference:
    """Between the probabilities of two graphs."""

    maps: int = 0
    largest: float = 0.0
    pixels: int = 0
    """On the other side of the threshold."""
    least_dice: float = 1.0
    """Of one graph's mask with the other's."""

    def add(self, before: np.ndarray, after: np.ndarray, threshold: float) -> None:
        self.maps += len(before)
        # Where one has a number and the other none, no difference is larger; max() would pass over it.
        apart = np.nan_to_num(np.abs(before - after), nan=np.inf)
        self.largest = max(self.largest, float(apart.max()))
        for one, other in zip(before > threshold, after > threshold, strict=True):
            self.pixels += int((one != other).sum())
            if one.any() or other.any():
                self.least_dice = min(self.least_dice, dice(one, other))

    @property
    def is_none(self) -> bool:
        return self.largest <= LARGEST_DIFFERENCE or self.least_dice >= LEAST_DICE

    def __str__(self) -> str:
        return (
            f"over {self.maps} maps probabilities differ by {self.largest:.2g} at most, {self.pixels} pixels cross "
            f"the threshold, and masks overlap by a Dice of {self.least_dice:.5f} at least"
        )


@dataclass(frozen=True)
class Rewritten:
    manifest: dict[str, Any]
    before: int
    after: int
    """Nodes that are computed at every frame."""
    difference: Difference


def rewrite(source: Path, out: Path, camus: Path | None, count: int | None = None, attention: bool = True) -> Rewritten:
    """Writes the folder ``out``: the graph of ``source`` with fewer kernels, and everything else as it is.

    Both are compared on a drawn clip and, where CAMUS is at hand, on validation clips (``count`` of them, or all).
    Without ``attention`` that part of the graph stays as it is.
    Raises ValueError, and writes nothing, where their masks differ.
    """
    import onnx

    manifest = read_manifest(source)
    if out.exists():
        raise ValueError(f"{out}: is there already; give a folder that is not")
    graph = source / manifest["graph"]["file"]
    model = onnx.load(str(graph))
    rewritten = with_fewer_kernels(model, attention)
    shutil.copytree(source, out)
    target = out / manifest["graph"]["file"]
    try:
        target.write_bytes(rewritten.SerializeToString())
        found = difference(graph, target, manifest, camus, count)
        if not found.is_none:
            raise ValueError(f"{out}: not written, {found}")
        manifest["graph"]["sha256"] = sha256_of(target)
        write_manifest(out, manifest)
        card.rewrite(out, manifest)
    except BaseException:
        shutil.rmtree(out)
        raise
    return Rewritten(manifest, kernels(model).total(), kernels(rewritten).total(), found)


def difference(
    before: Path, after: Path, manifest: dict[str, Any], camus: Path | None, count: int | None = None
) -> Difference:
    picture, found = Picture.of(manifest), Difference()
    clips = [trial_clip(picture.size, TRIAL_FRAMES)]
    if camus is not None:
        clips += [picture.prepared(clip) for clip in validation_clips(camus, count)]
    one, other = session_on_cpu(before, 0), session_on_cpu(after, 0)
    for clip in clips:
        found.add(all_maps(one, clip), all_maps(other, clip), picture.threshold)
    return found


def all_maps(session: onnxruntime.InferenceSession, clip: np.ndarray) -> np.ndarray:
    """Every map that a graph draws of a clip, from an empty memory: (frames and maps, S, S)."""
    drawn = [output.name for output in session.get_outputs() if output.name not in STATE_OUTPUTS]
    shapes = {value.name: value.shape for value in session.get_inputs()}
    state = {name: np.zeros(shapes[name], np.float32) for name in STATE_INPUTS}
    maps = []
    for index, frame in enumerate(clip):
        feeds = {"image": frame[None, None].astype(np.float32), "first_frame": np.float32([index == 0]), **state}
        results = session.run([*drawn, *STATE_OUTPUTS], feeds)
        maps += [each[0, 0] for each in results[: len(drawn)]]
        state = dict(zip(STATE_INPUTS, results[len(drawn) :], strict=True))
    return np.stack(maps)
