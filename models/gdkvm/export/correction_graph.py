"""ONNX export of a correction network: one graph, one frame per call, what was given as explicit inputs and outputs."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import nn

from ..network.config import ModelConfig
from ..network.correction import CorrectionMemory, CorrectionNetwork
from .folding import EncodingTable, fold_trunk, split_attentions
from .graph import write_graph

CORRECTION_STATE = ("given_state", "given_mass", "given_objects")
CORRECTION_INPUTS = ("image", "found", "given", "is_given", *CORRECTION_STATE)
CORRECTION_OUTPUTS = ("probability", *(f"next_{name}" for name in CORRECTION_STATE))


def folded_correction(network: CorrectionNetwork) -> CorrectionNetwork:
    """A rewritten copy on the CPU, in evaluation mode, that computes the same."""
    network = copy.deepcopy(network).cpu().eval()
    size = network.config.memory_size
    fold_trunk(network.image_encoder)
    fold_trunk(network.mask_encoder)
    network.object_summarizer.pos_enc = EncodingTable(network.object_summarizer.pos_enc, size, size)
    network.object_transformer.spatial_pe = EncodingTable(network.object_transformer.spatial_pe, size, size)
    split_attentions(network.object_transformer)
    return network


class OneCorrection(nn.Module):
    """image, found, given (1, 1, H, W) in [0, 1]; is_given (1,) 0 or 1; the three tensors of the memory."""

    def __init__(self, network: CorrectionNetwork) -> None:
        super().__init__()
        self.network = folded_correction(network)

    def forward(
        self,
        image: torch.Tensor,
        found: torch.Tensor,
        given: torch.Tensor,
        is_given: torch.Tensor,
        *memory: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        probability, after = self.network.step(image, found, given, is_given.view(1, 1, 1), CorrectionMemory(*memory))
        return probability, *after


def correction_shapes(config: ModelConfig) -> dict[str, list[int]]:
    """Shapes of the memory's tensors by input name."""
    return {
        "given_state": [1, config.key_channels, config.channels],
        "given_mass": [1, config.key_channels, 1],
        "given_objects": [1, config.queries, config.channels + 1],
    }


def export_correction(network: CorrectionNetwork, path: Path) -> None:
    """Writes the graph of a correction network to an .onnx file."""
    size = network.config.image_size
    example = [torch.rand(1, 1, size, size) for _ in range(3)] + [torch.ones(1)]
    example += [torch.rand(shape) for shape in correction_shapes(network.config).values()]
    write_graph(OneCorrection(network), example, CORRECTION_INPUTS, CORRECTION_OUTPUTS, path)
