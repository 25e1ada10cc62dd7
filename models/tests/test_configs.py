"""The configurations of the models that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdkvm.export.model_folder import read_manifest
from gdkvm.network.config import BASE
from gdkvm.network.model import GDKVM, parameter_count
from gdkvm.training.config import TrainingConfig
from gdkvm.training.correction_config import CorrectionConfig

CONFIGS = Path(__file__).parent.parent / "configs"


CORRECTIONS = sorted(CONFIGS.glob("correction-*.yaml"))
OTHERS = {*CORRECTIONS, *CONFIGS.glob("view-*.yaml"), *CONFIGS.glob("structures-*.yaml")}


@pytest.mark.parametrize("path", sorted({*CONFIGS.glob("*.yaml")} - OTHERS), ids=lambda path: path.stem)
def test_a_configuration_is_whole(path: Path) -> None:
    config = TrainingConfig.read(path)
    assert config.name == path.stem
    assert config.stages[-1].until == config.iterations
    assert [stage.until for stage in config.stages] == sorted(stage.until for stage in config.stages)
    assert config.warmup < config.decay_from < config.iterations
    assert max(stage.frames[1] + stage.warm for stage in config.stages) >= 32, "learns from long clips"
    assert TrainingConfig.read(path).to_dict() == config.to_dict()


def test_the_accurate_model_is_the_published_base_behind_another_image_encoder() -> None:
    config = TrainingConfig.read(CONFIGS / "gdkvm-base-camus.yaml").model
    differs = {key for key, value in config.to_dict().items() if value != BASE.to_dict()[key]}
    assert differs == {"image_block", "image_size", "bounded_memory"}
    assert parameter_count(GDKVM(config)) == pytest.approx(27.0e6, rel=0.003)


@pytest.mark.parametrize("path", CORRECTIONS, ids=lambda path: path.stem)
def test_a_network_for_corrections_goes_with_a_model_that_ships(path: Path) -> None:
    config = CorrectionConfig.read(path)
    assert config.name == path.stem
    # It was trained beside an earlier graph of that model, whose image encoder the later ones kept.
    assert "correction" in read_manifest(Path(config.model_folder))
    assert config.correction.image_block == config.main.image_block, "its image encoder is the model's"
    assert config.correction.mask_slope > 0, "or its mask path can die"


@pytest.mark.parametrize("folder", sorted((CONFIGS.parent / "shipped").iterdir()), ids=lambda path: path.name)
def test_contours_that_a_shipped_model_carries_are_judged_by_a_calibration_of_their_own(folder: Path) -> None:
    manifest = read_manifest(folder)
    if "correction" in manifest:
        own, carried = manifest["confidence"]["calibration"], manifest["correction"]["confidence"]["calibration"]
        assert carried["badDice"] == own["badDice"] and 0 < carried["flaggedShare"] < 0.15
        assert carried["unflaggedMeanDice"] > carried["flaggedMeanDice"] + 0.03
