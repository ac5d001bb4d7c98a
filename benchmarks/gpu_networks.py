"""What `benchmarks.gpu` sweeps: the encoders' networks, with ready input on the device."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from encoder.backbone import (
    FEATURE_CHANNELS,
    FRAME_SIZE,
    GRID_POSITIONS,
    CompactBackbone,
    prepare_pictures,
)
from encoder.beam import beam_search
from encoder.captioner import load_captioner
from encoder.checkpoint import CAPTIONER, WEIGHTS
from encoder.compact import CAPTION_SEARCH
from encoder.openclip_model import OpenClipModel
from encoder.openclip_weights import find_weights
from tests.tiny_openclip import random_weights

CAPTION_FRAMES = 4
"""What the encoder gives the decoder of each clip."""

Work = Callable[[], object]


@dataclass(frozen=True)
class Network:
    """Something to be measured."""

    name: str
    work: Callable[[int], Work]
    """From the size of a batch to one pass over such a batch."""


def random_tower(name: str, place: Path, device: torch.device) -> tuple[str, OpenClipModel]:
    """A model of OpenCLIP's as the encoder loads it, with random weights."""
    weights = find_weights(f"openclip/{name}/{random_weights(name, place / name)}", download=False)
    return name, OpenClipModel.load(weights, device=device, half=device.type == "cuda")


def networks(
    device: torch.device, towers: Sequence[tuple[str, OpenClipModel]]
) -> Iterator[Network]:
    """All that is swept: the compact CNN, OpenCLIP's towers, the decoder of captions."""
    backbone = CompactBackbone().to(device)
    # Random, as a GPU multiplies zeros with less power and so more quickly.
    frame = np.random.default_rng(0).integers(0, 256, (1, FRAME_SIZE, FRAME_SIZE, 3), np.uint8)
    yield Network("compact", _on_pictures(backbone, prepare_pictures(frame, device)))
    for name, tower in towers:
        yield Network(name, _on_pictures(tower.network.encode_image, tower.pictures(frame)))
    yield Network("captions", _caption_work(device))


def _on_pictures(see: Callable[[Tensor], object], picture: Tensor) -> Callable[[int], Work]:
    def work(batch: int) -> Work:
        pictures = torch.cat([picture] * batch)  # (B, 3, h, w), laid out as one is
        return lambda: see(pictures)

    return work


def _caption_work(device: torch.device) -> Callable[[int], Work]:
    captioner = load_captioner(WEIGHTS / CAPTIONER)[0].to(device).eval()
    places, width = CAPTION_FRAMES * GRID_POSITIONS, captioner.config.dimension

    def say(batch: int) -> Work:
        features = torch.randn(batch, places, FEATURE_CHANNELS, device=device)
        real = torch.ones(batch, places, dtype=torch.bool, device=device)
        gist = F.normalize(torch.randn(batch, width, device=device), dim=-1)
        return lambda: beam_search(captioner, *captioner.look(features, real, gist), CAPTION_SEARCH)

    return say
