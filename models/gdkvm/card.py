"""The model card: what the manifest says, for people, and what only people can say."""

from __future__ import annotations

from typing import Any


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
        f"| licence of the weights | {manifest['licence']} |",
        f"| SHA-256 of the graph | `{manifest['graph']['sha256']}` |",
        "",
    ]
    if manifest["accuracy"]:
        lines += ["## Measured accuracy", "", "| data | metric | mean | 95 % interval | n |", "|---|---|---|---|---|"]
        for row in manifest["accuracy"]:
            digits = 4 if row["metric"] == "dice" else 2
            value, lower, upper = (f"{row[key]:.{digits}f}" for key in ("value", "lower95", "upper95"))
            lines.append(f"| {row['dataset']} | {row['metric']} | {value} | {lower} to {upper} | {row['n']} |")
        lines += ["", "Intervals are percentile bootstraps over patients, 2,000 resamples.", ""]
    lines += ["## Training, limits, known failures", "", notes.strip(), "", "## Sources", ""]
    lines.append(f"- Method: {manifest['citation']}")
    lines += [f"- {data['name']} ({data['licence']}): {data['citation']}" for data in manifest["trainingData"]]
    return "\n".join(lines) + "\n"
