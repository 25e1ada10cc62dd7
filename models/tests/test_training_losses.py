"""The losses of areas and of how they change."""

from __future__ import annotations

import math

import pytest
import torch

from gdkvm.training.losses import area_loss, change_loss, log_area_error, unrest_loss


def disk(radius: float) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(128.0), torch.arange(128.0), indexing="ij")
    return (torch.hypot(x - 64, y - 64) < radius).float()[None, None]


def test_the_loss_of_areas_is_of_their_ratio() -> None:
    def loss(probability: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return area_loss(log_area_error(probability, target))

    assert float(loss(disk(40), disk(40))) == 0
    too_large, too_small = float(loss(disk(44), disk(40))), float(loss(disk(40), disk(44)))
    assert too_large == pytest.approx(too_small)
    assert too_large == pytest.approx(2 * math.log(44 / 40), abs=0.03)
    probability = (0.98 * disk(44) + 0.01).requires_grad_()
    loss(probability, disk(40)).backward()
    assert float(probability.grad.min()) > 0, "every pixel is pushed down where the area is too large"
    assert math.isfinite(float(loss(torch.zeros(2, 1, 128, 128), torch.zeros(2, 1, 128, 128))))


def test_the_loss_of_changes_forgives_what_all_frames_have_too_much() -> None:
    def errors(*found_and_true: tuple[float, float]) -> torch.Tensor:
        return torch.stack([log_area_error(disk(found), disk(true)) for found, true in found_and_true], 1)

    both_too_large = errors((50 * 1.1, 50), (30 * 1.1, 30))
    assert float(change_loss(both_too_large)) < 0.1 * float(area_loss(both_too_large))
    only_systole_too_large = errors((50, 50), (30 * 1.1, 30))
    assert float(change_loss(only_systole_too_large)) > 0.3 * float(area_loss(both_too_large))
    assert float(change_loss(errors((44, 40)))) == 0, "a single frame changes nothing"


def test_the_loss_of_unrest_forgives_what_stays_and_grows_with_what_jumps() -> None:
    steady, drifting = torch.full((2, 6), 0.2), torch.linspace(0, 0.05, 6).expand(2, 6)
    jumping = torch.tensor([0.0, 0.05] * 3).expand(2, 6)
    assert float(unrest_loss(steady)) == 0 and float(unrest_loss(steady[:, :1])) == 0
    assert 0 < float(unrest_loss(drifting)) < 0.2 * float(unrest_loss(jumping))
