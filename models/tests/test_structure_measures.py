"""Measures of a model's wall and atrium against those of reference masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdkvm.datasets.camus_pairs import LEFT_ATRIUM, LV_CAVITY, MYOCARDIUM
from gdkvm.datasets.labelled_clip import LabelledClip
from gdkvm.studies.structure_measures import Case, agreement, camus_cases, corrections_of, is_whole, measured
from gdkvm.studies.workstation import ClipFile


def row(name: str, method: str, value: float | None, beat: int | None = None) -> dict[str, Any]:
    return {"name": name, "method": method, "value": value, "beat": beat}


def labels(atrium: bool = True) -> np.ndarray:
    found = np.zeros((2, 16, 16), np.uint8)
    found[:, 1:9, 4:12] = MYOCARDIUM
    found[:, 3:9, 6:10] = LV_CAVITY
    found[0, 10:14, 5:11] = LEFT_ATRIUM
    if atrium:
        found[1, 10:13, 5:11] = LEFT_ATRIUM
    return found


def clip(view: str, marks: np.ndarray, spacing: tuple[float, float] | None) -> LabelledClip:
    frames = np.zeros_like(marks)
    return LabelledClip(f"p_{view}", "p", view, frames, marks == LV_CAVITY, (0, 1), ("ED", "ES"), spacing, marks)


def test_the_mean_of_the_beats_is_the_last_and_what_has_no_value_counts_for_nothing() -> None:
    rows = [row("LAV max", "area-length", 30, 0), row("LAV max", "area-length", 34), row("LAV max", "biplane-disks", 9)]
    assert measured(rows, ("LAV max", "area-length")) == 34
    assert np.isnan(measured([row("LAV max", "area-length", None)], ("LAV max", "area-length")))
    assert measured(rows, ("LAV max", None)) == 9


def test_errors_are_model_less_reference_in_the_unit_of_the_measure() -> None:
    volume, strain, wall = ("LAV max", "biplane-disks"), ("Contour strain", "contour"), ("LV wall mid ED", None)
    pairs = [
        ([row(*volume, 55), row(*strain, -18), row("LV wall mid ED", "contour", 11)],
         [row(*volume, 50), row(*strain, -20), row("LV wall mid ED", "contour", 9)]),
        ([row(*strain, -21)], [row(*volume, 40), row(*strain, -20)]),
        ([row(*volume, 40)], []),
    ]  # fmt: skip
    found = agreement(pairs, volume).row()
    assert (found["unit"], found["n"], found["missing"]) == ("%", 1, 1)
    assert found["bias"] == pytest.approx(10)
    found = agreement(pairs, strain).row()
    assert (found["unit"], found["n"], found["mae"], found["bias"], found["largest"]) == ("points", 2, 1.5, 0.5, 2)
    assert agreement(pairs, wall).row()["unit"] == "mm"


def test_a_clip_without_one_of_the_structures_is_left_out() -> None:
    assert is_whole(labels()) and not is_whole(labels(atrium=False))
    four, two = clip("A4C", labels(), (0.5, 0.4)), clip("A2C", labels(), None)
    cases = list(camus_cases([four, two]))
    assert [case.file.spacing_mm for case in cases] == [(0.5, 0.4), (0.5, 0.4)]
    assert len({case.file.study_instance_uid for case in cases}) == 1
    assert list(camus_cases([clip("A4C", labels(atrium=False), (0.5, 0.4))])) == []


def test_masks_are_given_of_every_structure_and_frame(tmp_path: Path) -> None:
    from PIL import Image

    marks = labels()
    marks[0, 15, 15] = MYOCARDIUM
    given = corrections_of(Case(ClipFile("p", "A4C", marks, 400, (1, 1)), marks), tmp_path)
    assert [one["structure"] for one in given["corrections"]] == ["lv-cavity"] * 2 + ["lv-wall"] * 2 + [
        "left-atrium"
    ] * 2
    wall = np.asarray(Image.open(given["corrections"][2]["mask"])) > 0
    # With the cavity, and without the pixel that is not connected.
    assert wall.sum() == 64
