"""Captioned pictures to learn from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class TrainingDataError(Exception):
    """The training data is not where it should be, or not as it should be."""


@dataclass(frozen=True)
class CaptionedPictures:
    """Pictures of one source with their captions."""

    name: str
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
        """One picture, RGB."""
        with Image.open(self.folder / self.files[index]) as image:
            return image.convert("RGB")


def read_pictures(data: Path, source: str, table: str) -> CaptionedPictures:
    """Read ``<data>/<source>/<table>.tsv`` (a header, then file and caption by tab).

    Raises:
        TrainingDataError: the table is missing or a line has not two columns.
    """
    path = data / source / f"{table}.tsv"
    captions: dict[str, list[str]] = {}
    for number, line in enumerate(_lines(path)[1:], start=2):
        columns = line.split("\t")
        if len(columns) != 2:
            raise TrainingDataError(f"{path}:{number}: expected file and caption, got {line!r}")
        captions.setdefault(columns[0], []).append(columns[1])
    files = tuple(sorted(captions))
    return CaptionedPictures(
        f"{source}-{table}", path.parent / "images", files, tuple(tuple(captions[f]) for f in files)
    )


def read_topics(data: Path) -> tuple[list[str], list[str]]:
    """Captions of MSR-VTT's training videos, and the topic of each."""
    path = data / "caption-text" / "msrvtt-train.tsv"
    rows = [line.split("\t") for line in _lines(path)[1:]]
    return [row[2] for row in rows], [row[1] for row in rows]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TrainingDataError(
            f"{path}: cannot read the training data ({error.strerror}); name its folder with --data"
        ) from error
