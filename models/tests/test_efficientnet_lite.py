"""The image encoder that starts from ImageNet weights."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage import data
from skimage.transform import resize
from torch.nn import functional as F

from gdkvm.export.folding import for_inference
from gdkvm.export.graph import export_graph
from gdkvm.network.config import MICRO, ModelConfig
from gdkvm.network.efficientnet_lite import (
    EfficientNetLiteTrunk,
    PretrainedWeightsMissing,
    imagenet_weights,
    published_file,
)
from gdkvm.network.efficientnet_variants import VARIANTS
from gdkvm.network.model import GDKVM
from gdkvm.running.onnx_runner import OnnxRunner
from gdkvm.training.config import TrainingConfig

NAMES = tuple(VARIANTS)
LITE = replace(MICRO, image_block="efficientnet-lite0")
CONFIGS = Path(__file__).parent.parent / "configs"


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pretrained(name: str) -> EfficientNetLiteTrunk:
    trunk = EfficientNetLiteTrunk(name)
    found = trunk.load_state_dict(imagenet_weights(name), strict=False)
    assert not found.unexpected_keys
    assert {key.rpartition(".")[2] for key in found.missing_keys} <= {"num_batches_tracked"}
    return trunk.eval()


def test_features_have_the_strides_and_channels_that_the_model_expects(name: str) -> None:
    with torch.no_grad():
        f16, f8, f4 = EfficientNetLiteTrunk(name).eval()(torch.zeros(2, 1, 64, 96))
    c4, c8, c16 = replace(MICRO, image_block=name).image_channels
    assert (f16.shape, f8.shape, f4.shape) == ((2, c16, 4, 6), (2, c8, 8, 12), (2, c4, 16, 24))


def distance_from_learned_statistics(trunk: EfficientNetLiteTrunk, picture: torch.Tensor) -> float:
    """How far the channel means of a picture are from those learned in training: standard deviations, the median over
    channels, averaged over all layers."""
    distances: list[torch.Tensor] = []

    def look(norm: torch.nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
        away = (inputs[0].mean((0, 2, 3)) - norm.running_mean) / norm.running_var.sqrt()
        distances.append(away.abs().median())

    norms = [module for module in trunk.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    handles = [module.register_forward_pre_hook(look) for module in norms]
    with torch.no_grad():
        trunk(picture)
    for handle in handles:
        handle.remove()
    return float(torch.stack(distances).mean())


def test_a_photograph_looks_to_it_like_what_it_was_trained_on(pretrained: EfficientNetLiteTrunk) -> None:
    """Weights in other places would not give it the statistics that it was trained with."""
    grey = resize(data.chelsea().mean(2) / 255, (224, 224), anti_aliasing=True)
    picture = torch.from_numpy(grey).float()[None, None]
    assert distance_from_learned_statistics(pretrained, 2 * picture - 1) < 0.25
    mixed = copy.deepcopy(pretrained)
    for block in mixed.stages[2]:
        block.depthwise.weight.data = block.depthwise.weight.data.flip(0)
    assert distance_from_learned_statistics(mixed, 2 * picture - 1) > 0.4


def test_pretrained_features_are_of_the_size_that_the_rest_of_the_network_expects(
    pretrained: EfficientNetLiteTrunk,
) -> None:
    grey = resize(data.chelsea().mean(2) / 255, (160, 160), anti_aliasing=True)
    with torch.no_grad():
        features = pretrained(2 * torch.from_numpy(grey).float()[None, None] - 1)
    for feature in features:
        assert 0.5 < float(feature.square().mean().sqrt()) < 2


def test_a_grey_picture_fills_the_three_channels_of_the_published_stem(
    name: str, pretrained: EfficientNetLiteTrunk
) -> None:
    grey = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    weight = torch.load(published_file(name), weights_only=True)["_conv_stem.weight"]
    expected = F.conv2d(grey.expand(-1, 3, -1, -1), weight, None, 2, 1)
    torch.testing.assert_close(pretrained.conv1(grey), expected)


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = VARIANTS[LITE.image_block]._replace(package="no_such_package_here")
    monkeypatch.setitem(VARIANTS, LITE.image_block, missing)
    with pytest.raises(PretrainedWeightsMissing, match=r"models\[pretrained\]"):
        imagenet_weights(LITE.image_block)


def test_the_graph_equals_pytorch(tmp_path: Path) -> None:
    torch.manual_seed(3)
    model = GDKVM(LITE)
    with torch.no_grad():  # statistics that folding has to take into account
        model.train()(torch.rand(4, 2, 1, 64, 64))
    model.eval()
    export_graph(model, tmp_path / "model.onnx")
    clip = np.random.default_rng(1).random((5, 64, 64), np.float32)
    state, expected = model.start(), []
    with torch.no_grad():
        for index, frame in enumerate(clip):
            output, state = model.step(torch.from_numpy(frame)[None, None], state, float(index == 0))
            expected.append(output.probability[0, 0].numpy())
    assert np.abs(OnnxRunner(tmp_path / "model.onnx", 1).clip(clip) - np.stack(expected)).max() < 1e-4
    assert np.stack(expected).std() > 0.01
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in for_inference(model).image_encoder.modules())


def test_only_these_encoders_can_start_from_imagenet(name: str) -> None:
    config = TrainingConfig.read(CONFIGS / "gdkvm-base-camus.yaml")
    with pytest.raises(ValueError, match="imagenet"):
        replace(config, imagenet=True, model=ModelConfig())
    assert replace(config, imagenet=True, model=ModelConfig(image_block=name)).imagenet
