"""The phantom: what its labels, volumes and beats claim must be what its pictures and outlines are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdkvm.phantom import FIRST_TEST_SEED, PhantomClip, scanner_clip, sector_clip
from gdkvm.phantom.clip import Study
from gdkvm.phantom.heart import ALIKE, CONTRACTED, draw_heart
from gdkvm.phantom.lettering import GLYPHS, lettered
from gdkvm.phantom.outlines import HALF, Mover
from gdkvm.phantom.page import fitted, outlined
from gdkvm.phantom.rhythm import draw_rhythm
from gdkvm.phantom.sector import Sector
from gdkvm.phantom.star import closed_by_base, star_map, star_tables
from gdkvm.phantom.statistics import describe
from gdkvm.phantom.store import StoreError, read_store, write_store
from gdkvm.phantom.volumes import single_plane_volumes_ml

SIZE = 96


@pytest.fixture(scope="module")
def clips() -> list[PhantomClip]:
    return [sector_clip(seed, size=SIZE, frames=8) for seed in range(40, 50)]


def half_ellipsoid(diameter: float, length: float, points: int = 401) -> np.ndarray:
    """Outline (1, P, 2), hinge to hinge."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, points)
    return np.stack([diameter / 2 * np.sin(angle), length * (1 - np.cos(angle))], 1)[None]


@pytest.mark.parametrize(("diameter", "length", "expected"), [(50, 85, 111.265), (40, 70, 58.643)])
def test_single_plane_volume_of_a_half_ellipsoid(diameter: float, length: float, expected: float) -> None:
    outline = half_ellipsoid(diameter, length)
    assert single_plane_volumes_ml(outline)[0] == pytest.approx(expected, rel=2e-3)
    angle = 0.4
    turned = outline @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert single_plane_volumes_ml(turned)[0] == pytest.approx(expected, rel=2e-3)


def test_hearts_stay_within_what_is_simulated_and_cover_it() -> None:
    hearts = [draw_heart(np.random.default_rng([seed, 0])) for seed in range(150)]
    volumes = np.array([heart.volume_ml(ALIKE) for heart in hearts])
    fractions = np.array([100 * (1 - heart.volume_ml(CONTRACTED) / heart.volume_ml(ALIKE)) for heart in hearts])
    assert volumes.min() >= 49 and volumes.max() <= 351
    assert fractions.min() >= 8 and fractions.max() <= 76
    assert fractions.min() < 20 and fractions.max() > 70
    assert np.percentile(volumes, 5) < 75 and np.percentile(volumes, 95) > 200
    assert {heart.kind for heart in hearts} == {"normal", "dilated", "hypertrophied", "regional"}
    dyskinetic = [
        heart for heart in hearts if any(min(w.weights) < 0 for pair in heart.walls.values() for w in pair)
    ]  # fmt: skip
    assert 3 < len(dyskinetic) < 60


def test_a_cycle_fills_ejects_and_rests_in_order() -> None:
    heart = draw_heart(np.random.default_rng(3))
    rhythm = draw_rhythm(np.random.default_rng(4), heart, None)
    start, end = rhythm.r_waves[1], rhythm.r_waves[2]
    time = np.linspace(start, end, 400, endpoint=False)
    contraction = rhythm.contraction(time)
    peak = time[contraction.argmax()] - start
    assert 0.25 < peak / (end - start) < 0.6
    assert abs(contraction[0]) < 0.02 and abs(contraction[-1]) < 0.05
    assert (rhythm.mitral_opening(time)[(time - start > 0.05) & (time - start < 0.9 * rhythm.systole)] == 0).all()
    assert rhythm.mitral_opening(time).max() > 0.9


def test_frames_come_at_15_to_90_a_second_and_hold_a_beat() -> None:
    for seed in range(8):
        study = Study(seed, None)
        times = study.rhythm.frame_times
        assert 14.9 < 1 / np.diff(times).mean() < 90.1
        assert 0.5 < times[-1] - times[0] < 3.2 * 60 / 45
        assert study.clip(np.zeros(0), np.zeros(0), (1, 1)).beats


def test_outlines_are_seen_from_their_centre_without_overlap() -> None:
    for seed in range(24):
        endo = Study(seed, 6).outlines.endo
        centre = (0.5 * endo[:, HALF] + 0.25 * (endo[:, 0] + endo[:, -1])).mean(0)
        relative = closed_by_base(endo) - centre
        turn = np.diff(np.unwrap(np.arctan2(relative[..., 0], -relative[..., 1]), axis=1), axis=1)
        assert (turn * np.sign(turn.mean()) > -0.02).all(), seed


def test_star_map_agrees_with_the_area_of_the_outline() -> None:
    outline = half_ellipsoid(50, 85) + np.array([0.0, 20.0])
    centre = np.array([0.0, 65.0])
    y, x = np.mgrid[0:120:0.25, -40:40:0.25]
    inside = star_map(x, y, centre).depth_inside(star_tables(closed_by_base(outline), centre)[0])[0] < 0
    assert inside.sum() / 16 == pytest.approx(np.pi / 4 * 50 * 85, rel=5e-3)
    assert not inside[y > 105.1].any()  # a straight base


def test_labels_are_the_outline_inside_the_sector(clips: list[PhantomClip]) -> None:
    for clip in clips:
        assert clip.pictures.shape == clip.labels.shape == (8, SIZE, SIZE)
        assert clip.pictures.dtype == clip.labels.dtype == np.uint8
        assert clip.labels.max() <= 3
        assert (clip.labels == 1).any((1, 2)).all()
        study = Study(clip.seed, 8)
        inside = study.sector.pixels(SIZE, SIZE)[2]
        assert not clip.pictures[:, ~inside].any() and not clip.labels[:, ~inside].any()
        line = study.outlines.endo[0]
        across, down = line[:, 0], line[:, 1]
        area = 0.5 * abs(across @ np.roll(down, 1) - down @ np.roll(across, 1))
        seen = (clip.labels[0] == 1).sum() * clip.spacing_mm[0] * clip.spacing_mm[1]
        assert seen <= area * 1.03
        left, right, top, bottom = study.sector.box
        margin = [across.min() - left, right - across.max(), down.min() - top, bottom - down.max()]
        angle = np.arctan2(across, down + study.sector.behind)
        if min(margin) > 2 and angle.min() > study.sector.left and angle.max() < study.sector.right:
            assert seen == pytest.approx(area, rel=0.03)


def test_volumes_and_beats_belong_together() -> None:
    for seed in range(100, 108):
        study = Study(seed, None)
        clip = study.clip(np.zeros(0), np.zeros(0), (1, 1))
        for diastole, systole in clip.beats:
            assert diastole < systole
            assert clip.volumes_ml[diastole] > clip.volumes_ml[systole]
        diastole, systole = clip.beats[0]
        expected = 100 * (1 - clip.volumes_ml[systole] / clip.volumes_ml[diastole])
        assert clip.ejection_fraction_percent == pytest.approx(expected)
        assert np.isfinite(clip.single_plane_volumes_ml).all()
        assert 0.5 < clip.single_plane_volumes_ml[diastole] / clip.volumes_ml[diastole] < 1.7


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_plane_beside_the_apex_foreshortens_the_outline_not_the_heart(seed: int) -> None:
    study = Study(seed, 3)

    def seen(reach: float) -> tuple[float, np.ndarray]:
        heart = replace(study.heart, foreshortening={"A4C": reach, "A2C": reach})
        outlines = Mover(heart, study.view, study.placement, study.rhythm).outlines()
        line = outlines.endo[0]
        return float(np.hypot(*(line[HALF] - (line[0] + line[-1]) / 2))), outlines.volumes_ml

    (whole, volumes), (short, same), (shorter, _) = seen(0.0), seen(0.3), seen(0.5)
    assert shorter < short < whole
    np.testing.assert_array_equal(volumes, same)


def test_the_same_seed_gives_the_same_pictures_and_the_same_heart() -> None:
    one, two = (sector_clip(77, size=64, frames=5) for _ in range(2))
    np.testing.assert_array_equal(one.pictures, two.pictures)
    assert (sector_clip(78, size=64, frames=5).pictures != one.pictures).any()
    whole = scanner_clip(77, rows=90, columns=120)
    assert whole.view == one.view
    sector, screen = Study(77, None), Study(77, 5)
    assert sector.heart == screen.heart and sector.sector == screen.sector


def test_blood_is_darker_than_muscle_in_nearly_all(clips: list[PhantomClip]) -> None:
    contrast = []
    for clip in clips:
        blood, muscle = clip.pictures[clip.labels == 1].mean(), clip.pictures[clip.labels == 2].mean()
        contrast.append(muscle - blood)
    assert np.median(contrast) > 15
    assert np.mean(np.array(contrast) > 4) > 0.9


def test_speckle_of_the_wall_moves_less_than_that_of_blood() -> None:
    ratios = []
    for seed in (3, 5, 8):
        clip = sector_clip(seed, size=96, frames=24)
        pictures = clip.pictures.astype(float)
        change = np.abs(np.diff(pictures, axis=0))
        still = (clip.labels[1:] == clip.labels[:-1]) & (pictures[1:] > 8)
        blood, muscle = (change[still & (clip.labels[1:] == value)].mean() for value in (1, 2))
        ratios.append(muscle / blood)
    assert np.median(ratios) < 0.9


def test_scanner_pictures_hold_the_sector_and_more() -> None:
    for seed in (FIRST_TEST_SEED, FIRST_TEST_SEED + 1):
        clip = scanner_clip(seed, rows=96, columns=140)
        assert clip.pictures.shape[1:] == (96, 140) == clip.labels.shape[1:]
        assert clip.spacing_mm[0] == clip.spacing_mm[1]
        assert (clip.labels == 1).any((1, 2)).all()
        outside = Study(seed, None).sector
        width = (outside.box[1] - outside.box[0]) / clip.spacing_mm[1]
        assert width <= 141


def test_a_mirrored_sector_mirrors_the_pixels() -> None:
    plain = Sector(100, -0.6, 0.5, 0.0, False, (-1e3, 1e3, 1e3), False)
    mirrored = Sector(100, -0.6, 0.5, 0.0, False, (-1e3, 1e3, 1e3), True)
    np.testing.assert_array_equal(plain.pixels(20, 30)[2], mirrored.pixels(20, 30)[2][:, ::-1])
    np.testing.assert_array_equal(plain.pixels(20, 30)[0], mirrored.pixels(20, 30)[0][:, ::-1])


def test_a_store_keeps_what_was_made(tmp_path: Path) -> None:
    path = tmp_path / "store.npz"
    write_store(path, 3, 500, size=48, frames=4)
    store = read_store(path)
    assert store.seeds.tolist() == [500, 501, 502]
    for row, seed in enumerate(store.seeds):
        clip = sector_clip(int(seed), size=48, frames=4)
        np.testing.assert_array_equal(store.pictures[row], clip.pictures)
        np.testing.assert_array_equal(store.labels[row], clip.labels)
        assert store.views[row] == clip.view
        np.testing.assert_allclose(store.volumes_ml[row], clip.volumes_ml, rtol=1e-6)
    assert not list(tmp_path.glob("*.part"))


def test_a_store_refuses_seeds_of_the_test_set_and_other_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds"):
        write_store(tmp_path / "store.npz", 10, FIRST_TEST_SEED - 5)
    np.savez(tmp_path / "other.npz", pictures=np.zeros(3))
    with pytest.raises(StoreError, match="missing"):
        read_store(tmp_path / "other.npz")
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(StoreError, match="damaged"):
        read_store(tmp_path / "torn.npz")


def test_letters_are_told_apart() -> None:
    drawn = {letter: lettered(letter).tobytes() for letter in GLYPHS}
    assert len(set(drawn.values())) == len(drawn)
    assert lettered("ab", 2).shape == (14, 24)


def test_page_parts_and_numbers(clips: list[PhantomClip]) -> None:
    clip = clips[0]
    colour = outlined(clip.pictures[0], clip.labels[0])
    assert (colour[..., 0] > colour[..., 2]).any()
    assert fitted(clip.pictures[0], 40, 60).shape == (40, 60, 3)
    numbers = describe(clip.pictures[0], clip.labels[0])
    assert numbers is not None
    assert numbers["area"] == pytest.approx((clip.labels[0] == 1).mean())
    assert describe(np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint8)) is None
