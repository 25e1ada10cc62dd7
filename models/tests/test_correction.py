"""The correction network: what is given changes other frames, nothing given changes nothing, and nothing fades."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gdkvm.export.correction_graph import CORRECTION_STATE, correction_shapes, export_correction
from gdkvm.export.correction_session import CorrectionSession
from gdkvm.network.config import MICRO
from gdkvm.network.correction import MOST_LOG_ODDS, CorrectionNetwork, limited_log_odds, merged

SIZE = MICRO.image_size


@pytest.fixture(scope="module")
def network() -> CorrectionNetwork:
    torch.manual_seed(4)
    made = CorrectionNetwork(MICRO).eval()
    torch.nn.init.normal_(made.pred.weight, std=0.5)
    torch.nn.init.normal_(made.key_position, std=2.0)
    return made


def frames(count: int, seed: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures and maps of them, (count, 1, SIZE, SIZE) both."""
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.rand(count, 1, SIZE, SIZE, generator=generator)
    return pictures, torch.rand(count, 1, SIZE, SIZE, generator=generator)


def mask(rows: slice, columns: slice) -> torch.Tensor:
    made = torch.zeros(1, 1, SIZE, SIZE)
    made[..., rows, columns] = 1
    return made


@torch.no_grad()
def test_an_empty_memory_gives_the_model_its_map_back(network: CorrectionNetwork) -> None:
    pictures, found = frames(1)
    output = network.corrected(network.encode(pictures, found), network.start())
    assert torch.equal(output.log_odds, limited_log_odds(found))
    assert float(limited_log_odds(torch.tensor([0.0, 1.0])).abs().max()) == pytest.approx(MOST_LOG_ODDS, rel=1e-4)


@torch.no_grad()
def test_what_is_given_changes_other_frames_by_what_was_given(network: CorrectionNetwork) -> None:
    pictures, found = frames(2)
    features = [network.encode(pictures[index : index + 1], found[index : index + 1]) for index in range(2)]
    maps = [
        network.corrected(features[1], network.written(features[0], given)).log_odds
        for given in (mask(slice(8, 30), slice(8, 30)), mask(slice(30, 60), slice(30, 60)))
    ]
    plain = limited_log_odds(found[1:])
    assert float((maps[0] - plain).abs().max()) > 1e-2
    assert float((maps[0] - maps[1]).abs().max()) > 1e-3


@torch.no_grad()
def test_frames_in_between_take_nothing_away(network: CorrectionNetwork) -> None:
    pictures, found = frames(12)
    nothing, given = torch.zeros(1, 1, SIZE, SIZE), mask(slice(8, 30), slice(8, 30))
    _, memory = network.step(pictures[:1], found[:1], given, torch.ones(1, 1, 1), network.start())
    after = memory
    for index in range(1, 12):
        _, after = network.step(
            pictures[index : index + 1], found[index : index + 1], nothing, torch.zeros(1, 1, 1), after
        )
    assert all(torch.equal(one, other) for one, other in zip(memory, after))


@torch.no_grad()
def test_contours_given_together_are_those_given_one_after_the_other(network: CorrectionNetwork) -> None:
    pictures, found = frames(2)
    given = [mask(slice(8, 30), slice(8, 30)), mask(slice(30, 60), slice(30, 60))]
    memory = network.start()
    for index in range(2):
        _, memory = network.step(
            pictures[index : index + 1], found[index : index + 1], given[index], torch.ones(1, 1, 1), memory
        )
    features = [network.encode(pictures[index : index + 1], found[index : index + 1]) for index in range(2)]
    together = merged([network.written(one, mask) for one, mask in zip(features, given)])
    for one, other in zip(memory, together):
        assert torch.allclose(one, other, atol=1e-4)


def test_every_weight_that_is_to_learn_has_a_gradient(network: CorrectionNetwork) -> None:
    pictures, found = frames(2)
    network.zero_grad()
    features = [network.encode(pictures[index : index + 1], found[index : index + 1]) for index in range(2)]
    memory = network.written(features[0], mask(slice(8, 30), slice(8, 30)))
    output = network.corrected(features[1], memory, True)
    total = output.log_odds.pow(2).mean() + sum(logit.pow(2).mean() for logit in output.query_logits)
    total.backward()
    lacking = [name for name, weight in network.named_parameters() if weight.grad is None]
    network.zero_grad()
    assert lacking == []


def test_the_graph_computes_what_the_network_does(network: CorrectionNetwork, tmp_path: Path) -> None:
    graph = tmp_path / "correction.onnx"
    export_correction(network, graph)
    session = CorrectionSession(graph)
    assert session.size == SIZE
    assert {name: list(session.shapes[name]) for name in CORRECTION_STATE} == correction_shapes(MICRO)
    pictures, found = frames(3, seed=9)
    given = mask(slice(10, 40), slice(14, 36))
    theirs, mine = session.start(), network.start()
    for index in range(3):
        shown = given if index == 0 else None
        result, theirs = session.step(
            pictures[index, 0].numpy(),
            found[index, 0].numpy(),
            None if shown is None else shown[0, 0].numpy(),
            theirs,
        )
        with torch.no_grad():
            expected, mine = network.step(
                pictures[index : index + 1],
                found[index : index + 1],
                torch.zeros_like(given) if shown is None else shown,
                torch.full((1, 1, 1), float(shown is not None)),
                mine,
            )
        assert np.abs(result - expected[0, 0].numpy()).max() < 1e-4
