"""Where data lie: what a command was given, else below the folder that SYSTOLA_TEST_DATA names."""

from __future__ import annotations

import os
from pathlib import Path


def test_data(name: str) -> Path | None:
    """$SYSTOLA_TEST_DATA/name where there is one."""
    data = os.environ.get("SYSTOLA_TEST_DATA")
    return Path(data) / name if data and (Path(data) / name).exists() else None


def camus_folder(argument: Path | None) -> Path:
    """The folder that was given, else $SYSTOLA_TEST_DATA/camus. Raises ValueError where there is neither."""
    folder = argument or test_data("camus")
    if folder is None:
        raise ValueError("no CAMUS folder: give --camus or set SYSTOLA_TEST_DATA to the folder that holds camus/")
    return folder


def camus_packs_at_hand(argument: Path | None) -> Path | None:
    """The same for what is done without CAMUS too: None where no packs are at hand. Raises ValueError for a folder that
    was given and has none."""
    folder = argument or test_data("camus")
    if folder is not None and (folder / "camus-224-val.npz").exists():
        return folder
    if argument is not None:
        raise ValueError(f"{argument}: camus-224-val.npz is not there; give the folder with the CAMUS packs")
    return None
