"""Which folder of the package may import which: each those named here, and never one that imports it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "gdkvm"
AT_THE_ROOT = {"__init__", "__main__", "command_line", "errors"}

# From the bottom up. Everybody may import ``errors``; nobody but ``__main__`` the command line, which imports commands.
MAY_IMPORT: dict[str, set[str]] = {
    "network": set(),
    "sector": set(),
    "datasets": {"sector"},
    "phantom": {"datasets"},
    "clips": {"datasets", "phantom"},
    "export": {"network"},
    "views": {"network", "sector", "datasets", "phantom", "clips", "export"},
    "training": {"network", "sector", "datasets", "clips", "export"},
    "running": {"network", "sector", "export"},
    "evaluation": {"sector", "datasets", "phantom", "export", "running"},
    "structures": {"datasets", "clips", "export", "running", "evaluation"},
    "publishing": {"network", "datasets", "export", "running", "evaluation", "training"},
    "speed": {"network", "sector", "datasets", "export", "running", "evaluation"},
    "studies": {"sector", "datasets", "phantom", "export", "running", "evaluation"},
}


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, wherever in it, as dotted names below ``gdkvm``."""
    inside = path.relative_to(PACKAGE).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [entry.name for entry in node.names if entry.name.split(".")[0] == "gdkvm"]
            yield from (name.removeprefix("gdkvm").lstrip(".") for name in names)
        elif isinstance(node, ast.ImportFrom):
            base = list(inside[: len(inside) - node.level]) if node.level else []
            parts = (node.module or "").split(".") if node.module else []
            if not node.level:
                if parts[0] != "gdkvm":
                    continue
                parts = parts[1:]
            whole = [*base, *parts]
            # ``from .. import golden`` names modules, not what is in them.
            yield from [".".join(whole)] if whole else [entry.name for entry in node.names]


def test_modules_lie_in_the_folders_that_have_an_order() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == AT_THE_ROOT
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(MAY_IMPORT)


def test_the_order_has_a_bottom() -> None:
    below: set[str] = set()
    for folder, allowed in MAY_IMPORT.items():
        assert allowed <= below, f"{folder} imports what comes after it"
        below.add(folder)


def test_no_folder_imports_what_stands_above_it() -> None:
    wrong, used = [], set()
    for path in sorted(PACKAGE.glob("*/**/*.py")):
        folder = path.relative_to(PACKAGE).parts[0]
        for name in imported(path):
            other = name.split(".")[0]
            used.add((folder, other))
            if other not in {folder, "errors", *MAY_IMPORT[folder]}:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong, "\n".join(wrong)
    allowed = {(folder, other) for folder, others in MAY_IMPORT.items() for other in others}
    assert not allowed - used, f"allowed and not used: {allowed - used}"


def test_the_root_holds_the_command_line_only() -> None:
    assert set(imported(PACKAGE / "errors.py")) == set()
    assert set(imported(PACKAGE / "__main__.py")) == {"command_line"}
    assert {name.split(".")[0] for name in imported(PACKAGE / "command_line.py")} <= {"errors", *MAY_IMPORT}
