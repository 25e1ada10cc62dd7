"""What a card says of the calibrated confidence, put into card.md where a fit is written into the manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TITLE = "## Confidence"
BEFORE = "## Training, limits, known failures"


def section(confidence: dict[str, Any]) -> str:
    worth = confidence["calibration"]
    terms = " ".join(f"{weight:+g} {name}" for name, weight in zip(confidence["features"], confidence["weights"]))

    def number(value: float | None) -> str:
        return "none" if value is None else f"{value:.3f}"

    formula = f"x = {confidence['bias']:+g} {terms}"
    return "\n".join(
        [
            TITLE,
            "",
            f"1 / (1 + exp(-x)) with {formula}; a frame below {confidence['limit']:g} is flagged.",
            "",
            f"| {worth['frames']} frames: {worth['dataset']} | |",
            "|---|---|",
            f"| area under the ROC curve for frames with Dice below {worth['badDice']:g} | {number(worth['auc'])} |",
            f"| share of frames flagged | {number(worth['flaggedShare'])} |",
            f"| mean Dice of flagged frames | {number(worth['flaggedMeanDice'])} |",
            f"| mean Dice of the others | {number(worth['unflaggedMeanDice'])} |",
            "",
        ]
    )


def update_card(card: Path, confidence: dict[str, Any]) -> None:
    """Puts the section before the notes, or at the end; one that is there already is replaced."""
    parts = card.read_text().split("\n## ") if card.exists() else [""]
    parts = [part for part in parts if not part.startswith(TITLE.removeprefix("## "))]
    places = [at for at, part in enumerate(parts) if part.startswith(BEFORE.removeprefix("## "))]
    at = places[0] if places else len(parts)
    parts.insert(at, section(confidence).removeprefix("## "))
    card.write_text("\n## ".join(parts))
