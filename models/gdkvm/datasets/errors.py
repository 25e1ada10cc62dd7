"""What a reader says of data that it cannot use."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

Read = TypeVar("Read")
OnFault = Literal["raise", "warn"]


class DatasetError(ValueError):
    """A file or folder of a data set that cannot be used: which one, what is wrong, what to do."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path, self.problem, self.remedy = path, problem, remedy


class DatasetWarning(UserWarning):
    """Something left out of a data set, or something in it that is not as published."""


def read_or_leave_out(read: Callable[[], Read], on_fault: OnFault) -> Read | None:
    """What ``read`` gives; None with a warning where it raises DatasetError and ``on_fault`` is "warn"."""
    try:
        return read()
    except DatasetError as error:
        if on_fault == "raise":
            raise
        warnings.warn(f"left out: {error}", DatasetWarning, stacklevel=3)
        return None
