"""Figures that documents and cards repeat are those of the manifests."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from gdkvm.command_line import main
from gdkvm.publishing.figures import accuracy, filled_in, sentence_faults, shipped_models, write_figures

MODELS = Path(__file__).parents[1]
DOCUMENTS = [MODELS.parent / "README.md", MODELS.parent / "docs" / "limits.md"]
A4C = "CAMUS official validation, A4C, 20 disks, single plane"


def test_documents_and_cards_have_the_figures_of_the_models_that_ship() -> None:
    changed, faults = write_figures(DOCUMENTS, MODELS / "shipped", check=True)
    assert not changed, "run python -m gdkvm figures"
    assert not faults
    assert all("<!-- figures:camus -->mean Dice is 0." in path.read_text() for path in DOCUMENTS)


def test_other_figures_are_noticed_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("Measured: <!-- figures:camus -->mean Dice is 0.999<!-- figures:end -->, and 0.999 elsewhere.\n")
    monkeypatch.chdir(MODELS)
    assert main(["figures", str(page), "--check"]) == 1
    assert str(page) in capsys.readouterr().out and "0.999<!--" in page.read_text()
    assert main(["figures", str(page)]) == 0 and main(["figures", str(page), "--check"]) == 0
    assert "0.999<!--" not in page.read_text() and page.read_text().endswith("and 0.999 elsewhere.\n")


def test_figures_follow_the_manifest() -> None:
    accurate, fast = shipped_models(MODELS / "shipped")
    other = copy.deepcopy(fast)
    for row in other["accuracy"]:
        if (row["dataset"], row["metric"]) == (A4C, "ef-mae-points"):
            row["value"] = 6.25
    before, after = (filled_in("<!-- figures:camus --><!-- figures:end -->", accurate, one) for one in (fast, other))
    assert "and 6.3 points" in after and "and 6.3 points" not in before  # 6.25 rounds up, as people round
    assert sentence_faults("\n".join(fast["knownFailures"]), fast) == []
    assert len(sentence_faults("\n".join(fast["knownFailures"]), other)) == 1


def test_cards_still_say_what_is_compared() -> None:
    """A sentence that is worded anew would no longer be compared; change SENTENCES with it."""
    from gdkvm.publishing.figures import SENTENCES

    for manifest in shipped_models(MODELS / "shipped"):
        missed = copy.deepcopy(manifest)
        for row in missed["accuracy"]:
            row["value"] += 1
        assert len(sentence_faults("\n".join(manifest["knownFailures"]), missed)) == len(SENTENCES)


def test_a_marker_or_row_that_does_not_exist_is_said() -> None:
    accurate, fast = shipped_models(MODELS / "shipped")
    with pytest.raises(ValueError, match="no figures are called 'speed'; there are camus"):
        filled_in("<!-- figures:speed --><!-- figures:end -->", accurate, fast)
    with pytest.raises(ValueError, match="has no dice of 'the moon'"):
        accuracy(fast, "the moon", "dice")
