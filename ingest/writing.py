"""Frames to a video file that plays everywhere."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ingest.sound import SAMPLES_PER_SECOND

QUALITY = 23
"""Of x264, less is better: its own default, hard to tell from the original."""
PRESET = "veryfast"
"""Of x264: takes a third of the time of its default."""


def write_video(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    frames_per_second: int | Fraction,
    sound: Iterable[NDArray[np.float32]] = (),
    quality: int = QUALITY,
) -> None:
    """Write ``(H, W, 3)`` RGB frames as H.264 in MP4, all of the first one's size.

    H.264 wants even sizes: an odd last row or column is left out, an only one doubled. `sound`,
    pieces as ``ingest.sound`` has them, becomes AAC. The file appears complete or not at all.
    Raises ``ValueError`` where there are no frames or they differ in size, and ``OSError`` where
    the file cannot be written.
    """
    with (
        complete_or_absent(path) as unfinished,
        av.open(str(unfinished.absolute()), "w", format="mp4") as container,
    ):
        options = {"crf": str(quality), "preset": PRESET}
        pictures = container.add_stream("libx264", rate=frames_per_second, options=options)
        _encode(container, pictures, frames, iter(sound))


@contextmanager
def complete_or_absent(path: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes `path` in the end, and vanishes where that fails.

    Raises ``OSError`` where FFmpeg cannot write.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    except FFmpegError as error:
        # The library does not say which file; this becomes the fitting kind of OSError.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _encode(
    container: OutputContainer,
    pictures: VideoStream,
    frames: Iterable[NDArray[np.uint8]],
    sound: Iterator[NDArray[np.float32]],
) -> None:
    # Whether there is sound must be known before the first packet is written.
    first = next(sound, None)
    if first is None:
        _encode_pictures(container, pictures, frames)
        return
    heard = container.add_stream("aac", SAMPLES_PER_SECOND, layout="stereo")
    _encode_pictures(container, pictures, frames)
    _encode_sound(container, heard, chain([first], sound))


def _encode_pictures(
    container: OutputContainer,
    stream: VideoStream,
    frames: Iterable[NDArray[np.uint8]],
) -> None:
    tick = 1 / Fraction(stream.average_rate or 1)
    stream.pix_fmt = "yuv420p"
    shape: tuple[int, ...] | None = None
    for number, pixels in enumerate(frames):
        even = _even(pixels)
        if shape is None:
            shape = pixels.shape
            stream.height, stream.width = even.shape[:2]
        if pixels.shape != shape:
            raise ValueError(f"frame {number} is {pixels.shape}, but the first is {shape}")
        picture = VideoFrame.from_ndarray(even, format="rgb24")
        picture.pts = number
        picture.time_base = tick
        container.mux(stream.encode(picture))
    if shape is None:
        raise ValueError(f"{container.name} would hold no frames")
    container.mux(stream.encode())


def _even(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    for axis in (0, 1):
        if pixels.shape[axis] == 1:
            pixels = pixels.repeat(2, axis)
    height, width = pixels.shape[:2]
    return np.ascontiguousarray(pixels[: height // 2 * 2, : width // 2 * 2])


def _encode_sound(
    container: OutputContainer, stream: AudioStream, pieces: Iterable[NDArray[np.float32]]
) -> None:
    done = 0
    for samples in pieces:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
        frame.sample_rate = SAMPLES_PER_SECOND
        frame.pts, frame.time_base = done, Fraction(1, SAMPLES_PER_SECOND)
        done += samples.shape[1]
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
