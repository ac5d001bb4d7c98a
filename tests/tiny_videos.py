"""Small real videos whose every frame is known, made in a moment."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from ingest.writing import write_video

Picture = NDArray[np.uint8]

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (200, 20, 20),
    "green": (20, 160, 30),
    "blue": (20, 30, 200),
    "white": (235, 235, 235),
    "black": (10, 10, 10),
}

RATE = 10
"""Frames a second of videos here; a tenth is exact in no base that matters, as in real ones."""


def plain(colour: str, *, width: int = 96, height: int = 64) -> Picture:
    """One ``(H, W, 3)`` picture of a single colour."""
    return np.full((height, width, 3), COLOURS[colour], np.uint8)


def scenes(colours: Sequence[str], *, seconds_each: float = 2.0) -> Iterator[Picture]:
    """Frames of plain scenes at `RATE`, one after the other, with hard cuts between."""
    for colour in colours:
        yield from [plain(colour)] * round(seconds_each * RATE)


def write_scenes(path: Path, colours: Sequence[str], *, seconds_each: float = 2.0) -> Path:
    """Write an MP4 of plain scenes and return its path."""
    write_video(path, scenes(colours, seconds_each=seconds_each), frames_per_second=RATE)
    return path


def write_timed(
    path: Path,
    pictures: Sequence[Picture],
    ticks: Sequence[int],
    *,
    ticks_per_second: int = 1000,
    turned: tuple[float, bool] = (0, False),
) -> Path:
    """Write pictures at given times, in the format of the path's suffix, and return the path.

    `turned` is the display rotation in degrees counterclockwise, and whether it is mirrored.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, ticks_per_second)
        if turned != (0, False):
            stream.set_display_rotation(turned[0], hflip=turned[1])
        for picture, pts in zip(pictures, ticks, strict=True):
            frame = VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = pts
            frame.time_base = Fraction(1, ticks_per_second)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def colour_of(picture: Picture) -> str:
    """The name of the colour that a picture, or a piece of one, mostly has."""
    mean = picture.reshape(-1, 3).mean(axis=0)
    distances = {name: float(np.abs(mean - rgb).sum()) for name, rgb in COLOURS.items()}
    return min(distances, key=distances.__getitem__)


def write_silence(path: Path, codec: str, *, samples: int) -> None:
    """A file of sound alone."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=44100, layout="mono")
        silence = np.zeros((1, samples), np.int16)
        frame = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
