"""Captioned pictures to learn from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from encoder.checkpoint import WEIGHTS


class TrainingDataError(Exception):
    """The training data is not where it should be, or not as it should be."""


@dataclass(frozen=True)
class Folders:
    """Where training reads and writes."""

    data: Path
    """Holds ``flickr8k/``, ``sports/``, … ."""
    cache: Path
    """Keeps features that are computed once."""
    weights: Path = WEIGHTS
    """Where models are saved, and read by those that build on them."""


@dataclass(frozen=True)
class CaptionedPictures:
    """Pictures of one source with their captions."""

    name: str
    """Names the features that are kept of these pictures."""
    folder: Path
    files: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    """Captions of each file, at least one."""

    def __len__(self) -> int:
        return len(self.files)

    @property
    def sentences(self) -> list[str]:
        """All captions, picture by picture."""
        return [sentence for group in self.captions for sentence in group]

    @property
    def owners(self) -> NDArray[np.int64]:
        """``(number of sentences,)`` which picture each of `sentences` belongs to."""
        return np.repeat(np.arange(len(self)), [len(group) for group in self.captions])

    def first(self, count: int) -> "CaptionedPictures":
        """The first pictures, as a source with a name of its own."""
        return CaptionedPictures(
            f"{self.name}-{count}", self.folder, self.files[:count], self.captions[:count]
        )

    def picture(self, index: int) -> Image.Image:
        """One picture, RGB.

        Raises:
            TrainingDataError: its file is missing or is no picture.
        """
        path = self.folder / self.files[index]
        try:
            with Image.open(path) as image:
                return image.convert("RGB")
        except OSError as error:
            raise TrainingDataError(
                f"{path}: cannot read the picture ({error}); restore it or take it off the table"
            ) from error


def read_pictures(data: Path, table: str) -> CaptionedPictures:
    """Read one table, for instance ``flickr8k/train``: a header, then file and caption by tab.

    Raises:
        TrainingDataError: the table is missing or empty, or a line has not two columns.
    """
    source, name = table.split("/")
    captions: dict[str, list[str]] = {}
    for file, caption in _rows(data / source / f"{name}.tsv", columns=2):
        captions.setdefault(file, []).append(caption)
    files = tuple(sorted(captions))
    groups = tuple(tuple(captions[file]) for file in files)
    return CaptionedPictures(f"{source}-{name}", data / source / "images", files, groups)


def read_topics(data: Path) -> tuple[list[str], list[str]]:
    """Captions of MSR-VTT's training videos, and the topic of each.

    Raises:
        TrainingDataError: the table is missing or empty, or a line has not three columns.
    """
    rows = _rows(data / "caption-text" / "msrvtt-train.tsv", columns=3)
    return [caption for _, _, caption in rows], [topic for _, topic, _ in rows]


def _rows(path: Path, *, columns: int) -> list[list[str]]:
    try:
        # Not splitlines: a caption may hold one of the rarer characters that it splits at.
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise TrainingDataError(
            f"{path}: cannot read the training data ({error.strerror}); name its folder with --data"
        ) from error
    except UnicodeDecodeError as error:
        raise TrainingDataError(f"{path}: not UTF-8 text ({error}); save it as UTF-8") from error
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row = line.split("\t")
        if len(row) != columns:
            raise TrainingDataError(
                f"{path}:{number}: expected {columns} columns with tabs between, got {line[:80]!r}"
            )
        rows.append(row)
    if not rows:
        raise TrainingDataError(f"{path}: no line after the header; name another folder")
    return rows
