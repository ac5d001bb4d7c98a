"""Errors of reading video: each says what happened, to which file, and what to do."""

import errno
from pathlib import Path

from ingest.location import as_typed


class VideoError(Exception):
    """A video file cannot be used; the message ends with what to do."""

    def __init__(self, path: Path, problem: str, advice: str) -> None:
        super().__init__(f"{as_typed(path)}: {problem}; {advice}")
        self.path = path
        self.problem = problem
        self.advice = advice


class UnreadableVideoError(VideoError):
    """The container cannot be opened: missing, empty, encrypted, truncated or not a video."""


class NoVideoStreamError(VideoError):
    """The file opens but holds no pictures that move: audio only, or zero frames."""


class UnsafeMediaError(VideoError):
    """The file would make the decoder open something else: a playlist, a URL, a device."""


class CorruptVideoError(VideoError):
    """Decoding failed so often that what follows cannot be trusted."""


class UnreachableMediaError(OSError):
    """A store of media does not answer now; later it may."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(errno.EIO, f"cannot be reached now ({reason})", as_typed(path))

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}; check the network and the store's address"
