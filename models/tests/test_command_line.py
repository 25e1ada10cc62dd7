"""A package that is not installed is a sentence that names it and the extra it comes with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# An interpreter in which one package cannot be found, as in an environment without the extra.
_WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from gdkvm.command_line import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("package", "arguments"),
    [("scipy", ["evaluate", "model", "--data", "."]), ("onnx", ["export", "--config", "micro", "--out", "folder"])],
)
def test_a_missing_extra_is_a_sentence(package: str, arguments: list[str], tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(package=package), *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert run.returncode == 1, run.stderr
    assert run.stderr.count("\n") == 1
    assert f"{arguments[0]} needs {package}," in run.stderr
    assert '"./models[dev]"' in run.stderr
