"""Training on CAMUS and phantoms, on a CPU or a GPU. Resumable and seeded: every iteration draws from its own seed."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import nn

from ..datasets.training_pairs import read_training_pairs
from ..export.mask_path import network_dependence
from ..network.checkpoint import CheckpointError, load_strictly, read_checkpoint
from ..network.efficientnet_lite import imagenet_weights
from ..network.model import GDKVM, State
from ..network.positional_encoding import encoding_tables, keep_tables
from ..sector.resize import resize
from .arithmetic import computes_in_bfloat16, memory_format
from .batches import Batch, TrainingBatches
from .beginning import read_beginning
from .config import TrainingConfig
from .cuda_graphs import RecordedIterations, RecordedSteps
from .frozen_parts import freeze, set_training_mode
from .log import TrainingLog
from .losses import NeighbourHead, clip_loss, neighbour_loss
from .mask_path_watch import MaskPathWatch, revive_mask_path, silence_mask_path
from .norms import measure_norms
from .optimizer import make_optimizer
from .running_average import averaged_pairs
from .starting_model import StartingModel
from .together import agreed, rank_and_processes, share_gradients

AGREE_EVERY = 5  # iterations after which processes that learn together ask each other whether their time is over


class Trainer:
    """Holds the weights, their running average and the optimizer; ``workers`` processes prepare batches.

    ``camus``: the folder of the 224 x 224 packs or of the CAMUS release.
    """

    def __init__(
        self,
        config: TrainingConfig,
        camus: Path,
        output: Path,
        device: str = "cpu",
        workers: int = 1,
    ) -> None:
        self.config, self.output = config, output
        output.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.seed)
        self.device = torch.device(device)
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = True
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        self.model = GDKVM(config.model).to(self.device, memory_format=memory_format(config.model))
        freeze(self.model, config.frozen)
        self.neighbours = NeighbourHead(config.model.decoder_channels[1]).to(self.device)
        self.ema = copy.deepcopy(self.model).eval()
        self.averaged = tuple(zip(*averaged_pairs(self.ema, self.model)))
        self.rate = torch.tensor(config.learning_rate, device=self.device)
        self.dice_weight = torch.tensor(1.0, device=self.device)
        self.area_weight = torch.tensor(0.0, device=self.device)
        self.change_weight = torch.tensor(0.0, device=self.device)
        self.unrest_weight = torch.tensor(0.0, device=self.device)
        learning = self.model, self.neighbours
        self.optimizer = make_optimizer(learning, config.weight_decay, self.rate, config.mask_encoder_rate)
        self.rank, self.processes = rank_and_processes()
        self.bfloat16 = computes_in_bfloat16(config.precision, self.device)
        self.trial = torch.tensor(0.0, device=self.device)  # 1 where a step must change nothing
        self.iteration = 0
        self.seconds = 0.0
        self.started_from: str | None = None
        self.starting_model: StartingModel | None = None
        self.mask_path = MaskPathWatch(config.propagation == "memory", config.mask_path_from)
        pairs = read_training_pairs(camus, "train", config.source_size)
        self.batches = TrainingBatches(config, pairs, output, self.device)
        self.workers = workers
        self.validation = read_training_pairs(camus, "validation", config.model.image_size)
        self.recorded_iterations = self.recorded_steps = None
        if self.device.type == "cuda":
            self.recorded_iterations = RecordedIterations(self.learn, self.forget_gradients, self.unchanged)
            self.recorded_steps = RecordedSteps(self.model, self.autocast)

    @property
    def checkpoint(self) -> Path:
        return self.output / "checkpoint.pth"

    def save(self) -> None:
        temporary = self.checkpoint.with_suffix(".tmp")
        optimizer = self.optimizer.state_dict()
        for group in optimizer["param_groups"]:
            group["lr"] = float(group["lr"])
        torch.save(
            {
                "it": self.iteration,
                "seconds": self.seconds,
                "model": self.model.state_dict(),
                "ema": self.ema.state_dict(),
                "neighbours": self.neighbours.state_dict(),
                "optimizer": optimizer,
                "tables": encoding_tables(self.model),
                "mask_path_lived": self.mask_path.lived,
                "started_from": self.started_from,
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
        missing = {"model", "ema", "neighbours", "optimizer", "it", "seconds"} - set(content)
        if missing:
            lacks = ", ".join(sorted(missing))
            raise CheckpointError(
                f"{self.checkpoint}: of another version of the training (lacks {lacks}); move it away"
            )
        self.model.load_state_dict(content["model"])
        self.ema.load_state_dict(content["ema"])
        self.neighbours.load_state_dict(content["neighbours"])
        self.keep_tables(content.get("tables", {}))
        self.mask_path.lived = content.get("mask_path_lived", False)
        moments, groups = content["optimizer"]["state"], content["optimizer"]["param_groups"]
        # Only which moments belong to which weights: where steps are kept depends on the device, now maybe another one.
        groups = [{**mine, "params": saved["params"]} for saved, mine in zip(groups, self.optimizer.param_groups)]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})
        if self.recorded_iterations:
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate * group["factor"]
        self.iteration, self.seconds = content["it"], content["seconds"]
        self.started_from = content.get("started_from")
        return True

    def start_from(self, path: Path) -> None:
        """Takes the weights of a model folder or of another run of the same architecture."""
        config = self.config
        beginning = read_beginning(path, config.model, config.start_from_sha256, config.revive_mask_path)
        load_strictly(self.model, beginning.weights, path)
        self.keep_tables(beginning.tables)
        if beginning.neighbours is not None:
            self.neighbours.load_state_dict(beginning.neighbours)
        elif beginning.of_graph:
            # Until it has learned, a head of zeros pushes nothing in a network that has.
            for parameter in self.neighbours.parameters():
                nn.init.zeros_(parameter)
        if config.revive_mask_path:
            silence_mask_path(self.model.mask_encoder)
        if beginning.of_graph:
            self.model.eval()
            norms = [module for module in self.model.modules() if isinstance(module, nn.BatchNorm2d)]
            measure_norms(norms, self.show_first_frames)
        if config.revive_mask_path:
            revive_mask_path(self.model.mask_encoder)
        self.ema.load_state_dict(self.model.state_dict())
        self.started_from = beginning.sha256
        print(f"starts from {path} (SHA-256 {beginning.sha256})", flush=True)

    def keep_tables(self, tables: dict[str, torch.Tensor]) -> None:
        keep_tables(self.model, tables)
        keep_tables(self.ema, tables)

    def calibrate(self) -> None:
        """Sets the mask encoder's batch statistics from the first frames it would see with a plausible mask."""
        norms = [module for module in self.model.mask_encoder.modules() if isinstance(module, nn.BatchNorm2d)]
        for module in norms:
            module.reset_running_stats()
            module.momentum = None  # cumulative average
        self.model.train()
        self.show_first_frames()
        for module in norms:
            module.momentum = 0.1
        self.ema.load_state_dict(self.model.state_dict())

    @torch.no_grad()
    def show_first_frames(self, batches: int = 4) -> None:
        """Runs the encoders over pictures of patients, without a mask and with the true one."""
        for index in range(batches):
            plan = self.batches.plans.draw(10**9 + index, clips=8, frames=2, warm=0, phantom_share=0.0)
            clips, structures, *_ = self.batches.render(plan)
            masks = structures[:, :, :1]
            for frame, shown in ((clips[:, 0], torch.zeros_like(masks[:, 0])), (clips[:, 1], masks[:, 0])):
                features = self.model.encode(frame)
                state = self.model.start(len(frame))
                self.model.mask_encoder(features.image, features.pixel, shown, state.sensory)

    def autocast(self) -> torch.autocast:
        """bfloat16 where it is fast. The weights stay float32."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16)

    @torch.no_grad()
    def run_warm(self, clips: torch.Tensor) -> State:
        """The state after the frames of clips (B, T, 1, S, S)."""
        self.model.eval()
        if self.recorded_steps:
            return self.recorded_steps(clips)
        state = self.model.start(clips.shape[0])
        # A context of its own: weights that were cast here must not serve where gradients are wanted.
        with self.autocast():
            for index in range(clips.shape[1]):
                _, state = self.model.step(clips[:, index], state, float(index == 0))
        return state

    def set_rate(self, rate: float) -> None:
        self.rate.fill_(rate)
        for group in self.optimizer.param_groups:
            if self.recorded_iterations:
                group["lr"].fill_(rate * group["factor"])
            else:
                group["lr"] = rate * group["factor"]

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Iterations inside leave weights, moments and batch statistics as they are."""
        before = [buffer.clone() for buffer in self.model.buffers()]
        self.trial.fill_(1)
        try:
            yield
        finally:
            self.trial.fill_(0)
            for buffer, value in zip(self.model.buffers(), before):
                buffer.copy_(value)

    def forget_gradients(self) -> None:
        self.optimizer.zero_grad(set_to_none=True)

    @property
    def frozen(self) -> bool:
        return self.iteration >= self.config.freeze_batch_norm_at

    def learn(self, clips: torch.Tensor, masks: torch.Tensor, state: State | None) -> torch.Tensor:
        """Forward, backward and a step of the optimizer; gradients have to be none before. Returns the loss."""
        config = self.config
        set_training_mode(self.model, self.frozen, config.frozen)
        with self.autocast():
            outputs = self.model(clips, state)
            of_areas = self.area_weight, self.change_weight, self.unrest_weight
            loss = clip_loss(outputs, masks[:, :, :1], config.auxiliary_weight, self.dice_weight, *of_areas)
            if config.neighbour_weight:
                loss = loss + config.neighbour_weight * neighbour_loss(outputs, masks[:, :, 1:], self.neighbours)
        loss.backward()
        parameters = [*self.model.parameters(), *self.neighbours.parameters()]
        share_gradients(parameters)
        norm = nn.utils.clip_grad_norm_(parameters, config.gradient_norm)
        if self.recorded_iterations:
            # The fused optimizer passes over steps whose gradients are not finite, without anybody asking.
            self.optimizer.found_inf = torch.maximum(self.trial, 1 - torch.isfinite(norm).float())
            self.optimizer.step()
        elif bool(torch.isfinite(norm)):
            self.optimizer.step()
        return loss.detach()

    def step(self, batch: Batch) -> torch.Tensor:
        """One iteration; returns its loss, on the device."""
        warm, rate = batch.warm, self.config.rate(self.iteration)
        stage = self.config.stage(self.iteration)
        self.dice_weight.fill_(stage.dice_weight)
        self.area_weight.fill_(stage.area_weight)
        self.change_weight.fill_(stage.change_weight)
        self.unrest_weight.fill_(stage.unrest_weight)
        clips, masks = (part.to(self.device, non_blocking=True) for part in (batch.clips, batch.masks))
        if self.starting_model is not None and stage.held_to_start:
            with self.autocast():
                masks = self.starting_model.mixed_into(masks, batch, clips, stage.held_to_start)
        state = self.run_warm(clips[:, :warm]) if warm else None
        self.set_rate(rate)
        if self.recorded_iterations:
            loss = self.recorded_iterations(clips[:, warm:], masks, state, self.frozen).clone()
        else:
            self.forget_gradients()
            loss = self.learn(clips[:, warm:], masks, state)
        self.update_ema()
        self.iteration += 1
        return loss

    @torch.no_grad()
    def update_ema(self) -> None:
        """The running average of weights and batch statistics; early on it forgets faster."""
        decay = min(self.config.ema, (1 + self.iteration) / (10 + self.iteration))
        means, values = self.averaged
        torch._foreach_mul_(means, decay)
        torch._foreach_add_(means, values, alpha=1 - decay)

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

    def run(self, minutes: float | None = None) -> bool:
        """Trains to the last iteration, from the checkpoint in the output folder if there is one, else from the weights
        that the configuration starts from, else from random ones (the image encoder from ImageNet's, where the
        configuration says so).

        With ``minutes`` it saves and stops after that time. Returns whether the last iteration was reached.
        """
        config, end = self.config, None if minutes is None else time.monotonic() + 60 * minutes
        if self.resume():
            if config.start_from is not None:
                print(f"goes on from {self.checkpoint}, not from {config.start_from}")
        elif config.start_from is not None:
            self.start_from(Path(config.start_from))
        else:
            if config.imagenet:
                weights = imagenet_weights(config.model.image_block)
                self.model.image_encoder.load_state_dict(weights, strict=False)  # they count no batches
            self.calibrate()
        if config.holds_to_start:
            self.starting_model = StartingModel(config, self.device, memory_format(config.model))
        if self.rank == 0:
            self.write_config()
        log = TrainingLog(self.output, config.iterations, self.iteration, self.rank == 0)
        try:
            self.learn_to_the_end(log, end)
        finally:
            self.batches.close()
        return self.iteration >= config.iterations

    def write_config(self) -> None:
        """config.yaml, which says what the run started from and what that was."""
        values = self.config.to_dict()
        if self.config.start_from is not None:
            values["start_from"] = os.path.relpath(self.config.start_from, self.output)
            values["start_from_sha256"] = self.started_from
        (self.output / "config.yaml").write_text(yaml.safe_dump(values))

    def learn_to_the_end(self, log: TrainingLog, end: float | None) -> None:
        """Iterations with their validations and checkpoints, to the last one or until the time ``end``."""
        config, started = self.config, time.monotonic()
        alone = self.processes == 1
        for batch in self.batches.loader(self.iteration, self.workers):
            loss = self.step(batch)
            spent, started = time.monotonic() - started, time.monotonic()
            self.seconds += spent
            done, last = self.iteration, self.iteration == config.iterations
            log.add(done, loss, spent)
            validates, saves = done % config.validate_every == 0 or last, done % config.checkpoint_every == 0 or last
            tells = self.rank == 0  # of processes that learn together
            if tells and (validates or saves):
                heeds = network_dependence(self.ema)
                if validates:
                    log.write(done, self.seconds / 60, config.rate(done - 1), self.validate(), heeds)
                # Before the checkpoint is overwritten, which is from when the path was alive.
                self.mask_path.check(done, heeds)
                started = time.monotonic()
            out_of_time = end is not None and (alone or done % AGREE_EVERY == 0) and agreed(time.monotonic() > end)
            if tells and (saves or out_of_time):
                self.save()
            if out_of_time:
                break
