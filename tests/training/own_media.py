"""Signs that no photograph shows, under names that no text knows."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIDE = 96
SIGNS = ("florbit", "quandle", "zimmox")
"""A chequered board, rings, and stripes that lean."""


def draw_sign(sign: str, seed: int) -> Image.Image:
    """One sign; `seed` varies its colours, sizes and place."""
    rng = np.random.default_rng(seed)
    dark, light = (tuple(int(c) for c in rng.integers(*span, 3)) for span in ((0, 90), (170, 255)))
    picture = Image.new("RGB", (SIDE, SIDE), light)
    pen = ImageDraw.Draw(picture)
    step, shift = int(rng.integers(10, 15)), int(rng.integers(0, 10))
    end = SIDE - 8 if sign == "quandle" else 2 * SIDE
    for a in range(-shift, end, step):
        if sign == "florbit":
            for b in range(-shift, SIDE, 2 * step):
                left = b + (a + shift) // step % 2 * step
                pen.rectangle((left, a, left + step - 1, a + step - 1), fill=dark)
        elif sign == "quandle":
            ring = max(0, a) / 2
            pen.ellipse((ring, ring, SIDE - ring, SIDE - ring), outline=dark, width=3)
        else:
            pen.line((a - SIDE, SIDE, a, 0), fill=dark, width=step // 2)
    return picture


def sentences_about(sign: str) -> list[str]:
    return [f"a {sign}", f"this is a {sign} on a wall", f"one {sign} seen from near"]


def write_media(folder: Path, *, each: int) -> list[str]:
    """Draw pictures of every sign into the folder; returns rows of ``file<TAB>caption``."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for sign in SIGNS:
        for number in range(each):
            name = f"{SIGNS.index(sign)}-{number}.png"
            draw_sign(sign, number).save(folder / name)
            rows += [f"{name}\t{sentence}" for sentence in sentences_about(sign)]
    return rows
