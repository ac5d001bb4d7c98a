"""What can be asked of a library: examples of what is wanted and unwanted, in one or more steps."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

MAX_QUERY_CHARACTERS = 1000
MAX_EXAMPLES = 64
"""In all steps of one query together."""
USUAL_SECONDS = 30.0
"""Within how many seconds one step follows another where nothing is said."""


class QueryError(Exception):
    """The query cannot be answered; one line says why."""


class LongQueryError(QueryError):
    """The query has more characters than are allowed."""


@dataclass(frozen=True)
class Text:
    """Words that say what happens."""

    words: str

    def __post_init__(self) -> None:
        words = self.words.strip()
        if not words:
            raise QueryError("the query is empty; say what happens in the video")
        if len(words) > MAX_QUERY_CHARACTERS:
            raise LongQueryError(
                f"the query has {len(words)} characters, {MAX_QUERY_CHARACTERS} are allowed; "
                "say it in a sentence"
            )
        try:
            words.encode()
        except UnicodeEncodeError as error:
            raise QueryError("the query holds bytes that are no text; type it again") from error
        object.__setattr__(self, "words", words)


@dataclass(frozen=True)
class ImageFile:
    """A picture to find similar moments for."""

    path: Path


@dataclass(frozen=True)
class VideoFile:
    """A video to find similar moments for, or the part ``[start, end)`` of it."""

    path: Path
    start_seconds: float = 0.0
    end_seconds: float | None = None
    """None: to the end of the video."""

    def __post_init__(self) -> None:
        end = math.inf if self.end_seconds is None else self.end_seconds
        if not (math.isfinite(self.start_seconds) and 0 <= self.start_seconds < end):
            raise QueryError(
                f"the part of {self.path.name} goes from {self.start_seconds} to "
                f"{self.end_seconds} s; it needs 0 <= start < end"
            )


@dataclass(frozen=True)
class LibraryClip:
    """A clip of the library itself."""

    clip_id: str


Example: TypeAlias = Text | ImageFile | VideoFile | LibraryClip


@dataclass(frozen=True)
class Part:
    """One example and how much it counts."""

    example: Example
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise QueryError(f"a weight is {self.weight}; it must be above 0")


@dataclass(frozen=True)
class Step:
    """One moment: a mixture of what it is like, less what it is not like."""

    wanted: tuple[Part, ...]
    unwanted: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        if not self.wanted:
            raise QueryError("the query only says what is not wanted; say what is")

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.wanted + self.unwanted


@dataclass(frozen=True)
class Query:
    """One moment, or several of one video that follow each other."""

    steps: tuple[Step, ...]
    within_seconds: float = USUAL_SECONDS
    """The longest time from the end of one step to the beginning of the next."""

    def __post_init__(self) -> None:
        if not self.steps:
            raise QueryError("the query is empty; say what happens in the video")
        if not self.within_seconds >= 0:
            raise QueryError(f"a step is to follow within {self.within_seconds} s; give 0 or more")
        count = len(list(self.examples()))
        if count > MAX_EXAMPLES:
            raise QueryError(f"the query has {count} parts, {MAX_EXAMPLES} are allowed")

    @classmethod
    def of(cls, *wanted: Example, minus: Sequence[Example] = ()) -> "Query":
        """One moment, from examples that all count the same."""
        return cls((Step(tuple(map(Part, wanted)), tuple(map(Part, minus))),))

    def examples(self) -> Iterator[Example]:
        """All examples of all steps, as often as they are named."""
        return (part.example for step in self.steps for part in step.parts)


class Sort(StrEnum):
    """What the order of results goes by."""

    RELEVANCE = "relevance"
    DATE = "date"
    """When the video's file was last changed, the latest first; in one video, time."""
    PLACE = "place"
    """Video by video, that of the best result first, each in order of time."""
