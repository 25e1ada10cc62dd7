"""Clips of a phantom: pictures, labels, volumes and beats, all from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .heart import ALIKE, CONTRACTED, Heart, draw_heart
from .imaging import Imaging
from .outlines import Mover, Outlines
from .overlay import Overlay, draw_screen
from .rhythm import Rhythm, draw_rhythm
from .scanner import draw_levels, draw_sector, draw_settings
from .sector import ScanConversion, Sector
from .structures import Structures
from .tissue import Tissue, labels
from .volumes import single_plane_volumes_ml

FIRST_TEST_SEED = 2_000_000_000  # seeds from here on are never used in training


@dataclass(frozen=True)
class PhantomClip:
    """pictures, labels uint8 (T, H, W); labels: 0 background, 1 LV cavity, 2 myocardium, 3 left atrium."""

    seed: int
    view: str  # "A4C" or "A2C"
    pictures: np.ndarray
    labels: np.ndarray
    frame_times_ms: np.ndarray  # (T,)
    spacing_mm: tuple[float, float]  # row, column
    volumes_ml: np.ndarray  # (T,) of the LV in three dimensions
    single_plane_volumes_ml: np.ndarray  # (T,) body of revolution of this view's outline
    beats: tuple[tuple[int, int], ...]  # (ED frame, ES frame) of each beat
    ejection_fraction_percent: float  # three-dimensional, of the first beat


def find_beats(rhythm: Rhythm, volumes: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Largest and smallest volume of each beat whose end-diastole and end-systole both lie in the clip."""
    times = rhythm.frame_times
    step = times[1] - times[0] if len(times) > 1 else 0.0
    beats = []
    for start, end in zip(rhythm.r_waves[:-1], rhythm.r_waves[1:]):
        systole = min(rhythm.systole, 0.55 * (end - start))
        if start + 0.05 < times[0] or start + systole + 0.08 > times[-1] + step / 2:
            continue
        early = np.nonzero((times >= start - 0.06) & (times <= start + 0.6 * systole))[0]
        late = np.nonzero((times > start + 0.6 * systole) & (times <= min(start + systole + 0.2, end)))[0]
        if len(early) and len(late):
            beats.append((int(early[np.argmax(volumes[early])]), int(late[np.argmin(volumes[late])])))
    return tuple(beats)


def draw_patient(rng: np.random.Generator) -> tuple[Heart, str]:
    """A heart and the view that it is shown in, "A4C" or "A2C"."""
    return draw_heart(rng), "A4C" if rng.random() < 0.55 else "A2C"


def view_of_seed(seed: int) -> str:
    """The view of a seed's clips, without simulating them."""
    return draw_patient(np.random.default_rng([seed, 0]))[1]


class Study:
    """One patient, one view, one scanner setting; the same for every kind of picture of a seed."""

    def __init__(self, seed: int, frames: int | None) -> None:
        heart, rhythm, scanner = (np.random.default_rng([seed, part]) for part in range(3))
        self.seed = seed
        self.heart, self.view = draw_patient(heart)
        self.rhythm = draw_rhythm(rhythm, self.heart, frames)
        self.sector, placement = draw_sector(scanner, self.heart)
        self.levels, self.settings = draw_levels(scanner), draw_settings(scanner)
        self.placement = placement
        self.outlines: Outlines = Mover(self.heart, self.view, placement, self.rhythm).outlines()

    def at(self, seconds: np.ndarray) -> None:
        """Shows these times instead of the clip's."""
        self.rhythm = replace(self.rhythm, frame_times=np.asarray(seconds, float))
        self.outlines = Mover(self.heart, self.view, self.placement, self.rhythm).outlines()

    def polar(self, samples: int, lines: int) -> np.ndarray:
        rng = np.random.default_rng([self.seed, 3])
        tissue = Tissue(rng, self.outlines, self.levels, self.sector, samples, lines)
        structures = Structures(rng, self.outlines, self.levels, self.sector, samples, lines)
        return Imaging(rng, tissue, structures, self.levels, self.settings, self.sector).polar()

    def clip(self, pictures: np.ndarray, marks: np.ndarray, spacing: tuple[float, float]) -> PhantomClip:
        volumes = self.outlines.volumes_ml
        beats = find_beats(self.rhythm, volumes)
        if beats:
            diastole, systole = (volumes[frame] for frame in beats[0])
        else:
            diastole, systole = self.heart.volume_ml(ALIKE), self.heart.volume_ml(CONTRACTED)
        return PhantomClip(
            self.seed, self.view, pictures, marks, (self.rhythm.frame_times - self.rhythm.frame_times[0]) * 1000,
            spacing, volumes, single_plane_volumes_ml(self.outlines.endo), beats,
            float(100 * (1 - systole / diastole)),
        )  # fmt: skip


def convert(study: Study, samples: int, lines: int, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of the sector's box."""
    conversion = ScanConversion(study.sector, samples, lines, rows, columns)
    pictures = (conversion(study.polar(samples, lines)) * 255 + 0.5).astype(np.uint8)
    return pictures, labels(study.outlines, conversion.x, conversion.y, conversion.inside)


def polar_grid(samples: int, lines: int) -> tuple[int, int]:
    """Numbers of samples and lines that the coarser grids divide."""
    return max(samples, 96) // 4 * 4, max(lines, 64) // 4 * 4


def box_spacing(sector: Sector, rows: int, columns: int) -> tuple[float, float]:
    left, right, top, bottom = sector.box
    return (bottom - top) / rows, (right - left) / columns


def sector_clip(seed: int, *, size: int = 160, frames: int | None = None) -> PhantomClip:
    """The sector's bounding box squeezed to ``size`` x ``size``; without ``frames``, one to three beats."""
    study = Study(seed, frames)
    pictures, marks = convert(study, *polar_grid(size * 6 // 5, size * 7 // 10), size, size)
    return study.clip(pictures, marks, box_spacing(study.sector, size, size))


def scanner_clip(seed: int, *, rows: int | None = None, columns: int | None = None) -> PhantomClip:
    """The whole picture of a scanner: the sector in its place, with margins, text, ticks, grey bar and ECG."""
    return on_screen(Study(seed, None), rows, columns)


def on_screen(study: Study, rows: int | None, columns: int | None) -> PhantomClip:
    rng = np.random.default_rng([study.seed, 4])
    screen = draw_screen(rng, study.sector.box, rows, columns)
    place = screen.place
    grid = polar_grid(min(place.rows * 9 // 10, 320), min(place.columns // 3, 160))
    sector, marks = convert(study, *grid, place.rows, place.columns)
    pictures = np.zeros((len(sector), screen.rows, screen.columns), np.uint8)
    whole = np.zeros_like(pictures)
    inside = slice(place.top, place.top + place.rows), slice(place.left, place.left + place.columns)
    pictures[:, inside[0], inside[1]] = sector
    whole[:, inside[0], inside[1]] = marks
    Overlay(rng, screen, study.heart, study.rhythm, study.sector.depth).draw(pictures)
    return study.clip(pictures, whole, (place.spacing, place.spacing))
