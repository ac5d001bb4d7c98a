"""What the fixed networks make of a user's own clips and captions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.alignment import Alignment
from encoder.backbone import CompactBackbone
from encoder.devices import best_device
from encoder.engine import FrameEngine
from encoder.text import SentenceEncoder
from ingest.errors import VideoError
from training.data import TrainingDataError
from training.own_data import LineProblem, OwnItem, OwnTable, clip_of

Listener = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

_CAPTION_FRAMES = 4  # as many as the decoder looks at when it describes a clip
_ITEMS_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class OwnClip:
    """One item, seen by the CNN."""

    item: OwnItem
    still: bool
    frames: Tensor
    """``(T, 1280)`` of the frames, or of a still's views."""
    places_file: Path
    """Holds ``(P, 1280)`` half-precision features, what the caption decoder looks at."""


@dataclass(frozen=True, eq=False)
class OwnFeatures:
    """Clips, and every different sentence that is said of any of them, once."""

    clips: tuple[OwnClip, ...]
    texts: tuple[str, ...]
    sentences: Tensor
    """``(K, 768)``."""

    @classmethod
    def of(cls, clips: Sequence[OwnClip], *, on_progress: Listener) -> "OwnFeatures":
        """Compute the features of what is said of some clips."""
        texts = tuple(dict.fromkeys(text for clip in clips for text in clip.item.captions))
        encoder, read = SentenceEncoder(), []
        for start in range(0, len(texts), _ITEMS_AT_ONCE):
            read.append(encoder(texts[start : start + _ITEMS_AT_ONCE]))
            on_progress("reading", sum(map(len, read)), len(texts))
        return cls(tuple(clips), texts, torch.cat(read))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {text: number for number, text in enumerate(self.texts)}

    def texts_of(self, rows: Sequence[int]) -> list[list[int]]:
        """The numbers of the texts of each of some clips."""
        return [[self._numbers[text] for text in self.clips[row].item.captions] for row in rows]

    def chosen(self, which: NDArray[np.bool_]) -> "OwnFeatures":
        """Some of the clips, with what is said of them."""
        rows = np.flatnonzero(which).tolist()
        kept = sorted({text for texts in self.texts_of(rows) for text in texts})
        clips = tuple(self.clips[row] for row in rows)
        return OwnFeatures(clips, tuple(self.texts[k] for k in kept), self.sentences[kept])


def look_at(
    table: OwnTable, backbone: CompactBackbone, *, folder: Path, on_progress: Listener
) -> tuple[list[OwnClip], list[LineProblem]]:
    """See every item; places are kept in `folder`, which must outlive the clips.

    Items whose file cannot be used become problems of their line.
    """
    device = best_device()
    engine = FrameEngine(backbone.to(device), device)
    clips: list[OwnClip] = []
    problems: list[LineProblem] = []
    for done, item in enumerate(table.items, start=1):
        try:
            clips.append(_seen(item, engine, file=folder / f"{done}.npy"))
        except (VideoError, TrainingDataError, OSError) as error:
            problems.append(table.problem(item.line, " ".join(str(error).split())))
        on_progress("looking", done, len(table.items))
    backbone.cpu()
    return clips, problems


def _seen(item: OwnItem, engine: FrameEngine, *, file: Path) -> OwnClip:
    frames = clip_of(item).frames
    grids = engine.clip_grids(frames).cpu()
    count = min(len(frames), _CAPTION_FRAMES)
    spread = torch.linspace(0, len(frames) - 1, count).round().long()
    np.save(file, grids[spread].flatten(0, 1).half().numpy())
    return OwnClip(item, len(frames) == 1, grids.mean(1).clone(), file)


def embed(model: Alignment, runs: Sequence[Tensor]) -> Tensor:
    """Embed runs of frames, ``(T, 1280)`` each, as clips: ``(B, D)`` unit vectors."""
    lengths = torch.tensor([len(run) for run in runs])
    projected = model.embed_frames(torch.cat(list(runs)))
    frames = list(torch.split(projected, lengths.tolist()))  # (T, D) each
    embedded: Tensor = model.temporal(pad_sequence(frames, batch_first=True), lengths)
    return embedded


@torch.inference_mode()
def embed_all(model: Alignment, clips: Sequence[OwnClip]) -> Tensor:
    """Embed clips as the encoder does, a still as the mean of its views: ``(N, D)``."""
    model.eval()
    rows = []
    for start in range(0, len(clips), _ITEMS_AT_ONCE):
        group = clips[start : start + _ITEMS_AT_ONCE]
        runs = [list(c.frames[:, None]) if c.still else [c.frames] for c in group]
        embedded = embed(model, [run for views in runs for run in views])
        split = torch.split(embedded, [len(views) for views in runs])
        rows.append(F.normalize(torch.stack([views.mean(0) for views in split]), dim=-1))
    return torch.cat(rows)


def places_of(clips: Sequence[OwnClip]) -> tuple[Tensor, Tensor]:
    """Places of some clips ``(B, P, 1280)``, padded, and which of them are real ``(B, P)``."""
    places = [torch.from_numpy(np.load(clip.places_file)).float() for clip in clips]
    counts = torch.tensor([len(each) for each in places])
    padded = pad_sequence(places, batch_first=True)  # (B, P, 1280)
    return padded, torch.arange(padded.shape[1])[None] < counts[:, None]
