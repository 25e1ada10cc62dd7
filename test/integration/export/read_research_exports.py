"""Reads research exports with the programs that their users read them with, and writes what it read as JSON.

Usage: python read_research_exports.py <measurements.csv> <contours.csv> <columns.csv> <coco.json>

Always with Python's own csv module; with pandas and with pycocotools where they are installed. Masks of pycocotools are
written as runs of row-major pixels, background first.
"""

import csv
import json
import sys
from pathlib import Path


def plain_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def pandas_rows(paths: list[Path]) -> dict | None:
    try:
        import pandas
    except ImportError:
        return None
    measurements, contours, columns = paths
    described = pandas.read_csv(columns, dtype=str, keep_default_na=False)
    kinds = {"text": str, "integer": "Int64", "number": float}

    def read(path: Path, table: str) -> "pandas.DataFrame":
        own = described[described["table"] == table]
        types = {column: kinds[kind] for column, kind in zip(own["column"], own["type"])}
        frame = pandas.read_csv(path, dtype=types, float_precision="round_trip", keep_default_na=False, na_values=[""])
        if list(frame.columns) != list(own["column"]):
            raise SystemExit(f"{table}: columns differ from what is described")
        return frame

    table = read(measurements, "measurements")
    points = read(contours, "contours")
    return {
        "values": [None if pandas.isna(value) else value for value in table["value"]],
        "beats": [None if pandas.isna(beat) else int(beat) for beat in table["beat"]],
        "meanEf": table[(table["measurement"] == "EF") & table["beat"].isna()]["value"].dropna().mean(),
        "contours": int(points[points["kind"] == "apex"].groupby(["sop_uid", "structure", "frame"]).ngroups),
        "sumX": float(points[points["kind"] != "outline"]["x_px"].sum()),
    }


def coco_masks(path: Path) -> list | None:
    try:
        from pycocotools.coco import COCO
    except ImportError:
        return None
    printed, sys.stdout = sys.stdout, sys.stderr
    coco = COCO(str(path))
    sys.stdout = printed
    masks = []
    for annotation in coco.loadAnns(coco.getAnnIds()):
        image = coco.loadImgs(annotation["image_id"])[0]
        category = coco.loadCats(annotation["category_id"])[0]
        flat = coco.annToMask(annotation).ravel()
        runs, value, length = [], 0, 0
        for pixel in flat:
            if pixel == value:
                length += 1
            else:
                runs.append(length)
                value, length = int(pixel), 1
        masks.append(
            {
                "sopUid": image["sop_uid"],
                "frame": image["frame"],
                "structure": category["name"],
                "runs": [*runs, length],
            }
        )
    return masks


def main() -> None:
    measurements, contours, columns, coco = (Path(argument) for argument in sys.argv[1:])
    tables = [measurements, contours, columns]
    print(
        json.dumps(
            {
                "csv": [plain_rows(path) for path in (measurements, columns)],
                "points": len(plain_rows(contours)),
                "pandas": pandas_rows(tables),
                "masks": coco_masks(coco),
            }
        )
    )


main()
