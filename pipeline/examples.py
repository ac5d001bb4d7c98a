"""From examples to vectors: what a step of a query points at in the library's space."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipStore
from encoder.interface import ClipEncoder
from ingest.clip import Clip, ClipSpan
from ingest.still import still_clip
from ingest.video import Video
from pipeline.browsing import find_clip
from pipeline.describing import sampling
from pipeline.library import Library
from pipeline.query import (
    Example,
    ImageFile,
    LibraryClip,
    Part,
    Query,
    QueryError,
    Step,
    Text,
    VideoFile,
)
from pipeline.settings import Settings

LIKED = 0.5
"""How much wanted pictures and clips count beside words."""
UNWANTED_WORDS = 0.75
UNLIKED = 0.1
"""How much unwanted pictures and clips count; `docs/search.md` has what was measured of these."""
MOST_FRAMES = 32
"""Of a video that is a query; a long one is looked at this often."""
SHORTEST_DIRECTION = 1e-4
"""What is left of a wanted vector when the unwanted one is the same is rounding."""


def step_vectors(library: Library, store: ClipStore, query: Query) -> list[NDArray[np.float32]]:
    """What each step looks for: ``(D,)`` unit vectors in the space of `store`.

    The encoder is loaded only where the query holds more than clips of the library. Raises
    ``QueryError`` where an example is not there or nothing is left of a step, ``VideoError`` where
    a file cannot be used, and ``SpaceChangedError`` where the store is no longer the library's.
    """
    vectors = _embedded(library, store, list(dict.fromkeys(query.examples())))
    return [_direction(step, vectors) for step in query.steps]


def _embedded(
    library: Library, store: ClipStore, examples: Sequence[Example]
) -> dict[Example, NDArray[np.float32]]:
    found: dict[Example, NDArray[np.float32]] = {
        e: _of_library(store, e) for e in examples if isinstance(e, LibraryClip)
    }
    foreign = [e for e in examples if not isinstance(e, LibraryClip)]
    if not foreign:
        return found
    encoder = library.encoder_of(store)
    vectors = [_of_foreign(encoder, example, library.settings) for example in foreign]
    return {**found, **dict(zip(foreign, vectors, strict=True))}


def _of_library(store: ClipStore, example: LibraryClip) -> NDArray[np.float32]:
    record = find_clip(store, example.clip_id)
    if record is None:
        raise QueryError("the clip to compare with is not in the library any more; search anew")
    return record.description.embedding


def _of_foreign(
    encoder: ClipEncoder, example: Text | ImageFile | VideoFile, settings: Settings
) -> NDArray[np.float32]:
    match example:
        case Text(words):
            (vector,) = encoder.embed_texts([words])
        case ImageFile(path):
            (vector,) = encoder.embed_clips(
                [still_clip(path, short_side=sampling(settings).short_side)]
            )
        case VideoFile():
            (vector,) = encoder.embed_clips([_clip_of(example, settings)])
    return np.asarray(vector, np.float32)


def _clip_of(example: VideoFile, settings: Settings) -> Clip:
    """The part of a video as one clip, with the frames that an indexed clip of it would have."""
    sampled = sampling(settings)
    start = example.start_seconds
    with Video.open(example.path) as video:
        duration = video.info.duration_seconds
        if 0 < duration <= start:
            raise QueryError(
                f"{example.path.name} lasts {duration:.1f} s; the part cannot begin at {start} s"
            )
        # Some containers do not say how long they are.
        end = min(example.end_seconds or np.inf, duration or start + sampled.max_seconds)
        ticks = np.arange(start, end, 1 / sampled.frames_per_second)
        if len(ticks) > MOST_FRAMES:
            ticks = np.linspace(start, end, MOST_FRAMES, endpoint=False)
        frames = [
            frame.rgb(short_side=sampled.short_side) for frame in video.frames_at(ticks.tolist())
        ]
        return Clip(video.info, ClipSpan(start, end), np.stack(frames), ticks)


def _direction(step: Step, vectors: dict[Example, NDArray[np.float32]]) -> NDArray[np.float32]:
    words, seen = _means(step.wanted, vectors)
    unwanted_words, unliked = _means(step.unwanted, vectors)
    direction = words + LIKED * seen if words.any() else seen
    direction = direction - UNWANTED_WORDS * unwanted_words - UNLIKED * unliked
    length = float(np.linalg.norm(direction))
    if length < SHORTEST_DIRECTION:
        raise QueryError("the query takes away all that it asks for; leave one of the two out")
    return (direction / length).astype(np.float32)


def _means(
    parts: Sequence[Part], vectors: dict[Example, NDArray[np.float32]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``(D,)`` the weighted mean of the words, and that of all else; zeros where there are none."""
    words = [part for part in parts if isinstance(part.example, Text)]
    seen = [part for part in parts if not isinstance(part.example, Text)]
    return _mean(words, vectors), _mean(seen, vectors)


def _mean(
    parts: Sequence[Part], vectors: dict[Example, NDArray[np.float32]]
) -> NDArray[np.float64]:
    if not parts:
        dimension = len(next(iter(vectors.values())))
        return np.zeros(dimension)
    weights = np.array([part.weight for part in parts])
    stacked = np.stack([vectors[part.example] for part in parts]).astype(np.float64)
    return np.asarray(weights @ stacked / weights.sum())
