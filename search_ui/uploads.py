"""Videos that browsers send: written to disk piece by piece, checked, and put into the library."""

import logging
import os
import shutil
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from starlette.concurrency import run_in_threadpool

from ingest.discovery import VIDEO_SUFFIXES
from ingest.errors import VideoError
from ingest.trial import try_out

INCOMING = ".incoming"
"""Folder of what is not complete; hidden, so that nobody indexes it."""
PIECE_BYTES = 1 << 20
"""Written at once."""
KEPT_FREE_BYTES = 1_000_000_000
"""What an upload leaves on the disk for the catalog and everybody else."""
MOST_NAME_BYTES = 200
"""File systems allow 255; a number may have to fit as well."""

logger = logging.getLogger(__name__)


class UploadError(Exception):
    """A file is not taken; the message says which, why, and what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        """Of HTTP."""


class Uploads:
    """The folder of a library that uploaded videos go to."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes

    def tidy(self) -> None:
        """Delete what was left half sent; only while nothing is being received."""
        shutil.rmtree(self.folder / INCOMING, ignore_errors=True)

    async def receive(
        self, sent_name: str, pieces: AsyncIterator[bytes], *, announced_bytes: int
    ) -> Path:
        """Write a video to disk and return where it lies now.

        `announced_bytes` is what the browser says, 0 where it does not. Nothing but one piece is
        held in memory. Raises :class:`UploadError`, ``OSError`` where the disk does not take it,
        and what `pieces` raises; whatever is raised, nothing of the file stays.
        """
        name = safe_name(sent_name)
        self._require_room(name, announced_bytes)
        incoming = self.folder / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        unfinished = incoming / f"{uuid4().hex}{Path(name).suffix}"
        try:
            await self._write(unfinished, name, pieces)
            await run_in_threadpool(_check, unfinished, name)
            return await run_in_threadpool(self._settle, unfinished, name)
        finally:
            unfinished.unlink(missing_ok=True)

    async def _write(self, path: Path, name: str, pieces: AsyncIterator[bytes]) -> None:
        waiting, total = bytearray(), 0
        with path.open("wb") as file:
            async for piece in pieces:
                total += len(piece)
                self._require_small(name, total)
                waiting += piece
                if len(waiting) >= PIECE_BYTES:
                    await run_in_threadpool(file.write, bytes(waiting))
                    waiting.clear()
                    self._require_disk(name, 0)
            file.write(waiting)
            await run_in_threadpool(_sync, file.fileno())

    def _require_room(self, name: str, announced_bytes: int) -> None:
        self._require_small(name, announced_bytes)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._require_disk(name, announced_bytes)

    def _require_small(self, name: str, size_bytes: int) -> None:
        if size_bytes > self.limit_bytes:
            raise UploadError(
                413,
                f"{name}: larger than {self.limit_bytes / 1e9:g} GB, the most that is taken from a "
                "browser; add its folder by path, or raise upload_gigabytes in the settings",
            )

    def _require_disk(self, name: str, size_bytes: int) -> None:
        if shutil.disk_usage(self.folder).free - size_bytes < KEPT_FREE_BYTES:
            raise UploadError(
                507, f"{name}: the library's disk is full; free some space and send it again"
            )

    def _settle(self, unfinished: Path, name: str) -> Path:
        """Give a file its name, or the next free one."""
        stem, suffix = Path(name).stem, Path(name).suffix
        number = 1
        while True:
            target = self.folder / (name if number == 1 else f"{stem} ({number}){suffix}")
            try:
                # Unlike a rename, this never replaces what another upload put there.
                os.link(unfinished, target)
            except FileExistsError:
                number += 1
            else:
                logger.info("%s was uploaded", target)
                return target


def safe_name(sent_name: str) -> str:
    """The last part of what a browser calls a file, such that it names a video in one folder.

    Raises :class:`UploadError` where it has not the ending of a video.
    """
    last = sent_name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable())
    path = Path(plain.strip().lstrip("."))
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        shown = plain.strip()[:MOST_NAME_BYTES] or "the file"
        raise UploadError(
            415, f"{shown}: not the ending of a video; send .mp4, .mov, .mkv, .webm or the like"
        )
    stem = path.stem.encode()[:MOST_NAME_BYTES].decode(errors="ignore")
    return f"{stem}{path.suffix}"


def _check(path: Path, name: str) -> None:
    """Raise :class:`UploadError` where a file is no video, or one that leads elsewhere."""
    try:
        try_out(path)
    except VideoError as error:
        raise UploadError(422, f"{name}: {error.problem}; {error.advice}") from error


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)
