"""Clips as small pictures that move, made when somebody looks and kept beside the thumbnails."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.clip import ClipSpan
from ingest.frame import ShownFrame
from ingest.thumbnails import MAX_WIDTH, preview_path
from ingest.video import Video

SHORT_SIDE = 180
QUALITY = 50
EFFORT = 2
"""Of the encoder, from 0 to 6: half of the usual time for a tenth more bytes."""
PICTURES_PER_SECOND = 2.5
LEAST_PICTURES, MOST_PICTURES = 6, 20
SHOWN_MILLISECONDS = 160
KEPT_PREVIEWS = 1000
"""About 60 kB each; those made first go first."""

_making_room = threading.Lock()


def write_preview(source: Path, span: ClipSpan, clip_id: str, *, folder: Path) -> Path:
    """Write what `source` shows during `span` as an animated WebP, and return its path.

    At most 320 pixels wide, at most 20 pictures, in a loop. The folder is made where it is
    missing; it keeps a bounded number of previews. The file appears complete or not at all. Raises
    ``VideoError`` where the source cannot be used, and ``OSError`` where it is gone or the preview
    cannot be written.
    """
    with Video.open(source, video_id=clip_id.rpartition(":")[0]) as video:
        pictures = [*map(_picture, _spread(video.frames_from(span.start_seconds), span))]
    path = preview_path(clip_id, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        pictures[0].save(
            unfinished,
            "WEBP",
            save_all=True,
            append_images=pictures[1:],
            duration=SHOWN_MILLISECONDS,
            loop=0,
            quality=QUALITY,
            method=EFFORT,
        )
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _make_room(path.parent)
    return path


def _spread(shown: Iterator[ShownFrame], span: ClipSpan) -> Iterator[NDArray[np.uint8]]:
    """Give pictures at even distances, ``(H, W, 3)`` RGB; at least one."""
    wanted = round(span.length_seconds * PICTURES_PER_SECOND)
    count = min(max(wanted, LEAST_PICTURES), MOST_PICTURES)
    step = span.length_seconds / count
    due = span.start_seconds
    for frame in _until(shown, span.end_seconds):
        if frame.end_seconds > due:
            yield frame.rgb(short_side=SHORT_SIDE)
            due = max(due + step, frame.seconds + step / 2)


def _until(shown: Iterator[ShownFrame], end_seconds: float) -> Iterator[ShownFrame]:
    """The first frame, and those after it that begin before the end."""
    yield next(shown)
    for frame in shown:
        if frame.seconds >= end_seconds:
            return
        yield frame


def _picture(pixels: NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(pixels)
    image.thumbnail((MAX_WIDTH, image.height))
    return image


def _make_room(folder: Path) -> None:
    with _making_room:
        previews = sorted(_with_times(folder.glob("*.webp")))
        for _, path in previews[:-KEPT_PREVIEWS]:
            path.unlink(missing_ok=True)


def _with_times(paths: Iterable[Path]) -> Iterator[tuple[int, Path]]:
    for path in paths:
        # Another process may have removed it just now.
        with suppress(FileNotFoundError):
            yield path.stat().st_mtime_ns, path
