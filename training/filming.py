"""Photographs filmed by a moving camera, with captions that say how it moves."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor

from encoder.backbone import FEATURE_CHANNELS, FRAME_SIZE, CompactBackbone, as_grid
from encoder.temporal import FRAMES_READ
from ingest.camera import Movement, simulate_movement
from training.data import CaptionedPictures, TrainingDataError
from training.features import compute_stems, half_precision, kept_features, sentence_features
from training.sources import Source, pooled_features

FRAMES = FRAMES_READ
CAPTIONS = 5
"""Every picture of Flickr8k has five."""

_REVERSE = {
    Movement.PAN_LEFT: Movement.PAN_RIGHT,
    Movement.PAN_RIGHT: Movement.PAN_LEFT,
    Movement.TILT_UP: Movement.TILT_DOWN,
    Movement.TILT_DOWN: Movement.TILT_UP,
    Movement.ZOOM_IN: Movement.ZOOM_OUT,
    Movement.ZOOM_OUT: Movement.ZOOM_IN,
}
_VERBS = {
    Movement.PAN_LEFT: "pans left over",
    Movement.PAN_RIGHT: "pans right over",
    Movement.TILT_UP: "tilts up over",
    Movement.TILT_DOWN: "tilts down over",
    Movement.ZOOM_IN: "zooms in on",
    Movement.ZOOM_OUT: "zooms out from",
}


@dataclass(frozen=True, eq=False)
class MovingPictures:
    """Pictures filmed with one movement each, with features of clips and texts."""

    frames: Tensor
    """``(N, T, 1280)`` pooled features of the moving clip."""
    stills: Tensor
    """``(N, 2, 1280)`` the whole picture and its mirror image."""
    sentences: Tensor
    """``(N, k, 3, 768)`` captions: plain, with the movement, with the reverse movement."""


def movement_of(number: int) -> Movement:
    """Which movement a picture is filmed with."""
    return list(_REVERSE)[number % len(_REVERSE)]


def film(source: Source, count: int, *, backbone: CompactBackbone, cache: Path) -> MovingPictures:
    """Film the first `count` pictures of a source, or all where it has fewer.

    Raises:
        TrainingDataError: a picture has fewer than `CAPTIONS` captions.
    """
    pictures = source.pictures.first(count)
    if min(map(len, pictures.captions)) < CAPTIONS:
        raise TrainingDataError(
            f"{pictures.folder}: each picture to film needs {CAPTIONS} captions; add what is absent"
        )
    stems = _moving_stems(pictures, backbone, cache=cache)
    texts = [
        text
        for number, captions in enumerate(pictures.captions)
        for caption in captions[:CAPTIONS]
        for text in texts_of(caption, movement_of(number))
    ]
    sentences = sentence_features(f"{pictures.name}.moving", texts, cache=cache)
    filmed = Source(pictures, source.stems[: len(pictures)], source.sentences)
    return MovingPictures(
        _pool(stems, backbone),
        pooled_features(filmed, backbone)[:, :2],
        sentences.reshape(len(pictures), CAPTIONS, 3, -1),
    )


def texts_of(caption: str, movement: Movement) -> tuple[str, str, str]:
    """The caption itself, with the movement, and with the reverse movement."""
    bare = caption.rstrip(" .")
    bare = bare[:1].lower() + bare[1:]
    moved = f"camera {_VERBS[movement]} {bare}"
    return caption, moved, f"camera {_VERBS[_REVERSE[movement]]} {bare}"


def _moving_stems(
    pictures: CaptionedPictures, backbone: CompactBackbone, *, cache: Path
) -> NDArray[np.float16]:
    path = cache / f"{pictures.name}.moving.npy"
    if not path.exists():
        partial = path.with_suffix(".partial")
        stems = open_memmap(partial, "w+", np.float16, (len(pictures), FRAMES, 112, 14, 14))
        for number in track(range(len(pictures)), f"filming {pictures.name}"):
            image = np.asarray(pictures.picture(number))
            clip = simulate_movement(
                image, movement_of(number), frames=FRAMES, size=FRAME_SIZE, seed=number
            )
            stems[number] = compute_stems(backbone, clip)
        stems.flush()
        partial.rename(path)
    return kept_features(path, len(pictures))


@torch.inference_mode()
def _pool(stems: NDArray[np.float16], backbone: CompactBackbone) -> Tensor:
    rows = []
    for start in range(0, len(stems), 16):
        maps = torch.from_numpy(np.array(stems[start : start + 16])).flatten(0, 1).float()
        with half_precision():
            grids = as_grid(backbone.tail(maps.contiguous(memory_format=torch.channels_last)))
        rows.append(grids.float().mean(1).reshape(-1, FRAMES, FEATURE_CHANNELS))
    return torch.cat(rows).clone()
