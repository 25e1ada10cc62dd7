"""What augmentation does to pictures and masks, and that it does the same to both."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gdkvm.clips.augmentation import (
    augment,
    centres,
    crop_transforms,
    sample,
    sampling_grid,
    sector_masks,
    shadows,
    spoil,
)
from gdkvm.clips.augmentation_plan import AugmentationPlan, draw_augmentation
from gdkvm.clips.motion import FIELD
from gdkvm.clips.unreadable import BURST, LEAST_BEFORE, READABLE, burst

SIZE = 48


def plain(batch: int = 1, frames: int = 2) -> AugmentationPlan:
    """A plan that changes nothing."""
    plan = draw_augmentation(np.random.default_rng(0), batch, frames, SIZE)
    tone = torch.tensor([0.0, 0.0, 0.0, 0.0, 1.0, 1.0]).expand(batch, 6)
    return plan._replace(
        zoom=torch.zeros(batch),
        crop=torch.tensor([[-1.0, 1.0], [-1.0, 1.0]]).expand(batch, 2, 2),
        turn=torch.tensor([[0.0, 1.0]]).expand(batch, 2),
        bend=torch.zeros_like(plan.bend),
        sector=torch.zeros_like(plan.sector),
        overlay=torch.zeros_like(plan.overlay),
        wedges=torch.tensor([0.0, 0.1, 0.0]).expand_as(plan.wedges),
        gain=torch.ones_like(plan.gain),
        tone=tone,
        poor=torch.tensor(READABLE).expand_as(plan.poor),
        moved=torch.zeros_like(plan.moved),
        flicker=torch.ones_like(plan.flicker),
    )


def disc(row: float, column: float) -> torch.Tensor:
    """(1, 1, SIZE, SIZE), 1 around a point in fractions of the side."""
    axis = (torch.arange(SIZE) + 0.5) / SIZE
    return (((axis[:, None] - row) ** 2 + (axis[None] - column) ** 2) < 0.15**2).float()[None, None]


def augmented(plan: AugmentationPlan, picture: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    frames = plan.poor.shape[1]
    pictures, masks = picture.expand(1, frames, -1, -1), mask[:, :, None].expand(1, frames, 1, -1, -1)
    fields = torch.zeros(1, frames, 2, FIELD, FIELD)
    clips, found = augment(pictures, masks, fields, mask[:, 0], plan, SIZE)
    return clips[0, :, 0], found[0, :, 0]


def test_a_plan_that_changes_nothing_changes_nothing() -> None:
    shape = disc(0.4, 0.6)
    clips, masks = augmented(plain(), shape * 0.6, shape)
    torch.testing.assert_close(clips[0], (shape[0, 0] * 153).round() / 255)
    torch.testing.assert_close(masks[1], shape[0, 0])


@pytest.mark.parametrize("seed", range(6))
def test_masks_move_with_their_pictures(seed: int) -> None:
    drawn = draw_augmentation(np.random.default_rng(seed), 1, 2, SIZE)
    plan = plain()._replace(zoom=drawn.zoom, crop=drawn.crop, follow=drawn.follow, turn=drawn.turn, bend=drawn.bend)
    shape = disc(0.45, 0.55)
    clips, masks = augmented(plan, shape, shape)
    assert float(masks.sum()) > 0
    torch.testing.assert_close(clips, masks, atol=0.01, rtol=0)


def test_mirroring_and_cropping_go_where_they_should() -> None:
    left = disc(0.5, 0.25)
    mirrored, _ = augmented(plain()._replace(turn=torch.tensor([[0.0, -1.0]])), left, left)
    assert float(centres(mirrored[:1])[0, 0]) == pytest.approx(0.5, abs=0.03)
    # The left half of the box: its middle, a quarter of the picture, becomes the middle.
    cropped, _ = augmented(plain()._replace(crop=torch.tensor([[[-1.0, 0.0], [-1.0, 1.0]]])), left, left)
    assert float(centres(cropped[:1])[0, 0]) == pytest.approx(0.0, abs=0.03)


def test_zoomed_crops_follow_the_cavity_and_scatter() -> None:
    plan = draw_augmentation(np.random.default_rng(1), 4000, 2, SIZE)
    zoomed = plan.zoom > 0
    assert float(zoomed.float().mean()) == pytest.approx(0.2, abs=0.03)
    still = plan._replace(turn=torch.tensor([[0.0, 1.0]]).expand(4000, 2))
    at_middle = crop_transforms(still, torch.zeros(4000, 2))[zoomed, :, 2]
    assert float(at_middle.std()) == pytest.approx(0.06, abs=0.01)
    aside = crop_transforms(still, torch.tensor([[0.3, 0.0]]).expand(4000, 2))[zoomed, :, 2]
    assert float(aside[:, 0].mean()) > 0.03 and abs(float(aside[:, 1].mean())) < 0.01


def test_only_poor_frames_are_spoilt_and_never_the_first() -> None:
    plan = draw_augmentation(np.random.default_rng(2), 200, 6, SIZE)
    poor = (plan.poor != torch.tensor(READABLE)).any(2)
    assert not bool(poor[:, 0].any()) and 0.1 < float(poor.any(1).float().mean()) < 0.3
    pictures = torch.full((200, 6, SIZE, SIZE), 0.5)
    spoilt = spoil(pictures, torch.randn(pictures.shape, generator=torch.Generator().manual_seed(0)), plan)
    changed = (spoilt != pictures).flatten(2).any(2)
    assert torch.equal(changed, poor)


@pytest.mark.parametrize(("frames", "warm"), [(5, 0), (8, 0), (24, 0), (12, 9), (30, 16)])
def test_a_burst_comes_after_readable_frames_and_is_in_one_piece(frames: int, warm: int) -> None:
    lengths = set()
    for seed in range(200):
        plan, moved = burst(np.random.default_rng(seed), frames, warm)
        lost = np.nonzero((plan != READABLE).any(1))[0]
        assert len(lost) and lost[0] >= max(LEAST_BEFORE, warm)
        assert lost[-1] - lost[0] + 1 == len(lost) <= BURST[1]
        assert not moved[np.setdiff1d(np.arange(frames), lost)].any() and np.abs(moved).max() <= 0.03
        lengths.add(len(lost))
    if frames - max(LEAST_BEFORE, warm) >= BURST[1]:
        assert lengths == set(range(BURST[0], BURST[1] + 1))


def test_a_clip_too_short_for_a_burst_has_none() -> None:
    plan, moved = burst(np.random.default_rng(0), 6, 6)
    assert (plan == READABLE).all() and not moved.any()


def test_bursts_hide_the_cavity_in_the_clips_that_have_one_and_leave_the_others() -> None:
    bursts = np.array([True, False] * 100)
    plan = draw_augmentation(np.random.default_rng(5), 200, 12, SIZE, bursts)
    without = draw_augmentation(np.random.default_rng(5), 200, 12, SIZE)
    assert torch.equal(plan.poor[1::2], without.poor[1::2]) and torch.equal(plan.tone, without.tone)
    lost = (plan.poor[::2] != torch.tensor(READABLE)).any(2)
    axis = (torch.arange(SIZE) + 0.5) / SIZE
    wall = ((axis[:, None] - 0.5) ** 2 + (axis[None] - 0.5) ** 2 < 0.3**2).float() * 0.6
    pictures = (wall * (1 - disc(0.5, 0.5)[0, 0])).expand(200, 12, SIZE, SIZE)
    noise = torch.randn(pictures.shape, generator=torch.Generator().manual_seed(0))
    shown = spoil(pictures, noise, plan)[::2]
    torch.testing.assert_close(shown[~lost], pictures[::2][~lost])
    # What is left of the difference between wall and cavity.
    inside, ring = disc(0.5, 0.5)[0, 0] > 0, wall * (1 - disc(0.5, 0.5)[0, 0]) > 0
    contrast = (shown[..., ring].mean(-1) - shown[..., inside].mean(-1))[lost]
    assert float(contrast.median()) < 0.5 * 0.6


def test_a_probe_that_slips_takes_picture_and_mask_along() -> None:
    shape = disc(0.5, 0.5)
    moved = torch.zeros(1, 2, 2)
    moved[0, 1] = torch.tensor([0.1, -0.05])  # what is seen lies a tenth of the side to the right
    clips, masks = augmented(plain()._replace(moved=moved), shape, shape)
    torch.testing.assert_close(clips, masks, atol=0.01, rtol=0)
    torch.testing.assert_close(centres(masks)[1], torch.tensor([-0.2, 0.1]), atol=0.02, rtol=0)
    assert float(centres(masks)[0].abs().max()) < 0.02


def test_shadows_and_sectors_start_at_the_probe() -> None:
    dark = shadows(torch.tensor([[[0.0, 0.1, 0.8], [0.0, 0.1, 0.0]]]), SIZE)[0, 0]
    assert float(dark[SIZE // 2, SIZE // 2]) < 0.25 < 0.9 < float(dark[SIZE // 2, 2])
    sector = sector_masks(torch.tensor([[1.0, 0.0, 0.5, 0.5, 1.1, 0.0], [0.0] * 6]), SIZE)
    assert float(sector[0].mean()) < 0.6 and float(sector[1].mean()) == 1
    assert float(sector[0, 0, 2, 2]) == 0 and float(sector[0, 0, SIZE // 2, SIZE // 2]) == 1


def test_displacements_are_read_in_fractions_of_the_side() -> None:
    fields = torch.zeros(1, 1, 2, FIELD, FIELD)
    fields[:, :, 0] = 0.25  # every pixel comes from a quarter of the side to its right
    maps = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    found = sample(disc(0.5, 0.75)[:, :, None], sampling_grid(fields, maps, SIZE))[0, 0]
    assert float(centres(found)[0, 0]) == pytest.approx(0.0, abs=0.03)
