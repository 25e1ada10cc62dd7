"""Rows of a manifest's ``accuracy`` from a report."""

from __future__ import annotations

from typing import Any

from .files import EvaluationFileError

Row = dict[str, Any]
DIGITS = {"dice": 4, "hd95-mm": 2, "ef-mae-points": 2, "volume-error-percent": 2}


def accuracy_row(dataset: str, metric: str, mean: dict[str, Any]) -> Row:
    digits = DIGITS[metric]
    values = {key: round(mean[key], digits) for key in ("value", "lower95", "upper95")}
    return {"dataset": dataset, "metric": metric, **values, "n": mean["n"]}


def camus_rows(report: dict[str, Any]) -> list[Row]:
    """Dice of every group at the protocol's resolution, HD95 of A4C in mm, EF by disks and by the surrogate."""
    rows = []
    for source in report["sources"]:
        resolution = "model" if "model" in source["resolutions"] else "data"
        groups, title = source["resolutions"][resolution], short_title(source)
        for group in groups:
            part = title if group["group"] == "all" else f"{title}, {', '.join(group['group'].split())}"
            rows.append(accuracy_row(part, "dice", group["dice"]))
            whole_view = group["group"] in ("A4C", "A2C") or (group["group"] == "all" and "px" not in group)
            if "mm" in group and whole_view:
                rows.append(accuracy_row(part, "hd95-mm", group["mm"]["hd95"]))
        for group in source["ejection"]:
            if group["method"] == "disks" or group["view"] == "all":
                how = "20 disks, single plane" if group["method"] == "disks" else "area-length surrogate"
                view = "A4C+A2C" if group["view"] == "all" else group["view"]
                if group["ef"]["mae"]["value"] is not None:
                    rows.append(accuracy_row(f"{title}, {view}, {how}", "ef-mae-points", group["ef"]["mae"]))
    return rows


def short_title(source: dict[str, Any]) -> str:
    return source["title"].removesuffix(", A4C+A2C, ED+ES")


def phantom_rows(report: dict[str, Any]) -> list[Row]:
    values = report["phantoms"]
    if not values:
        return []
    title = f"Phantom test set, {values['n']} clips never trained on"
    return [
        accuracy_row(f"{title}, all frames", "dice", values["dice"]),
        accuracy_row(
            f"{title}, 20 disks against the true plane", "ef-mae-points", values["efAgainstSinglePlane"]["mae"]
        ),
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
