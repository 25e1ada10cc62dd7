"""Test vectors of the confidence features, shared with the workstation's own implementation.

``python -m gdkvm.studies.confidence_vectors ../test/fixtures/confidence/vectors.json`` writes them. All probabilities
are multiples of 1/64, so single and double precision agree on every comparison.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from .features import FEATURE_NAMES, clip_features, confidence_values, feature_table

SIZE = 12
WEIGHTS = {
    "uncertainShare": -3.25,
    "areaJump": -6.5,
    "borderConfidence": 1.5,
    "peak": 2.0,
    "fragmentShare": -4.0,
    "areaShare": 0.75,
}
BIAS, LIMIT = 0.625, 0.5


def ellipse(row: float, column: float, height: float, width: float, softness: float) -> np.ndarray:
    """Probability (SIZE, SIZE) that falls over about ``softness`` pixels, in multiples of 1/64."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    distance = (np.hypot((y - row) / height, (x - column) / width) - 1) * min(height, width)
    return np.round(64 / (1 + np.exp(np.clip(4 * distance / softness, -30, 30)))) / 64


def clips() -> list[tuple[str, float, np.ndarray]]:
    """Name, threshold and probabilities (T, SIZE, SIZE) float32."""
    beat = [ellipse(6, 6, 4.6 - 0.6 * k, 3.6 - 0.5 * k, 1.0) for k in (0, 1, 2, 3, 2, 0)]
    jumping = [ellipse(6, 6, 4, 3, 1), ellipse(6, 6, 2, 1.5, 1), ellipse(6, 6, 4, 3, 1), ellipse(5, 6, 4, 3, 1)]
    two = np.maximum(ellipse(3, 3, 3, 2, 0.5), ellipse(9, 9, 2, 2, 0.5))
    corner = np.zeros((SIZE, SIZE))
    corner[2:5, 2:5] = corner[5:8, 5:8] = 1.0  # touch at a corner only: two patches
    return [
        ("beat", 0.5, np.stack(beat).astype(np.float32)),
        ("jumping-area", 0.5, np.stack(jumping).astype(np.float32)),
        ("fragments", 0.5, np.stack([two, corner]).astype(np.float32)),
        ("undecided", 0.5, np.stack([ellipse(6, 6, 4, 3, 12), np.full((SIZE, SIZE), 0.5)]).astype(np.float32)),
        ("empty-and-full", 0.5, np.stack([np.zeros((SIZE, SIZE)), np.ones((SIZE, SIZE))] * 2).astype(np.float32)),
        ("lower-threshold", 0.375, np.stack([ellipse(6, 5, 4, 3, 4)]).astype(np.float32)),
    ]


def vectors() -> dict[str, Any]:
    """Content of vectors.json: the coefficients, and for each clip its maps, features, values and flags."""
    names = list(WEIGHTS)
    weights = list(WEIGHTS.values())
    entries = []
    for name, threshold, probabilities in clips():
        features = clip_features(probabilities, threshold)
        values = confidence_values(feature_table(features, names), weights, BIAS)
        table = feature_table(features)
        entries.append(
            {
                "name": name,
                "threshold": threshold,
                "size": SIZE,
                "frames": [
                    {
                        "probability64": [int(value) for value in (frame * 64).ravel()],
                        "features": {key: round(float(row[at]), 12) for at, key in enumerate(FEATURE_NAMES)},
                        "confidence": round(float(value), 12),
                        "flagged": bool(value < LIMIT),
                    }
                    for frame, row, value in zip(probabilities, table, values)
                ],
            }
        )
    return {
        "about": "probability64: row-major probabilities times 64. Written by gdkvm.studies.confidence_vectors.",
        "confidence": {"features": names, "weights": weights, "bias": BIAS, "limit": LIMIT},
        "clips": entries,
    }


def main() -> None:
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(vectors(), indent=1)
    path.write_text(compact(text) + "\n")
    print(f"{path}: {len(clips())} clips")


def compact(text: str) -> str:
    """Puts every list of numbers on one line."""
    lines, out, inside = text.split("\n"), [], False
    for line in lines:
        if inside:
            out[-1] += line.strip() if out[-1].endswith("[") or line.strip().startswith("]") else " " + line.strip()
            inside = not line.strip().startswith("]")
        else:
            out.append(line)
            inside = line.endswith("[") and ("probability64" in line or '"weights"' in line or '"features": [' in line)
    return "\n".join(out)


if __name__ == "__main__":
    main()
