"""Reads DICOM files named on standard input, one a line, and answers with what is in each as a line of JSON.

Wants pydicom; with highdicom, reports of TID 1500 are read as its users read them as well.
"""

import hashlib
import json
import sys
import warnings

import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

try:
    import highdicom
except ImportError:
    highdicom = None

BULK = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}
NUMBERS = {"DS", "IS", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"}


def plain(data_set: Dataset) -> dict[str, list[object]]:
    """Every element by tag: texts, numbers, hashes of bytes, items."""
    return {f"{element.tag:08X}": values(element) for element in data_set}


def frames(data_set: Dataset) -> list[object]:
    """Hashes of the compressed frames, which the other reader gives one by one."""
    count = int(data_set.get("NumberOfFrames", 1))
    return [
        hashlib.sha256(frame).hexdigest()
        for frame in generate_frames(data_set.PixelData, number_of_frames=count)
    ]


def values(element: pydicom.DataElement) -> list[object]:
    value = element.value
    if isinstance(value, Sequence):
        # The other reader leaves out items that hold nothing.
        return [plain(item) for item in value if len(item) > 0]
    if element.VR in BULK:
        return [hashlib.sha256(value).hexdigest()] if value else []
    if value is None or value == "":
        return []
    several = value if isinstance(value, (MultiValue, list)) else [value]
    if element.VR == "AT":
        return [float(int(one)) for one in several]
    if element.VR in NUMBERS:
        return [float(one) for one in several]
    return [str(one) for one in several]


def regions(data_set: Dataset) -> int | str:
    """How many planar regions highdicom finds with a polyline in each, or why it cannot read them."""
    if highdicom is None:
        return "highdicom is not installed"
    # Nobody looks at the data set after this: a copy takes as long as the rest.
    report = highdicom.sr.ComprehensiveSR.from_dataset(data_set, copy=False)
    groups = report.content.get_planar_roi_measurement_groups()
    # A contour that may not be measured has no area.
    return sum(len(group.roi.value) >= 3 for group in groups)


def answer(path: str) -> dict[str, object]:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            data_set = pydicom.dcmread(path)
            read: dict[str, object] = {"elements": plain(data_set)}
            if (
                "PixelData" in data_set
                and data_set.file_meta.TransferSyntaxUID.is_compressed
            ):
                read["elements"]["7FE00010"] = frames(data_set)
            templates = data_set.get("ContentTemplateSequence") or []
            if any(item.TemplateIdentifier == "1500" for item in templates):
                read["regions"] = regions(data_set)
        except Exception as error:  # noqa: BLE001 - whatever it is, the object is not read
            read = {"error": f"{type(error).__name__}: {error}"}
    return {**read, "warnings": [str(warning.message) for warning in said]}


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "pydicom": pydicom.__version__,
                "highdicom": getattr(highdicom, "__version__", None),
            }
        ),
        flush=True,
    )
    for line in sys.stdin:
        print(json.dumps(answer(line.rstrip("\n"))), flush=True)
