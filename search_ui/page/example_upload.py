"""A picture or a short video from the visitor's machine, to find the like of."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from ingest.errors import UnsafeMediaError, VideoError
from ingest.still import still_clip
from ingest.trial import try_out
from pipeline.query import Example, ImageFile, Part, Query, QueryError, VideoFile
from search_ui.terminal import printable

MEGABYTES = 50
"""Streamlit holds an upload in memory whole."""
SUFFIXES = ("jpg", "jpeg", "png", "webp", "gif", "bmp", "mp4", "mov", "webm", "mkv", "avi")
"""What the browser offers to choose; what a file is, its content tells."""
GLANCE_SIDE = 32
"""Pixels; an image is read this small to see whether it is one."""


@dataclass(frozen=True)
class Uploaded:
    """A file as the visitor sent it."""

    name: str
    content: bytes


def show_example_box() -> Uploaded | None:
    """Offer to send a file, and give the one that was sent."""
    with st.popover("Picture or video", icon=":material/image_search:"):
        sent = st.file_uploader(
            "Find moments like a picture or a short video",
            type=SUFFIXES,
            key="example",
            max_upload_size=MEGABYTES,
        )
    return None if sent is None else Uploaded(sent.name, sent.getvalue())


@contextmanager
def with_example(query: Query | None, uploaded: Uploaded | None) -> Iterator[Query | None]:
    """The query mixed with the uploaded file, which is on disk meanwhile.

    Raises ``QueryError`` where the file is neither a picture nor a video.
    """
    if uploaded is None:
        yield query
        return
    with tempfile.TemporaryDirectory() as folder:
        # Under a name of ours: theirs may lead anywhere.
        path = Path(folder) / "example"
        path.write_bytes(uploaded.content)
        example = _example(path, printable(uploaded.name))
        if query is None:
            yield Query.of(example)
        else:
            first, *others = query.steps
            mixed = replace(first, wanted=(*first.wanted, Part(example)))
            yield replace(query, steps=(mixed, *others))


def _example(path: Path, name: str) -> Example:
    try:
        still_clip(path, short_side=GLANCE_SIDE)
    except UnsafeMediaError as error:
        raise QueryError(f"{name}: {error.problem}; {error.advice}") from error
    except VideoError:
        return _video(path, name)
    return ImageFile(path)


def _video(path: Path, name: str) -> VideoFile:
    try:
        try_out(path)
    except UnsafeMediaError as error:
        raise QueryError(f"{name}: {error.problem}; {error.advice}") from error
    except VideoError as error:
        raise QueryError(
            f"{name}: is neither a picture nor a video that can be read; "
            "give a JPEG, PNG or WebP file, or a video that plays elsewhere"
        ) from error
    return VideoFile(path)
