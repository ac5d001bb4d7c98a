"""Having videos indexed that lie where the server may look."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from ingest.location import as_typed
from search_ui.api.documents import Document
from search_ui.api.problems import documented
from search_ui.api.served import Served
from search_ui.api.submissions import State, Submission
from search_ui.json_output import index_document
from search_ui.json_shapes import IndexDocument

MOST_PATH_CHARACTERS = 4096


class Wanted(BaseModel):
    """What is to be indexed."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(
        min_length=1,
        max_length=MOST_PATH_CHARACTERS,
        pattern=r"^[^\x00]+$",
        description="A video, or a folder of them, by its full path on the server, or its URL.",
    )


class ProgressDocument(TypedDict):
    """How far the video is that was worked on last."""

    path: str
    seconds_done: float
    seconds_total: float
    """0 where the container does not say."""
    clips_done: int


class SubmissionDocument(TypedDict):
    """How far a submission is."""

    number: int
    path: str
    state: State
    video: ProgressDocument | None
    report: IndexDocument | None
    """What became of each file, when all is over."""
    error: str
    """Why it ended early."""


router = APIRouter(tags=["submissions"])


@router.get("/folders", response_model=list[str])
def folders(served: Served) -> Document:
    """The folders in which videos may be submitted."""
    return Document([*map(as_typed, served.submissions.folders())])


@router.post(
    "/submissions",
    status_code=202,
    response_model=SubmissionDocument,
    responses=documented(400, 403, 404, 413, 429),
)
def submit(served: Served, wanted: Wanted) -> Document:
    """Have a video, or those of a folder, indexed in the background."""
    return Document(_document(served.submissions.submit(Path(wanted.path))), 202)


@router.get("/submissions", response_model=list[SubmissionDocument])
def submissions(served: Served) -> Document:
    """What was submitted since the server was started, the last one first."""
    return Document([*map(_document, served.submissions.all())])


@router.get("/submissions/{number}", response_model=SubmissionDocument, responses=documented(404))
def submission(served: Served, number: Annotated[int, InPath(ge=1)]) -> Document:
    """How far one submission is."""
    return Document(_document(served.submissions.find(number)))


def _document(one: Submission) -> SubmissionDocument:
    progress = one.progress
    return {
        "number": one.number,
        "path": as_typed(one.path),
        "state": one.state,
        "video": None
        if progress is None
        else {
            "path": as_typed(progress.path),
            "seconds_done": progress.seconds_done,
            "seconds_total": progress.seconds_total,
            "clips_done": progress.clips_done,
        },
        "report": None if one.report is None else index_document(one.report),
        "error": one.error,
    }
