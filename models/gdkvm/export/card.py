"""The model card: what the manifest says, for people, and what only people can say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

NOTES_HEAD, NOTES_END = "## Training, limits, known failures", "## Sources"


def decimals(metric: str) -> int:
    """Digits after the point that a metric of the manifest's ``accuracy`` is given with."""
    return {"dice": 4, "ef-r": 3}.get(metric, 2)


def notes_of(card: Path) -> str:
    """What people wrote in a card."""
    text = card.read_text() if card.exists() else ""
    return text.partition(NOTES_HEAD)[2].partition(NOTES_END)[0].strip()


def rewrite(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes card.md again from a changed manifest; what people wrote in it stays."""
    card = folder / "card.md"
    card.write_text(render(manifest, notes_of(card)))


def confidence_section(confidence: dict[str, Any], title: str = "Confidence") -> list[str]:
    """How a frame's confidence is computed, and what it was found to be worth."""
    worth = confidence["calibration"]
    bias, limit = confidence["bias"], confidence["limit"]
    terms = " ".join(f"{weight:+g} {name}" for name, weight in zip(confidence["features"], confidence["weights"]))

    def number(value: float | None) -> str:
        return "none" if value is None else f"{value:.3f}"

    return [
        f"## {title}",
        "",
        f"1 / (1 + exp(-x)) with x = {bias:+g} {terms}; a frame below {limit:g} is flagged.",
        "",
        f"| {worth['frames']} frames: {worth['dataset']} | |",
        "|---|---|",
        f"| area under the ROC curve for frames with Dice below {worth['badDice']:g} | {number(worth['auc'])} |",
        f"| share of frames flagged | {number(worth['flaggedShare'])} |",
        f"| mean Dice of flagged frames | {number(worth['flaggedMeanDice'])} |",
        f"| mean Dice of the others | {number(worth['unflaggedMeanDice'])} |",
        "",
    ]


def correction_rows(manifest: dict[str, Any]) -> list[str]:
    if "correction" not in manifest:
        return []
    correction = manifest["correction"]
    return [
        f"| parameters of the network for corrections | {correction['parameters']:,} |",
        f"| SHA-256 of its graph | `{correction['sha256']}` |",
    ]


def render(manifest: dict[str, Any], notes: str) -> str:
    """card.md from a manifest and hand-written notes."""
    picture = manifest["input"]
    lines = [
        f"# {manifest['name']} {manifest['version']}",
        "",
        "Research use only. Not for diagnostic use.",
        "",
        manifest["description"],
        "",
        "| | |",
        "|---|---|",
        f"| structures | {', '.join(manifest['structures'])} |",
        f"| input | {picture['width']} x {picture['height']}, {picture['geometry']}, {picture['orientation']} |",
        f"| parameters | {manifest['parameters']:,} |",
        f"| multiply-adds per frame | {manifest['multiplyAddsPerFrame'] / 1e9:.3f} G |",
        *([f"| corrections are carried by | {manifest['propagation']} |"] if "propagation" in manifest else []),
        *correction_rows(manifest),
        f"| licence of the weights | {manifest['licence']} |",
        f"| SHA-256 of the graph | `{manifest['graph']['sha256']}` |",
        "",
    ]
    if manifest["accuracy"]:
        lines += ["## Measured accuracy", "", "| data | metric | value | 95 % interval | n |", "|---|---|---|---|---|"]
        for row in manifest["accuracy"]:
            digits = decimals(row["metric"])
            known = [f"{row[key]:.{digits}f}" for key in ("value", "lower95", "upper95") if row[key] is not None]
            interval = " to ".join(known[1:]) if len(known) == 3 else "not estimated"
            lines.append(f"| {row['dataset']} | {row['metric']} | {known[0]} | {interval} | {row['n']} |")
        lines += ["", "Intervals are percentile bootstraps over patients, 2,000 resamples.", ""]
    if "confidence" in manifest:
        lines += confidence_section(manifest["confidence"])
    for structure, own in manifest.get("structureConfidence", {}).items():
        lines += confidence_section(own, f"Confidence of {structure}")
    carried = manifest.get("correction", {}).get("confidence")
    if carried is not None:
        lines += confidence_section(carried, "Confidence where a correction was carried to")
    lines += [NOTES_HEAD, "", notes.strip(), "", NOTES_END, ""]
    lines.append(f"- Method: {manifest['citation']}")
    lines += [f"- {data['name']} ({data['licence']}): {data['citation']}" for data in manifest["trainingData"]]
    return "\n".join(lines) + "\n"
