"""How records lie in Milvus: collections, typed fields, and the way there and back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import numpy as np
from pymilvus import CollectionSchema, DataType, MilvusClient

from catalog.interface import ClipRecord, ClipSummary, VideoRecord
from encoder.interface import Caption, CategoryScore, ClipDescription
from ingest.clip import ClipSpan

MAX_ID_LENGTH = 512
MAX_LABEL_LENGTH = 1024
MAX_LABELS = 1024
MAX_TEXT_LENGTH = 65_535
"""What Milvus allows a text field, counted in bytes of UTF-8."""

BYTES_PREFIX = "bytes:"
"""Marks a path that is not valid UTF-8 and is kept percent-encoded."""

CLIP_FIELDS = [
    "clip_id", "video_id", "path", "start_seconds", "end_seconds", "caption",
    "caption_confidence", "labels", "kinds", "probabilities", "embedding",
]  # fmt: skip
SUMMARY_FIELDS = [
    "clip_id", "video_id", "path", "start_seconds", "end_seconds", "caption",
    "labels", "kinds", "probabilities",
]  # fmt: skip
VIDEO_FACTS = [
    "video_id", "path", "size_bytes", "modified_ns", "duration_seconds", "clip_count", "missing",
]  # fmt: skip
VIDEO_FIELDS = [*VIDEO_FACTS, "embedding"]
NO_SIZE = (1.0, 0.0)
"""What stands for a picture of a size that is not known; Milvus compares no vector of no length."""

# A Milvus row is a mapping of field to value whose types the schema says; it stays within
# this package.
Row = Mapping[str, Any]


def clips_schema(dimension: int) -> CollectionSchema:
    """One row per clip."""
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    _add_texts(schema, clip_id=MAX_ID_LENGTH, video_id=MAX_ID_LENGTH)
    _add_texts(schema, path=MAX_TEXT_LENGTH, caption=MAX_TEXT_LENGTH)
    for name in ("start_seconds", "end_seconds", "caption_confidence"):
        schema.add_field(name, DataType.DOUBLE)
    for name, of_type in (
        ("labels", DataType.VARCHAR),
        ("kinds", DataType.VARCHAR),
        ("probabilities", DataType.DOUBLE),
    ):
        length = {"max_length": MAX_LABEL_LENGTH} if of_type == DataType.VARCHAR else {}
        schema.add_field(
            name, DataType.ARRAY, element_type=of_type, max_capacity=MAX_LABELS, **length
        )
    schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=dimension)
    return schema


def videos_schema() -> CollectionSchema:
    """One row per completely indexed video."""
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    _add_texts(schema, video_id=MAX_ID_LENGTH, path=MAX_TEXT_LENGTH)
    for name in ("size_bytes", "modified_ns", "clip_count"):
        schema.add_field(name, DataType.INT64)
    schema.add_field("duration_seconds", DataType.DOUBLE)
    schema.add_field("missing", DataType.BOOL)
    # Milvus takes no collection without a vector. This one is never searched, and is the width and
    # height of the picture, for which catalogs that were made before have no other field.
    schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=2)
    return schema


def _add_texts(schema: CollectionSchema, **lengths: int) -> None:
    for name, length in lengths.items():
        first = not schema.fields
        schema.add_field(name, DataType.VARCHAR, max_length=length, is_primary=first)


def clip_row(record: ClipRecord) -> Row:
    """`record` as a row of the clips collection."""
    categories = record.description.categories
    return {
        "clip_id": record.clip_id,
        "video_id": record.video_id,
        "path": stored_path(record.path),
        "start_seconds": record.span.start_seconds,
        "end_seconds": record.span.end_seconds,
        "caption": _fitting(record.description.caption.text),
        "caption_confidence": record.description.caption.confidence,
        "labels": [category.label for category in categories],
        "kinds": [category.kind for category in categories],
        "probabilities": [category.probability for category in categories],
        "embedding": record.description.embedding,
    }


def clip_record(row: Row) -> ClipRecord:
    """The record that :func:`clip_row` was made from."""
    return ClipRecord(
        clip_id=row["clip_id"],
        video_id=row["video_id"],
        path=path_stored_as(row["path"]),
        span=ClipSpan(row["start_seconds"], row["end_seconds"]),
        description=ClipDescription(
            embedding=np.asarray(row["embedding"], dtype=np.float32),
            caption=Caption(row["caption"], row["caption_confidence"]),
            categories=_categories(row),
        ),
    )


def clip_summary(row: Row) -> ClipSummary:
    """What :func:`clip_record` would give, without the vector, which `row` need not have."""
    return ClipSummary(
        clip_id=row["clip_id"],
        video_id=row["video_id"],
        path=path_stored_as(row["path"]),
        span=ClipSpan(row["start_seconds"], row["end_seconds"]),
        caption=row["caption"],
        categories=_categories(row),
    )


def _categories(row: Row) -> tuple[CategoryScore, ...]:
    found = zip(row["labels"], row["kinds"], row["probabilities"], strict=True)
    return tuple(CategoryScore(*category) for category in found)


def video_row(video: VideoRecord) -> Row:
    """`video` as a row of the videos collection."""
    values = {name: getattr(video, name) for name in VIDEO_FACTS}
    size = (float(video.width), float(video.height)) if video.height else NO_SIZE
    return values | {"path": stored_path(video.path), "embedding": [*size]}


def video_record(row: Row) -> VideoRecord:
    """The record that :func:`video_row` was made from."""
    values = {name: row[name] for name in VIDEO_FACTS}
    width, height = map(round, row["embedding"]) if row["embedding"][1] else (0, 0)
    path = path_stored_as(row["path"])
    return VideoRecord(**values | {"path": path, "width": width, "height": height})


def stored_path(path: Path) -> str:
    """`path` as text that a text field takes; :func:`path_stored_as` undoes it.

    File names are bytes and need not be valid UTF-8, which Milvus insists on.
    """
    text = str(path)
    if text.startswith(BYTES_PREFIX) or not _is_utf8(text):
        return BYTES_PREFIX + quote(text, errors="surrogateescape")
    return text


def path_stored_as(text: str) -> Path:
    """The path that :func:`stored_path` turned into `text`."""
    if text.startswith(BYTES_PREFIX):
        raw = unquote_to_bytes(text.removeprefix(BYTES_PREFIX))
        return Path(raw.decode("utf-8", "surrogateescape"))
    return Path(text)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fitting(text: str) -> str:
    """`text` cut to what a text field takes, at a whole character."""
    return text.encode("utf-8", "replace")[:MAX_TEXT_LENGTH].decode("utf-8", "ignore")
