"""Compares `systola frames` with pydicom on a folder of DICOM files.

Usage: python compare_with_pydicom.py <folder of .dcm files> <repository root>

Needs pydicom, numpy and Pillow (and pylibjpeg with its plugins for the compressed syntaxes). Prints one line per file
with the largest and the mean difference in levels, and exits 1 when a lossless file differs at all or a lossy one by
more than two levels.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.pixels import apply_color_lut, pixel_array

LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91"}

JPEG = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"}


def expected(path: Path) -> np.ndarray:
    """Frames of the file as pydicom decodes them: (frames, rows, columns[, 3]), 8 bits."""
    dataset = pydicom.dcmread(path)
    # Pillow brings libjpeg-turbo; other plug-ins interpolate halved colour differently, by tens of levels at edges.
    plugin = "pillow" if dataset.file_meta.TransferSyntaxUID in JPEG else ""
    frames = pixel_array(dataset, decoding_plugin=plugin)
    if int(dataset.get("NumberOfFrames", 1) or 1) == 1:
        frames = frames[np.newaxis]
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        frames = apply_color_lut(frames, dataset)
    return (frames >> 8 if frames.dtype == np.uint16 else frames).astype(np.uint8)


def ours(path: Path, root: Path) -> np.ndarray:
    """The same frames as `systola frames` writes them."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "run", "--silent", "systola", "--", "frames", str(path), "--out", folder]
        subprocess.run(command, cwd=root, check=True, stderr=subprocess.DEVNULL)
        return np.stack([np.asarray(Image.open(png)) for png in sorted(Path(folder).glob("*.png"))])


def main() -> int:
    folder, root = Path(sys.argv[1]), Path(sys.argv[2])
    failed = 0
    for path in sorted(folder.rglob("*.dcm")):
        reference = expected(path)
        decoded = ours(path, root)
        if reference.shape != decoded.shape:
            print(f"{path.name}: shape {decoded.shape} instead of {reference.shape}")
            failed += 1
            continue
        difference = np.abs(reference.astype(int) - decoded.astype(int))
        limit = 2 if pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID in LOSSY else 0
        failed += int(difference.max() > limit)
        verdict = "ok" if difference.max() <= limit else "DIFFERS"
        print(f"{path.name}: {len(decoded)} frames, largest {difference.max()}, mean {difference.mean():.4f}, {verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
