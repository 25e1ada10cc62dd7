"""Names, shapes and sizes of the base model; numbers against the golden tensors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from gdkvm.command_line import main
from gdkvm.network import golden
from gdkvm.network.config import BASE, MICRO, ModelConfig
from gdkvm.network.model import GDKVM, parameter_count
from gdkvm.running.checking import check, golden_weights


@pytest.fixture(scope="module")
def base() -> GDKVM:
    return GDKVM(BASE)


def test_base_has_the_published_number_of_parameters(base: GDKVM) -> None:
    assert len(base.state_dict()) == 533
    assert sum(parameter.numel() for parameter in base.parameters()) == 35_078_282
    assert parameter_count(base) == 35_011_976


def test_base_state_dict_matches_the_reference_in_names_shapes_and_order(base: GDKVM, golden_folder: Path) -> None:
    lines = (golden_folder / "state_dict.tsv").read_text().splitlines()[1:]
    reference = [tuple(line.split("\t")[:3]) for line in lines]
    mine = [
        (key, str(list(value.shape)).replace(" ", ""), str(value.dtype).removeprefix("torch."))
        for key, value in base.state_dict().items()
    ]
    assert [entry[:2] for entry in mine] == [entry[:2] for entry in reference]
    assert [entry[2] for entry in mine] == [entry[2].removeprefix("torch.") for entry in reference]


def test_synthetic_weights_have_the_expected_bits() -> None:
    digest = hashlib.sha256()
    for value in golden_weights(golden.WEIGHT_SEED).values():
        digest.update(value.numpy().tobytes())
    assert digest.hexdigest() == "fab74c0dbfd8c6c79e1259a8575fc7b4dd60b18f18d011a495003a8c0d5bda43"


def test_small_clip_equals_the_golden_tensors(golden_folder: Path) -> None:
    results = check(golden_folder / "clip_b.npz", onnx=True)
    failed = [str(result) for result in results if not result.passed]
    assert not failed, "\n".join(failed)
    assert {result.run for result in results} == {"whole clip", "frame by frame", "onnxruntime"}
    assert len(results) > 50


def test_large_clip_equals_the_golden_tensors(golden_folder: Path) -> None:
    results = check(golden_folder / "clip_a.npz", onnx=False)
    failed = [str(result) for result in results if not result.passed]
    assert not failed, "\n".join(failed)


def test_check_notices_a_wrong_number(golden_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(golden_folder / "clip_b.npz") as file:
        values = {name: file[name] for name in file.files}
    values["masks"] = values["masks"].copy()
    values["masks"][2, 40, 40] += 0.01
    changed = tmp_path / "changed.npz"
    np.savez(changed, **values)
    assert main(["check", str(changed)]) == 1
    assert "FAIL" in capsys.readouterr().out


def test_check_refuses_a_file_that_is_not_golden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, a=np.zeros(3))
    assert main(["check", str(path)]) == 1
    assert "not a golden file" in capsys.readouterr().err


def test_whole_clip_equals_frame_by_frame(micro: GDKVM) -> None:
    clip = torch.rand(2, 5, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole = micro(clip)
        state = micro.start(2)
        for index, expected in enumerate(whole):
            output, state = micro.step(clip[:, index], state, float(index == 0))
            torch.testing.assert_close(output.probability, expected.probability, atol=1e-5, rtol=0)


def test_clip_can_continue_from_a_state(micro: GDKVM) -> None:
    clip = torch.rand(1, 6, 1, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        whole = micro(clip)
        state = micro.start()
        for index in range(3):
            _, state = micro.step(clip[:, index], state, float(index == 0))
        rest = micro(clip[:, 3:], state)
    torch.testing.assert_close(rest[-1].probability, whole[-1].probability, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"image_size": 100}, "multiple of 16"),
        ({"channels": 30}, "channels"),
        ({"image_block": "dense"}, "image_block"),
        ({"queries": 7}, "queries"),
        ({"width": 3}, "unknown model settings: width"),
    ],
)
def test_impossible_configurations_are_refused(values: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ModelConfig.from_dict(values)


def test_configuration_survives_a_round_trip() -> None:
    assert ModelConfig.from_dict(MICRO.to_dict()) == MICRO
