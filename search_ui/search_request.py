"""What the options of `search` ask for together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from catalog.interface import ClipFilter
from pipeline.dates import day
from pipeline.query import (
    USUAL_SECONDS,
    Example,
    ImageFile,
    LibraryClip,
    Part,
    Query,
    QueryError,
    Step,
    Text,
    VideoFile,
)
from pipeline.query_language import Request, parse


@dataclass(frozen=True)
class Examples:
    """What is to be seen besides the words, and what is not."""

    images: Sequence[Path]
    video: Path | None
    start: float | None
    end: float | None
    like: Sequence[str]
    unlike: Sequence[str]
    minus: Sequence[str]

    def wanted(self) -> list[Example]:
        videos = [] if self.video is None else [VideoFile(self.video, self.start or 0.0, self.end)]
        if not videos and (self.start is not None or self.end is not None):
            raise typer.BadParameter("start and end say which part of the video; give one")
        return [*map(ImageFile, self.images), *videos, *map(LibraryClip, self.like)]

    def unwanted(self) -> list[Example]:
        return [*map(Text, self.minus), *map(LibraryClip, self.unlike)]


def query_of(
    text: str | None, examples: Examples, *, then: Sequence[str], within: float | None
) -> tuple[Query, ClipFilter]:
    """One query of the words, whose first step the examples are mixed into, and its conditions.

    Raises ``QueryError`` where the words cannot be read, and ``typer.BadParameter`` where options
    lack others.
    """
    written = Request(None, ClipFilter()) if text is None else parse(text)
    wanted = examples.wanted()
    if text is None and not wanted:
        raise typer.BadParameter("say what to look for: words, an image, a video or a clip")
    if written.query is None and not wanted:
        raise QueryError("the query holds conditions only; say what happens in the video, too")
    steps = () if written.query is None else written.query.steps
    first = _mixed(steps[:1], wanted, examples.unwanted())
    following = [Step((Part(Text(words)),)) for words in then]
    usual = USUAL_SECONDS if written.query is None else written.query.within_seconds
    query = Query((first, *steps[1:], *following), usual if within is None else within)
    if within is not None and len(query.steps) == 1:
        raise typer.BadParameter("within says how soon something happens then; say what")
    return query, written.where


def narrowed(
    where: ClipFilter,
    *,
    categories: Sequence[str],
    places: Sequence[str],
    after: str | None,
    before: str | None,
    min_height: int,
) -> ClipFilter:
    """The conditions of the words with those of the options."""
    return replace(
        where,
        categories=(*where.categories, *categories),
        places=(*where.places, *places),
        after=where.after if after is None else day(after),
        before=where.before if before is None else day(before),
        least_height=max(where.least_height, min_height),
    )


def _mixed(named: Sequence[Step], wanted: Sequence[Example], unwanted: Sequence[Example]) -> Step:
    return Step(
        (*(part for step in named for part in step.wanted), *map(Part, wanted)),
        (*(part for step in named for part in step.unwanted), *map(Part, unwanted)),
    )
