"""Maps of frames whose clip has a contour that a reader gave on another frame: what carried contours come from."""

from __future__ import annotations

import numpy as np

from ..errors import GdkvmError
from ..export.correction_session import CorrectionSession
from ..export.model_folder import read_manifest
from ..running.subject import Subject
from ..sector.resize import resize
from .confidence import Samples, samples_of


class CorrectionMissing(GdkvmError):
    """The model carries corrections without a network of its own."""


class CorrectedMaps:
    """Raises CorrectionMissing for a folder whose manifest names no correction network."""

    def __init__(self, subject: Subject, threads: int = 1) -> None:
        correction = read_manifest(subject.source).get("correction") if subject.kind == "onnx" else None
        if correction is None:
            raise CorrectionMissing(f"{subject.source}: names no network for corrections; leave --corrected out")
        self.subject = subject
        self.session = CorrectionSession(subject.source / correction["file"], threads)

    def sized(self, planes: np.ndarray) -> np.ndarray:
        """(T, H, W) in [0, 1] at the size of the correction network."""
        size = self.session.size
        return planes if planes.shape[1:] == (size, size) else resize(planes.astype(np.float32), size, size)

    def clip(self, images: np.ndarray, found: np.ndarray, given: int, mask: np.ndarray) -> np.ndarray:
        """Corrected maps of all frames. images, found (T, S, S) in [0, 1], mask (S, S) bool of frame ``given``; at the
        size of the correction network."""
        state = self.session.start()
        _, state = self.session.step(images[given], found[given], mask.astype(np.float32), state)
        return np.stack([self.session.step(image, own, None, state)[0] for image, own in zip(images, found)])

    def measure(
        self, images: np.ndarray, truth: np.ndarray, lost: np.ndarray, source: str, group: str, kind: str
    ) -> Samples:
        """As ``confidence.Measure``, of the frames whose clip has its true contour on one other: on either of a pair
        in turn, on one drawn at random of longer clips."""
        found = self.sized(self.subject.runner.clip(images))
        images, truth = self.sized(images), self.sized(truth.astype(np.float32)) > 0.5
        count = len(images)
        rng = np.random.default_rng([count, int(truth.sum())])
        parts = []
        for given in range(2) if count == 2 else [int(rng.integers(count))]:
            others = np.arange(count) != given
            maps = self.clip(images, found, given, truth[given])[others]
            about = truth[others], lost[others], self.subject.threshold, source, group, kind
            parts.append(samples_of(maps, *about))
        return Samples.join(parts)
