"""From a configuration to a trained recogniser, judged on clips that it did not learn from.

Real clips of other scanners are few. Four times heads are trained without a quarter of them, whole scanners at a time,
and judged on that quarter; the heads that are kept learn from all.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .config import ViewConfig
from .encoder import FrozenFeatures, read_encoder
from .evaluating import camus_verdicts
from .judging import (
    KnownClip,
    Reading,
    Verdict,
    calibration,
    camus_known,
    fitted_temperature,
    grouped,
    real_known,
    table,
    tally,
)
from .learning import learn_heads
from .material import clips_set_apart, draw_material
from .network import Recogniser, ViewHeads
from .real_pictures import FOLDS, real_clips
from .recogniser_graph import GRAPH, RecogniserSession, write_view_folder

BY_FOLDS = "of other scanners, by heads that had not seen the scanner"
BY_CAMUS = "CAMUS validation patients"


def read_clips(extract: FrozenFeatures, heads: ViewHeads, clips: list[KnownClip]) -> list[Reading]:
    found = []
    with torch.no_grad():
        for clip in clips:
            views, strips = (torch.from_numpy(extract(part).astype(np.float32)) for part in clip.prepared)
            logits = heads.views(views).numpy(), heads.strips(strips).numpy()
            found.append(Reading(clip.name, clip.group, clip.view, *logits))
    return found


def train(config: ViewConfig, source: Path, camus: Path, data: Path, output: Path) -> None:
    """Writes heads.pt, held-out.json, log.csv and config.yaml into ``output``."""
    torch.set_num_threads(1)
    output.mkdir(parents=True, exist_ok=True)
    extract = FrozenFeatures(read_encoder((source.parent / config.encoder).resolve()))
    real = real_clips(data)
    sectors, wholes = draw_material(config, camus, real, extract, output)

    held_out: list[Reading] = []
    for fold in range(FOLDS):
        heads, _ = learn_heads(config, sectors, wholes, fold)
        held_out += read_clips(extract, heads, real_known(clip for clip in real if clip.fold == fold))
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    heads, log = learn_heads(config, sectors, wholes)
    apart = camus_known(clips_set_apart(camus / "camus-224-train.npz", config.set_apart))
    temperature = fitted_temperature([*read_clips(extract, heads, apart), *held_out])
    torch.save({"heads": heads.state_dict(), "temperature": temperature}, output / "heads.pt")
    rows = [
        {"name": each.name, "group": each.group, "view": each.view,
         "probabilities": np.round(each.probabilities(temperature), 4).tolist()}
        for each in held_out
    ]  # fmt: skip
    (output / "held-out.json").write_text(json.dumps(rows, indent=1))
    with (output / "log.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, ["epoch", *log[0]])
        writer.writeheader()
        writer.writerows({"epoch": epoch, **{name: round(value, 5) for name, value in row.items()}}
                         for epoch, row in enumerate(log, 1))  # fmt: skip
    shutil.copyfile(source, output / "config.yaml")
    (output / "encoder.txt").write_text(str((source.parent / config.encoder).resolve()))
    print(f"temperature {temperature}")
    print(table([each.verdict(temperature) for each in held_out], config.certainty))


def measured(certainty: float, held_out: list[Verdict], validation: list[Verdict]) -> dict[str, Any]:
    """What the manifest says of accuracy."""
    rows = []
    for prefix, verdicts in (("validation, ", validation), ("not seen, ", held_out)):
        for group, members in grouped(verdicts).items():
            found = tally(members, certainty)
            name = (
                group.replace("CAMUS, ", "CAMUS validation, ") if prefix == "validation, " else f"{BY_FOLDS}: {group}"
            )
            rows.append({"data": name, "clips": found.clips, "answered": found.answered, "right": found.right,
                         "wronglyApical": found.wrongly_apical})  # fmt: skip
    plain = [verdict for verdict in validation if verdict.group == "CAMUS, as it is"]
    bins = {BY_CAMUS: plain, "clips " + BY_FOLDS: held_out}
    return {
        "rows": rows,
        "calibration": {name: [row._asdict() for row in calibration(verdicts)] for name, verdicts in bins.items()},
    }


def export_run(run: Path, camus: Path, folder: Path, notes: str) -> None:
    """Writes a run's model folder, with what it is worth on CAMUS validation patients and was on held-out clips."""
    config = ViewConfig.read(run / "config.yaml")
    source = Path((run / "encoder.txt").read_text())
    encoder = read_encoder(source)
    about = json.loads((source / "manifest.json").read_text())
    content = torch.load(run / "heads.pt", map_location="cpu")
    heads = ViewHeads(config.width, config.strip_width)
    heads.load_state_dict(content["heads"])
    recogniser = Recogniser(encoder, heads.eval(), content["temperature"]).eval()
    held_out = [
        Verdict(row["group"], row["view"], np.array(row["probabilities"]))
        for row in json.loads((run / "held-out.json").read_text())
    ]
    name = f"{about['name']} {about['version']}"
    write_view_folder(folder, config, recogniser, name, {"rows": [], "calibration": {}}, notes)
    validation = camus_verdicts(RecogniserSession(folder / GRAPH), camus)
    found = measured(config.certainty, held_out, validation)
    write_view_folder(folder, config, recogniser, name, found, notes)
    print(table(validation, config.certainty))
