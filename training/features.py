"""Features that training reads again and again: computed once, kept in a cache folder.

What the fixed stem of the CNN makes of each view of each picture is kept, so that training the
tail costs a third of the whole network, and training what follows costs almost nothing.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from PIL import Image, ImageOps
from rich.progress import track
from torch import Tensor

from encoder.alignment import load_alignment
from encoder.backbone import (
    FEATURE_CHANNELS,
    FRAME_SIZE,
    GRID_POSITIONS,
    CompactBackbone,
    as_grid,
    prepare_pictures,
)
from encoder.checkpoint import fingerprint
from encoder.text import SentenceEncoder
from training.data import CaptionedPictures, TrainingDataError

CROPS = 4
VIEWS = 2 + CROPS
"""Whole, whole and mirrored, random crops."""
_PICTURES_AT_ONCE = 32
_CROP_AREA = (0.35, 1.0)
_CROP_STRETCH = 0.3


def half_precision() -> torch.autocast:
    """Compute in bfloat16, twice as fast where the processor knows it."""
    return torch.autocast("cpu", torch.bfloat16)


def stem_features(
    pictures: CaptionedPictures, backbone: CompactBackbone, *, cache: Path
) -> NDArray[np.float16]:
    """What the CNN's stem makes of each view: ``(N, VIEWS, 112, 14, 14)``, on disk."""
    path = cache / f"{pictures.name}.stems.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        _compute_stem(pictures, backbone, path=partial)
        partial.rename(path)
    return kept_features(path, len(pictures))


def kept_features(path: Path, count: int) -> NDArray[np.float16]:
    """Map features from disk, ``(count, ...)``.

    Raises:
        TrainingDataError: they were computed from other data.
    """
    features: NDArray[np.float16] = np.load(path, mmap_mode="r")
    _require_count(path, len(features), count)
    return features


def _require_count(path: Path, kept: int, count: int) -> None:
    if kept != count:
        raise TrainingDataError(
            f"{path}: features of {kept} items are kept, but the data has {count} now; "
            "delete the file, or name another folder with --cache"
        )


def _compute_stem(pictures: CaptionedPictures, backbone: CompactBackbone, *, path: Path) -> None:
    rng = np.random.default_rng(0)
    shape = (len(pictures), VIEWS, 112, 14, 14)
    features = open_memmap(path, "w+", np.float16, shape)
    starts = range(0, len(pictures), _PICTURES_AT_ONCE)
    for start in track(starts, f"features of {pictures.name}"):
        stop = min(start + _PICTURES_AT_ONCE, len(pictures))
        views = [view for i in range(start, stop) for view in _views(pictures.picture(i), rng)]
        features[start:stop] = compute_stems(backbone, np.stack(views)).reshape(-1, *shape[1:])
    features.flush()


@torch.inference_mode()
def compute_stems(backbone: CompactBackbone, frames: NDArray[np.uint8]) -> NDArray[np.float16]:
    """What the stem makes of ``(N, H, W, 3)`` frames: ``(N, 112, 14, 14)``."""
    with half_precision():
        maps = backbone.stem(prepare_pictures(frames, torch.device("cpu")))
    return np.asarray(maps.float().numpy(), np.float16)


def _views(picture: Image.Image, rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    whole = picture.resize((FRAME_SIZE, FRAME_SIZE), Image.Resampling.BICUBIC)
    crops = [_random_crop(picture, rng) for _ in range(CROPS)]
    views = [whole, ImageOps.mirror(whole), *crops]
    return [np.asarray(view) for view in views]


def _random_crop(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    area, stretch = rng.uniform(*_CROP_AREA), np.exp(rng.uniform(-_CROP_STRETCH, _CROP_STRETCH))
    width = min(picture.width, int(picture.width * np.sqrt(area * stretch)))
    height = min(picture.height, int(picture.height * np.sqrt(area / stretch)))
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    crop = picture.resize(
        (FRAME_SIZE, FRAME_SIZE),
        Image.Resampling.BICUBIC,
        box=(left, top, left + width, top + height),
    )
    return ImageOps.mirror(crop) if rng.random() < 0.5 else crop


def sentence_features(name: str, sentences: list[str], *, cache: Path) -> Tensor:
    """``(N, 768)`` features of sentences, kept on disk under `name`."""
    path = cache / f"{name}.sentences.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        encoder = SentenceEncoder()
        chunks = [sentences[i : i + 1024] for i in range(0, len(sentences), 1024)]
        features = torch.cat([encoder(chunk) for chunk in track(chunks, f"sentences of {name}")])
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.save(file, features.numpy())
        partial.rename(path)
    kept = torch.from_numpy(np.load(path))
    _require_count(path, len(kept), len(sentences))
    return kept


def place_features(
    pictures: CaptionedPictures, alignment: Path, *, cache: Path
) -> NDArray[np.float16]:
    """Grids of the whole and the mirrored picture: ``(N, 2, 49, 1280)``, on disk.

    They hold for the CNN of that file of weights; their name carries its fingerprint.
    """
    path = cache / f"{pictures.name}.places-{fingerprint(alignment)}.npy"
    if not path.exists():
        backbone = load_alignment(alignment).backbone
        stems = stem_features(pictures, backbone, cache=cache)
        partial = path.with_suffix(".partial")
        shape = (len(pictures), 2, GRID_POSITIONS, FEATURE_CHANNELS)
        features = open_memmap(partial, "w+", np.float16, shape)
        starts = range(0, len(pictures), _PICTURES_AT_ONCE)
        for start in track(starts, f"places of {pictures.name}"):
            stem = torch.from_numpy(np.array(stems[start : start + _PICTURES_AT_ONCE, :2]))
            with torch.inference_mode(), half_precision():
                grids = as_grid(backbone.tail(stem.flatten(0, 1).float()))
            rows = grids.float().numpy().reshape(-1, *shape[1:])
            features[start : start + len(rows)] = rows
        features.flush()
        partial.rename(path)
    return kept_features(path, len(pictures))


def whole_features(pictures: CaptionedPictures, alignment: Path, *, cache: Path) -> Tensor:
    """Mean over the places of each whole picture, ``(N, 1280)``; see `place_features`."""
    places = place_features(pictures, alignment, cache=cache)
    starts = range(0, len(places), 256)
    means = [places[start : start + 256, 0].astype(np.float32).mean(1) for start in starts]
    return torch.from_numpy(np.concatenate(means))
