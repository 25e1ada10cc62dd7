"""The card of a recogniser: what its manifest says, for people, and what only people can say."""

from __future__ import annotations

from typing import Any


def render(manifest: dict[str, Any], notes: str) -> str:
    lines = [
        f"# {manifest['name']} {manifest['version']}",
        "",
        "Research use only. Not for diagnostic use.",
        "",
        manifest["description"],
        "",
        "| | |",
        "|---|---|",
        f"| classes | {', '.join(manifest['classes'])} |",
        f"| certainty below which the answer is unknown | {manifest['certainty']} |",
        f"| input | up to {manifest['input']['frames']} frames of the sector and two whole pictures, "
        f"{manifest['input']['width']} x {manifest['input']['height']}, grey |",
        f"| image encoder of | {manifest['encoder']} |",
        f"| parameters | {manifest['parameters']:,} |",
        f"| licence of the weights | {manifest['licence']} |",
        f"| SHA-256 of the graph | `{manifest['graph']['sha256']}` |",
        "",
        "## Measured",
        "",
        "| data | clips | answered | of these right | other views called A4C or A2C |",
        "|---|---|---|---|---|",
    ]
    for row in manifest["measured"]["rows"]:
        share = f"{row['right']} ({100 * row['right'] / row['answered']:.1f} %)" if row["answered"] else "0"
        lines.append(f"| {row['data']} | {row['clips']} | {row['answered']} | {share} | {row['wronglyApical']} |")
    lines += ["", "Certainty and how often it was right, whether answered or not:", ""]
    for name, rows in manifest["measured"]["calibration"].items():
        lines += [f"| {name}: certainty | clips | mean certainty | right |", "|---|---|---|---|"]
        lines += [
            f"| {row['low']} to {row['high']} | {row['clips']} | {row['certainty']} | {row['right']} |" for row in rows
        ]
        lines.append("")
    lines += ["## Training, limits, known failures", "", notes.strip(), "", "## Sources", ""]
    lines += [f"- {source}" for source in manifest["citation"].split("; ")]
    lines += [f"- {entry['name']}: {entry['licence']}" for entry in manifest["trainingData"]]
    return "\n".join(lines) + "\n"
