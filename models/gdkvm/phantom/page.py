"""A page of phantoms, for the eye, with real loops beside them where a folder of them is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .clip import PhantomClip, Study, box_spacing, convert, on_screen, polar_grid
from .lettering import lettered

TILE = 156
COLUMNS = 6
WIDE = TILE * COLUMNS // 3
GREYS = 48  # levels that the page keeps; the speckle of all 256 makes a large file
CAPTION = 11
FIRST_SEED = 1_234_500
CONTOUR = np.array([255, 205, 60], np.uint8)


def fitted(picture: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Grey (H, W) or colour (H, W, 3) picture scaled into a box, in colour, black around it."""
    from PIL import Image

    scale = min(rows / picture.shape[0], columns / picture.shape[1])
    size = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
    small = np.asarray(Image.fromarray(picture).convert("RGB").resize(size, Image.Resampling.BOX))
    box = np.zeros((rows, columns, 3), np.uint8)
    top, left = (rows - small.shape[0]) // 2, (columns - small.shape[1]) // 2
    box[top : top + small.shape[0], left : left + small.shape[1]] = small
    return box


def captioned(box: np.ndarray, text: str) -> np.ndarray:
    strip = np.zeros((CAPTION, box.shape[1], 3), np.uint8)
    letters = lettered(text)[:, : box.shape[1] - 4]
    strip[2 : 2 + len(letters), 3 : 3 + letters.shape[1]][letters] = 200
    return np.concatenate([strip, box])


def natural(picture: np.ndarray, spacing: tuple[float, float]) -> np.ndarray:
    """A squeezed picture with square pixels again."""
    from PIL import Image

    size = max(round(picture.shape[1] * spacing[1] / spacing[0]), 1), picture.shape[0]
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def outlined(picture: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The borders of cavity (full), myocardium and atrium (dimmer) in colour."""
    colour = np.repeat(picture[..., None], 3, 2)
    for value, share in ((3, 0.6), (2, 0.6), (1, 1.0)):
        mask = (labels == value) if value != 2 else (labels == 2) | (labels == 1)
        inner = mask.copy()
        inner[1:-1, 1:-1] &= mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
        colour[mask & ~inner] = (share * CONTOUR).astype(np.uint8)
    return colour


def title(clip: PhantomClip) -> str:
    return f"{clip.view} EF {clip.ejection_fraction_percent:.0f}% {clip.volumes_ml.max():.0f} ML"


def shown(study: Study, seconds: np.ndarray) -> PhantomClip:
    """A clip of these times only, squeezed."""
    study.at(seconds)
    size = 2 * TILE
    pictures, marks = convert(study, *polar_grid(size, size * 3 // 5), size, size)
    return study.clip(pictures, marks, box_spacing(study.sector, size, size))


def beat_rows(seed: int) -> list[np.ndarray]:
    """One heart through a beat, without and with its true outlines."""
    study = Study(seed, None)
    start, end = study.rhythm.r_waves[1:3]
    clip = shown(study, np.linspace(start, end, COLUMNS, endpoint=False))
    plain, drawn = [], []
    for frame, picture in enumerate(clip.pictures):
        text = f"{clip.frame_times_ms[frame]:.0f} MS {clip.volumes_ml[frame]:.0f} ML"
        colour = outlined(picture, clip.labels[frame])
        plain.append(captioned(fitted(natural(picture, clip.spacing_mm), TILE, TILE), text))
        drawn.append(fitted(natural(colour, clip.spacing_mm), TILE, TILE))
    return [np.concatenate(plain, 1), np.concatenate(drawn, 1)]


def variety(first: int, count: int) -> list[np.ndarray]:
    """Different hearts at end-diastole and end-systole in turn."""
    tiles = []
    for seed in range(first, first + count):
        study = Study(seed, None)
        beat = study.rhythm.r_waves[1]
        clip = shown(study, np.array([beat, beat + study.rhythm.systole]))
        picture = natural(clip.pictures[(seed - first) % 2], clip.spacing_mm)
        tiles.append(captioned(fitted(picture, TILE, TILE), title(clip)))
    return tiles


def screens(first: int, count: int) -> list[np.ndarray]:
    tiles = []
    for seed in range(first, first + count):
        study = Study(seed, None)
        times = study.rhythm.frame_times
        text = title(study.clip(np.zeros(0), np.zeros(0), (1, 1)))  # of the whole loop, of which four frames are made
        study.at(np.linspace(times[0], times[-1], 4))
        clip = on_screen(study, WIDE * 3 // 4, WIDE)
        tiles.append(captioned(fitted(clip.pictures[2], WIDE * 3 // 4, WIDE), text))
    return tiles


def in_rows(tiles: list[np.ndarray], across: int) -> list[np.ndarray]:
    rows = []
    for start in range(0, len(tiles), across):
        part = tiles[start : start + across]
        part += [np.zeros_like(tiles[0])] * (across - len(part))
        rows.append(np.concatenate(part, 1))
    return rows


def real_tiles(folder: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Small tiles of CAMUS pictures and large tiles of DICOM loops under a folder; what cannot be read is named."""
    small, large = [], []
    for pack in sorted(folder.rglob("camus-224-*.npz"))[:1]:
        with np.load(pack, allow_pickle=False) as stored:
            ids, images = stored["ids"], stored["images"]
        for row in np.linspace(0, len(ids) - 1, 2 * COLUMNS).round().astype(int):
            name = str(ids[row]).replace("patient", "").replace("_", " ")
            picture = natural(images[row], (1.0, 1.21))  # CAMUS pictures are about 1.21 times as wide as high
            small.append(captioned(fitted(picture, TILE, TILE), f"CAMUS {name}"))
    for file in sorted(folder.rglob("*.dcm")):
        if len(large) == 6:
            break
        try:
            import pydicom

            frames = pydicom.dcmread(file).pixel_array
            if frames.ndim < 3 or len(frames) < 5 or frames.shape[1] < 100:
                continue
            large.append(captioned(fitted(frames[len(frames) // 3], WIDE * 3 // 4, WIDE), file.stem))
        except Exception as error:  # any reader of any syntax may fail; the page is made of what can be read
            print(f"{file}: left out ({error})")
    return small, large


def write_page(path: Path, real: Path | None = None, first_seed: int = FIRST_SEED) -> None:
    from PIL import Image

    rows = beat_rows(first_seed)
    rows += in_rows(variety(first_seed + 10, 2 * COLUMNS), COLUMNS)
    small, large = real_tiles(real) if real is not None else ([], [])
    rows += in_rows(small, COLUMNS) if small else []
    rows += in_rows(screens(first_seed + 40, 6), 3)
    rows += in_rows(large, 3) if large else []
    page = np.concatenate(rows)
    grey = np.round(page / 255 * (GREYS - 1)) * (255 / (GREYS - 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(grey.astype(np.uint8)).quantize(64 + GREYS).save(path, optimize=True)
