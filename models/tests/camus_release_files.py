"""Small patients in the two layouts of the CAMUS release."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WIDTH, HEIGHT = 60, 40  # x, y: axis 0 and 1 of the files
SPACING_MM = (0.3, 0.45)  # x, y


def pictures(frames: int, seed: int = 0) -> np.ndarray:
    """(x, y, T) grey values; the mean rises with the frame, so that frames can be told apart."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 40, (WIDTH, HEIGHT, frames))
    return (noise + 8 * np.arange(frames)).astype(np.uint8)


def labels(frames: int) -> np.ndarray:
    """(x, y, T): a cavity that shrinks, with myocardium around it and an atrium below."""
    x, y = np.mgrid[0:WIDTH, 0:HEIGHT]
    out = np.zeros((WIDTH, HEIGHT, frames), np.uint8)
    for frame in range(frames):
        radius = 12 - 4 * frame / max(1, frames - 1)
        distance = np.hypot(x - 25, (y - 15) / 1.1)
        out[distance < radius + 3, frame] = 2
        out[distance < radius, frame] = 1
        out[20:30, 33:38, frame] = 3
    return out


def info(folder: Path, view: str, ed: int, es: int, frames: int) -> None:
    (folder / f"Info_{view}.cfg").write_text(f"ED: {ed}\nES: {es}\nNbFrame: {frames}\nSex: F\nImageQuality: Good\n")


def write_nifti(path: Path, array: np.ndarray) -> None:
    import nibabel

    image = nibabel.Nifti1Image(array, np.diag([*SPACING_MM, 1.0, 1.0]))
    nibabel.save(image, str(path))


def nifti_patient(root: Path, name: str, frames: int = 18, views: tuple[str, ...] = ("2CH", "4CH")) -> Path:
    """A patient under database_nifti/."""
    folder = root / "database_nifti" / name
    folder.mkdir(parents=True)
    for view in views:
        grey, truth = pictures(frames), labels(frames)
        stem = folder / f"{name}_{view}"
        write_nifti(Path(f"{stem}_half_sequence.nii.gz"), grey)
        write_nifti(Path(f"{stem}_half_sequence_gt.nii.gz"), truth)
        for phase, frame in (("ED", 0), ("ES", frames - 1)):
            write_nifti(Path(f"{stem}_{phase}.nii.gz"), grey[:, :, frame])
            write_nifti(Path(f"{stem}_{phase}_gt.nii.gz"), truth[:, :, frame])
        info(folder, view, 1, frames, frames)
    return folder


def nifti_split(root: Path, **patients: list[str]) -> None:
    """database_split/ with the lists training=, validation=, testing=."""
    (root / "database_split").mkdir(parents=True, exist_ok=True)
    for name, listed in patients.items():
        (root / "database_split" / f"subgroup_{name}.txt").write_text("\n".join(listed) + "\n")


def write_meta_image(path: Path, array: np.ndarray) -> None:
    """array (x, y, T) as .mhd with .raw beside it."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(array.T))
    image.SetSpacing((*SPACING_MM, 1.0))
    SimpleITK.WriteImage(image, str(path))


def meta_image_patient(root: Path, name: str, frames: int, ed: int, es: int, masks: bool = True) -> Path:
    """A patient under training/ with its 4CH sequence; ED and ES count from 1."""
    folder = root / "training" / name
    folder.mkdir(parents=True)
    grey, truth = pictures(frames), labels(frames)
    stem = folder / f"{name}_4CH"
    write_meta_image(Path(f"{stem}_sequence.mhd"), grey)
    for phase, frame in (("ED", ed - 1), ("ES", es - 1)):
        write_meta_image(Path(f"{stem}_{phase}.mhd"), grey[:, :, frame : frame + 1])
        if masks:
            write_meta_image(Path(f"{stem}_{phase}_gt.mhd"), truth[:, :, frame : frame + 1])
    info(folder, "4CH", ed, es, frames)
    return folder
