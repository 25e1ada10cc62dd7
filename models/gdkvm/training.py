"""Training on CAMUS and phantoms, on a CPU or a GPU. Resumable and seeded: every iteration draws from its own seed."""

from __future__ import annotations

import copy
import csv
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch import nn

from .camus import read_pairs
from .checkpoint import read_checkpoint
from .clips import SOURCE_SIZE, PhantomStore, make_batch, phantom_store
from .config import ModelConfig
from .losses import clip_loss
from .model import GDKVM, State
from .resize import resize


@dataclass(frozen=True)
class Stage:
    """Until this iteration: frames per clip that are learned from, and up to how many run before them without gradient.

    The frames before let the recurrent state reach the range it has in long loops.
    """

    until: int
    frames: int
    warm: int = 0


@dataclass(frozen=True)
class TrainingConfig:
    name: str
    model: ModelConfig
    iterations: int
    stages: tuple[Stage, ...]
    batch: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: int = 100
    gradient_norm: float = 3.0
    ema: float = 0.998
    auxiliary_weight: float = 0.05
    phantom_fraction: float = 0.2
    phantom_clips: int = 400
    freeze_batch_norm_at: int = 1 << 30
    seed: int = 42
    validate_every: int = 250
    checkpoint_every: int = 100
    version: str = "0.1.0"
    description: str = ""

    @classmethod
    def read(cls, path: Path) -> TrainingConfig:
        try:
            values = yaml.safe_load(path.read_text())
            values["model"] = ModelConfig.from_dict(values["model"])
            values["stages"] = tuple(Stage(**stage) for stage in values["stages"])
            return cls(**values)
        except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
            raise ValueError(f"{path}: not a training configuration ({error})") from error

    def stage(self, iteration: int) -> Stage:
        return next((stage for stage in self.stages if iteration < stage.until), self.stages[-1])

    def rate(self, iteration: int) -> float:
        """Linear warm-up, then half a cosine down to one percent."""
        if iteration < self.warmup:
            return self.learning_rate * (iteration + 1) / self.warmup
        done = (iteration - self.warmup) / max(1, self.iterations - self.warmup)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """No decay on vectors (biases, norms, gates) nor on the query embeddings."""
    decayed, plain = [], []
    for name, parameter in model.named_parameters():
        skip = parameter.ndim < 2 or "query_init" in name or "query_emb" in name
        (plain if skip else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]


def set_training_mode(model: GDKVM, freeze_image_statistics: bool) -> None:
    """Training mode, but the mask encoder's batch statistics stay fixed.

    Its input differs in kind between frame 0 (no mask yet) and the others: statistics of the batch at hand would hide
    that difference in training and show it in use.
    """
    model.train()
    for module in model.mask_encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    if freeze_image_statistics:
        model.image_encoder.eval()


def memory_format(config: ModelConfig) -> torch.memory_format:
    """Channels last is faster on CPU and GPU, but oneDNN's backward pass corrupts memory with it for very few channels
    (seen with 4 channels in PyTorch 1.13, 2.7 and 2.15)."""
    narrow = min(config.image_width, config.mask_width, config.key_channels) < 16
    return torch.contiguous_format if narrow else torch.channels_last


class Trainer:
    def __init__(
        self, config: TrainingConfig, camus: Path, output: Path, device: str = "cpu", validation: Path | None = None
    ) -> None:
        self.config, self.output = config, output
        output.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.seed)
        self.device = torch.device(device)
        self.model = GDKVM(config.model).to(self.device, memory_format=memory_format(config.model))
        self.ema = copy.deepcopy(self.model).eval()
        self.optimizer = torch.optim.AdamW(parameter_groups(self.model, config.weight_decay), lr=config.learning_rate)
        self.iteration = 0
        self.seconds = 0.0
        self.pairs = read_pairs(camus, SOURCE_SIZE)
        self.validation = read_pairs(validation, config.model.image_size) if validation else []
        self.store: PhantomStore | None = None
        if config.phantom_clips and config.phantom_fraction:
            self.store = phantom_store(output / "phantoms.npz", config.phantom_clips, config.seed)

    @property
    def checkpoint(self) -> Path:
        return self.output / "checkpoint.pth"

    def save(self) -> None:
        temporary = self.checkpoint.with_suffix(".tmp")
        torch.save(
            {
                "it": self.iteration,
                "seconds": self.seconds,
                "model": self.model.state_dict(),
                "ema": self.ema.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "config": self.config.model.to_dict(),
            },
            temporary,
        )
        temporary.replace(self.checkpoint)

    def resume(self) -> bool:
        """Continues from the checkpoint in the output folder, if there is one."""
        if not self.checkpoint.exists():
            return False
        content = read_checkpoint(self.checkpoint)
        self.model.load_state_dict(content["model"])
        self.ema.load_state_dict(content["ema"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.iteration, self.seconds = content["it"], content["seconds"]
        return True

    def batch(self, iteration: int, frames: int) -> tuple[torch.Tensor, torch.Tensor]:
        config = self.config
        rng = np.random.default_rng([config.seed, iteration])
        clips, masks = make_batch(
            rng, self.pairs, self.store, config.phantom_fraction, config.batch, frames, config.model.image_size
        )
        return clips.to(self.device), masks.to(self.device)

    def calibrate(self, batches: int = 4) -> None:
        """Sets the mask encoder's batch statistics from the first frames it would see with a plausible mask."""
        norms = [module for module in self.model.mask_encoder.modules() if isinstance(module, nn.BatchNorm2d)]
        for module in norms:
            module.reset_running_stats()
            module.momentum = None  # cumulative average
        self.model.train()
        with torch.no_grad():
            for index in range(batches):
                clips, masks = self.batch(10**9 + index, 2)
                for frame, shown in ((clips[:, 0], torch.zeros_like(masks[:, 0])), (clips[:, 1], masks[:, 0])):
                    features = self.model.encode(frame)
                    state = self.model.start(len(frame))
                    self.model.mask_encoder(features.image, features.pixel, shown, state.sensory)
        for module in norms:
            module.momentum = 0.1
        self.ema.load_state_dict(self.model.state_dict())

    @torch.no_grad()
    def run_warm(self, clips: torch.Tensor) -> State:
        self.model.eval()
        outputs_state = self.model.start(clips.shape[0])
        for index in range(clips.shape[1]):
            _, outputs_state = self.model.step(clips[:, index], outputs_state, float(index == 0))
        return outputs_state

    def step(self) -> float:
        """One iteration; returns its loss."""
        config, stage = self.config, self.config.stage(self.iteration)
        # Warm frames are drawn apart from the clip so that a resumed run draws the same.
        rng = np.random.default_rng([config.seed, self.iteration, 1])
        warm = int(rng.integers(stage.warm + 1)) if stage.warm and rng.random() < 0.5 else 0
        clips, masks = self.batch(self.iteration, stage.frames + warm)
        rate = config.rate(self.iteration)
        for group in self.optimizer.param_groups:
            group["lr"] = rate

        state = self.run_warm(clips[:, :warm]) if warm else None
        set_training_mode(self.model, self.iteration >= config.freeze_batch_norm_at)
        outputs = self.model(clips[:, warm:], state)
        loss = clip_loss(outputs, masks[:, warm:], config.auxiliary_weight)
        self.optimizer.zero_grad(set_to_none=True)
        if bool(torch.isfinite(loss)):
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), config.gradient_norm)
            self.optimizer.step()
        self.update_ema()
        self.iteration += 1
        return float(loss.detach())

    @torch.no_grad()
    def update_ema(self) -> None:
        decay = min(self.config.ema, (1 + self.iteration) / (10 + self.iteration))
        for mean, value in zip(self.ema.state_dict().values(), self.model.state_dict().values()):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - decay)
            else:
                mean.copy_(value)

    @torch.no_grad()
    def validate(self) -> float:
        """Mean Dice of the averaged weights over ED and ES of the validation pairs, as two-frame clips."""
        size = self.config.model.image_size
        scores = []
        for start in range(0, len(self.validation), 10):
            pairs = self.validation[start : start + 10]
            images = np.stack([resize(pair.images, size, size) for pair in pairs])
            clips = torch.from_numpy(images / 255).float()[:, :, None].to(self.device)
            outputs = self.ema(clips, training_outputs=False)
            found = torch.stack([output.probability[:, 0] for output in outputs], 1).cpu().numpy() > 0.5
            truth = np.stack([pair.masks for pair in pairs]) > 127
            overlap = (found & truth).sum((2, 3))
            scores.append(2 * overlap / np.maximum(found.sum((2, 3)) + truth.sum((2, 3)), 1))
        return float(np.concatenate(scores).mean()) if scores else float("nan")

    def log(self, row: dict[str, Any]) -> None:
        path = self.output / "log.csv"
        fresh = not path.exists()
        with open(path, "a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)

    def run(self) -> None:
        config = self.config
        if not self.resume():
            self.calibrate()
        (self.output / "config.yaml").write_text(yaml.safe_dump(plain(config)))
        losses: list[float] = []
        while self.iteration < config.iterations:
            started = time.monotonic()
            losses.append(self.step())
            spent = time.monotonic() - started
            self.seconds += spent
            done = self.iteration
            if done % 20 == 0 or done == config.iterations:
                left = (config.iterations - done) * spent / 60
                mean = sum(losses[-20:]) / len(losses[-20:])
                print(f"{done}/{config.iterations} loss {mean:.4f} {spent:.2f} s, {left:.0f} min left", flush=True)
            if done % config.validate_every == 0 or done == config.iterations:
                dice = self.validate()
                mean = sum(losses) / len(losses)
                losses = []
                self.log(
                    {
                        "iteration": done,
                        "minutes": round(self.seconds / 60, 2),
                        "rate": f"{config.rate(done - 1):.3g}",
                        "loss": round(mean, 5),
                        "dice": round(dice, 5),
                    }
                )
                print(f"  validation Dice {dice:.4f}", flush=True)
            if done % config.checkpoint_every == 0 or done == config.iterations:
                self.save()


def plain(config: TrainingConfig) -> dict[str, Any]:
    values = asdict(config)
    values["model"] = config.model.to_dict()
    values["stages"] = [asdict(stage) for stage in config.stages]
    return values
