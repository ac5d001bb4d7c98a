"""One decoded frame, converted to pixels only where somebody asks for them."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from av.error import FFmpegError
from av.sidedata.sidedata import SideDataContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from ingest.errors import UnreadableVideoError
from ingest.orientation import Orientation
from ingest.tone import is_high_range, to_ordinary_range

SMALL_SIDE = 128
"""Enough to see that a shot ends; the detector's cost grows with the pixels."""

MOST_ELONGATED = 8
"""Times as long as wide; what is longer is made smaller, as it could fill all memory."""

MOST_UNEVEN = 16
"""Times as wide as high may a pixel be, or the other way round; otherwise the file is wrong."""

WHITE = 255
"""What shows through transparent pixels, as on a web page."""


@dataclass(frozen=True)
class View:
    """How the pictures of one video are shown: upright, with square pixels."""

    width: int
    height: int
    """Size before turning."""
    orientation: Orientation

    @classmethod
    def of(cls, picture: VideoFrame, aspect_ratio: Fraction | None) -> "View":
        """Take it from the first picture; `aspect_ratio` is a pixel's width by its height."""
        width = picture.width
        if aspect_ratio is not None and 1 / MOST_UNEVEN <= aspect_ratio <= MOST_UNEVEN:
            width = max(1, round(width * aspect_ratio))
        return cls(width, picture.height, _orientation(picture))

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height as displayed."""
        if self.orientation.transposed:
            return self.height, self.width
        return self.width, self.height

    def scaled_to(self, short_side: int) -> tuple[int, int]:
        """Width and height before turning, with the shorter side at most `short_side`.

        The longer side is at most `MOST_ELONGATED` times that.
        """
        shorter, longer = sorted((self.width, self.height))
        side = min(short_side, shorter)
        scale = min(side / shorter, MOST_ELONGATED * side / longer)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


class Converter:
    """Turns pictures of one video into arrays.

    One for each video: the scaler is set up once, and every frame has the size that the first
    one calls for, even where the stream changes its resolution.
    """

    def __init__(self, path: Path, view: View) -> None:
        self._path = path
        self._view = view
        self._large = VideoReformatter()
        self._small = VideoReformatter()

    def rgb(self, picture: VideoFrame, short_side: int) -> NDArray[np.uint8]:
        """Return upright ``(H, W, 3)`` RGB; a picture is never enlarged.

        Raises ``UnreadableVideoError`` where its kind of pixels cannot be converted.
        """
        size = self._view.scaled_to(short_side)
        if any(component.is_alpha for component in picture.format.components):
            pixels = _flattened(self._pixels(self._large, picture, size, pixel_format="rgba"))
        else:
            pixels = self._pixels(self._large, picture, size, pixel_format="rgb24")
        if is_high_range(picture.color_trc):
            pixels = to_ordinary_range(pixels, picture.color_trc)
        return self._view.orientation.apply(pixels)

    def small_bgr(self, picture: VideoFrame) -> NDArray[np.uint8]:
        """Return a tiny upright ``(H, W, 3)`` BGR picture, for comparing neighbours."""
        scale = SMALL_SIDE / max(self._view.width, self._view.height)
        size = (max(1, round(self._view.width * scale)), max(1, round(self._view.height * scale)))
        stored = self._pixels(self._small, picture, size, pixel_format="bgr24")
        return self._view.orientation.apply(stored)

    def _pixels(
        self,
        scaler: VideoReformatter,
        picture: VideoFrame,
        size: tuple[int, int],
        *,
        pixel_format: str,
    ) -> NDArray[np.uint8]:
        try:
            scaled = scaler.reformat(
                picture,
                width=size[0],
                height=size[1],
                format=pixel_format,
                interpolation=Interpolation.AREA,
                # Small pictures: handing pieces to threads costs more than it saves.
                threads=1,
            )
        except FFmpegError as error:
            raise UnreadableVideoError(
                self._path,
                f"its pixels ({picture.format.name}) cannot be converted",
                "convert it to H.264 (MP4)",
            ) from error
        return np.asarray(scaled.to_ndarray(), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """A frame and when it is shown, seconds since the start of the video."""

    seconds: float
    end_seconds: float
    """When the frame would go if none followed."""
    _picture: VideoFrame
    _converter: Converter

    def rgb(self, *, short_side: int) -> NDArray[np.uint8]:
        """Return upright ``(H, W, 3)`` RGB, the shorter side at most `short_side` pixels."""
        return self._converter.rgb(self._picture, short_side)

    def small_bgr(self) -> NDArray[np.uint8]:
        """Return a tiny upright ``(H, W, 3)`` BGR picture, for comparing neighbours."""
        return self._converter.small_bgr(self._picture)


def _orientation(picture: VideoFrame) -> Orientation:
    # The library declares a narrower type than it returns.
    matrix = cast(SideDataContainer, picture.side_data).get("DISPLAYMATRIX")
    if matrix is None:
        return Orientation()
    return Orientation.of_matrix(np.frombuffer(bytes(matrix), np.int32).reshape(3, 3))


def _flattened(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = (rgba[..., :3] * alpha + WHITE * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)
