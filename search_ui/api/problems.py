"""What is answered where something went wrong: one line of JSON, and a status that fits."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import NotRequired

import typer
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from typing_extensions import TypedDict

from catalog.interface import CatalogError
from encoder.checkpoint import CheckpointError
from ingest.errors import VideoError
from pipeline.query import LongQueryError, QueryError
from pipeline.query_language import QuerySyntaxError
from pipeline.settings import SettingsError
from pipeline.steps import QueueError
from search_ui.api.submissions import SubmissionError

USUAL_404 = HTTPStatus.NOT_FOUND.phrase
NO_ADDRESS = "there is nothing at this address; /openapi.json names those that there are"

logger = logging.getLogger(__name__)


class Problem(TypedDict):
    """Why there is no answer."""

    error: str
    at: NotRequired[int]
    """Of a query that cannot be read: how many of its characters stand before the place."""


class AbsentError(Exception):
    """The library holds nothing of that name."""


STATUSES: Mapping[type[Exception], int] = {
    QueryError: 400,
    AbsentError: 404,
    FileNotFoundError: 404,
    LongQueryError: 413,
    RequestValidationError: 422,
    typer.BadParameter: 422,
    VideoError: 422,
    Exception: 500,
    CatalogError: 503,
    CheckpointError: 503,
    OSError: 503,
    QueueError: 503,
    SettingsError: 503,
}
"""By the nearest class; those of 503 may pass."""

MEANINGS = {
    400: "The request cannot be read, or the query not be answered.",
    401: "The token is missing, or another one.",
    403: "That may not be done.",
    404: "There is no such thing.",
    413: "The query, or what is sent, is too long.",
    416: "The file has no such bytes.",
    422: "A value or a file cannot be used.",
    429: "Too much waits.",
    503: "The catalog, or a file, cannot be reached now.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """What the OpenAPI document says of these statuses; each is answered with a `Problem`."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in statuses}


def answer(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """One line of JSON, in ASCII."""
    content = json.dumps(problem) + "\n"
    return Response(content, status, headers, media_type="application/json")


def install(app: FastAPI) -> None:
    """Have `app` answer every error so."""
    for kind in (*STATUSES, HTTPException, SubmissionError):
        app.add_exception_handler(kind, _answer_to)


def _answer_to(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        line = NO_ADDRESS if error.detail == USUAL_404 else str(error.detail)
        return answer(error.status_code, {"error": line}, error.headers)
    status = _status(error)
    if status >= 500:
        logger.warning("%s %s: %s", request.method, request.url.path, error)
    problem: Problem = {"error": _line(error, status)}
    if isinstance(error, QuerySyntaxError):
        problem["at"] = error.at
    return answer(status, problem)


def _status(error: Exception) -> int:
    if isinstance(error, SubmissionError):
        return error.status
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def _line(error: Exception, status: int) -> str:
    if status == 500:
        return "a fault of the program; the server's log says more"
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
        return f"{name}: {first['msg']}"
    return " ".join(str(error).split())
