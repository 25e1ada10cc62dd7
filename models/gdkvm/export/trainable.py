"""A network that can be trained on, out of the graph of a model that ships: its training state is not kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ..errors import GdkvmError
from ..network.config import ModelConfig
from ..network.model import GDKVM
from .graph_session import GraphSession
from .graph_weights import read_weights
from .trial_clip import trial_clip, trial_masks
from .unfolding import Unfolding, WeightsDoNotFit

TOLERANCE = 1e-5
"""Of a probability. Models that ship come within 3e-6."""
FRAMES, GIVEN = 5, 2
"""Of the trial clip, and the frame before which a mask is given in the second of its two runs."""


class GraphComputesOtherwise(GdkvmError):
    """A graph has the weights of the architecture, and does something else with them."""


def trainable_network(graph: Path, config: ModelConfig) -> GDKVM:
    """The network of a graph, in evaluation mode, with every weight of the graph in its place.

    Raises GraphNotUnderstood or WeightsDoNotFit, which name what is wrong, and GraphComputesOtherwise where the
    network's probabilities are not the graph's, which a wrong setting of the architecture can cause.
    """
    model = GDKVM(config).eval()
    try:
        Unfolding(model, read_weights(graph)).fill()
    except WeightsDoNotFit as error:
        raise WeightsDoNotFit(f"{graph}: {error}") from None
    found = difference(model, graph)
    if not found <= TOLERANCE:
        raise GraphComputesOtherwise(
            f"{graph}: the network computes other probabilities with its weights (off by {found:.2g}, at most "
            f"{TOLERANCE:g}); is the graph of this architecture, bounded_memory and attention_heads included?"
        )
    return model


@torch.no_grad()
def difference(model: GDKVM, graph: Path) -> float:
    """The largest difference of probabilities between a network and a graph on a drawn clip, as it is and with another
    mask given before one of its frames."""
    session, size = GraphSession(graph), model.config.image_size
    images, given = trial_clip(size, FRAMES), trial_masks(size, FRAMES, scale=1.2)[GIVEN][None, None]
    worst = 0.0
    for corrected in (False, True):
        theirs, mine = session.start(), model.start()
        for index, image in enumerate(images):
            if corrected and index == GIVEN:
                theirs, mine = {**theirs, "mask": given}, mine._replace(mask=torch.from_numpy(given))
            expected, theirs = session.step(image, index == 0, theirs)
            output, mine = model.step(torch.from_numpy(image)[None, None], mine, float(index == 0))
            worst = max(worst, float(np.abs(output.probability[0, 0].numpy() - expected).max()))
    return worst
