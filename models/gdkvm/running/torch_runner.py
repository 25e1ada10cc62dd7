"""Runs a model in PyTorch frame by frame, one clip or several of one length at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ..network.model import GDKVM, State


class TorchRunner:
    """Holds the recurrent state between frames, as OnnxRunner does."""

    def __init__(self, model: GDKVM, device: str = "cpu") -> None:
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise ValueError(f"device {device}: this PyTorch sees no CUDA GPU; use --device cpu")
        self.device = torch.device(device)
        narrow = min(model.config.image_width, model.config.mask_width, model.config.key_channels) < 16
        # oneDNN corrupts memory with channels last for very few channels.
        layout = torch.contiguous_format if narrow else torch.channels_last
        self.model = model.eval().to(self.device, memory_format=layout)
        self.size = model.config.image_size
        self.reset()

    def reset(self) -> None:
        self.state: State | None = None
        self.first = True

    @torch.no_grad()
    def step(self, image: np.ndarray) -> np.ndarray:
        """image (S, S) in [0, 1] -> probability (S, S)."""
        return self.step_batch(image[None])[0]

    @torch.no_grad()
    def step_batch(self, images: np.ndarray) -> np.ndarray:
        """The same frame of several clips, images (B, S, S) in [0, 1] -> probabilities (B, S, S)."""
        if images.shape[1:] != (self.size, self.size):
            raise ValueError(f"the model takes frames of {self.size} x {self.size}, not {images.shape[1:]}")
        if self.state is None:
            self.state = self.model.start(len(images))
        frame = torch.from_numpy(np.ascontiguousarray(images, np.float32))[:, None].to(self.device)
        output, self.state = self.model.step(frame, self.state, float(self.first))
        self.first = False
        return output.probability[:, 0].float().cpu().numpy()

    def clip(self, images: np.ndarray) -> np.ndarray:
        """images (T, S, S) in [0, 1], from a fresh state -> probabilities (T, S, S)."""
        self.reset()
        return np.stack([self.step(image) for image in images])

    def clips(self, several: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Clips (T, S, S) of any lengths -> their probabilities; those of one length run together."""
        found: list[np.ndarray | None] = [None] * len(several)
        for length in sorted({len(images) for images in several}):
            places = [place for place, images in enumerate(several) if len(images) == length]
            stacked = np.stack([several[place] for place in places], 1)
            self.reset()
            together = np.stack([self.step_batch(images) for images in stacked], 1)
            for place, probability in zip(places, together):
                found[place] = probability
        self.reset()
        return [probability for probability in found if probability is not None]
