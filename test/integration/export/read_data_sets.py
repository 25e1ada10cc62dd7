"""Reads a data set with the programs that its users read it with, and writes what it read as JSON.

Usage: python read_data_sets.py <folder>

Every NIfTI file by nibabel, every PNG by Pillow, every table by pandas; a folder of EchoNet-Dynamic by the rules of its
published loader (frames in the order in which tracings name them, a mask from the polygon through the ends of the
chords, rounded) with OpenCV and scikit-image. Pixels are row-major, packed with zlib, in base64.
"""

import base64
import json
import sys
import zlib
from collections import defaultdict
from pathlib import Path

try:
    import cv2
    import nibabel
    import numpy as np
    import pandas
    from PIL import Image
    from skimage.draw import polygon
except ImportError as missing:
    print(json.dumps({"missing": str(missing.name)}))
    sys.exit(0)


def packed(pixels: "np.ndarray") -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes())).decode()


def nifti(path: Path) -> dict:
    image = nibabel.load(path)
    data = np.asarray(image.dataobj)
    return {
        "shape": list(data.shape),
        "zooms": [float(zoom) for zoom in image.header.get_zooms()],
        "units": list(image.header.get_xyzt_units()),
        "orientation": "".join(nibabel.aff2axcodes(image.affine)),
        "sameAffine": bool(np.allclose(image.get_qform(), image.get_sform())),
        "type": str(data.dtype),
        "text": image.header["descrip"].item().decode(),
        # The first axis runs along a row.
        "pixels": packed(np.moveaxis(data, [0, 1], [1, 0]) if data.ndim == 2 else data.transpose(2, 1, 0)),
    }


def png(path: Path) -> dict:
    image = Image.open(path)
    return {"mode": image.mode, "shape": list(image.size), "pixels": packed(np.asarray(image))}


def echonet(folder: Path) -> list:
    files = pandas.read_csv(folder / "FileList.csv")
    names = [name if Path(name).suffix else f"{name}.avi" for name in files["FileName"]]
    videos = {path.name for path in (folder / "Videos").iterdir()}
    if set(names) != videos:
        raise SystemExit(f"videos are {videos}, FileList has {names}")
    frames, traces = defaultdict(list), defaultdict(lambda: defaultdict(list))
    with (folder / "VolumeTracings.csv").open() as lines:
        header = lines.readline().strip().split(",")
        if header != ["FileName", "X1", "Y1", "X2", "Y2", "Frame"]:
            raise SystemExit(f"VolumeTracings begins with {header}")
        for line in lines:
            name, *ends, frame = line.strip().split(",")
            if int(frame) not in traces[name]:
                frames[name].append(int(frame))
            traces[name][int(frame)].append([float(end) for end in ends])
    read = []
    for name, (_, row) in zip(names, files.iterrows()):
        capture = cv2.VideoCapture(str(folder / "Videos" / name))
        pictures = []
        while True:
            there, picture = capture.read()
            if not there:
                break
            pictures.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
        video = np.asarray(pictures)
        volumes, masks, rows = [], [], []
        for frame in (frames[name][0], frames[name][-1]):
            trace = np.asarray(traces[name][frame])
            x1, y1, x2, y2 = trace.T
            x = np.concatenate((x1[1:], np.flip(x2[1:])))
            y = np.concatenate((y1[1:], np.flip(y2[1:])))
            mask = np.zeros(video.shape[1:3], np.uint8)
            mask[polygon(np.rint(y).astype(int), np.rint(x).astype(int), mask.shape)] = 1
            masks.append(packed(mask))
            lengths = np.hypot(x2 - x1, y2 - y1)
            volumes.append(float((lengths[1:] ** 2).sum() * lengths[0] / 20))
            rows.append(len(trace))
        read.append(
            {
                **{column: (None if pandas.isna(value) else value) for column, value in row.items()},
                "small": frames[name][0],
                "large": frames[name][-1],
                "rows": rows,
                "longAxes": [traces[name][frame][0] for frame in (frames[name][0], frames[name][-1])],
                "masks": masks,
                "efOfChords": 100 * (1 - volumes[0] / volumes[1]),
                "read": [*video.shape],
                "rate": capture.get(cv2.CAP_PROP_FPS),
                "pixels": [packed(video[frames[name][0]]), packed(video[-1])],
            }
        )
    return read


def table(path: Path) -> list:
    rows = pandas.read_csv(path, dtype=str, keep_default_na=False)
    return rows.to_dict("records")


def main() -> None:
    folder = Path(sys.argv[1])
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    of = {str(path.relative_to(folder)): path for path in paths}
    answer = {
        "nifti": {name: nifti(path) for name, path in of.items() if name.endswith(".nii.gz")},
        "png": {name: png(path) for name, path in of.items() if name.endswith(".png")},
        "tables": {name: table(path) for name, path in of.items() if name.endswith(".csv")},
        "echonet": echonet(folder) if (folder / "FileList.csv").exists() else None,
    }
    print(json.dumps(answer))


main()
