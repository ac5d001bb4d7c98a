"""Which files under some paths are videos."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

VIDEO_SUFFIXES = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".gif", ".h264", ".hevc",
    ".ivf", ".m1v", ".m2t", ".m2ts", ".m2v", ".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4",
    ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".nut", ".ogm", ".ogv", ".qt", ".rm", ".rmvb", ".ts",
    ".vob", ".webm", ".wmv", ".wtv", ".y4m",
})  # fmt: skip
"""Endings by which a folder's videos are known, in lower case."""


def find_media(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the video files at and under `paths`, each file once.

    A path that is not a folder is yielded as it is, whatever it is called and even where nothing
    is there, so that whoever opens it can say what is wrong. Folders are walked in sorted order;
    hidden files and folders in them are passed over, and links are followed but never in a circle.
    """
    seen: set[Path] = set()
    for path in paths:
        candidates = _walk(path, frozenset()) if path.is_dir() else iter([path])
        for candidate in candidates:
            real = Path(os.path.realpath(candidate))
            if real not in seen:
                seen.add(real)
                yield candidate


def _walk(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        # Whoever opens the folder as a file can say that it may not be read.
        yield folder
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, above | {real})
        elif entry.suffix.lower() in VIDEO_SUFFIXES:
            yield entry
