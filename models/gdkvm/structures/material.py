"""What a head learns from: features of drawn clips, made once, and the truth of three structures."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..clips.clip_plan import ClipPlanner
from ..clips.phantom_store import phantom_store
from ..clips.picture_library import PictureLibrary
from ..datasets.training_pairs import read_training_pairs
from .config import StructureConfig
from .features import FrozenModel
from .head import Features

CLIPS_AT_ONCE = 4


class Material(NamedTuple):
    """features: arrays float16 (n, channels, rows, columns) by name; truth uint8 (n, 2, H, W), of 255 inside the
    epicardium (cavity and wall) and in the left atrium."""

    features: dict[str, np.ndarray]
    truth: np.ndarray


def draw_material(config: StructureConfig, model: FrozenModel, camus: Path, folder: Path) -> Material:
    """Drawn from the training patients and from phantoms, kept in ``folder``; what is there already is read."""
    names = [*Features._fields, "truth"]
    files = {name: folder / f"{name}.npy" for name in names}
    if not (folder / "material-is-whole").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fill(config, model, camus, folder, files)
        (folder / "material-is-whole").touch()
    arrays = {name: np.load(path, mmap_mode="r") for name, path in files.items()}
    return Material({name: arrays[name] for name in Features._fields}, arrays["truth"])


def fill(config: StructureConfig, model: FrozenModel, camus: Path, folder: Path, files: dict[str, Path]) -> None:
    pairs = read_training_pairs(camus, "train", config.source_size)
    library = PictureLibrary(pairs)
    library.add_phantoms(
        phantom_store(
            folder.parent, config.simulated, config.simulated_frames, config.first_phantom_seed, config.source_size
        )
    )
    planner = ClipPlanner(pairs, (config.simulated, config.simulated_frames))
    total = (config.camus_clips + config.phantom_clips) * config.frames
    stacks: dict[str, np.ndarray] = {}
    row = 0
    for part, (count, share) in enumerate(((config.camus_clips, 0.0), (config.phantom_clips, 1.0))):
        for at in range(0, count, CLIPS_AT_ONCE):
            rng = np.random.default_rng([config.seed, part, at])
            clips = min(CLIPS_AT_ONCE, count - at)
            pictures, masks = library.render(planner.plan(rng, clips, config.frames, share, model.size), model.size)
            for clip, truth in zip(pictures[:, :, 0].numpy(), masks.numpy()):
                frames = model.clip(clip)
                if not stacks:
                    shapes = dict(zip(Features._fields, (part.shape for part in frames[0].features)))
                    stacks = {
                        name: np.lib.format.open_memmap(files[name], "w+", np.float16, (total, *shape))
                        for name, shape in shapes.items()
                    }
                    square = model.size, model.size
                    stacks["truth"] = np.lib.format.open_memmap(files["truth"], "w+", np.uint8, (total, 2, *square))
                for frame, (cavity, wall, atrium) in zip(frames, truth):
                    for name, values in zip(Features._fields, frame.features):
                        stacks[name][row] = values
                    inside = np.stack([np.minimum(cavity + wall, 1), atrium])
                    stacks["truth"][row] = np.rint(inside * 255)
                    row += 1
            if at % 200 == 0:
                print(f"features of {row} of {total} frames", flush=True)
    for stack in stacks.values():
        stack.flush()
