"""Rows of a manifest's ``accuracy`` from a report."""

from __future__ import annotations

from typing import Any

from ..export.card import decimals
from .files import EvaluationFileError

Row = dict[str, Any]
ENDS = (", A4C+A2C, ED+ES", ", A4C, ED+ES")  # of a source's title: what all of it is
HOW = {"disks": "20 disks, single plane", "surrogate": "area-length surrogate"}


def accuracy_row(dataset: str, metric: str, mean: dict[str, Any]) -> Row:
    values = {key: round(mean[key], decimals(metric)) for key in ("value", "lower95", "upper95")}
    return {"dataset": dataset, "metric": metric, **values, "n": mean["n"]}


def ejection_rows(dataset: str, agreement: dict[str, Any]) -> list[Row]:
    """Mean absolute error with its interval; mean difference and correlation, which have none."""
    rows = [accuracy_row(dataset, "ef-mae-points", agreement["mae"])]
    for metric, key in (("ef-bias-points", "bias"), ("ef-r", "r")):
        if agreement[key] is not None:
            value = round(agreement[key], decimals(metric))
            bounds = {"lower95": None, "upper95": None}
            rows.append({"dataset": dataset, "metric": metric, "value": value, **bounds, "n": agreement["n"]})
    return rows


def camus_rows(report: dict[str, Any]) -> list[Row]:
    """Dice of every group at the protocol's resolution, HD95 where it is in mm, EF by disks and by the surrogate."""
    rows = []
    for source in report["sources"]:
        groups = source["resolutions"]["model" if "model" in source["resolutions"] else "data"]
        title = source["title"].removesuffix(end_of(source["title"]))
        for group in groups:
            part = title + part_of(group["group"], source["title"])
            rows.append(accuracy_row(part, "dice", group["dice"]))
            if "mm" in group and "px" not in group:
                rows.append(accuracy_row(part, "hd95-mm", group["mm"]["hd95"]))
        for group in source["ejection"]:
            if group["method"] == "surrogate" and group["view"] in ("A4C", "A2C"):
                continue
            if group["ef"]["mae"]["value"] is not None:
                view = {"all": ", A4C+A2C"}.get(group["view"], f", {group['view']}")
                how = HOW[group["method"]]
                named = title if group["view"] in title else title + view
                rows += ejection_rows(f"{named}, {how}", group["ef"])
    return rows


def end_of(title: str) -> str:
    return next((end for end in ENDS if title.endswith(end)), "")


def part_of(group: str, title: str) -> str:
    """What a group of frames adds to the title of its source: views and phases."""
    if group == "all":
        return end_of(title)
    view, _, phase = group.partition(" ")
    return f", {view}, {phase or 'ED+ES'}"


def phantom_rows(report: dict[str, Any]) -> list[Row]:
    values = report["phantoms"]
    if not values:
        return []
    title = f"Phantom test set, {values['n']} clips never trained on"
    return [
        accuracy_row(f"{title}, all frames", "dice", values["dice"]),
        *ejection_rows(f"{title}, 20 disks against the true plane", values["efAgainstSinglePlane"]),
        accuracy_row(f"{title}, EDV and ESV", "volume-error-percent", values["volumePercentError"]),
    ]


def accuracy_rows(report: dict[str, Any]) -> list[Row]:
    return camus_rows(report) + phantom_rows(report)


def check_same_model(report: dict[str, Any], fingerprints: set[str], name: str) -> None:
    """Raises EvaluationFileError where the report is of other weights than those about to be published."""
    measured = report["model"]
    if measured["fingerprint"] not in fingerprints:
        raise EvaluationFileError(
            f"the evaluation is of {measured['name']} {measured['version']} ({measured['fingerprint'][:12]}), whose "
            f"weights are not those of {name}; run evaluate again on what is published"
        )
