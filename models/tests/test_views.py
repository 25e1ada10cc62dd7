from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdkvm.clips.phantom_store import PhantomStore
from gdkvm.datasets.camus_pairs import LV_CAVITY
from gdkvm.errors import GdkvmError
from gdkvm.phantom import sector_clip
from gdkvm.sector import Box
from gdkvm.views.classes import A2C, A3C, A4C, OTHER, VIEWS
from gdkvm.views.config import ViewConfig
from gdkvm.views.drawn_views import short_axis, turned, with_histogram_of, with_outflow
from gdkvm.views.encoder import FrozenFeatures, read_encoder
from gdkvm.views.evaluating import camus_verdicts, milliseconds_a_clip, read_view_manifest, real_verdicts
from gdkvm.views.judging import ANSWERS, Reading, Verdict, answer, calibration, confusion, fitted_temperature, tally
from gdkvm.views.learning import learn_heads, without_fold
from gdkvm.views.material import Material, learning_patients
from gdkvm.views.network import CHANNELS, GRID, Recogniser, ViewHeads, of_clip
from gdkvm.views.preparation import SIZE, Prepared, prepare, shown_frames
from gdkvm.views.real_pictures import RealClip
from gdkvm.views.recogniser_graph import RecogniserSession, export_recogniser
from gdkvm.views.samples import SOURCE, Pool, rendered, sectors, wholes
from gdkvm.views.strips import screen

MODELS = Path(__file__).parents[1]
FAST = MODELS / "shipped" / "gdkvm-small-camus"
SHIPPED = MODELS / "shipped-views" / "view-apical"
FIXTURE = MODELS.parent / "test" / "fixtures" / "views"
CONFIG = MODELS / "configs" / "view-apical.yaml"


@pytest.fixture(scope="module")
def pool() -> Pool:
    """Phantoms in the place of patients, and two clips of other scanners."""
    clips = [sector_clip(seed, size=96, frames=2) for seed in range(12)]
    by_view = {
        code: [(clip.pictures[0], clip.labels[0]) for clip in clips if clip.view == name]
        for code, name in ((A4C, "A4C"), (A2C, "A2C"))
    }
    rng = np.random.default_rng(5)
    frames = rng.integers(0, 255, (3, 90, 120, 3)).astype(np.uint8)
    real = [
        RealClip("stills/1", OTHER, False, 1, frames[:1], Box(10, 80, 10, 100)),
        RealClip("stills/2", OTHER, True, 2, frames[:1], Box(10, 80, 10, 100)),
        RealClip("loop", A3C, False, 3, frames, Box(0, 90, 0, 120)),
    ]
    return Pool(by_view, real)


@pytest.fixture(scope="module")
def shipped() -> Path:
    if not SHIPPED.exists():
        pytest.skip("no recogniser in this checkout")
    return SHIPPED


@pytest.fixture(scope="module")
def session(shipped: Path) -> RecogniserSession:
    return RecogniserSession(SHIPPED / read_view_manifest(SHIPPED)["graph"]["file"])


# What a clip is made into


def test_frames_are_spread_over_a_clip_with_its_ends() -> None:
    assert shown_frames(1) == [0]
    assert shown_frames(5) == [0, 1, 2, 3, 4]
    assert shown_frames(9) == [0, 1, 2, 3, 5, 6, 7, 8]
    found = shown_frames(300)
    assert len(found) == 8 and found[0] == 0 and found[-1] == 299


def test_a_clip_is_prepared_from_its_box_and_as_a_whole() -> None:
    frames = np.zeros((4, 80, 100), np.uint8)
    frames[:, 20:60, 30:70] = 200
    frames[3, 20:60, 30:70] = 100
    found = prepare(frames, box=Box(20, 60, 30, 70))
    assert found.sectors.shape == (4, 1, SIZE, SIZE) and found.wholes.shape == (2, 1, SIZE, SIZE)
    assert found.sectors.dtype == np.float32
    np.testing.assert_allclose(found.sectors[0], 200 / 255, atol=1e-5)
    np.testing.assert_allclose(found.wholes[1].max(), 100 / 255, atol=1e-5)
    assert found.wholes[0, 0, 0, 0] == 0


def test_black_frames_are_not_shown_and_a_still_is_shown_once() -> None:
    frames = np.full((4, 40, 40), 90, np.uint8)
    frames[1] = 0
    found = prepare(frames, box=Box(0, 40, 0, 40))
    assert len(found.sectors) == 3 and len(found.wholes) == 2
    still = prepare(frames[:1], box=Box(0, 40, 0, 40))
    assert len(still.sectors) == len(still.wholes) == 1
    assert len(prepare(np.zeros((3, 40, 40), np.uint8)).sectors) == 3


# Views that are drawn


def cavity_picture(pool: Pool, view: int) -> tuple[np.ndarray, np.ndarray]:
    drawn = pool.camus_picture(np.random.default_rng(1), view)
    assert drawn.labels is not None and (drawn.labels == LV_CAVITY).any()
    return drawn.picture, drawn.labels


def test_drawn_views_are_pictures_of_their_own_and_the_same_for_a_seed(pool: Pool) -> None:
    picture, labels = cavity_picture(pool, A2C)
    for draw in (
        lambda rng: turned(rng, picture),
        lambda rng: short_axis(rng, picture, labels),
        lambda rng: with_outflow(rng, picture, labels),
    ):
        first, again = draw(np.random.default_rng(3)), draw(np.random.default_rng(3))
        assert first is not None and first.shape == picture.shape
        np.testing.assert_array_equal(first, again)
        assert np.abs(first - picture).mean() > 0.5
        assert first.min() >= 0


def test_nothing_is_drawn_around_a_cavity_that_is_not_there(pool: Pool) -> None:
    picture, labels = cavity_picture(pool, A2C)
    empty = np.zeros_like(labels)
    assert short_axis(np.random.default_rng(0), picture, empty) is None
    assert with_outflow(np.random.default_rng(0), picture, empty) is None


def test_a_borrowed_histogram_leaves_black_black() -> None:
    rng = np.random.default_rng(0)
    picture, model = rng.uniform(0, 90, (60, 60)), rng.uniform(100, 200, (60, 60))
    picture[:20] = 0
    found = with_histogram_of(picture, model)
    assert (found[:20] == 0).all()
    assert abs(np.median(found[20:]) - np.median(model)) < 6


@pytest.mark.parametrize("seed", range(12))
def test_screens_are_whole_pictures(pool: Pool, seed: int) -> None:
    picture, _ = cavity_picture(pool, A4C)
    for with_strip in (False, True):
        found = screen(np.random.default_rng(seed), picture, SIZE, with_strip)
        assert found.shape == (SIZE, SIZE) and np.isfinite(found).all()
        assert found.min() >= 0 and found.max() <= 256


# What is learned from


def test_samples_of_all_classes_name_the_folds_that_they_were_made_of(pool: Pool) -> None:
    found = sectors(np.random.default_rng(0), pool, 60)
    assert found.pictures.shape[1:] == (1, SIZE, SIZE) and found.pictures.dtype == np.float32
    assert found.pictures.min() >= 0 and found.pictures.max() <= 1
    assert set(found.classes) == set(range(len(VIEWS)))
    # Strips are of fold 2 and no sector is made from them.
    assert set(found.folds) <= {0, 1 << 1, 1 << 3, 1 << 1 | 1 << 3}
    assert len(set(found.folds)) > 1
    whole = wholes(np.random.default_rng(0), pool, 40)
    assert set(whole.classes) == {0, 1}
    assert any(bits >> 2 & 1 for bits in whole.folds)
    assert not any(bits >> 2 & 1 for bits in whole.folds[whole.classes == 0])


def test_rendering_repeats_for_a_seed(pool: Pool) -> None:
    picture, _ = cavity_picture(pool, A4C)
    first, again = (rendered(np.random.default_rng(7), [picture, picture]) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[0] - first[1]).max() > 0.05


def test_phantoms_are_drawn_by_their_view(pool: Pool) -> None:
    clips = [sector_clip(seed, size=64, frames=2) for seed in range(4)]
    store = PhantomStore(np.stack([clip.pictures for clip in clips]), np.stack([clip.labels for clip in clips]))
    views = np.array([A4C if clip.view == "A4C" else A2C for clip in clips])
    assert set(views) == {A4C, A2C}
    with_phantoms = replace(pool, phantoms=store, phantom_views=views)
    drawn = with_phantoms.phantom(np.random.default_rng(0), A2C)
    assert drawn is not None and drawn.picture.shape == (SOURCE, SOURCE)
    assert pool.phantom(np.random.default_rng(0), A2C) is None


def test_every_tenth_patient_is_set_apart() -> None:
    names = [f"patient{number:04d}_{view}_ED" for number in range(30) for view in ("2CH", "4CH")]
    learning = learning_patients(names, 10)
    assert len(learning) == 27 and "patient0010" not in learning


def separable(count: int, seed: int = 2) -> Material:
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 4, count)
    features = rng.normal(0, 1, (count, CHANNELS, GRID, GRID)).astype(np.float16)
    for row, view in enumerate(classes):
        features[row, view * 5 : view * 5 + 5, 2:6] += 2
    return Material(features, classes, np.where(np.arange(count) % 4 == 0, 1 << 2, 0))


def test_heads_learn_what_can_be_told() -> None:
    config = replace(ViewConfig.read(CONFIG), width=8, strip_width=4, epochs=12, batch=32, dropout=0.1)
    views = separable(320)
    strips = views._replace(classes=(views.classes == OTHER).astype(np.int64))
    heads, log = learn_heads(config, views, strips)
    assert len(log) == 12 and log[-1]["view_right"] > 0.9 > log[0]["view_right"]
    assert not heads.training
    fresh = separable(320, seed=3)
    with torch.no_grad():
        found = heads.views(torch.from_numpy(fresh.features.astype(np.float32))).argmax(1).numpy()
    assert (found == fresh.classes).mean() > 0.9
    again, _ = learn_heads(config, views, strips)
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(heads.parameters(), again.parameters()))


def test_a_fold_is_left_out() -> None:
    material = separable(40)
    assert len(without_fold(material, None).classes) == 40
    assert len(without_fold(material, 2).classes) == 30
    assert len(without_fold(material, 0).classes) == 40


def test_settings_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "view.yaml"
    path.write_text("name: x\nversion: 1\ndescription: d\nencoder: e\nepoch: 3\n")
    with pytest.raises(ValueError, match="unknown settings: epoch"):
        ViewConfig.read(path)
    path.write_text("name: x\n")
    with pytest.raises(ValueError, match="missing"):
        ViewConfig.read(path)


# Answers


def test_what_is_not_certain_is_left_open() -> None:
    assert ANSWERS[answer(np.array([0.92, 0.05, 0.02, 0.01]), 0.9)] == "a4c"
    assert ANSWERS[answer(np.array([0.5, 0.45, 0.03, 0.02]), 0.9)] == "unknown"


def test_a_strip_makes_a_clip_other_whatever_its_sector_shows() -> None:
    views = torch.tensor([[6.0, 0, 0, 0], [6.0, 0, 0, 0]])
    without = of_clip(views, torch.tensor([-8.0, -8.0]), 1.0)
    assert without.argmax() == A4C and without[A4C] > 0.98
    # The last frame alone shows it: a sweep that has just begun.
    found = of_clip(views, torch.tensor([-8.0, 8.0]), 1.0)
    assert found.argmax() == OTHER and float(found.sum()) == pytest.approx(1)


def test_frames_that_disagree_make_a_clip_uncertain() -> None:
    alike = of_clip(torch.tensor([[4.0, 0, 0, 0]] * 2), torch.tensor([-9.0]), 1.0)
    apart = of_clip(torch.tensor([[4.0, 0, 0, 0], [0, 4.0, 0, 0]]), torch.tensor([-9.0]), 1.0)
    assert alike.max() > 0.9 and apart.max() < 0.5
    softer = of_clip(torch.tensor([[4.0, 0, 0, 0]] * 2), torch.tensor([-9.0]), 2.0)
    assert softer.max() < alike.max()


def test_tallies_and_calibration_count_clips() -> None:
    verdicts = [
        Verdict("g", A4C, np.array([0.97, 0.01, 0.01, 0.01])),
        Verdict("g", OTHER, np.array([0.95, 0.03, 0.01, 0.01])),
        Verdict("g", A2C, np.array([0.3, 0.6, 0.05, 0.05])),
    ]
    assert tally(verdicts, 0.9) == (3, 2, 1, 1)
    table = confusion(verdicts, 0.9)
    assert table[A4C, A4C] == table[OTHER, A4C] == table[A2C, 4] == 1 and table.sum() == 3
    rows = calibration(verdicts)
    assert sum(row.clips for row in rows) == 3
    assert [row.right for row in rows] == [1.0, 0.0, 1.0]


def test_the_temperature_softens_what_is_too_sure() -> None:
    sure = np.array([[8.0, 0, 0, 0]], np.float32)
    strips = np.array([-12.0], np.float32)
    readings = [Reading(str(index), "g", A4C if index % 4 else A2C, sure, strips) for index in range(40)]
    found = fitted_temperature(readings)
    assert found > 3
    assert 0.6 < readings[0].probabilities(found).max() < 0.85


# The graph


def test_the_graph_computes_what_the_network_does(tmp_path: Path) -> None:
    encoder = read_encoder(FAST)
    torch.manual_seed(0)
    heads = ViewHeads(8, 4).eval()
    recogniser = Recogniser(encoder, heads, 0.8).eval()
    path = tmp_path / "view.onnx"
    export_recogniser(recogniser, path)
    session = RecogniserSession(path)
    rng = np.random.default_rng(0)
    for frames, whole in ((1, 1), (5, 2)):
        given = Prepared(*(rng.random((count, 1, SIZE, SIZE), np.float32) for count in (frames, whole)))
        with torch.no_grad():
            wanted = recogniser(*(torch.from_numpy(part) for part in given)).numpy()
        found = session(given)
        assert found.shape == (4,) and found.sum() == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(found, wanted, atol=2e-3)  # weights in 16 bits


def test_features_through_onnxruntime_are_the_encoders() -> None:
    from gdkvm.views.network import features

    encoder = read_encoder(FAST)
    pictures = np.random.default_rng(0).random((3, 1, SIZE, SIZE), np.float32)
    with torch.no_grad():
        wanted = features(encoder, torch.from_numpy(pictures)).numpy()
    np.testing.assert_allclose(FrozenFeatures(encoder)(pictures, batch=2), wanted, atol=5e-3)


def test_an_encoder_of_another_kind_is_refused() -> None:
    with pytest.raises((ValueError, GdkvmError)):
        read_encoder(MODELS / "shipped" / "gdkvm-base-camus")


# The one that ships


def test_the_shipped_folder_is_whole_and_small(shipped: Path) -> None:
    values = read_view_manifest(SHIPPED)
    assert tuple(values["classes"]) == VIEWS
    assert 0.5 < values["certainty"] < 1
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 3_000_000
    card = (SHIPPED / "card.md").read_text()
    assert "CC-BY-NC-SA-4.0" in card and "Leclerc" in card and "TTE47" in card
    assert values["graph"]["sha256"] in card


def test_another_graph_is_refused(shipped: Path, tmp_path: Path) -> None:
    for name in ("manifest.json", "card.md"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    (tmp_path / "view.onnx").write_bytes(b"another")
    with pytest.raises(ValueError, match="not the one"):
        read_view_manifest(tmp_path)


def test_the_shipped_graph_keeps_the_encoder_that_segments(shipped: Path) -> None:
    import onnx
    from onnx import numpy_helper

    stored = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(SHIPPED / "view.onnx")).graph.initializer
    }
    wanted = dict(read_encoder(FAST).named_parameters())
    same = 0
    for name, value in stored.items():
        found = wanted.get(name.removeprefix("encoder.").removesuffix("/stored"))
        if found is not None:
            np.testing.assert_allclose(value.astype(np.float32), found.numpy(), rtol=1e-3, atol=1e-6)
            same += 1
    assert same > 20


def test_expected_outputs_of_a_drawn_clip(session: RecogniserSession) -> None:
    """The same fixture holds the workstation to this preparation."""
    expected = json.loads((FIXTURE / "expected.json").read_text())
    for case in expected["clips"]:
        frames = np.fromfile(FIXTURE / case["file"], np.uint8).reshape(case["shape"])
        box = Box(*(case["box"][edge] for edge in ("top", "bottom", "left", "right")))
        assert shown_frames(len(frames)) == case["shownFrames"]
        found = prepare(frames)
        assert prepare(frames, box=box).sectors.tobytes() == found.sectors.tobytes()
        np.testing.assert_allclose(found.sectors.mean((1, 2, 3)), case["sectorMeans"], atol=1e-5)
        np.testing.assert_allclose(found.wholes.mean((1, 2, 3)), case["wholeMeans"], atol=1e-5)
        np.testing.assert_allclose(session(found), case["probability"], atol=1e-3)


def test_phantoms_are_recognised(session: RecogniserSession) -> None:
    """As sectors, and as other views where a spectrum is below them."""
    right = wrong = 0
    certainty = read_view_manifest(SHIPPED)["certainty"]
    for seed in range(1_600_000_000, 1_600_000_012):
        clip = sector_clip(seed, size=160, frames=8)
        found = session(prepare(clip.pictures, box=Box(0, 160, 0, 160)))
        if found.max() < certainty:
            continue
        right += VIEWS[found.argmax()] == clip.view.lower()
        wrong += VIEWS[found.argmax()] != clip.view.lower()
        whole = screen(np.random.default_rng(seed), clip.pictures[0].astype(float), SIZE, True)
        sectors = clip.pictures[:, None].astype(np.float32) / 255
        with_strip = Prepared(sectors, np.clip(whole, 0, 255).astype(np.float32)[None, None] / 255)
        assert VIEWS[session(with_strip).argmax()] == "other"
    assert right >= 6 and wrong <= 1


def test_it_is_quick(session: RecogniserSession) -> None:
    # Around 50 ms; the limit catches a graph that is not what it was.
    assert milliseconds_a_clip(session, 5) < 2000


def test_validation_patients_are_recognised(session: RecogniserSession, camus_folder: Path) -> None:
    certainty = read_view_manifest(SHIPPED)["certainty"]
    verdicts = camus_verdicts(session, camus_folder)
    plain = tally([each for each in verdicts if each.group == "CAMUS, as it is"], certainty)
    assert plain.clips == 100
    assert plain.answered >= 90 and plain.right >= 0.97 * plain.answered
    strips = tally([each for each in verdicts if each.group == "CAMUS, beside a drawn strip"], certainty)
    assert strips.wrongly_apical == 0


def test_no_other_view_is_called_apical(session: RecogniserSession, test_data_folder: Path) -> None:
    verdicts = real_verdicts(session, test_data_folder)
    assert tally(verdicts, read_view_manifest(SHIPPED)["certainty"]).wrongly_apical == 0
