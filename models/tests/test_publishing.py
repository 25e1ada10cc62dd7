"""A training run becomes a model folder that says how accurate it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from camus_pack_files import write_pack

from gdkvm.command_line import main
from gdkvm.evaluation.files import SCHEMA, EvaluationFileError, read_report
from gdkvm.evaluation.record import record_accuracy
from gdkvm.export.card import render
from gdkvm.export.model_folder import Description, read_manifest, write_folder
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.network.stored import weights_fingerprint
from gdkvm.publishing.training_run import known_failures, publish


@pytest.fixture
def run(micro: GDKVM, tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    config = {
        "name": "tiny",
        "version": "1.2.3",
        "description": "for tests",
        "model": MICRO.to_dict(),
        "iterations": 3,
        "stages": [{"until": 3, "frames": [2, 2]}],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    weights = micro.state_dict()
    content = {"it": 3, "seconds": 60.0, "model": weights, "ema": weights, "config": MICRO.to_dict()}
    torch.save(content, folder / "checkpoint.pth")
    return folder


def saved_evaluation(folder: Path, fingerprint: str) -> Path:
    """The part of an evaluation's output that publishing reads."""
    mean = {"value": 0.95123, "lower95": 0.94, "upper95": 0.96, "n": 512}
    values: dict[str, Any] = {"n": 512, "dice": mean, "volumePercentError": {**mean, "value": 7.256}}
    values["efAgainstSinglePlane"] = {"mae": {**mean, "value": 2.468}, "bias": -1.234, "r": 0.9571, "n": 511}
    model = {"name": "tiny", "version": "1.2.3", "fingerprint": fingerprint}
    folder.mkdir()
    content = {"schema": SCHEMA, "model": model, "sources": [], "phantoms": values}
    (folder / "evaluation.json").write_text(json.dumps(content))
    return folder


def test_accuracy_reaches_manifest_and_card(run: Path, micro: GDKVM, tmp_path: Path) -> None:
    camus, out = write_pack(tmp_path), tmp_path / "folder"
    evaluation = saved_evaluation(tmp_path / "evaluation", weights_fingerprint(micro.state_dict()))
    publish(run, out, camus, None, evaluation, threads=1)
    rows = json.loads((out / "manifest.json").read_text())["accuracy"]
    assert all(set(row) == {"dataset", "metric", "value", "lower95", "upper95", "n"} for row in rows)
    bounded = [row for row in rows if row["lower95"] is not None]
    assert all(row["lower95"] <= row["value"] <= row["upper95"] for row in bounded if "Phantom" not in row["dataset"])
    assert {row["metric"] for row in rows if row not in bounded} == {"ef-bias-points", "ef-r"}
    found = {(row["metric"], row["dataset"]): row for row in rows}
    assert found["dice", "CAMUS official validation, A4C+A2C, ED+ES"]["n"] == 12
    assert found["hd95-mm", "CAMUS official validation, A4C, ED+ES"]["n"] == 6
    assert found["ef-mae-points", "CAMUS official validation, A4C, 20 disks, single plane"]["n"] == 3
    assert found["ef-mae-points", "CAMUS official validation, A4C+A2C, area-length surrogate"]["n"] == 6
    phantoms = {row["metric"]: row["value"] for row in rows if row["dataset"].startswith("Phantom")}
    assert phantoms == {
        "dice": 0.9512,
        "ef-mae-points": 2.47,
        "ef-bias-points": -1.23,
        "ef-r": 0.957,
        "volume-error-percent": 7.26,
    }
    card = (out / "card.md").read_text()
    assert "| volume-error-percent | 7.26 |" in card and "| dice | 0.9512 |" in card
    assert "| ef-r | 0.957 | not estimated | 511 |" in card


def test_an_evaluation_of_other_weights_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camus, out = write_pack(tmp_path), tmp_path / "folder"
    evaluation = saved_evaluation(tmp_path / "evaluation", "0" * 64)
    command = ["export", "--trained", str(run), "--out", str(out), "--camus", str(camus)]
    assert main([*command, "--evaluation", str(evaluation)]) == 1
    assert "run evaluate again on what is published" in capsys.readouterr().err
    assert not out.exists()


def test_a_report_is_recorded_in_the_folder_it_is_of(micro: GDKVM, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    about = Description("tiny", "1.2.3", "for tests", "Apache-2.0")
    manifest = write_folder(micro, folder, about, lambda values: render(values, "Written by a person."))
    report = read_report(saved_evaluation(tmp_path / "evaluation", manifest["graph"]["sha256"]))
    assert record_accuracy(folder, report) == 5
    assert [row["metric"] for row in read_manifest(folder)["accuracy"]] == [
        "dice",
        "ef-mae-points",
        "ef-bias-points",
        "ef-r",
        "volume-error-percent",
    ]
    card = (folder / "card.md").read_text()
    assert "| volume-error-percent | 7.26 |" in card and "Written by a person." in card
    # What a report does not cover stays.
    assert record_accuracy(folder, {**report, "phantoms": None}) == 0
    assert len(read_manifest(folder)["accuracy"]) == 5
    with pytest.raises(EvaluationFileError, match="run evaluate again"):
        record_accuracy(folder, {**report, "model": {**report["model"], "fingerprint": "0"}})


def test_known_failures_of_the_notes_reach_the_manifest() -> None:
    notes = "**Known failures and limits.**\n\n- One that goes\n  on.\n- Two.\n\n**Licence.** Text\n- not this\n"
    assert known_failures(notes) == ["One that goes on.", "Two."]
    assert known_failures("Nothing known.") == []
