"""Records of some clips as one file: what a worker hands to whoever writes the catalog."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from catalog.interface import ClipRecord
from encoder.interface import Caption, CategoryScore, ClipDescription
from ingest.clip import ClipSpan
from pipeline.durable import write_durably


def write_clips(path: Path, records: Sequence[ClipRecord], *, space: str) -> None:
    """Write records of clips of one video whose embeddings lie in `space`.

    The file appears complete or not at all. Where the video lies is left out. Raises ``OSError``
    where it cannot be written.
    """
    described = [
        {
            "clip_id": record.clip_id,
            "span": [record.span.start_seconds, record.span.end_seconds],
            "caption": record.description.caption.text,
            "confidence": float(record.description.caption.confidence),
            "categories": [
                [category.label, category.kind, float(category.probability)]
                for category in record.description.categories
            ],
        }
        for record in records
    ]
    text = json.dumps({"space": space, "clips": described})
    content = io.BytesIO()
    embeddings = [record.description.embedding for record in records]
    np.savez(
        content,
        embeddings=np.stack(embeddings) if embeddings else np.zeros((0, 0), np.float32),
        text=np.frombuffer(text.encode(), np.uint8),
    )
    write_durably(path, content.getvalue())


def space_of(path: Path) -> str:
    """The embedding space of a file's records; ``OSError`` where it cannot be read."""
    with np.load(path, allow_pickle=False) as content:
        return str(json.loads(content["text"].tobytes())["space"])


def read_clips_file(path: Path, *, video_id: str, video: Path) -> list[ClipRecord]:
    """Read what :func:`write_clips` wrote of the video that lies at `video`.

    Raises ``OSError`` where the file cannot be read.
    """
    with np.load(path, allow_pickle=False) as content:
        embeddings = content["embeddings"]
        document = json.loads(content["text"].tobytes())
    return [
        ClipRecord(
            clip_id=clip["clip_id"],
            video_id=video_id,
            path=video,
            span=ClipSpan(*clip["span"]),
            description=ClipDescription(
                embedding=embedding,
                caption=Caption(clip["caption"], clip["confidence"]),
                categories=tuple(CategoryScore(*category) for category in clip["categories"]),
            ),
        )
        for clip, embedding in zip(document["clips"], embeddings, strict=True)
    ]
