"""Figures that documents repeat from the manifests of the models that ship, written between markers.

``<!-- figures:camus -->`` begins such a text and ``<!-- figures:end -->`` ends it; what is between is made here. In the
cards, tables are made from the manifest by ``card``, and sentences that people wrote are only compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from ..export.card import notes_of, render
from ..export.model_folder import read_manifest

MARKED = re.compile(r"(<!-- figures:(\w+) -->).*?(<!-- figures:end -->)", re.DOTALL)
CAMUS = "CAMUS official validation, "
BOTH_VIEWS, A4C_DISKS = CAMUS + "A4C+A2C, ED+ES", CAMUS + "A4C, 20 disks, single plane"
PHANTOMS = "Phantom test set, 512 clips never trained on, "
PHANTOM_FRAMES, PHANTOM_PLANE = PHANTOMS + "all frames", PHANTOMS + "20 disks against the true plane"
PHANTOM_VOLUMES = PHANTOMS + "EDV and ESV"
# What people write in cards' notes and manifests' known failures, and the row of the accuracy that it repeats.
SENTENCES = (
    (r"Ejection fraction by disks is off by ([\d.]+) points on average", A4C_DISKS, "ef-mae-points"),
    (r"On phantoms ejection fraction is off by ([\d.]+) points on average", PHANTOM_PLANE, "ef-mae-points"),
    (r" and volumes by ([\d.]+) %", PHANTOM_VOLUMES, "volume-error-percent"),
)

Manifest = dict[str, Any]


def accuracy(manifest: Manifest, dataset: str, metric: str) -> Decimal:
    """The value of a row of a manifest's accuracy, as it is written there. Raises ValueError where there is none."""
    for row in manifest["accuracy"]:
        if (row["dataset"], row["metric"]) == (dataset, metric):
            return Decimal(str(row["value"]))
    raise ValueError(f"{manifest['name']}: its manifest has no {metric} of {dataset!r}")


def rounded(value: Decimal, digits: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def of_both(accurate: Manifest, fast: Manifest) -> Callable[[str, str, int], str]:
    """Writes a figure of both models: "4.9 and 5.5", or "0.943 with both"."""

    def write(dataset: str, metric: str, digits: int) -> str:
        first, second = (rounded(accuracy(each, dataset, metric), digits) for each in (accurate, fast))
        return f"{first} with both" if first == second else f"{first} and {second}"

    return write


def camus(accurate: Manifest, fast: Manifest) -> str:
    both = of_both(accurate, fast)
    return (
        f"mean Dice is {both(BOTH_VIEWS, 'dice', 3)}, EF by disks in the four-chamber view of 50 patients is off by "
        f"{both(A4C_DISKS, 'ef-mae-points', 1)} points on average"
    )


def phantoms(accurate: Manifest, fast: Manifest) -> str:
    both = of_both(accurate, fast)
    low = [rounded(-accuracy(each, PHANTOM_PLANE, "ef-bias-points"), 1) for each in (accurate, fast)]
    return (
        f"mean Dice is {both(PHANTOM_FRAMES, 'dice', 3)}, EF is off by {both(PHANTOM_PLANE, 'ef-mae-points', 2)} "
        f"points on average and {' and '.join(low)} points too low in the mean, volumes are off by "
        f"{both(PHANTOM_VOLUMES, 'volume-error-percent', 2)} %"
    )


def size(accurate: Manifest, fast: Manifest) -> str:
    millions = [rounded(Decimal(each["parameters"]) / 1_000_000, 1) for each in (accurate, fast)]
    return f"{millions[0]} million parameters (the fast one {millions[1]})"


TEXTS = {"camus": camus, "phantoms": phantoms, "size": size}


def shipped_models(folder: Path) -> tuple[Manifest, Manifest]:
    """The manifests of the accurate and the fast model that ship. Raises ValueError where one is missing."""
    by_role = {values.get("role"): values for values in map(read_manifest, sorted(folder.iterdir()))}
    if set(by_role) != {"accurate", "fast"}:
        raise ValueError(f"{folder}: wants a model folder of each role, accurate and fast")
    return by_role["accurate"], by_role["fast"]


def filled_in(text: str, accurate: Manifest, fast: Manifest) -> str:
    """A document with the figures of these manifests between its markers. Raises ValueError for an unknown marker."""

    def fill(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        if name not in TEXTS:
            raise ValueError(f"no figures are called {name!r}; there are {', '.join(TEXTS)}")
        return f"{begin}{TEXTS[name](accurate, fast)}{end}"

    return MARKED.sub(fill, text)


def sentence_faults(text: str, manifest: Manifest) -> list[str]:
    """The sentences of a text that repeat another figure than the manifest's, at as many digits as they give."""
    faults = []
    for pattern, dataset, metric in SENTENCES:
        for found in re.finditer(pattern, text):
            wanted = rounded(accuracy(manifest, dataset, metric), len(found[1].partition(".")[2]))
            if found[1] != wanted:
                faults.append(f'"{found[0]}", but the manifest has {wanted}')
    return faults


def write_figures(documents: list[Path], shipped: Path, check: bool = False) -> tuple[list[Path], list[str]]:
    """The files whose figures were (with ``check``: are) other than the manifests', and sentences that somebody has to
    mend."""
    accurate, fast = shipped_models(shipped)
    wanted = {path: filled_in(path.read_text(), accurate, fast) for path in documents}
    faults = []
    for folder in sorted(shipped.iterdir()):
        manifest, card = read_manifest(folder), folder / "card.md"
        wanted[card] = render(manifest, notes_of(card))
        written = "\n".join([notes_of(card), *manifest.get("knownFailures", [])])
        faults += [f"{folder}: {fault}" for fault in sentence_faults(written, manifest)]
    changed = [path for path, text in wanted.items() if path.read_text() != text]
    if not check:
        for path in changed:
            path.write_text(wanted[path])
    return changed, faults
