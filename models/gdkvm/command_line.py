"""The commands of python -m gdkvm. Exit status 0: done; 1: failed or beyond tolerance; 2: bad usage."""

from __future__ import annotations

import argparse
import sys

from .errors import GdkvmError
from .evaluation import command as evaluation_command
from .phantom import command as phantom_command
from .publishing import command as publishing_command
from .running import command as running_command
from .speed import command as speed_command
from .structures import command as structures_command
from .studies import command as studies_command
from .training import command as training_command
from .training import correction_command
from .views import command as views_command

# In the order in which the help lists them.
COMMANDS = (
    training_command,
    correction_command,
    evaluation_command,
    running_command,
    publishing_command,
    phantom_command,
    speed_command,
    studies_command,
    views_command,
    structures_command,
)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="gdkvm", description="GDKVM: train, evaluate, check, export, convert, speed, quantise"
    )
    commands = top.add_subparsers(dest="command", required=True)

    for part in COMMANDS:
        part.register(commands)
    return top


# What a command imports when it needs it, by the name under which it is imported.
_OF_THE_DEV_EXTRA = {
    "PIL": "pillow",
    "SimpleITK": "SimpleITK",
    "cv2": "opencv-python-headless",
    "matplotlib": "matplotlib",
    "nibabel": "nibabel",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "pydicom": "pydicom",
    "scipy": "scipy",
    "skimage": "scikit-image",
}


def main(values: list[str] | None = None) -> int:
    arguments = parser().parse_args(values)
    try:
        return arguments.run(arguments)
    except ModuleNotFoundError as error:
        package = _OF_THE_DEV_EXTRA.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        print(
            f"gdkvm: {arguments.command} needs {package}, which is not installed; "
            'it comes with the extra "dev": pip install "./models[dev]"',
            file=sys.stderr,
        )
        return 1
    except (OSError, ValueError, GdkvmError) as error:
        print(f"gdkvm: {error}", file=sys.stderr)
        return 1
