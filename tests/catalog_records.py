"""Records of a catalog with as much detail as a test needs, and no video behind them."""

from pathlib import Path

import numpy as np

from catalog.interface import ClipRecord, VideoRecord
from encoder.interface import Caption, CategoryScore, ClipDescription, EmbeddingSpace
from ingest.clip import ClipSpan

SPACE = EmbeddingSpace("test-0123abcd", 8)


def direction(*parts: float) -> np.ndarray:
    """A unit vector of `SPACE`: `parts`, then zeros."""
    vector = np.zeros(SPACE.dimension, dtype=np.float32)
    vector[: len(parts)] = parts
    return vector / np.linalg.norm(vector)


def clip(
    video_id: str,
    start_seconds: float,
    embedding: np.ndarray,
    *,
    labels: tuple[str, ...] = (),
    caption: str = "a red ball",
    path: Path = Path("/films/a.mp4"),
) -> ClipRecord:
    """A clip of four seconds."""
    return ClipRecord(
        clip_id=f"{video_id}:{round(start_seconds * 1000)}",
        video_id=video_id,
        path=path,
        span=ClipSpan(start_seconds, start_seconds + 4),
        description=ClipDescription(
            embedding=embedding,
            caption=Caption(caption, 0.1 + 0.2),
            categories=tuple(CategoryScore(label, "topic", 1 / 3) for label in labels),
        ),
    )


def video(video_id: str, path: str = "/films/a.mp4", *, missing: bool = False) -> VideoRecord:
    """A video of a minute."""
    return VideoRecord(
        video_id=video_id,
        path=Path(path),
        size_bytes=5_000_000_000,
        modified_ns=1_700_000_000_123_456_789,
        duration_seconds=60.04,
        clip_count=3,
        width=1920,
        height=1080,
        missing=missing,
    )


def facts(record: ClipRecord) -> tuple[object, ...]:
    """All of a clip as values that compare."""
    described = record.description
    return (
        record.clip_id,
        record.video_id,
        record.path,
        record.span,
        described.caption,
        described.categories,
        described.embedding.tolist(),
    )
