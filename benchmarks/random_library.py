"""A large library without videos: random unit vectors, with captions and labels like real ones."""

import random
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from catalog.interface import ClipRecord, ClipStore, VideoRecord
from encoder.interface import Caption, CategoryScore, ClipDescription, EmbeddingSpace
from ingest.clip import Clip, ClipSpan
from ingest.thumbnails import QUALITY, thumbnail_path

SPACE = EmbeddingSpace("random-00000000", 512)
CLIPS_PER_VIDEO = 50
CLIP_SECONDS = 6.0
KINDS = {"topic": 20, "action": 12, "camera": 8}
WORDS = ("man", "woman", "dog", "car", "street", "field", "red", "blue", "runs", "sits", "holds")


class RandomEncoder:
    """Every text and every clip has a direction of its own."""

    space = SPACE

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        return [
            ClipDescription(embedding, Caption("", 0.0), ())
            for embedding in self.embed_clips(clips)
        ]

    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        return self.embed_texts([clip.clip_id for clip in clips])

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = [direction(random.Random(text)) for text in texts]
        return np.array(found, np.float32).reshape(len(texts), SPACE.dimension)


def direction(dice: random.Random, *, dimension: int = SPACE.dimension) -> NDArray[np.float32]:
    """A ``(dimension,)`` unit vector."""
    vector = np.random.default_rng(dice.getrandbits(32)).standard_normal(dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def fill(store: ClipStore, thumbnails: Path, *, clips: int, seed: int = 0) -> None:
    """Put `clips` clips in videos of 50 into `store`, each with a thumbnail."""
    dice = random.Random(seed)
    picture = a_picture(dice)
    for number in range(clips // CLIPS_PER_VIDEO):
        records = clips_of_video(number, dice)
        store.upsert_clips(records)
        put_pictures(records, picture, thumbnails)
        store.upsert_video(video_of(records))
    store.flush()


def clips_of_video(
    number: int, dice: random.Random, *, dimension: int = SPACE.dimension
) -> list[ClipRecord]:
    """The 50 clips of one video."""
    video_id = f"{number:032x}"
    return [_clip(video_id, place, dice, dimension) for place in range(CLIPS_PER_VIDEO)]


def video_of(records: Sequence[ClipRecord]) -> VideoRecord:
    """The record of the video that these are all clips of."""
    last = records[-1]
    return VideoRecord(
        video_id=last.video_id,
        path=last.path,
        size_bytes=1,
        modified_ns=1,
        duration_seconds=last.span.end_seconds,
        clip_count=len(records),
    )


def a_picture(dice: random.Random) -> bytes:
    """A file such as a thumbnail is."""
    noise = np.random.default_rng(dice.getrandbits(32)).integers(0, 255, (18, 32, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(noise).resize((320, 180)).save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def put_pictures(records: Sequence[ClipRecord], picture: bytes, thumbnails: Path) -> None:
    """Write the thumbnails of clips of one video, all the same."""
    for record in records:
        path = thumbnail_path(record.clip_id, thumbnails)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)


def _clip(video_id: str, place: int, dice: random.Random, dimension: int) -> ClipRecord:
    start = place * CLIP_SECONDS
    labels = [(kind, f"{kind} {dice.randrange(count)}") for kind, count in KINDS.items()]
    return ClipRecord(
        clip_id=f"{video_id}:{round(start * 1000)}",
        video_id=video_id,
        path=_path(video_id),
        span=ClipSpan(start, start + CLIP_SECONDS),
        description=ClipDescription(
            embedding=direction(dice, dimension=dimension),
            caption=Caption(" ".join(dice.choices(WORDS, k=8)), 0.5),
            categories=tuple(CategoryScore(label, kind, dice.random()) for kind, label in labels),
        ),
    )


def _path(video_id: str) -> Path:
    return Path(f"/films/{int(video_id, 16):04}.mp4")
