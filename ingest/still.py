"""A still image as a clip of one frame."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ingest.clip import Clip, ClipSpan, VideoInfo
from ingest.content import identify
from ingest.errors import UnreadableVideoError, UnsafeMediaError

FRAME_SECONDS = 1 / 25
"""How long an image lasts as a clip; a span must not be empty."""

MAX_PIXELS = 89_000_000
"""A larger image is an attack on the memory: a small file can hold gigabytes of one colour."""


FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Pillow's names of those that hold pixels only; some others start programs to be drawn."""


def still_clip(path: Path, *, short_side: int | None = None) -> Clip:
    """Read an image file, upright and in RGB, as a clip of one frame.

    It is scaled down so that its shorter side is at most `short_side` pixels. Transparent pixels
    become white. Raises ``UnreadableVideoError`` where the file is no image that can be read and
    ``UnsafeMediaError`` where it is too large.
    """
    video_id = identify(path)
    try:
        with Image.open(path, formats=FORMATS) as image:
            _check_size(path, image)
            upright = ImageOps.exif_transpose(image)
            pixels = _scaled(_rgb(upright), short_side)
    except Image.DecompressionBombError as error:
        raise _too_large(path, str(error)) from error
    # Pillow's plugins raise whatever their parsing meets.
    except (OSError, ValueError, SyntaxError, TypeError, EOFError) as error:
        raise UnreadableVideoError(
            path, f"is not an image that can be read ({error})", "give a JPEG, PNG or WebP file"
        ) from error
    info = VideoInfo(
        video_id=video_id,
        path=path,
        duration_seconds=FRAME_SECONDS,
        frame_rate=Fraction(25),
        width=upright.width,
        height=upright.height,
        rotation_degrees=0,
    )
    return Clip(info, ClipSpan(0.0, FRAME_SECONDS), np.asarray(pixels)[None], np.zeros(1))


def _check_size(path: Path, image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(path, f"{image.width} x {image.height} pixels")


def _too_large(path: Path, size: str) -> UnsafeMediaError:
    return UnsafeMediaError(
        path, f"is too large ({size})", f"scale it down to at most {MAX_PIXELS} pixels"
    )


def _rgb(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")


def _scaled(image: Image.Image, short_side: int | None) -> Image.Image:
    shorter = min(image.size)
    if short_side is None or shorter <= short_side:
        return image
    scale = short_side / shorter
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
