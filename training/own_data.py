"""A user's own captions: a table of files, moments and sentences, and the clips it speaks of."""

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.vocabulary import split_words
from evaluation.images import SHORT_SIDE
from ingest.clip import Clip, ClipSpan
from ingest.discovery import VIDEO_SUFFIXES
from ingest.still import still_clip
from ingest.video import Video
from training.data import TrainingDataError

HELD_OUT_SHARE = 0.15
_FEWEST_FILES = 5
"""Of fewer files whole ones would be too much to hold out, so moments of them are."""
_COLUMNS = (2, 4)
_FORMAT = "file<TAB>caption, or file<TAB>caption<TAB>start_seconds<TAB>end_seconds"
_FRAMES_PER_SECOND = 2.0
_MOST_FRAMES = 8  # each is sought in the video, and 8 tell what a moment shows


@dataclass(frozen=True)
class OwnItem:
    """A picture, a video or a moment of one, with everything that is said of it."""

    name: str
    """The file as the table names it, relative to the folder of media."""
    path: Path
    span: ClipSpan | None
    """The moment; None is the whole file."""
    captions: tuple[str, ...]
    line: int
    """Where the table names it first, from 1."""

    @property
    def is_video(self) -> bool:
        return self.path.suffix.lower() in VIDEO_SUFFIXES


@dataclass(frozen=True)
class LineProblem:
    """One line of the table that could not be used."""

    line: int
    error: str
    """Names the table and the line, and says what to do."""


@dataclass(frozen=True)
class OwnTable:
    """What a table says, and what of it is wrong."""

    path: Path
    items: tuple[OwnItem, ...]
    problems: tuple[LineProblem, ...]

    def problem(self, line: int, what: str) -> LineProblem:
        return LineProblem(line, f"{self.path}:{line}: {what}")


class _LineError(Exception):
    """A line is wrong; the message says how, and what to do."""


def read_own_table(path: Path, media: Path) -> OwnTable:
    """Read a table whose first line is a header; lines that are wrong are collected.

    Rows that name the same file, or the same moment of it, are captions of one item. A file must
    lie in the folder `media`, after links are followed, too.

    Raises:
        TrainingDataError: the table cannot be read at all.
    """
    lines = _lines(path)
    media = media.resolve()
    problems: list[LineProblem] = []
    found: dict[tuple[Path, ClipSpan | None], OwnItem] = {}
    table = OwnTable(path, (), ())
    for number, line in enumerate(lines, start=1):
        try:
            item = _item(line, media, number=number) if number > 1 else _no_row(line, media)
        except _LineError as error:
            problems.append(table.problem(number, str(error)))
            continue
        if item is not None:
            before = found.get((item.path, item.span))
            found[item.path, item.span] = _joined(before, item) if before else item
    return OwnTable(path, tuple(found.values()), tuple(problems))


def _lines(path: Path) -> list[str]:
    try:
        # -sig, because spreadsheets put a byte order mark before the header.
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise TrainingDataError(
            f"{path}: cannot read the captions ({error.strerror}); check the name"
        ) from error
    except UnicodeDecodeError as error:
        raise TrainingDataError(f"{path}: not UTF-8 text ({error}); save it as UTF-8") from error


def _no_row(line: str, media: Path) -> OwnItem | None:
    """Pass over the header; a first line that is a row would be lost without a word."""
    try:
        row = _item(line, media, number=1)
    except _LineError:
        return None
    if row is not None:
        raise _LineError(f"a header is missing; write {_FORMAT} as the first line, above this row")
    return None


def _item(line: str, media: Path, *, number: int) -> OwnItem | None:
    """One row, or None where the line is empty."""
    if not line.strip():
        return None
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) not in _COLUMNS:
        raise _LineError(f"{len(cells)} columns with tabs between; write {_FORMAT}")
    name, caption = cells[:2]
    if not split_words(caption):
        raise _LineError("the caption has no word in English; write one, or delete the line")
    item = OwnItem(name, _inside(media, name), _span(cells[2:]), (caption,), number)
    if item.span and not item.is_video:
        raise _LineError(f"{name} is a picture and has no seconds; leave the last columns empty")
    return item


def _inside(media: Path, name: str) -> Path:
    try:
        path = (media / name).resolve()
        is_file = path.is_file()
    except (OSError, ValueError) as error:
        raise _LineError(f"{name[:80]!r} is no file name ({error}); correct it") from error
    if not path.is_relative_to(media):
        raise _LineError(f"{name} leaves the folder {media}; name files that lie in it")
    if not is_file:
        raise _LineError(f"there is no file {name} in {media}; correct the name or --media")
    return path


def _span(cells: Sequence[str]) -> ClipSpan | None:
    if not any(cells):
        return None
    try:
        start, end = (float(cell) for cell in cells)
        if not math.isfinite(end):
            raise ValueError("no end")
        return ClipSpan(start, end)
    except ValueError as error:
        raise _LineError(
            f"{cells[0]!r} to {cells[1]!r} is no moment; give seconds with 0 <= start < end"
        ) from error


def _joined(one: OwnItem, other: OwnItem) -> OwnItem:
    captions = tuple(dict.fromkeys([*one.captions, *other.captions]))
    return OwnItem(one.name, one.path, one.span, captions, one.line)


def held_out(items: Sequence[OwnItem]) -> NDArray[np.bool_]:
    """Which items are measured on, and never learned from: ``(N,)``, about 15 %, at least one.

    The hash of the name decides, so the same table gives the same answer anywhere. All moments of
    a file stay on one side, except where there are too few files for that.
    """
    groups = [item.name for item in items]
    if len(set(groups)) < _FEWEST_FILES:
        groups = [f"{item.name} {item.span}" for item in items]
    wanted = max(1, round(HELD_OUT_SHARE * len(items)))
    chosen = np.zeros(len(items), np.bool_)
    for group in sorted(set(groups), key=_hash):
        if chosen.sum() >= wanted:
            break
        chosen |= np.array([each == group for each in groups])
    return chosen


def _hash(name: str) -> bytes:
    return hashlib.blake2b(os.fsencode(name)).digest()


def clip_of(item: OwnItem) -> Clip:
    """The frames of an item: of a picture one, of a video up to eight, evenly spread.

    Raises:
        VideoError: the file cannot be used.
        TrainingDataError: the moment is not in the video.
        OSError: the file cannot be read.
    """
    if not item.is_video:
        return still_clip(item.path, short_side=SHORT_SIDE)
    with Video.open(item.path) as video:
        span = _span_within(item, video.info.duration_seconds)
        count = math.ceil(min(span.length_seconds * _FRAMES_PER_SECOND, _MOST_FRAMES))
        moments = span.start_seconds + np.arange(count) * span.length_seconds / count
        frames = [frame.rgb(short_side=SHORT_SIDE) for frame in video.frames_at(moments.tolist())]
        return Clip(video.info, span, np.stack(frames), moments)


def _span_within(item: OwnItem, duration_seconds: float) -> ClipSpan:
    if item.span is None:
        if not duration_seconds:
            raise TrainingDataError(
                f"{item.name} does not say how long it is; give the start and the end in seconds"
            )
        return ClipSpan(0, duration_seconds)
    if not duration_seconds:
        return item.span
    if item.span.start_seconds >= duration_seconds:
        raise TrainingDataError(
            f"{item.name} ends after {duration_seconds:.1f} seconds, before the moment begins; "
            "correct the start"
        )
    return ClipSpan(item.span.start_seconds, min(item.span.end_seconds, duration_seconds))
