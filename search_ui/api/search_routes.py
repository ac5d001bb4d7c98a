"""Search: what the command `search` takes and gives, over HTTP."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import VideoError
from pipeline import moments
from pipeline.query import MAX_QUERY_CHARACTERS, QueryError, Sort
from search_ui.api.documents import Document
from search_ui.api.problems import documented
from search_ui.api.served import Served, ServedLibrary
from search_ui.json_output import hits_document, videos_document
from search_ui.json_shapes import FoundDocument, FoundVideoDocument
from search_ui.search_request import Examples, narrowed, query_of
from search_ui.terminal import printable

MOST_SENT_BYTES = 50_000_000
"""Of pictures and videos together, as much as the page takes."""
MOST_PICTURES = 8
UNNAMED = "the file"


class SearchOptions(BaseModel):
    """The options of `clipseek search`, under the same names."""

    model_config = ConfigDict(extra="forbid")

    q: str | None = Field(
        None,
        description="What happens in the clip, in words or in the query language.",
        json_schema_extra={"maxLength": MAX_QUERY_CHARACTERS},
    )
    like: list[str] = Field([], description="Clip ids to find the like of.")
    unlike: list[str] = Field([], description="Clip ids to keep away from.")
    minus: list[str] = Field([], description="What is not to be seen.")
    then: list[str] = Field([], description="What happens next in the video.")
    within: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="How soon it happens, seconds; 30 if not said."
    )
    category: list[str] = Field([], description="Only clips with all of these labels.")
    place: list[str] = Field([], alias="in", description="Only files with this in their path.")
    after: str | None = Field(
        None, description="Only files changed on this day or later, like 2024-05-31."
    )
    before: str | None = Field(None, description="Only files changed before this day.")
    min_height: int = Field(
        0, ge=0, le=100_000, description="Only videos at least so many pixels high."
    )
    group: bool = Field(False, description="Give videos, each with its best moments.")
    limit: int = Field(10, ge=1, le=1000, description="How many results at most.")
    offset: int = Field(
        0, ge=0, le=100_000, description="How many results to pass over: the pages before."
    )
    sort: Sort = Field(Sort.RELEVANCE, description="In which order what matches is given.")


class SentOptions(SearchOptions):
    """The same, with what belongs to a video that is sent."""

    start: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="Where the video's part begins, seconds."
    )
    end: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="Where the video's part ends, seconds."
    )


Results = list[FoundDocument] | list[FoundVideoDocument]

router = APIRouter(tags=["search"])


@router.get("/search", response_model=Results, responses=documented(400, 413))
def search(served: Served, options: Annotated[SearchOptions, Query()]) -> Document:
    """Find the moments that fit words and clips, best first."""
    return _found(served, options, _examples(options))


@router.post(
    "/search",
    response_model=Results,
    responses=documented(400, 413),
    max_body_size=MOST_SENT_BYTES,
    form_limits={"max_files": MOST_PICTURES + 1, "max_fields": 0},
)
def search_with_files(
    served: Served,
    options: Annotated[SentOptions, Query()],
    image: Annotated[
        list[UploadFile], File(default_factory=list, description="Pictures to find the like of.")
    ],
    video: Annotated[UploadFile | None, File(description="A video to find the like of.")] = None,
) -> Document:
    """Find the moments that fit pictures or a video that are sent, mixed with words and clips."""
    with _on_disk([*image, *([video] if video else [])]) as paths:
        pictures = paths[: len(image)]
        film = paths[-1] if video else None
        examples = _examples(
            options, images=pictures, video=film, part=(options.start, options.end)
        )
        return _found(served, options, examples)


def _examples(
    options: SearchOptions,
    *,
    images: list[Path] | None = None,
    video: Path | None = None,
    part: tuple[float | None, float | None] = (None, None),
) -> Examples:
    return Examples(images or [], video, *part, options.like, options.unlike, options.minus)


def _found(served: ServedLibrary, options: SearchOptions, examples: Examples) -> Document:
    query, written = query_of(options.q, examples, then=options.then, within=options.within)
    where = narrowed(
        written,
        categories=options.category,
        places=options.place,
        after=options.after,
        before=options.before,
        min_height=options.min_height,
    )
    library, limit = served.with_encoder(), options.limit
    if options.group:
        videos = moments.search_videos(
            library, query, limit=limit, where=where, offset=options.offset, sort=options.sort
        )
        return Document(videos_document(videos))
    found = moments.search_moments(
        library, query, limit=limit, where=where, offset=options.offset, sort=options.sort
    )
    return Document(hits_document(found))


@contextmanager
def _on_disk(sent: list[UploadFile]) -> Iterator[list[Path]]:
    """Files that were sent, under names of ours: theirs may lead anywhere.

    What is wrong with one is said of the name that it was sent under.
    """
    with tempfile.TemporaryDirectory(prefix="clipseek-") as folder:
        names: dict[Path, str] = {}
        for number, file in enumerate(sent):
            path = Path(folder) / str(number)
            with path.open("wb") as copy:
                shutil.copyfileobj(file.file, copy)
            names[path] = printable(file.filename or UNNAMED)[:100]
        try:
            yield list(names)
        except VideoError as error:
            name = names.get(error.path, UNNAMED)
            problem = error.problem.replace(str(error.path), name)
            raise QueryError(f"{name}: {problem}; {error.advice}") from error
