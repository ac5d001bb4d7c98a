"""What the encoder makes of a file's clips."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from encoder.interface import ClipDescription, ClipEncoder
from encoder.labels import FreeLabels
from ingest.clip import Clip
from ingest.sampling import Sampling, read_clips
from ingest.video import Video
from pipeline.batches import batched
from pipeline.settings import Settings

CLIPS_PER_BATCH = 4
"""Enough to keep the encoder busy; the first clip is described alone, as soon as it is read."""


def describe_file(
    encoder: ClipEncoder, path: Path, *, settings: Settings
) -> Iterator[tuple[Clip, ClipDescription]]:
    """Yield each clip of the video with its description, in order of time; store nothing.

    `settings` say how clips are cut. Raises ``VideoError`` where the file cannot be used.
    """
    with Video.open(path) as video:
        labels = FreeLabels.load(encoder, settings.labels)
        segments = video.segments(settings.segment_seconds)
        clips = read_clips(video, sampling(settings), segments=segments)
        yield from describe_clips(encoder, clips, labels=labels)


def describe_clips(
    encoder: ClipEncoder, clips: Iterable[Clip], *, labels: FreeLabels
) -> Iterator[tuple[Clip, ClipDescription]]:
    """Yield each clip with its description and the user's `labels`, a few clips at a time."""
    remaining = iter(clips)
    first = islice(remaining, 1)
    for batch in chain(batched(first, 1), batched(remaining, CLIPS_PER_BATCH)):
        yield from zip(batch, labels.added_to(encoder.describe(batch)), strict=True)


def sampling(settings: Settings) -> Sampling:
    """How `settings` want clips to be cut and sampled."""
    return Sampling(
        frames_per_second=settings.frames_per_second,
        max_seconds=settings.clip_max_seconds,
        min_seconds=settings.clip_min_seconds,
    )
