"""Styles of readers: what is drawn where, and that opposite styles are opposite."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gdkvm.clips.reader_styles import BUMPS, Anatomy, Styles, anatomy, draw_styles, drawn_in_style

SIZE = 96


def heart() -> tuple[torch.Tensor, torch.Tensor]:
    """A long cavity with its apex above, over an atrium. (1, 2, SIZE, SIZE) both."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    cavities = []
    for width in (16.0, 11.0):
        cavities.append(((columns - 48) / width) ** 2 + ((rows - 40) / 30) ** 2 < 1)
    atrium = ((columns - 48) / 14) ** 2 + ((rows - 82) / 10) ** 2 < 1
    shape = torch.from_numpy(np.stack(cavities).astype(np.float32))[None]
    return shape, torch.from_numpy(np.stack([atrium, atrium]).astype(np.float32))[None]


@pytest.fixture
def known() -> tuple[torch.Tensor, Anatomy]:
    cavities, atria = heart()
    return cavities, anatomy(cavities, atria)


def of_kind(kind: int, amount: float) -> Styles:
    amounts = torch.zeros(1, 2, 3 + BUMPS)
    amounts[..., kind] = amount
    return Styles(amounts, torch.full((1, BUMPS), 0.45), torch.ones(1, BUMPS))


def test_the_apex_lies_away_from_the_atrium(known: tuple[torch.Tensor, Anatomy]) -> None:
    _, found = known
    assert found.along[0, 0, 12, 48] < 0.1
    assert found.along[0, 0, 68, 48] > 0.9
    assert found.length[0].tolist() == pytest.approx([58, 58], abs=2)


@pytest.mark.parametrize("amount", [0.1, -0.1])
def test_a_larger_or_smaller_cavity_has_that_share_more_or_less(
    known: tuple[torch.Tensor, Anatomy], amount: float
) -> None:
    cavities, found = known
    drawn = drawn_in_style(cavities, found, of_kind(0, amount))
    areas = drawn.sum((2, 3)) / cavities.sum((2, 3)) - 1
    assert areas[0].tolist() == pytest.approx([amount, amount], abs=0.025)


def test_a_hinge_moves_the_base_on_its_side_alone(known: tuple[torch.Tensor, Anatomy]) -> None:
    cavities, found = known
    moved = (drawn_in_style(cavities, found, of_kind(1, 0.07)) - cavities).abs()[0, 0]
    apex, base = moved[:40].sum(), moved[56:].sum()
    assert base > 20 * apex.clamp(min=0.5)
    side = found.across[0, 0] > 6
    assert moved[side].sum() > 4 * moved[found.across[0, 0] < -6].sum()


def test_a_wall_moves_there_and_not_on_the_other_side(known: tuple[torch.Tensor, Anatomy]) -> None:
    cavities, found = known
    moved = (drawn_in_style(cavities, found, of_kind(3, 0.05)) - cavities).abs()[0, 0]
    side = found.across[0, 0] > 0
    assert moved[side].sum() > 10 * moved[~side].sum()
    place = (moved.sum(1) * torch.arange(SIZE)).sum() / moved.sum()
    assert found.along[0, 0, round(float(place)), 48] == pytest.approx(0.45, abs=0.08)


def test_opposite_styles_are_the_same_as_far_on_either_side(known: tuple[torch.Tensor, Anatomy]) -> None:
    cavities, found = known
    styles = draw_styles(np.random.default_rng(3), np.array([[0.0, 10.0]]), np.ones(1), np.full(1, 0.4))
    one, other = (drawn_in_style(cavities, found, part) for part in (styles, styles.opposite()))
    gained, lost = (part.sum((2, 3)) - cavities.sum((2, 3)) for part in (one, other))
    assert bool((gained * lost <= 0).all())
    assert gained.abs().tolist()[0] == pytest.approx(lost.abs().tolist()[0], rel=0.35, abs=15)


def test_what_nothing_is_asked_of_stays_as_it_is(known: tuple[torch.Tensor, Anatomy]) -> None:
    cavities, found = known
    styles = draw_styles(np.random.default_rng(1), np.zeros((1, 2)), np.zeros(1), np.ones(1))
    assert torch.equal(drawn_in_style(cavities, found, styles), cavities)


def test_a_frame_without_a_cavity_stays_without_one() -> None:
    empty = torch.zeros(1, 2, SIZE, SIZE)
    found = anatomy(empty, empty)
    assert found.length.abs().sum() == 0
    assert torch.equal(drawn_in_style(empty, found, of_kind(0, 0.1)), empty)


def test_readers_keep_to_their_style_and_less_so_the_further_frames_lie_apart() -> None:
    rng = np.random.default_rng(5)
    times = np.tile([0.0, 1.0, 30.0], (600, 1))
    amounts = draw_styles(rng, times, np.ones(600), np.full(600, 0.4)).amounts[..., 0].numpy()
    near = np.corrcoef(amounts[:, 0], amounts[:, 1])[0, 1]
    far = np.corrcoef(amounts[:, 0], amounts[:, 2])[0, 1]
    assert 0.9 < near < 1
    assert 0.7 < far < near
