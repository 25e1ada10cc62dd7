"""Watches whether what a run learns still heeds the mask that it is given, and brings a dead mask path back to life.

The mask encoder's norms keep the statistics that they began with, so that nothing takes out what all its pictures have
in common: the optimiser can carry a rectifier's input below zero on every picture at once. From there it has no
gradient, the value that is written into memory is the picture's alone, and no further training mends it.
"""

from __future__ import annotations

import torch
from torch import nn

from ..errors import GdkvmError
from ..export.mask_path import DEAD, LEAST, Dependence
from ..network.mask_encoder import MaskEncoder


class MaskPathDied(GdkvmError):
    """The memory that a run learns does not depend on the mask that is given, or on the pictures before."""


class MaskPathWatch:
    """``memory``: the run is for a model whose memory carries corrections; it has to have learned that by iteration
    ``wanted_from``, as far as LEAST says."""

    def __init__(self, memory: bool, wanted_from: int) -> None:
        self.memory, self.wanted_from = memory, wanted_from
        self.lived = False

    def check(self, done: int, found: Dependence) -> None:
        """After ``done`` iterations. Raises MaskPathDied.

        A path that was dead when the run began, of a model that carries corrections by displacement, is let be.
        """
        if found.state_by_mask > DEAD:
            self.lived = True
        elif self.lived or self.memory:
            raise MaskPathDied(
                f"iteration {done}: the mask path is dead, next_state changes by {found.state_by_mask:.2g} of itself "
                "whatever mask is given, and no further training can mend that. Start again from before, with a "
                "mask_slope above 0, with which it cannot die, or with revive_mask_path from a model folder"
            )
        lacking = found.below(LEAST) if self.memory and done >= self.wanted_from else []
        if lacking:
            raise MaskPathDied(
                f"iteration {done}: the memory does not carry what it is given ({'; '.join(lacking)}), which "
                f"propagation: memory claims and mask_path_from: {self.wanted_from} wants by now"
            )


@torch.no_grad()
def revive_mask_path(encoder: MaskEncoder) -> None:
    """Makes the last block of the trunk speak again, for a projection that begins at zero and so changes nothing yet.

    Its norms have to have statistics of their own (:func:`measure_norms`): both branches then come out with a mean of 0
    and a variance of one half in every channel, whatever was in them.
    """
    last = encoder.layer3[-1]
    norms: list[nn.BatchNorm2d] = [last.bn2] if last.downsample is None else [last.bn2, last.downsample[1]]
    for norm in norms:
        # A convolution whose weights faded puts out next to nothing; its norm brings it up to size all the same.
        norm.weight.fill_(0.5**0.5)
        norm.bias.zero_()
    silence_mask_path(encoder)


@torch.no_grad()
def silence_mask_path(encoder: MaskEncoder) -> None:
    """What comes out of the trunk counts for nothing, until its projection has learned."""
    encoder.fuser.y_transform.weight.zero_()
