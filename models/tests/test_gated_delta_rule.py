"""The recurrent state: what its rule keeps bounded, and what it does not."""

from __future__ import annotations

import pytest
import torch

from gdkvm.network.gated_delta_rule import key_softmax, row_share, update

KEYS, PIXELS, VALUES, HEADS = 6, 100, 8, 2


def largest_state(spread: float, bounded: bool, frames: int = 200) -> float:
    """Largest number in the state over many frames whose keys agree (small spread) or differ; gates fully open."""
    generator = torch.Generator().manual_seed(3)
    open_gates = torch.ones(1, KEYS, HEADS)
    first, later = torch.ones(1, 1, 1), torch.zeros(1, 1, 1)
    state, largest = torch.zeros(1, KEYS, VALUES), 0.0
    for frame in range(frames):
        key = key_softmax(
            torch.randn(1, KEYS, 10, 10, generator=generator) * spread + torch.eye(KEYS)[0, :, None, None] * 4
        )
        value = torch.rand(1, VALUES, PIXELS, generator=generator) * 2 - 1
        state = update(state, key, value, open_gates, open_gates, later if frame else first, bounded)
        largest = max(largest, float(state.abs().max()))
    return largest


@pytest.mark.parametrize("spread", [0.0, 0.5, 4.0])
def test_a_bounded_state_stays_within_what_is_written(spread: float) -> None:
    assert largest_state(spread, bounded=True) < 3


def test_the_published_rule_runs_away_where_many_pixels_share_a_key() -> None:
    assert not largest_state(0.5, bounded=False) < 1e6


def test_erasing_with_row_shares_has_no_eigenvalue_above_one() -> None:
    generator = torch.Generator().manual_seed(5)
    for spread in (0.1, 1.0, 5.0):
        key = key_softmax(torch.randn(1, KEYS, 10, 10, generator=generator) * spread)
        matrix = (row_share(key) * (key @ key.transpose(1, 2)))[0]
        values = torch.linalg.eigvals(matrix)
        assert float(values.real.max()) <= 1 + 1e-5 and float(values.real.min()) >= -1e-5


def test_rows_that_few_pixels_use_are_left_as_they_are() -> None:
    key = torch.tensor([[[0.5, 0.25], [0.5, 0.75]]])
    torch.testing.assert_close(row_share(key), torch.tensor([[[1.0], [0.8]]]))
