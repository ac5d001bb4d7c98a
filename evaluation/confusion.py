"""Draws what was taken for what."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_CELL, _GAP = 64, 12
_INK, _LIGHT = "#202020", "#ffffff"
_FULL = np.array([32, 80, 160])
"""The colour of a cell that holds all clips of its row."""


def draw_confusion(path: Path, classes: Sequence[str], confusion: NDArray[np.int64]) -> None:
    """Write a picture: a row for each class, a column for each answer, darker where more.

    Raises ``OSError`` where the file cannot be written, ``ValueError`` where its name tells no
    picture format.
    """
    font = ImageFont.load_default(16)
    margin = _GAP + round(max(font.getlength(name) for name in classes)) + _GAP
    side = margin + _CELL * len(classes) + _GAP
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for row, name in enumerate(classes):
        middle = margin + row * _CELL + _CELL // 2
        draw.text((margin - _GAP, middle), name, _INK, font, anchor="rm")
        picture.paste(_upright(name, font, margin - _GAP), (middle - _CELL // 2, 0))
        for column, number in enumerate(confusion[row]):
            share = float(number / max(1, confusion[row].sum()))
            _draw_cell(draw, (margin + column * _CELL, margin + row * _CELL), int(number), share)
    picture.save(path)


def _upright(
    name: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, length: int
) -> Image.Image:
    lying = Image.new("RGB", (length, _CELL), "white")
    ImageDraw.Draw(lying).text((0, _CELL // 2), name, _INK, font, anchor="lm")
    return lying.transpose(Image.Transpose.ROTATE_90)


def _draw_cell(
    draw: ImageDraw.ImageDraw, corner: tuple[int, int], number: int, share: float
) -> None:
    left, top = corner
    red, green, blue = (int(level) for level in np.rint(255 + share * (_FULL - 255)))
    draw.rectangle((left, top, left + _CELL - 2, top + _CELL - 2), (red, green, blue))
    place = (left + _CELL // 2, top + _CELL // 2)
    font = ImageFont.load_default(16)
    draw.text(place, str(number), _LIGHT if share > 0.5 else _INK, font, anchor="mm")
