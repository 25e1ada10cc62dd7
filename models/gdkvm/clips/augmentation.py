"""Applies what ``augmentation_plan`` drew to whole batches of clips, on any device.

A plan is drawn once per clip and applied to all its frames.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch.nn import functional as F

from .augmentation_plan import AugmentationPlan
from .unreadable import LEAST_FRAMES


def centres(masks: torch.Tensor) -> torch.Tensor:
    """Middle of each mask (B, S, S) as x, y in [-1, 1]; 0 where it is empty. (B, 2)"""
    size = masks.shape[-1]
    axis = (torch.arange(size, dtype=masks.dtype, device=masks.device) + 0.5) / size * 2 - 1
    total = masks.sum((1, 2)).clamp(min=1)
    return torch.stack([masks.sum(1) @ axis, masks.sum(2) @ axis], 1) / total[:, None]


def crop_transforms(plan: AugmentationPlan, cavity: torch.Tensor) -> torch.Tensor:
    """Affine maps (B, 2, 3) from output to source coordinates, both in [-1, 1].

    ``cavity`` (B, 2): middle of the cavity in source coordinates; zoomed crops keep it in the picture.
    """
    low, high = plan.crop[..., 0], plan.crop[..., 1]
    zoomed = plan.zoom[:, None] > 0
    scale = torch.where(zoomed, low, (high - low) / 2)
    room = 1.12 - scale
    followed = cavity * plan.follow[:, None] * (1 - scale) / 0.5
    offset = torch.where(zoomed, followed + high, (high + low) / 2)
    offset = torch.where(zoomed, torch.minimum(torch.maximum(offset, -room), room), offset)
    angle, mirror = plan.turn[:, 0], plan.turn[:, 1]
    cos, sin = angle.cos(), angle.sin()
    first, second = scale[:, 0] * mirror, scale[:, 1]
    turned = torch.stack([cos * first, -sin * second, sin * first, cos * second], 1).view(-1, 2, 2)
    return torch.cat([turned, offset[:, :, None]], 2)


def sampling_grid(fields: torch.Tensor, maps: torch.Tensor, size: int) -> torch.Tensor:
    """Warp and crop in one: where each output pixel comes from, x and y in [-1, 1]. fields (B, T, 2, F, F) in
    fractions of the side, maps (B, 2, 3) -> (B, T, size, size, 2)"""
    batch, frames = fields.shape[:2]
    grid = F.affine_grid(maps, [batch, 1, size, size], align_corners=False)
    grid = grid.repeat_interleave(frames, 0)
    shift = F.grid_sample(fields.flatten(0, 1), grid, padding_mode="border", align_corners=False)
    return (grid + 2 * shift.permute(0, 2, 3, 1)).view(batch, frames, size, size, 2)


def sample(planes: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    """planes (B, T, C, S, S), grid (B, T, size, size, 2) -> (B, T, C, size, size), 0 outside"""
    out = F.grid_sample(planes.flatten(0, 1), grid.flatten(0, 1), padding_mode="zeros", align_corners=False)
    return out.view(*planes.shape[:3], *grid.shape[2:4])


def pixel_axes(size: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows (1, 1, S, 1) and columns (1, 1, 1, S) in fractions of the side."""
    axis = (torch.arange(size, dtype=torch.float32, device=device) + 0.5) / size
    return axis.view(1, 1, size, 1), axis.view(1, 1, 1, size)


def sector_masks(sector: torch.Tensor, size: int) -> torch.Tensor:
    """(B, 1, size, size) of 0 and 1 from plan.sector."""
    y, x = pixel_axes(size, sector.device)
    on, top, slope, centre, far, near = (column(part) for part in sector.unbind(1))
    radius = torch.hypot((x - centre) / 0.9, y - top)
    inside = ((x - centre).abs() < slope * (y - top)) & (radius < far) & (radius > near)
    return torch.where(on > 0, inside.float(), 1.0)


def shadows(wedges: torch.Tensor, size: int) -> torch.Tensor:
    """Dark wedges from the probe, to be multiplied. (B, WEDGES, 3) -> (B, 1, size, size)"""
    y, x = pixel_axes(size, wedges.device)
    bearing = (x - 0.5) / (y + 0.08)
    centre, width, depth = (part[:, :, None, None] for part in wedges.unbind(2))
    return (1 - depth * torch.exp(-0.5 * ((bearing - centre) / width) ** 2)).prod(1, keepdim=True)


def column(values: torch.Tensor) -> torch.Tensor:
    return values.view(-1, 1, 1, 1)


@lru_cache
def binomial_kernel(device: torch.device) -> torch.Tensor:
    row = torch.tensor([1.0, 2.0, 1.0], device=device)
    return (row[:, None] * row / 16).view(1, 1, 3, 3)


def blur(pictures: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    """Positive strength blurs, negative sharpens. pictures (B, T, S, S), strength broadcastable to it"""
    flat = F.pad(pictures.flatten(0, 1).unsqueeze(1), (1, 1, 1, 1), mode="replicate")
    soft = F.conv2d(flat, binomial_kernel(pictures.device)).view_as(pictures)
    return pictures + strength * (soft - pictures)


def spoil(pictures: torch.Tensor, noise: torch.Tensor, plan: AugmentationPlan) -> torch.Tensor:
    """Frames that alone would not show the cavity. pictures in [0, 1], noise of unit variance, (B, T, S, S)"""
    smear, brightness, strength, shadow, haze, gain = (part[..., None, None] for part in plan.poor.unbind(2))
    size = pictures.shape[-1]
    dark = shadows(plan.poor_wedges, size)
    soft = blur(blur(pictures, smear), smear)
    shown = soft * brightness * (1 + shadow * (dark - 1)) + noise * strength
    grid = F.interpolate(plan.poor_haze, size=(size, size), mode="bicubic", align_corners=False).clamp(0, 1)
    depth, _ = pixel_axes(size, pictures.device)
    shown = shown * (1 + gain) + 0.1 * gain + haze * (grid * torch.exp(-depth / 0.4) + 0.15)
    return shown.clamp(0, 1)


def intensities(pictures: torch.Tensor, noise: torch.Tensor, plan: AugmentationPlan) -> torch.Tensor:
    """Sharpness, noise, black level, contrast and gain, gamma and flicker. pictures in [0, 1], both (B, T, S, S)"""
    sharpness, softness, strength, black, gamma, gain = (column(part) for part in plan.tone.unbind(1))
    pictures = blur(pictures, sharpness)
    noise = blur(noise, softness) * strength
    pictures = pictures * (1 + 1.5 * noise) + 0.25 * noise * (pictures > 0)
    pictures = (pictures - black) / (1 - black)
    return pictures.clamp(1e-4, 1.2) ** gamma * gain * plan.flicker[..., None, None]


def augment(
    pictures: torch.Tensor,
    masks: torch.Tensor,
    fields: torch.Tensor,
    cavity: torch.Tensor,
    plan: AugmentationPlan,
    size: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The whole chain: pictures (B, T, S, S) in [0, 1], masks (B, t, M, S, S) of the last t frames, fields
    (B, T, 2, F, F), cavity (B, S, S) of a frame -> clips (B, T, 1, size, size) and soft masks (B, t, M, size, size)."""
    frames = pictures.shape[1]
    maps = crop_transforms(plan, centres(cavity))
    bend = F.interpolate(plan.bend, size=fields.shape[-2:], mode="bicubic", align_corners=True)
    grid = sampling_grid(fields + bend.unsqueeze(1), maps, size) + 2 * plan.moved[:, :, None, None]
    pictures = sample(pictures.unsqueeze(2), grid)[:, :, 0]
    masks = sample(masks, grid[:, frames - masks.shape[1] :])
    sector = sector_masks(plan.sector, size)
    inside = sector * (pictures > 1.5 / 255)
    generator = torch.Generator(pictures.device).manual_seed(int(plan.seed))
    if frames >= LEAST_FRAMES:
        noise = torch.randn(pictures.shape, generator=generator, device=pictures.device)
        pictures = spoil(pictures, noise, plan)
    grain = torch.randn(pictures.shape, generator=generator, device=pictures.device)
    gain = F.interpolate(plan.gain, size=(size, size), mode="bilinear", align_corners=False)
    pictures = intensities(pictures, grain, plan) * shadows(plan.wedges, size) * gain * inside
    pictures = torch.maximum(pictures, plan.overlay.float() / 255).clamp(0, 1)
    # Frames reach the model as 8-bit pictures.
    pictures = (pictures * 255).round() / 255
    return pictures.unsqueeze(2), masks * sector.unsqueeze(2)
