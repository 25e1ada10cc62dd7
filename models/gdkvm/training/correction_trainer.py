"""Training of a correction network beside a model that stays as it is. Resumable and seeded, as the model's is."""

from __future__ import annotations

import copy
import csv
import os
import time
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import nn
from torch.nn import functional as F

from ..clips.clip_plan import ClipPlanner
from ..clips.correction_clips import CorrectionBatch, CorrectionPlanner, correction_batch
from ..clips.phantom_store import phantom_store
from ..clips.picture_library import PictureLibrary
from ..datasets.training_pairs import read_training_pairs
from ..export.correction_path import network_correction_dependence
from ..export.graph_session import GraphSession
from ..export.model_folder import read_manifest
from ..export.trainable import trainable_network
from ..network.checkpoint import read_checkpoint
from ..network.correction import CorrectionFeatures, CorrectionNetwork, merged
from ..network.model import GDKVM
from .beginning import OtherWeights
from .correction_config import CorrectionConfig
from .correction_losses import correction_loss
from .losses import dice_loss
from .mask_path_watch import MaskPathWatch
from .together import agreed, rank_and_processes, share_gradients

COLUMNS = ("iteration", "minutes", "rate", "loss", "dice_before", "dice", "kept_near", "kept_between", "kept_far")
LOG_EVERY = 20
TAKEN_OVER = (
    "image_encoder",
    "pix_projector",
    "object_summarizer",
    "object_transformer",
    "linear_proj_f8",
    "linear_proj_f4",
    "upsample_16_to_8",
    "upsample_8_to_4",
)
"""Blocks that begin with the model's weights. The image encoder keeps them."""


def take_over(network: CorrectionNetwork, model: GDKVM) -> None:
    """Gives a new network the blocks that the model has too."""
    for name in TAKEN_OVER:
        decoder = name.startswith(("linear_proj", "upsample"))
        source = model.mask_decoder.get_submodule(name) if decoder else model.get_submodule(name)
        network.get_submodule(name).load_state_dict(source.state_dict())
    # Each cell of the grid begins with a key of its own, beside what its picture makes of it.
    nn.init.normal_(network.key_position, std=2.0)


class CorrectionBatches:
    """By a number, so that a resumed run sees what it would have seen."""

    def __init__(self, config: CorrectionConfig, graph: Path, camus: Path, phantoms: Path) -> None:
        self.config = config
        pairs = read_training_pairs(camus, "train", config.source_size)
        self.library = PictureLibrary(pairs)
        shape = config.phantom_clips, config.phantom_frames
        self.library.add_phantoms(phantom_store(phantoms, *shape, config.first_phantom_seed, config.source_size))
        self.planner = CorrectionPlanner(ClipPlanner(pairs, shape))
        self.graph = graph
        self.session: GraphSession | None = None  # made in the process that needs it

    def __getitem__(self, number: int) -> tuple[CorrectionBatch, torch.Tensor]:
        """The batch, and the model's own maps of it (B, T, 1, S, S)."""
        batch = self.drawn(number)
        if self.session is None:
            self.session = GraphSession(self.graph)
        return batch, torch.stack([self.found(clip) for clip in batch.clips[:, :, 0].numpy()])

    def found(self, clip: np.ndarray) -> torch.Tensor:
        """clip (T, S, S) in [0, 1], as a clip of its own. -> (T, 1, S, S)"""
        state = self.session.start()
        maps = []
        for index, image in enumerate(clip):
            found, state = self.session.step(image, index == 0, state)
            maps.append(torch.from_numpy(found.copy()))
        return torch.stack(maps).unsqueeze(1)

    def drawn(self, number: int) -> CorrectionBatch:
        config = self.config
        return correction_batch(
            self.library,
            self.planner,
            np.random.default_rng([config.seed, number]),
            clips=config.clips,
            frames=config.frames,
            phantom_share=config.phantom_share,
            size=config.correction.image_size,
        )


class CorrectionTrainer:
    def __init__(self, config: CorrectionConfig, camus: Path, output: Path, phantoms: Path) -> None:
        self.config, self.output = config, output
        output.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.seed)
        folder = Path(config.model_folder)
        manifest = read_manifest(folder)
        if manifest["graph"]["sha256"] != config.model_sha256:
            raise OtherWeights(f"{folder}: its graph is not the one that model_sha256 names")
        graph = folder / manifest["graph"]["file"]
        self.network = CorrectionNetwork(config.correction)
        take_over(self.network, trainable_network(graph, config.main))
        self.network.image_encoder.requires_grad_(False)
        self.mean = copy.deepcopy(self.network).eval()
        self.optimizer = torch.optim.AdamW(self.groups(), lr=config.learning_rate, betas=(0.9, 0.99))
        self.batches = CorrectionBatches(config, graph, camus, phantoms)
        self.iteration, self.seconds = 0, 0.0
        self.mask_path = MaskPathWatch(True, config.mask_path_from)
        self.rank, self.processes = rank_and_processes()

    def groups(self) -> list[dict[str, object]]:
        config = self.config
        parts: dict[tuple[bool, bool], list[nn.Parameter]] = {}
        for name, parameter in self.network.named_parameters():
            if parameter.requires_grad:
                known = name.startswith(TAKEN_OVER)
                plain = parameter.ndim < 2 or "query_init" in name or "query_emb" in name or name == "key_position"
                parts.setdefault((known, plain), []).append(parameter)
        return [
            {
                "params": parameters,
                "weight_decay": 0.0 if plain else config.weight_decay,
                "highest": config.taken_over_rate if known else config.learning_rate,
            }
            for (known, plain), parameters in parts.items()
        ]

    @property
    def checkpoint(self) -> Path:
        return self.output / "checkpoint.pth"

    def save(self) -> None:
        temporary = self.checkpoint.with_suffix(".tmp")
        content = {
            "it": self.iteration,
            "seconds": self.seconds,
            "model": self.network.state_dict(),
            "ema": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(content, temporary)
        temporary.replace(self.checkpoint)

    def resume(self) -> None:
        if not self.checkpoint.exists():
            return
        content = read_checkpoint(self.checkpoint)
        self.network.load_state_dict(content["model"])
        self.mean.load_state_dict(content["ema"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.iteration, self.seconds = content["it"], content["seconds"]

    def learn(self, batch: CorrectionBatch, maps: torch.Tensor) -> dict[str, torch.Tensor]:
        config, network = self.config, self.network
        clips, drawn = batch
        count, frames = clips.shape[:2]
        readers = drawn.shape[1]
        network.train()
        network.image_encoder.eval()
        features = network.encode(clips.flatten(0, 1), maps.flatten(0, 1))
        by_frame = [part.view(count, frames, *part.shape[1:]) for part in features]

        def of_frame(frame: int) -> CorrectionFeatures:
            return CorrectionFeatures(*(part[:, frame].repeat_interleave(readers, 0) for part in by_frame))

        both = np.random.default_rng([config.seed, self.iteration, 1]).random() < config.both_given_share
        given = [0, frames - 1] if both else [0]
        memory = merged([network.written(of_frame(index), drawn[:, :, index].flatten(0, 1)) for index in given])
        wanted = [index for index in range(1, frames) if index not in given]
        outputs = [network.corrected(of_frame(index), memory, True) for index in wanted]
        shape = count, readers, len(wanted), *clips.shape[-2:]
        odds = torch.stack([output.log_odds for output in outputs], 1).view(count, readers, len(wanted), *shape[3:])
        targets = drawn[:, :, wanted, 0]
        loss, kept = correction_loss(odds, targets, config)
        for position, output in enumerate(outputs):
            small = F.avg_pool2d(targets[:, :, position].flatten(0, 1).unsqueeze(1), 16)
            for logit in output.query_logits:
                term = F.binary_cross_entropy_with_logits(2 * logit, small)
                loss = loss + config.auxiliary_weight * term / len(outputs)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        share_gradients(network.parameters())
        norm = nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], config.gradient_norm)
        if bool(torch.isfinite(norm)):
            self.optimizer.step()
        with torch.no_grad():
            plain = maps[:, wanted].unsqueeze(1).expand(-1, readers, -1, -1, -1, -1).flatten(0, 2)
            before = 1 - dice_loss((plain > 0.5).float(), targets.flatten(0, 2).unsqueeze(1))
            after = 1 - dice_loss((odds > 0).float().flatten(0, 2).unsqueeze(1), targets.flatten(0, 2).unsqueeze(1))
        whole = torch.full((2, frames), float("nan"))
        whole[:, wanted] = kept
        return {"loss": loss.detach(), "dice_before": before, "dice": after, "kept": whole}

    @torch.no_grad()
    def average(self) -> None:
        decay = min(self.config.ema, (1 + self.iteration) / (10 + self.iteration))
        values = self.network.state_dict()
        for name, mean in self.mean.state_dict().items():
            if mean.is_floating_point() and not name.endswith("inv_freq"):
                mean.lerp_(values[name], 1 - decay)

    def run(self, minutes: float | None = None) -> bool:
        """Trains to the last iteration or for about so many minutes; returns whether the last one was reached. Of
        several processes each learns from batches of its own, and the first one writes. Raises MaskPathDied."""
        config = self.config
        self.resume()
        if self.rank == 0:
            values = config.to_dict()
            values["model_folder"] = os.path.relpath(config.model_folder, self.output)
            (self.output / "config.yaml").write_text(yaml.safe_dump(values))
        rows: list[dict[str, torch.Tensor]] = []
        started, before = time.monotonic(), self.seconds
        out_of_time = False
        while self.iteration < config.iterations and not out_of_time:
            rows.append(self.iterate())
            self.seconds = before + time.monotonic() - started
            last, tells = self.iteration == config.iterations, self.iteration % LOG_EVERY == 0
            out_of_time = minutes is not None and tells and agreed(time.monotonic() - started > 60 * minutes)
            if self.rank == 0:
                if tells or last:
                    self.write(rows)
                if self.iteration % config.checkpoint_every == 0 or last or out_of_time:
                    # Before the checkpoint is overwritten, which is from when the path was alive.
                    self.mask_path.check(self.iteration, network_correction_dependence(self.mean))
                    self.save()
            if tells:
                rows = []
        return self.iteration >= config.iterations

    def iterate(self) -> dict[str, torch.Tensor]:
        """One iteration, and what is told of it."""
        factor = self.config.rate(self.iteration)
        for group in self.optimizer.param_groups:
            group["lr"] = group["highest"] * factor
        told = self.learn(*self.batches[self.iteration * self.processes + self.rank])
        self.iteration += 1
        self.average()
        return told

    def write(self, rows: list[dict[str, torch.Tensor]]) -> None:
        kept = torch.nansum(torch.stack([row["kept"] for row in rows]), 0)
        shares = (kept[0] / kept[1].clamp(min=1e-6)).tolist()

        def mean(name: str) -> float:
            return float(torch.stack([row[name] for row in rows]).mean())

        near, between, *far = shares[1:]
        values = [
            self.iteration,
            round(self.seconds / 60, 2),
            round(self.config.rate(self.iteration - 1), 4),
            *(round(mean(name), 5) for name in ("loss", "dice_before", "dice")),
            *(round(value, 3) for value in (near, between, sum(far) / max(len(far), 1))),
        ]
        path = self.output / "log.csv"
        new = not path.exists()
        with open(path, "a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(COLUMNS)
            writer.writerow(values)
        print(dict(zip(COLUMNS, values)), flush=True)
