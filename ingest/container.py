"""Opens media files so that nothing but the file itself is ever read.

FFmpeg knows formats that name other files and addresses: playlists, concatenation lists, image
sequences, session descriptions. A video that somebody sent could use them to read what it should
not, so only formats that hold their own frames are allowed, and only local files. FFmpeg checks
both before a format may read further than the first bytes. Of an object in a store it is given
the bytes alone, and may open nothing at all.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeVar, cast

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from ingest.errors import (
    NoVideoStreamError,
    UnreachableMediaError,
    UnreadableVideoError,
    UnsafeMediaError,
    VideoError,
)
from ingest.location import is_remote
from ingest.remote import RemoteFile, entry_of

Chosen = TypeVar("Chosen", bound=Stream)

FORMATS = (
    "asf,av1,avi,dv,flv,gif,gxf,h263,h264,hevc,ivf,m4v,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,"
    "mxf,nut,obu,ogg,rm,vc1,vvc,wtv,y4m,yuv4mpegpipe"
)
"""FFmpeg's names of the formats that hold their own frames."""

MAX_PIXELS = 1 << 27
"""Sixteen thousand by eight thousand; a larger frame is an attack on the memory."""

LARGE_PIXELS = 1 << 25
"""A little more than 8K. Threads that each decode a frame of their own would hold too many."""

MOST_THREADS = 16
"""FFmpeg's own bound: each thread holds pictures of its own."""

NO_PROTOCOL = "none"
"""FFmpeg knows no protocol of this name."""

SNIFFED_BYTES = 4096

PLAYLIST_MARKS = (
    b"#EXTM3U", b"ffconcat version", b"<MPD", b"<SmoothStreamingMedia", b"v=0", b"[playlist]",
    b"[Reference]", b"<asx", b"RTSPtext",
)  # fmt: skip
"""How files begin that only name others; they tell the user why a file was refused."""


def open_container(path: Path) -> InputContainer:
    """Open a media file for reading.

    Raises ``UnsafeMediaError`` where the file would have others opened, or is none at all, and
    ``UnreadableVideoError`` where it is no media file that can be used, and
    ``UnreachableMediaError``, then or later, where its store does not answer.
    """
    check_file(path)
    remote = is_remote(path)
    try:
        return av.open(
            # Absolute, so that a colon in a name is not taken for a protocol.
            RemoteFile(path) if remote else str(path.absolute()),
            mode="r",
            options={"max_pixels": str(MAX_PIXELS)},
            container_options={
                "protocol_whitelist": NO_PROTOCOL if remote else "file",
                "format_whitelist": FORMATS,
            },
            metadata_errors="replace",
        )
    except (FFmpegError, ValueError, UnicodeError) as error:
        _refuse(path, error)


def main_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the stream that a player would show, set to decode on all cores.

    Raises ``NoVideoStreamError`` where there is none, and ``UnreadableVideoError`` where it cannot
    be decoded here.
    """
    moving = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not moving:
        raise NoVideoStreamError(path, "holds no video", "leave it out, or check the export")
    best = container.streams.best("video")
    stream = next((s for s in moving if best is not None and s.index == best.index), moving[0])
    if stream.codec_context is None:
        raise UnreadableVideoError(
            path, "its codec is not known to this FFmpeg", "convert it to H.264 (MP4)"
        )
    pixels = stream.codec_context.width * stream.codec_context.height
    if pixels > MAX_PIXELS:
        raise UnreadableVideoError(
            path,
            f"its frames are {stream.codec_context.width} x {stream.codec_context.height} pixels",
            f"scale it down to at most {MAX_PIXELS} pixels a frame",
        )
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    stream.thread_type = "SLICE" if pixels > LARGE_PIXELS else "AUTO"
    stream.thread_count = _threads()
    return stream


def _threads() -> int:
    """One less than the cores that this process may use, as clips are described meanwhile.

    On two cores a second thread costs more than it saves.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(max(1, cores - 1), MOST_THREADS)


def packets_of(container: InputContainer, *streams: Chosen) -> Iterator["Packet[Chosen]"]:
    """Yield the packets of some streams from the present position on. Raises ``FFmpegError``."""
    try:
        yield from cast("Iterator[Packet[Chosen]]", container.demux(*streams))
    except IndexError:
        # A stream that began midway. PyAV stumbles over it after the last packet of those before.
        return


def open_binary(path: Path) -> BinaryIO | RemoteFile:
    """Open a file, here or in a store, to read its bytes; the caller closes it."""
    return RemoteFile(path) if is_remote(path) else path.open("rb")


def check_file(path: Path) -> None:
    """Raise a ``VideoError`` where `path` is not a file with something in it."""
    try:
        mode, size = _mode_and_size(path)
    except UnreachableMediaError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnreadableVideoError(
            path, f"cannot be opened ({reason})", "check the path and your right to read it"
        ) from error
    if stat.S_ISDIR(mode):
        raise UnreadableVideoError(path, "is a folder", "give a video file")
    if not stat.S_ISREG(mode):
        raise UnsafeMediaError(
            path, "is a device or a pipe, not a file", "record it into a file first"
        )
    if size == 0:
        raise UnreadableVideoError(path, "is empty", "copy or download it again")


def _mode_and_size(path: Path) -> tuple[int, int]:
    if is_remote(path):
        entry = entry_of(path)
        return stat.S_IFDIR if entry.is_folder else stat.S_IFREG, entry.size_bytes
    status = path.stat()
    return status.st_mode, status.st_size


def _refuse(path: Path, error: Exception) -> NoReturn:
    problem: VideoError
    if isinstance(error, PermissionError):
        problem = UnreadableVideoError(path, "may not be read", "change its permissions")
    elif _is_playlist(path):
        problem = UnsafeMediaError(
            path,
            "is a list of other files or addresses, which are never followed",
            "index the videos that it names",
        )
    else:
        reason = getattr(error, "strerror", None) or str(error)
        problem = UnreadableVideoError(
            path,
            f"is not a video that can be opened ({reason})",
            "check that it plays elsewhere; if it was cut off, copy or record it again",
        )
    raise problem from error


def _is_playlist(path: Path) -> bool:
    with open_binary(path) as file:
        start = file.read(SNIFFED_BYTES)
    lines = start.removeprefix(b"\xef\xbb\xbf").lower().splitlines()
    marks = tuple(mark.lower() for mark in PLAYLIST_MARKS)
    return any(line.lstrip().startswith(marks) for line in lines)
