"""The report as Markdown, from its plain values."""

from __future__ import annotations

from typing import Any

from .targets import Outcome

Row = list[str]


def number(value: float | None, digits: int, sign: bool = False) -> str:
    return "-" if value is None else f"{value:{'+' if sign else ''}.{digits}f}"


def mean(values: dict[str, Any] | None, digits: int) -> str:
    """Value with its interval; a dash for nothing."""
    if not values or values["value"] is None:
        return "-"
    return f"{values['value']:.{digits}f} ({values['lower95']:.{digits}f} to {values['upper95']:.{digits}f})"


def table(head: Row, rows: list[Row]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def frames_table(groups: list[dict[str, Any]]) -> list[str]:
    units = [unit for unit in ("mm", "px") if any(unit in group for group in groups)]
    compat = any("rowByRow" in group for group in groups)
    head = ["", "n", "Dice", "IoU"]
    for unit in units:
        head += [f"HD95 {unit}", f"HD {unit}", f"ASD {unit}"]
    head += ["one / both empty"]
    if compat:
        head += ["Dice row by row", "IoU row by row"]
    rows = []
    for group in groups:
        row = [group["group"], str(group["n"]), mean(group["dice"], 4), mean(group["iou"], 4)]
        for unit in units:
            distances = group.get(unit, {})
            row += [mean(distances.get(key), 2) for key in ("hd95", "hd", "asd")]
            if group["group"] == "all" and len(units) > 1 and distances:
                row[-3] += f", n = {distances['hd95']['n']}"
        row.append(f"{group['oneEmpty']} / {group['bothEmpty']}")
        if compat:
            row += [mean(group["rowByRow"][key], 4) for key in ("dice", "iou")]
        rows.append(row)
    return table(head, rows)


METHODS = {
    "surrogate": "surrogate 8A²/(3πL), resized pixels",
    "disks": "20 disks, single plane, true geometry",
}


def agreement_row(name: Row, values: dict[str, Any], digits: int = 2) -> Row:
    limits = f"{number(values['lower_limit'], 1, True)} to {number(values['upper_limit'], 1, True)}"
    return [
        *name,
        f"{values['n']}" + (f" ({values['undefined']} undefined)" if values["undefined"] else ""),
        mean(values["mae"], digits),
        number(values["rmse"], digits),
        number(values["r"], 3),
        number(values["r2"], 3),
        number(values["bias"], digits, True),
        number(values["sd"], digits),
        limits,
    ]


AGREEMENT_HEAD = ["n", "MAE", "RMSE", "r", "R²", "bias", "SD", "limits of agreement"]


def ejection_tables(groups: list[dict[str, Any]]) -> list[str]:
    lines = ["Ejection fraction, percentage points, found minus reference:", ""]
    rows = [agreement_row([METHODS[group["method"]], group["view"]], group["ef"]) for group in groups]
    lines += table(["method", "view", *AGREEMENT_HEAD], rows)
    volumes = [group for group in groups if "volumes" in group]
    if volumes:
        lines += ["Volumes by disks, ml; the error in percent of the reference:", ""]
        rows = [
            [*agreement_row([group["view"], phase.upper()], part["ml"], 1), mean(part["percentError"], 1)]
            for group in volumes
            for phase, part in group["volumes"].items()
        ]
        lines += table(["view", "", *AGREEMENT_HEAD, "error %"], rows)
    return lines


def source_section(source: dict[str, Any], size: list[int]) -> list[str]:
    lines = [f"## {source['title']}", "", f"{source['patients']} patients, {source['clips']} clips.", ""]
    names = {
        "model": f"At the model's input, {size[1]} x {size[0]} (the protocol's resolution):",
        "data": "At the resolution of the data:",
    }
    for name, groups in source["resolutions"].items():
        lines += [names[name], "", *frames_table(groups)]
    if source["ejection"]:
        lines += ejection_tables(source["ejection"])
    return lines


def phantom_section(values: dict[str, Any]) -> list[str]:
    lines = [f"## {values['title'][0].upper()}{values['title'][1:]}", ""]
    seeds = f"Seeds {values['seeds'][0]} to {values['seeds'][1]}, which no training draws; {values['frames']} frames."
    if values["withoutBeat"]:
        seeds += f" {values['withoutBeat']} clips hold no whole beat and count for Dice only."
    rows = [
        ["Dice, mean of each clip's frames", mean(values["dice"], 4)],
        ["EDV and ESV by disks, error in % of the true single plane", mean(values["volumePercentError"], 2)],
        ["EDV", mean(values["edvPercentError"], 2)],
        ["ESV", mean(values["esvPercentError"], 2)],
    ]
    lines += [seeds, "", *table(["", "mean (95 % interval)"], rows)]
    names = {
        "efAgainstSinglePlane": "found against the true single plane",
        "efAgainst3d": "found against the true volume in three dimensions",
        "efOfTrueMasks": "disks on the true masks against the true single plane",
    }
    lines += ["Ejection fraction by disks, percentage points:", ""]
    lines += table(["", *AGREEMENT_HEAD], [agreement_row([text], values[key]) for key, text in names.items()])
    worst = ", ".join(f"{row['seed']} ({row['view']}, {number(row['dice'], 3)})" for row in values["worst"])
    return [*lines, f"Worst clips by Dice: {worst}.", ""]


def targets_section(outcomes: list[Outcome], role: str, split: str) -> list[str]:
    lines = [f"## Targets of the {role} model", ""]
    if split != "validation":
        lines += [f"They are set for the validation patients; this report is of the {split} split.", ""]
    return [*lines, "```", *map(str, outcomes), "```", ""]


def markdown(report: dict[str, Any], outcomes: list[Outcome]) -> str:
    model = report["model"]
    about = f"{model['kind']}, {model['parameters']:,} parameters, input {model['size'][1]} x {model['size'][0]}"
    turned = "lateral positions as rows" if model["transposed"] else "upright"
    lines = [
        f"# Evaluation of {model['name']} {model['version']}".rstrip(),
        "",
        "Research use only. Not for diagnostic use.",
        "",
        f"{about}, {turned}, threshold {model['threshold']:g}, passes: {model['passes']}. "
        f"SHA-256 `{model['fingerprint']}`.",
        "",
        f"Protocol {report['protocol']}. Means over frames; in brackets the 95 % percentile bootstrap over patients, "
        "2,000 resamples. References are masks drawn by people (or the phantom's own), and the reference ejection "
        "fraction is the same formula on those masks, not the clinical one.",
        "",
    ]
    if report["compat"]:
        lines += [
            "Row by row: as the evaluator of the ICCV 2025 code scored, one row of pixels at a time. For reading "
            "beside the paper's table only; not comparable with the other columns.",
            "",
        ]
    for source in report["sources"]:
        lines += source_section(source, model["size"])
    if report["phantoms"]:
        lines += phantom_section(report["phantoms"])
    return "\n".join(lines + targets_section(outcomes, report["role"], report["split"])) + "\n"
