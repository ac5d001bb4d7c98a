"""Many moments on one picture: a thumbnail of each, with its place and its caption."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from catalog.interface import ClipSummary
from ingest.thumbnails import thumbnail_path

COLUMNS = 4
WIDTH, HEIGHT = 320, 180
"""Of a thumbnail, pixels."""
MARGIN, LINE, LINES = 12, 17, 3
FONT_SIZE = 14
PAPER, INK, FAINT, EMPTY = (255, 255, 255), (20, 28, 26), (96, 108, 105), (214, 220, 218)
MOST_MOMENTS = 400
"""More make a picture that no program shows."""


def contact_sheet(clips: Sequence[ClipSummary], thumbnails: Path) -> Image.Image:
    """Draw at most `MOST_MOMENTS` of the clips, four in each row; their files are not needed."""
    drawn = clips[:MOST_MOMENTS]
    columns = min(COLUMNS, len(drawn))
    rows = -(-len(drawn) // columns)
    step_x, step_y = WIDTH + MARGIN, HEIGHT + LINES * LINE + MARGIN
    size = (columns * step_x + MARGIN, rows * step_y + MARGIN)
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(FONT_SIZE)
    for number, clip in enumerate(drawn):
        x = MARGIN + number % columns * step_x
        y = MARGIN + number // columns * step_y
        _draw_picture(sheet, clip, thumbnails, corner=(x, y))
        first, *others = _words(clip, font)
        pen.text((x, y + HEIGHT + 3), first, INK, font)
        pen.text((x, y + HEIGHT + 3 + LINE), "\n".join(others), FAINT, font)
    return sheet


def _draw_picture(
    sheet: Image.Image, clip: ClipSummary, thumbnails: Path, *, corner: tuple[int, int]
) -> None:
    x, y = corner
    sheet.paste(EMPTY, (x, y, x + WIDTH, y + HEIGHT))
    try:
        with Image.open(thumbnail_path(clip.clip_id, thumbnails)) as picture:
            small = picture.convert("RGB")
    except OSError:
        return
    small.thumbnail((WIDTH, HEIGHT))
    sheet.paste(small, (x + (WIDTH - small.width) // 2, y + (HEIGHT - small.height) // 2))


def _words(clip: ClipSummary, font: "_Font") -> list[str]:
    minutes, seconds = divmod(clip.span.start_seconds, 60)
    lines = [_fitting(f"{int(minutes)}:{seconds:05.2f}  {clip.path.name}", font)]
    words, line = clip.caption.split(), ""
    for word in words:
        if line and font.getlength(f"{line} {word}") > WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [_fitting(text, font) for text in [*lines, line]][:LINES]


def _fitting(text: str, font: "_Font") -> str:
    # A name may hold what breaks the line.
    text = " ".join(text.split())
    while text and font.getlength(text) > WIDTH:
        text = text[:-1]
    return text


_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
