"""Shared models and folders. Real data is looked for in SYSTOLA_GOLDEN and SYSTOLA_TEST_DATA."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from gdkvm.export.graph import export_graph
from gdkvm.network import golden
from gdkvm.network.config import MICRO
from gdkvm.network.model import GDKVM
from gdkvm.phantom import sector_clip

# The models here are tiny, and threads that wait for each other on a busy machine take far longer than one alone.
torch.set_num_threads(1)


def data_folder(variable: str, inside: str = "") -> Path:
    value = os.environ.get(variable)
    if not value or not (Path(value) / inside).exists():
        pytest.skip(f"{variable} is not set to a folder with {inside or 'the data'}")
    return Path(value) / inside


@pytest.fixture(scope="session")
def golden_folder() -> Path:
    return data_folder("SYSTOLA_GOLDEN")


@pytest.fixture(scope="session")
def camus_folder() -> Path:
    return data_folder("SYSTOLA_TEST_DATA", "camus")


@pytest.fixture(scope="session")
def test_data_folder() -> Path:
    data_folder("SYSTOLA_TEST_DATA", "views/stills")
    return data_folder("SYSTOLA_TEST_DATA")


@pytest.fixture(scope="session")
def micro() -> GDKVM:
    model = GDKVM(MICRO).eval()
    model.load_state_dict(golden.state_dict(model.state_dict()))
    return model


@pytest.fixture(scope="session")
def micro_graph(micro: GDKVM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("micro") / "model.onnx"
    export_graph(micro, path)
    return path


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack in the layout of the CAMUS packs, drawn from phantoms."""
    ids, images, labels = [], [], []
    for patient in range(6):
        clip = sector_clip(900 + patient, size=224, frames=6)
        ends = {"ED": int(np.argmax(clip.volumes_ml)), "ES": int(np.argmin(clip.volumes_ml))}
        for view in ("2CH", "4CH"):
            for name, frame in ends.items():
                ids.append(f"patient{patient:04d}_{view}_{name}")
                images.append(clip.pictures[frame])
                labels.append(clip.labels[frame])
    path = tmp_path_factory.mktemp("pack") / "camus-224-train.npz"
    np.savez(path, ids=np.array(ids), images=np.stack(images), labels=np.stack(labels))
    (path.parent / "camus-224-val.npz").write_bytes(path.read_bytes())
    return path
