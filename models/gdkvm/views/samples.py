"""What the heads learn from: pictures of every class, drawn at random and rendered as scanners and crops vary them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch

from ..clips.augmentation import augment
from ..clips.augmentation_plan import draw_augmentation
from ..clips.phantom_store import PhantomStore
from ..sector import Box
from ..sector.resize import resize
from .classes import A2C, A3C, A4C, OTHER
from .drawn_views import enlarged, short_axis, turned, with_histogram_of, with_outflow
from .preparation import SIZE
from .real_pictures import RealClip
from .strips import screen, strip

LUMA = np.array([0.299, 0.587, 0.114])
SOURCE = 192  # rows and columns of what is rendered from
CLASS_SHARES = {A4C: 0.28, A2C: 0.28, A3C: 0.12, OTHER: 0.32}
REAL_SHARE = {A4C: 0.18, A2C: 0.18, A3C: 0.35, OTHER: 0.42}  # of a class, from other scanners than CAMUS'
PHANTOM_SHARE = 0.1
BORROWED_LOOK = 0.45  # share of pictures with the histogram of another one
MIRRORED = 0.3
SEEN_LEVEL, SEEN_SHARE = 0.1, 0.04  # a picture with less of it above this level shows nothing
STRIP_SHARE = 0.45  # of whole pictures


class Labelled(NamedTuple):
    """A picture (SOURCE, SOURCE) with levels in 0 to 255, of the sector's box, and its labels where it has them."""

    picture: np.ndarray
    labels: np.ndarray | None = None


@dataclass
class Pool:
    """Where pictures are drawn from. ``used``: one bit for each fold of real clips that were drawn since it was 0."""

    camus: dict[int, list[tuple[np.ndarray, np.ndarray]]]  # by view: pictures and labels, uint8 (S, S)
    real: list[RealClip] = field(default_factory=list)
    phantoms: PhantomStore | None = None
    phantom_views: np.ndarray | None = None  # (n,)
    used: int = 0

    def camus_picture(self, rng: np.random.Generator, view: int) -> Labelled:
        picture, labels = self.camus[view][rng.integers(len(self.camus[view]))]
        return enlarged_to_source(picture, labels)

    def phantom(self, rng: np.random.Generator, view: int) -> Labelled | None:
        if self.phantoms is None or self.phantom_views is None:
            return None
        clip = int(rng.choice(np.nonzero(self.phantom_views == view)[0]))
        frame = int(rng.integers(self.phantoms.pictures.shape[1]))
        return enlarged_to_source(self.phantoms.pictures[clip, frame], self.phantoms.labels[clip, frame])

    def real_picture(self, rng: np.random.Generator, wanted: Callable[[RealClip], bool]) -> Labelled | None:
        """One frame; stills weigh as much as loops. Its box is at times wider than the one that was found."""
        found = [clip for clip in self.real if wanted(clip)]
        if not found:
            return None
        clip = found[rng.integers(len(found))]
        self.used |= 1 << clip.fold
        frame = clip.frames[rng.integers(len(clip.frames))]
        box = clip.box
        if rng.random() < 0.3:
            growth = rng.uniform(0, 0.4, 4) * (rng.random(4) < 0.6)
            edges = (0, frame.shape[0], 0, frame.shape[1])
            box = Box(*(int(edge + share * (far - edge)) for edge, share, far in zip(box, growth, edges)))
        frame = frame[box.top : box.bottom, box.left : box.right]
        if frame.ndim == 2:
            return Labelled(resize(frame, SOURCE, SOURCE))
        # A colour map turns to grey in more than one way.
        weights = rng.dirichlet([2, 3, 2]) if rng.random() < 0.3 else LUMA
        return Labelled(resize(frame @ weights.astype(np.float32), SOURCE, SOURCE))

    def apical(self, rng: np.random.Generator) -> Labelled:
        found = self.real_picture(rng, lambda clip: clip.view != OTHER) if rng.random() < 0.2 else None
        return found or self.camus_picture(rng, int(rng.choice([A4C, A2C])))

    def any_real(self, rng: np.random.Generator) -> Labelled:
        found = self.real_picture(rng, lambda clip: not clip.strip) if rng.random() < 0.7 else None
        return found or self.apical(rng)


def enlarged_to_source(picture: np.ndarray, labels: np.ndarray) -> Labelled:
    rows = ((np.arange(SOURCE) + 0.5) * len(labels) / SOURCE).astype(int)
    return Labelled(resize(picture, SOURCE, SOURCE), labels[rows[:, None], rows])


def of_view(rng: np.random.Generator, pool: Pool, view: int) -> Labelled:
    """A picture of the sector of a class before anything is done to it."""
    if rng.random() < REAL_SHARE[view]:
        found = pool.real_picture(rng, lambda clip: clip.view == view and not clip.strip)
        if found is not None:
            return found
    if view in (A4C, A2C):
        drawn = pool.phantom(rng, view) if rng.random() < PHANTOM_SHARE else None
        return drawn or pool.camus_picture(rng, view)
    if view == A3C:
        while True:
            source = pool.camus_picture(rng, A2C if rng.random() < 0.85 else A4C)
            shown = with_outflow(rng, source.picture, source.labels)
            if shown is not None:
                return Labelled(shown, source.labels)
    return drawn_other(rng, pool)


def drawn_other(rng: np.random.Generator, pool: Pool, strips: bool = True) -> Labelled:
    """``strips``: spectra and M-modes among them."""
    kind = rng.random() * (1.0 if strips else 0.84)
    if kind < 0.42:
        return Labelled(turned(rng, pool.apical(rng).picture))
    if kind < 0.74:
        source = pool.camus_picture(rng, int(rng.choice([A4C, A2C])))
        shown = short_axis(rng, source.picture, source.labels)
        return Labelled(turned(rng, source.picture) if shown is None else shown)
    if kind < 0.84:
        return Labelled(enlarged(rng, pool.apical(rng).picture))
    if kind < 0.92:
        return Labelled(strip(rng, SOURCE, SOURCE, pool.apical(rng).picture))
    if kind < 0.96:  # a whole screen with a strip, taken for a sector
        return Labelled(screen(rng, pool.apical(rng).picture, SOURCE, True))
    return Labelled(nothing(rng))


def nothing(rng: np.random.Generator) -> np.ndarray:
    """Speckle without a heart, near and far."""
    coarse = resize(rng.gamma(0.6, 1.0, (6, 6)), SOURCE, SOURCE)
    grain = rng.gamma(rng.uniform(0.8, 3), 1.0, (SOURCE, SOURCE))
    for _ in range(rng.integers(1, 4)):
        grain = (grain + np.roll(grain, 1, 1) + np.roll(grain, 1, 0)) / 3
    return np.clip(coarse * grain * rng.uniform(10, 70), 0, 255)


def boxed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A colour box as grey levels show it: blobs within a slanted frame, over any view."""
    size = len(picture)
    y, x = np.mgrid[:size, :size] / size
    centre, slope = rng.uniform(0.35, 0.65), rng.uniform(-0.3, 0.3)
    half = rng.uniform(0.08, 0.24) * (0.5 + y)
    top, bottom = rng.uniform(0.15, 0.5), rng.uniform(0.6, 0.98)
    across = np.abs(x - centre - slope * (y - top)) / half
    inside = (across < 1) & (y > top) & (y < bottom)
    blobs = resize(rng.normal(0, 1, (9, 9)), size, size)
    flow = inside & (blobs > rng.uniform(0, 1.0))
    out = np.where(flow, np.clip(110 + 60 * blobs * rng.uniform(0.3, 1), 20, 230), picture)
    if rng.random() < 0.7:
        edge = inside & ((across > 0.97) | (y < top + 0.008) | (y > bottom - 0.008))
        out = np.where(edge, rng.uniform(120, 255), out)
    return out


@torch.no_grad()
def rendered(rng: np.random.Generator, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures (SOURCE, SOURCE) as scanners, settings and crops would show them: float32 (B, 1, SIZE, SIZE) in
    [0, 1]."""
    batch = len(pictures)
    plan = draw_augmentation(rng, batch, 1, SIZE)
    plan.zoom[:] = 0
    # The workstation's crop is off by some percent at times, and some pictures fill more than their sector.
    plan.turn[:, 1] = torch.from_numpy(np.where(rng.random(batch) < MIRRORED, -1.0, 1.0))
    closer = rng.random(batch) < 0.25
    low, high = rng.uniform(-0.9, -0.55, (batch, 2)), rng.uniform(0.6, 0.95, (batch, 2))
    plan.crop[:, :, 0] = torch.where(
        torch.from_numpy(closer)[:, None], torch.from_numpy(low).float(), plan.crop[:, :, 0]
    )
    plan.crop[:, :, 1] = torch.where(
        torch.from_numpy(closer)[:, None], torch.from_numpy(high).float(), plan.crop[:, :, 1]
    )
    planes = torch.from_numpy(np.stack(pictures).astype(np.float32))[:, None] / 255
    empty = torch.zeros(batch, 1, 1, SOURCE, SOURCE)
    fields = torch.zeros(batch, 1, 2, 8, 8)
    clips, _ = augment(planes.clamp(0, 1), empty, fields, empty[:, 0, 0], plan, SIZE)
    return clips[:, 0].numpy()


def looks(rng: np.random.Generator, pool: Pool, picture: np.ndarray) -> np.ndarray:
    """Another scanner's look, a colour box, fewer lines."""
    if rng.random() < BORROWED_LOOK:
        picture = with_histogram_of(picture, pool.any_real(rng).picture)
    if rng.random() < 0.12:
        picture = boxed(rng, picture)
    if rng.random() < 0.25:
        lines = int(SOURCE * rng.uniform(0.3, 0.8))
        picture = resize(resize(picture, SOURCE, lines), SOURCE, SOURCE)
    return picture


class Samples(NamedTuple):
    """pictures float32 (n, 1, SIZE, SIZE), classes (n,): views, or whether there is a strip; folds (n,): one bit for
    each fold of real clips that a picture was made from."""

    pictures: np.ndarray
    classes: np.ndarray
    folds: np.ndarray


def sectors(rng: np.random.Generator, pool: Pool, count: int) -> Samples:
    """About ``count`` sectors of all classes; those that came out all but black are left out."""
    views = rng.choice(list(CLASS_SHARES), count, p=list(CLASS_SHARES.values()))
    pictures, folds = [], []
    for view in views:
        pool.used = 0
        pictures.append(looks(rng, pool, of_view(rng, pool, int(view)).picture))
        folds.append(pool.used)
    shown = rendered(rng, pictures)
    seen = (shown > SEEN_LEVEL).mean((1, 2, 3)) > SEEN_SHARE
    return Samples(shown[seen], views[seen], np.array(folds)[seen])


def wholes(rng: np.random.Generator, pool: Pool, count: int) -> Samples:
    """``count`` whole pictures, with a spectrum or an M-mode and without."""
    with_strip = rng.random(count) < STRIP_SHARE
    pictures, folds = [], []
    for each in with_strip:
        pool.used = 0
        pictures.append(whole(rng, pool, bool(each)))
        folds.append(pool.used)
    return Samples(np.stack(pictures)[:, None], with_strip.astype(np.int64), np.array(folds))


def whole(rng: np.random.Generator, pool: Pool, with_strip: bool) -> np.ndarray:
    real = [clip for clip in pool.real if clip.strip == with_strip]
    if real and rng.random() < 0.35:
        clip = real[rng.integers(len(real))]
        pool.used |= 1 << clip.fold
        frame = clip.frames[rng.integers(len(clip.frames))].astype(float)
        frame = frame @ LUMA if frame.ndim == 3 else frame
        height, width = frame.shape
        edges = rng.uniform(0, 0.07, 4)
        top, left = int(edges[0] * height), int(edges[1] * width)
        shown = resize(frame[top : height - int(edges[2] * height), left : width - int(edges[3] * width)], SIZE, SIZE)
    else:
        kind = rng.random()
        if kind < 0.55:
            source = pool.apical(rng).picture
        elif kind < 0.75:
            source = pool.any_real(rng).picture
        else:
            source = drawn_other(rng, pool, strips=False).picture
        shown = screen(rng, looks(rng, pool, source) if rng.random() < 0.7 else source, SIZE, with_strip)
    if rng.random() < 0.1:
        shown = shown[:, ::-1]
    tone = np.clip(shown / 255, 0, 1) ** np.exp(rng.normal(0, 0.3)) * np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.4:
        tone = tone + rng.normal(0, rng.uniform(0, 0.05), tone.shape) * (tone > 0.01)
    return (np.clip(tone, 0, 1) * 255).round().astype(np.float32) / 255
