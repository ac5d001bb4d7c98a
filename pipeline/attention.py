"""Pictures of where an encoder looked for each word of its captions.

One row for each clip, one cell for each word: the frame that most attention went to, dark where
there was little (as the figures of Xu et al. 2015).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from encoder.interface import AttentiveEncoder, CaptionAttention, ClipDescription, ClipEncoder
from ingest.clip import Clip

MOST_CLIPS = 10
"""More rows than this would not be looked at; the clips that follow are left out."""
CELL = 160  # pixels wide
LINE = 22  # pixels high: a word, or the time of a clip
GAP = 8
DARKEST = 0.15  # of the light stays where no attention went, so that the scene can be made out
PAPER, INK = "white", "black"


class AttentionError(Exception):
    """There will be no picture of the attention; one line says why and what to do."""


def draw_attention(
    encoder: ClipEncoder, described: Iterable[tuple[Clip, ClipDescription]], *, target: Path
) -> Iterator[tuple[Clip, ClipDescription]]:
    """Pass on clips with their descriptions; when they end, `target` has the picture of the first.

    Raises :class:`AttentionError`, before the first clip, where the encoder cannot show where it
    looks or `target` is not a PNG file in a folder that exists.
    """
    if not isinstance(encoder, AttentiveEncoder):
        raise AttentionError(
            f"{encoder.space.name} does not show where it looks; use encoder = 'compact'"
        )
    if target.suffix.lower() != ".png" or not target.absolute().parent.is_dir():
        raise AttentionError(f"{target}: name a PNG file in a folder that exists")
    return _passed_on(encoder, described, target)


def _passed_on(
    encoder: AttentiveEncoder, described: Iterable[tuple[Clip, ClipDescription]], target: Path
) -> Iterator[tuple[Clip, ClipDescription]]:
    rows: list[Image.Image] = []
    for clip, description in described:
        if len(rows) < MOST_CLIPS:
            rows.append(_row(clip, encoder.attend(clip, description.caption.text)))
        yield clip, description
    _stacked(rows).save(target)


def _stacked(rows: list[Image.Image]) -> Image.Image:
    height = sum(row.height + GAP for row in rows)
    page = Image.new("RGB", (max(row.width for row in rows), height), PAPER)
    top = 0
    for row in rows:
        page.paste(row, (0, top))
        top += row.height + GAP
    return page


def _row(clip: Clip, attention: CaptionAttention) -> Image.Image:
    tall = max(1, round(CELL * clip.frames.shape[1] / clip.frames.shape[2]))
    width = max(1, len(attention.words)) * (CELL + GAP)
    row = Image.new("RGB", (width, 2 * LINE + tall), PAPER)
    pen, font = ImageDraw.Draw(row), ImageFont.load_default(LINE * 0.7)
    span = f"{clip.span.start_seconds:.1f} to {clip.span.end_seconds:.1f} s"
    pen.text((0, 0), span, INK, font)
    for place, (word, maps) in enumerate(zip(attention.words, attention.maps, strict=True)):
        left = place * (CELL + GAP)
        pen.text((left, LINE), word, INK, font)
        looked_at = int(maps.sum(axis=(1, 2)).argmax())
        frame = clip.frames[attention.frames[looked_at]]
        row.paste(_cell(frame, maps[looked_at], (CELL, tall)), (left, 2 * LINE))
    return row


def _cell(
    frame: NDArray[np.uint8], shares: NDArray[np.float32], size: tuple[int, int]
) -> Image.Image:
    """One ``(H, W, 3)`` frame in the light of ``(S, S)`` shares of attention.

    The most attended place is fully lit and the least is darkest, however small the difference.
    """
    above = shares - shares.min()
    brightness = DARKEST + (1 - DARKEST) * above / max(float(above.max()), 1e-12)
    light = Image.fromarray((255 * brightness).astype(np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    return ImageChops.multiply(
        Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC),
        Image.merge("RGB", [light] * 3),
    )
