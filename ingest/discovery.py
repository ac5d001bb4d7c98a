"""Which files under some paths are videos, and what each is called."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from ingest.errors import UnreadableVideoError
from ingest.location import is_remote
from ingest.remote import entry_of, objects_under

VIDEO_SUFFIXES = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".gif", ".h264", ".hevc",
    ".ivf", ".m1v", ".m2t", ".m2ts", ".m2v", ".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4",
    ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".nut", ".ogm", ".ogv", ".qt", ".rm", ".rmvb", ".ts",
    ".vob", ".webm", ".wmv", ".wtv", ".y4m",
})  # fmt: skip
"""Endings by which a folder's videos are known, in lower case."""

_LOCAL = "file:"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def from_url(path: Path) -> Path:
    """The file that a ``file://`` URL names; any other path is returned as it is.

    Raises ``UnreadableVideoError`` for an address of another kind.
    """
    if path.parts[:1] == (_LOCAL,) and len(path.parts) > 1:
        return Path(unquote("/".join(("", *path.parts[1:]))))
    if _is_foreign(path):
        raise UnreadableVideoError(
            path,
            "is at an address that is not read",
            "copy it to this machine or to an S3 store, and give its path or s3:// URL",
        )
    return path


def resolved(path: Path) -> Path:
    """The one name of a place: absolute and without links; an object's is its URL.

    Nothing need be there. Raises what `from_url` does.
    """
    # Path.resolve ends in RuntimeError where links form a circle.
    return path if is_remote(path) else Path(os.path.realpath(from_url(path)))


def find_media(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the video files at and under `paths`, each file once.

    A path that is not a folder is yielded as it is, whatever it is called and even where nothing
    is there, so that whoever opens it can say what is wrong. Folders are walked in sorted order;
    hidden files and folders in them are passed over, and links are followed but never in a circle.
    A folder in a store is the objects whose names begin with its own.
    """
    seen: set[Path] = set()
    for path in paths:
        for candidate in _candidates(path):
            real = resolved(candidate)
            if real not in seen:
                seen.add(real)
                yield candidate


def _candidates(path: Path) -> Iterator[Path]:
    if is_remote(path):
        return _objects(path)
    return _walk(path, frozenset()) if path.is_dir() else iter([path])


def _objects(path: Path) -> Iterator[Path]:
    try:
        is_folder = entry_of(path).is_folder
        found = objects_under(path) if is_folder else []
    except (OSError, UnreadableVideoError):
        # Whoever opens the folder as a file can say what is wrong.
        is_folder, found = False, []
    if not is_folder:
        yield path
    for entry in found:
        below = entry.relative_to(path)
        hidden = any(part.startswith(".") for part in below.parts)
        if not hidden and entry.suffix.lower() in VIDEO_SUFFIXES:
            yield entry


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


def _is_foreign(path: Path) -> bool:
    has_scheme = len(path.parts) > 1 and _SCHEME.fullmatch(path.parts[0]) is not None
    return has_scheme and not is_remote(path) and not os.path.lexists(path.parts[0])
