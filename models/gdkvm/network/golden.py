"""Deterministic synthetic weights, so that numerical tests need no trained model.

Every value is a function of its name, its index and a seed, in integer arithmetic and a few elementary operations, and
so has the same bits on every machine: a SplitMix64 stream seeded with the name's CRC-32 gives 64-bit numbers; the sum
of a number's four 16-bit quarters makes an approximately normal value, its upper 53 bits a uniform one. The first rule
of ``RULES`` whose pattern matches a state-dict key says how its values are scaled.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

import numpy as np
import torch

from .config import ModelConfig
from .model import GDKVM

WEIGHT_SEED = 3

GOLDEN_RATIO = np.uint64(0x9E3779B97F4A7C15)
MIX_FIRST = np.uint64(0xBF58476D1CE4E5B9)
MIX_SECOND = np.uint64(0x94D049BB133111EB)
NORMAL_SCALE = 37837.0

# pattern, kind, a, b
#   fan      normal, centred per output row, * a / sqrt(fan in) + b
#   normal   normal * a + b
#   uniform  a + (b - a) * uniform
RULES: list[tuple[str, str, float, float]] = [
    (r"num_batches_tracked$", "zero", 0, 0),
    (r"inv_freq$", "inv_freq", 0, 0),
    # gates of the state update
    (r"^A_log$", "uniform", 0.0, 2.75),
    (r"^dt_bias$", "uniform", -6.9, -2.25),
    (r"^a_proj\.weight$", "normal", 0.08, 0.0),
    (r"^b_proj\.weight$", "normal", 0.006, -0.008),
    # batch normalisation
    (r"(bn\d|downsample\.1)\.running_mean$", "normal", 0.05, 0.0),
    (r"(bn\d|downsample\.1)\.running_var$", "uniform", 0.7, 1.3),
    (r"^image_encoder\.layer\d\.\d\.bn3\.weight$", "normal", 0.05, 0.45),
    (r"^mask_encoder\.layer\d\.\d\.bn2\.weight$", "normal", 0.05, 0.5),
    (r"(bn\d|downsample\.1)\.weight$", "normal", 0.1, 1.0),
    (r"(bn\d|downsample\.1)\.bias$", "normal", 0.03, 0.0),
    # layer normalisation
    (r"\.norm\.weight$", "normal", 0.1, 1.0),
    (r"\.norm\.bias$", "normal", 0.1, 0.0),
    # residual trunks
    (r"_encoder\.conv1\.weight$", "fan", 2.0, 0.0),
    (r"downsample\.0\.weight$", "fan", 1.4142135623730951, 0.0),
    (r"^(image|mask)_encoder\.layer.*conv\d\.weight$", "fan", 1.4142135623730951, 0.0),
    # channel attention, residual conv blocks
    (r"(layer[12]|pixel_ffn\.conv)\.conv\.weight$", "normal", 0.7, 0.0),
    (r"^mask_encoder\.fuser\.layer2\.conv2\.bias$", "normal", 0.05, 0.8),
    (r"(fuser\.layer[12]|pixel_ffn\.conv)\.conv1\.weight$", "fan", 1.4142135623730951, 0.0),
    (r"(fuser\.layer[12]|pixel_ffn\.conv)\.conv2\.weight$", "fan", 1.0, 0.0),
    # keys
    (r"^key_projector\.layer2\.weight$", "fan", 1.1, 0.0),
    (r"^KPFF\.layer2\.weight$", "fan", 1.6, 0.0),
    (r"^KPFF\.gate_layer\.weight$", "fan", 2.0, 0.0),
    # segmentation
    (r"^pixel_fuser\.conv\.weight$", "fan", 2.0, 0.0),
    (r"^pixel_fuser\.fuser\.y_transform\.weight$", "fan", 0.5, 0.0),
    (r"^pix_projector\.layer\.weight$", "fan", 6.0, 0.0),
    (r"^key_projector\.layer1\.weight$", "fan", 11.0, 0.0),
    (r"^mask_decoder\.pred\.weight$", "fan", 0.6, 0.0),
    (r"read_from_query.*out_proj\.weight$", "fan", 0.4, 0.0),
    (r"^mask_decoder\.linear_proj_f8\.weight$", "fan", 6.0, 0.0),
    (r"^mask_decoder\.linear_proj_f4\.weight$", "fan", 6.0, 0.0),
    (r"^mask_decoder\.upsample.*conv\d\.weight$", "fan", 1.4, 0.0),
    (r"^aux_computer.*weight$", "fan", 0.3, 0.0),
    # everything else
    (r"query_(init|emb)\.weight$", "normal", 0.7, 0.0),
    (r"bias$", "normal", 0.05, 0.0),
    (r"weight$", "fan", 1.0, 0.0),
]
COMPILED = [(re.compile(pattern), kind, a, b) for pattern, kind, a, b in RULES]


def mix(z: np.ndarray) -> np.ndarray:
    """SplitMix64 finaliser on wrapping 64-bit integers."""
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * MIX_FIRST
        z = (z ^ (z >> np.uint64(27))) * MIX_SECOND
        return z ^ (z >> np.uint64(31))


def stream(name: str, count: int, seed: int) -> np.ndarray:
    """``count`` 64-bit numbers that belong to a name."""
    base = mix(np.array([(zlib.crc32(name.encode()) << 32) + seed], dtype=np.uint64))
    with np.errstate(over="ignore"):
        return mix(base + np.arange(1, count + 1, dtype=np.uint64) * GOLDEN_RATIO)


def integer_normal(name: str, count: int, seed: int) -> np.ndarray:
    """Sum of four 16-bit numbers, centred."""
    hashes = stream(name, count, seed)
    low = np.uint64(0xFFFF)
    total = sum((hashes >> np.uint64(shift)) & low for shift in (0, 16, 32, 48))
    return total.astype(np.int64) - 131070


def uniform(name: str, count: int, seed: int) -> np.ndarray:
    return (stream(name, count, seed) >> np.uint64(11)).astype(np.float64) / 2.0**53


def weight(key: str, shape: tuple[int, ...], seed: int = WEIGHT_SEED) -> np.ndarray:
    """Value of one state-dict entry: float32, or int64 zero for BatchNorm's counters."""
    count = int(np.prod(shape, dtype=np.int64))
    kind, a, b = next((kind, a, b) for pattern, kind, a, b in COMPILED if pattern.search(key))
    if kind == "zero":
        return np.zeros(shape, dtype=np.int64)
    if kind == "inv_freq":
        index = np.arange(count, dtype=np.float64)
        values = 1.0 / np.power(128.0, 2.0 * index / (2.0 * count))
    elif kind == "uniform":
        values = a + (b - a) * uniform(key, count, seed)
    elif kind == "normal":
        values = integer_normal(key, count, seed) / NORMAL_SCALE * a + b
    else:
        fan = count // shape[0]
        integers = integer_normal(key, count, seed).reshape(shape[0], fan)
        mean = integers.sum(axis=1, dtype=np.int64).astype(np.float64) / fan
        values = (integers.astype(np.float64) - mean[:, None]) / NORMAL_SCALE * (a / np.sqrt(np.float64(fan))) + b
    return values.astype(np.float32).reshape(shape)


def state_dict(template: Mapping[str, torch.Tensor], seed: int = WEIGHT_SEED) -> dict[str, torch.Tensor]:
    """Synthetic weights for every entry of a model's state dict."""
    return {key: torch.from_numpy(weight(key, tuple(value.shape), seed)) for key, value in template.items()}


def synthetic_network(config: ModelConfig) -> GDKVM:
    """A network of these widths with synthetic weights."""
    network = GDKVM(config)
    network.load_state_dict(state_dict(network.state_dict()))
    return network.eval()
