"""A small folder in the layout of the CAMUS 224 x 224 packs."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_pack(folder: Path) -> Path:
    """camus-224-val.npz with three patients, and the native geometry of their A4C pictures.

    Cavities are truncated ellipses of 70 pixels' half length; pixels of A4C are 0.6 mm wide and high.
    """
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:224, 0:224]
    ids, images, labels, geometry = [], [], [], ["id,columns,rows,spacing_x_mm,spacing_y_mm"]
    for patient in range(3):
        for view in ("2CH", "4CH"):
            for phase, width in (("ED", 30 + patient), ("ES", 22)):
                name = f"patient000{patient + 1}_{view}_{phase}"
                cavity = (((x - 110) / width) ** 2 + ((y - 100) / 70) ** 2 < 1) & (y < 150)
                ids.append(name)
                labels.append(cavity.astype(np.uint8))
                images.append(np.where(cavity, 20, 140 + rng.integers(0, 60, cavity.shape)).astype(np.uint8))
                if view == "4CH":
                    geometry.append(f"{name},448,336,0.3,0.4")
    np.savez(folder / "camus-224-val.npz", ids=ids, images=np.stack(images), labels=np.stack(labels))
    (folder / "a4c-native-geometry.csv").write_text("\n".join(geometry) + "\n")
    return folder
