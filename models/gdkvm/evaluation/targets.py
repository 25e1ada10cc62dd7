"""What the shipped models are asked to reach, and whether a report reaches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Report = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A limit on one number of the report. ``least``: the number must not be below the limit, else not above."""

    title: str
    value: Callable[[Report], float | None]
    accurate: float | None  # None: reported only
    fast: float | None
    least: bool
    digits: int


@dataclass(frozen=True)
class Outcome:
    title: str
    value: float | None
    limit: float | None
    least: bool
    digits: int
    passed: bool | None  # None: nothing to judge

    def __str__(self) -> str:
        value = "not measured" if self.value is None else f"{self.value:.{self.digits}f}"
        if self.limit is None:
            return f"report  {self.title}: {value}"
        verdict = "    -   " if self.passed is None else "pass    " if self.passed else "FAIL    "
        sign = ">=" if self.least else "<="
        return f"{verdict}{self.title}: {value} ({sign} {self.limit:.{self.digits}f})"


def camus_frames(report: Report) -> dict[str, dict[str, Any]]:
    """Groups of the CAMUS validation pictures at the protocol's resolution, the model's input."""
    for source in report["sources"]:
        if source["identity"] in ("camus-pack", "camus-release"):
            return {group["group"]: group for group in source["resolutions"].get("model", [])}
    return {}


def camus_ejection(report: Report, method: str, view: str) -> dict[str, Any]:
    for source in report["sources"]:
        if source["identity"] in ("camus-pack", "camus-release"):
            for group in source["ejection"]:
                if (group["method"], group["view"]) == (method, view):
                    return group["ef"]
    return {}


def camus_hd95_a4c(report: Report) -> float | None:
    return camus_frames(report).get("A4C", {}).get("mm", {}).get("hd95", {}).get("value")


def of_phantoms(report: Report, key: str, inner: str = "value") -> float | None:
    found = (report.get("phantoms") or {}).get(key) or {}
    return found["mae"]["value"] if inner == "mae" and found else found.get(inner)


TARGETS = (
    Target(
        "CAMUS, both views, ED and ES: Dice",
        lambda report: camus_frames(report).get("all", {}).get("dice", {}).get("value"),
        0.925,
        0.915,
        True,
        4,
    ),
    Target("CAMUS, A4C: HD95 in mm", camus_hd95_a4c, 4.5, 5.0, False, 2),
    Target(
        "CAMUS, A4C, EF by disks, true geometry: MAE in points",
        lambda report: camus_ejection(report, "disks", "A4C").get("mae", {}).get("value"),
        5.0,
        5.5,
        False,
        2,
    ),
    Target(
        "CAMUS, both views, EF by the surrogate: MAE in points",
        lambda report: camus_ejection(report, "surrogate", "all").get("mae", {}).get("value"),
        5.9,
        None,
        False,
        2,
    ),
    Target(
        "CAMUS, both views, EF by the surrogate: r",
        lambda report: camus_ejection(report, "surrogate", "all").get("r"),
        0.80,
        None,
        True,
        3,
    ),
    Target("phantoms: Dice", lambda report: of_phantoms(report, "dice"), 0.95, 0.94, True, 4),
    Target(
        "phantoms: EF by disks against the true single plane, MAE in points",
        lambda report: of_phantoms(report, "efAgainstSinglePlane", "mae"),
        3.0,
        3.5,
        False,
        2,
    ),
    Target(
        "phantoms: EDV and ESV, error in percent",
        lambda report: of_phantoms(report, "volumePercentError"),
        8,
        10,
        False,
        1,
    ),
)


def judge(report: Report, role: str) -> list[Outcome]:
    """One outcome for each target. role "accurate" or "fast"."""
    outcomes = []
    for target in TARGETS:
        limit = target.accurate if role == "accurate" else target.fast
        value = target.value(report)
        passed = None
        if limit is not None and value is not None:
            passed = value >= limit if target.least else value <= limit
        outcomes.append(Outcome(target.title, value, limit, target.least, target.digits, passed))
    return outcomes
