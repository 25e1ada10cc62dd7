"""The clips that training makes and the batches that it draws from them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from training_runs import CONFIG

from gdkvm.clips.clip_plan import ClipPlanner
from gdkvm.clips.motion import FIELD, displacement_fields, outline_at, phases
from gdkvm.clips.phantom_store import phantom_store
from gdkvm.clips.picture_library import PictureLibrary
from gdkvm.clips.unreadable import READABLE
from gdkvm.datasets.camus_pairs import read_pairs
from gdkvm.training.config import Stage
from gdkvm.training.trainer import Trainer


def test_bursts_are_drawn_where_a_stage_asks_and_clips_are_long_enough(pack: Path, tmp_path: Path) -> None:
    config = replace(
        CONFIG, stages=(Stage(3, (6, 6), warm=3, warm_share=1.0, burst_share=1.0), Stage(6, (3, 3), burst_share=1.0))
    )
    plans = Trainer(config, pack.parent, tmp_path / "run").batches.plans
    usual = torch.tensor(READABLE)
    long, short = plans[0], plans[4]
    lost = (long.clips.augmentation.poor != usual).any(2)
    assert bool(lost.any(1).all()) and not bool(lost[:, : max(2, long.warm)].any())
    assert float((short.clips.augmentation.poor != usual).any(2).any(1).float().mean()) < 1


def test_batches_do_not_depend_on_who_prepares_them(pack: Path, tmp_path: Path) -> None:
    trainer = Trainer(CONFIG, pack.parent, tmp_path / "run")
    here, there = (list(trainer.batches.loader(2, workers)) for workers in (0, 1))
    assert len(here) == len(there) == 4
    for mine, other in zip(here, there):
        torch.testing.assert_close(mine.clips, other.clips)
        assert mine.warm == other.warm


def test_batches_are_reproducible_and_in_range(pack: Path, tmp_path: Path) -> None:
    pairs = read_pairs(pack, 160)
    store = phantom_store(tmp_path, 2, 4, 1, 160)
    library, planner = PictureLibrary(pairs), ClipPlanner(pairs, (2, 4))
    library.add_phantoms(store)
    plans = [planner.plan(np.random.default_rng(4), 6, 3, 0.5, 64) for _ in range(2)]
    (clips, masks), again = (library.render(plan, 64) for plan in plans)
    torch.testing.assert_close(clips, again[0])
    assert {bool(row >= 2 * len(pairs)) for row in plans[0].picture[:, 0]} == {True, False}, "both kinds of clips"
    assert clips.shape == (6, 3, 1, 64, 64) and masks.shape == (6, 3, 3, 64, 64)
    assert float(clips.min()) >= 0 and float(clips.max()) <= 1
    assert float(masks.min()) >= 0 and float(masks.max()) <= 1
    assert (masks[:, :, 0].sum((1, 2, 3)) > 0).all(), "there is a cavity in every clip"
    assert float(masks.sum(2).max()) < 1.001, "a point belongs to one structure"
    stored = phantom_store(tmp_path, 2, 4, 1, 160)
    np.testing.assert_array_equal(stored.pictures, store.pictures)


def test_two_runs_that_want_the_same_phantoms_both_get_them(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        stores = list(pool.map(lambda _: phantom_store(tmp_path, 2, 3, 1, 64), range(2)))
    np.testing.assert_array_equal(stores[0].pictures, stores[1].pictures)
    assert [entry.name for entry in tmp_path.iterdir()] == ["phantoms-2x3-64-1"]
    assert phantom_store(tmp_path, 2, 3, 2, 64).pictures[0, 0].tolist() != stores[0].pictures[0, 0].tolist()
    with pytest.raises(ValueError, match="set apart"):
        phantom_store(tmp_path, 2, 3, 1_499_999_999, 64)


def test_pictures_come_from_where_they_lie(pack: Path, tmp_path: Path) -> None:
    pairs = read_pairs(pack, 160)
    store = phantom_store(tmp_path, 2, 4, 1, 160)
    library = PictureLibrary(pairs)
    library.add_phantoms(store)
    rows = torch.tensor([[3, 2 * len(pairs) + 5]])
    pictures, labels = library.gather(rows)
    np.testing.assert_array_equal(pictures[0, 0], pairs[1].images[1])
    np.testing.assert_array_equal(pictures[0, 1], store.pictures[1, 1])
    np.testing.assert_array_equal(labels[0, 0], pairs[1].labels[1])
    np.testing.assert_array_equal(labels[0, 1], store.labels[1, 1])


def test_warping_ed_towards_es_shrinks_the_cavity(pack: Path) -> None:
    pair = read_pairs(pack, 160)[0]
    size = pair.images.shape[1]
    walls = pair.walls / size
    coordinate = (np.arange(size) + 0.5) / size
    here = np.stack([outline_at(walls, phase) for phase in (0.0, 0.5, 1.0)])
    fields = displacement_fields(*(torch.from_numpy(part) for part in (here, np.stack([walls[0]] * 3)))).numpy()
    areas = []
    for field in fields:
        cells = np.minimum((coordinate * FIELD).astype(int), FIELD - 1)
        shift = field[:, cells][:, :, cells]
        x = np.clip((coordinate[None] + shift[0]) * size, 0, size - 1).astype(int)
        y = np.clip((coordinate[:, None] + shift[1]) * size, 0, size - 1).astype(int)
        areas.append(int((pair.masks[0][y, x] > 127).sum()))
    assert areas[0] == int((pair.masks[0] > 127).sum())
    assert areas[0] > areas[1] > areas[2]


def test_phases_stay_between_the_endpoints() -> None:
    rng = np.random.default_rng(0)
    for frames in (2, 3, 6):
        for _ in range(20):
            values = phases(rng, frames)
            assert len(values) == frames and values.min() >= 0 and values.max() <= 1
