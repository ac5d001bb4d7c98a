"""Frames to a video file that plays everywhere."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

QUALITY = "23"
"""Constant rate factor of x264: its own default, hard to tell from the original."""


def write_video(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    frames_per_second: int,
) -> None:
    """Write ``(H, W, 3)`` RGB frames as H.264 in MP4, all of the first one's size.

    H.264 wants even sizes: an odd last row or column is left out. The file appears complete or not
    at all. Raises ``ValueError`` where there are no frames or they differ in size, and ``OSError``
    where the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        _encode(unfinished, frames, frames_per_second)
        unfinished.replace(path)
    except FFmpegError as error:
        # The library does not say which file; this becomes the fitting kind of OSError.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _encode(path: Path, frames: Iterable[NDArray[np.uint8]], frames_per_second: int) -> None:
    with av.open(str(path.absolute()), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=frames_per_second, options={"crf": QUALITY})
        stream.pix_fmt = "yuv420p"
        shape: tuple[int, ...] | None = None
        for number, pixels in enumerate(frames):
            if shape is None:
                shape = pixels.shape
                stream.height, stream.width = shape[0] // 2 * 2, shape[1] // 2 * 2
            if pixels.shape != shape:
                raise ValueError(f"frame {number} is {pixels.shape}, but the first is {shape}")
            even = np.ascontiguousarray(pixels[: stream.height, : stream.width])
            picture = VideoFrame.from_ndarray(even, format="rgb24")
            picture.pts = number
            picture.time_base = Fraction(1, frames_per_second)
            container.mux(stream.encode(picture))
        if shape is None:
            raise ValueError(f"{path} would hold no frames")
        container.mux(stream.encode())
