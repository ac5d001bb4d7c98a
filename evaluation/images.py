"""What quality is measured on: images with captions, read from a table and a folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.clip import Clip
from ingest.errors import VideoError
from ingest.still import still_clip

HEADER = ("image", "caption")
SHORT_SIDE = 256  # pixels; frames of videos are sampled at this size, too


class EvaluationError(Exception):
    """The figures cannot be computed from what was given; the message says what to change."""


@dataclass(frozen=True)
class CaptionedImage:
    """One image and all sentences that belong to it."""

    name: str
    """File name within the folder of images."""
    captions: tuple[str, ...]


def read_captions(file: Path) -> list[CaptionedImage]:
    """Read lines of ``image<TAB>caption``, with or without a header, grouped by image.

    Raises :class:`EvaluationError` naming the line that is not such a pair.
    """
    grouped: dict[str, list[str]] = {}
    for image, caption in read_table(file, HEADER):
        grouped.setdefault(image, []).append(caption)
    return [CaptionedImage(image, tuple(captions)) for image, captions in grouped.items()]


def read_table(file: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Read lines of texts with tabs between, one for each of `columns`, with or without a header.

    Raises :class:`EvaluationError` naming the line that is not like this, or an empty file.
    """
    try:
        # -sig, because spreadsheets put a byte order mark before the header.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file}: cannot be read as UTF-8 text: {error}") from error
    expected = "<TAB>".join(columns)
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = tuple(text.strip() for text in line.split("\t"))
        if number == 1 and tuple(map(str.lower, row)) == columns:
            continue
        if len(row) != len(columns) or not all(row):
            raise EvaluationError(f"{file}, line {number}: expected {expected}, got {line[:80]!r}")
        rows.append(row)
    if not rows:
        raise EvaluationError(f"{file}: no captions; write lines of {expected}")
    return rows


def ignore_progress(images_done: int, images_total: int) -> None:
    """Listen to nothing: the default where nobody watches."""


def image_clips(
    folder: Path, images: Sequence[CaptionedImage], *, batch: int
) -> Iterator[list[Clip]]:
    """Yield the images as clips of one frame, `batch` at a time, reading no further ahead.

    Raises :class:`EvaluationError` for an image that is missing or cannot be read.
    """
    for start in range(0, len(images), batch):
        yield [_load(folder / image.name) for image in images[start : start + batch]]


def _load(path: Path) -> Clip:
    try:
        return still_clip(path, short_side=SHORT_SIDE)
    except (VideoError, OSError) as error:
        raise EvaluationError(f"an image of the captions file cannot be used: {error}") from error
