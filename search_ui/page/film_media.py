"""Whole films for the player: as they are where browsers know them, else in stretches made anew."""

import logging
import re
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from catalog.interface import ClipSummary
from ingest.clip import ClipSpan
from ingest.excerpt import write_excerpt
from ingest.location import is_remote
from pipeline.places import is_gone
from search_ui.failures import explanation
from search_ui.page.clip_media import GONE, KEEP_IN_BROWSER, KEY, decoding
from search_ui.page.opened import opened
from search_ui.terminal import printable

WHOLE = "whole"
STRETCH_SECONDS = 12
"""Cut while the one before it is played."""
KEPT_STRETCHES = 30
"""About a megabyte each, in memory."""

MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/mp4",
    ".webm": "video/webm",
    ".mkv": "video/webm",
}
"""Containers that browsers may know; whether they know what is in them they find out."""

_PART = re.compile(rf"{WHOLE}|[0-9]{{1,7}}")

logger = logging.getLogger(__name__)


def film_url(video_id: str) -> str:
    """Where the browser gets the original file; byte ranges of it, too."""
    return f"/films/{KEY}/{video_id}/{WHOLE}"


def stretches_url(video_id: str) -> str:
    """What becomes the address of a stretch when its number is put behind it."""
    return f"/films/{KEY}/{video_id}/"


def _serve(request: Request) -> Response:
    """Answer with a film or a stretch of it, or with one line that says why not."""
    named = request.path_params
    part = str(named["part"])
    known = secrets.compare_digest(str(named["key"]).encode(), KEY.encode())
    if not known or not _PART.fullmatch(part):
        return _refusal("There is no such film.")
    try:
        # The catalog decides which file is read; what is asked for is an id and nothing else. One
        # video's clips are quicker to read than all videos, and a player asks often.
        clips = opened().library.store.summaries_of([str(named["video_id"])])
        if not clips:
            return _refusal("This video is not in the library any more.")
        if is_gone(clips[-1].path):
            return _refusal(GONE)
        return _whole(clips[-1].path) if part == WHOLE else _stretch(clips[-1], int(part))
    except Exception as error:
        line = explanation(error)
        if line is None:
            raise
        logger.warning("%s of %s: %s", part, named["video_id"], line)
        return _refusal(line)


def _whole(path: Path) -> Response:
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None or is_remote(path):
        return _refusal("No browser plays this file as it is.")
    headers = {**KEEP_IN_BROWSER, "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=media_type, headers=headers)


def _stretch(last: ClipSummary, number: int) -> Response:
    start = number * STRETCH_SECONDS
    end = min(start + STRETCH_SECONDS, last.span.end_seconds)
    if start >= end:
        return _refusal("The video ends before.")
    content = _cut(last.path, ClipSpan(start, end), last.video_id)
    return Response(content, media_type="video/mp4", headers=KEEP_IN_BROWSER)


@lru_cache(KEPT_STRETCHES)
def _cut(path: Path, span: ClipSpan, video_id: str) -> bytes:
    with decoding, tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "stretch.mp4"
        write_excerpt(path, span, target, video_id=video_id)
        return target.read_bytes()


def _refusal(line: str) -> Response:
    return PlainTextResponse(printable(line), status_code=404)


ROUTE = Route("/films/{key}/{video_id}/{part}", _serve, methods=["GET"])
"""What the page's server answers besides Streamlit. Runs in a thread, not in the event loop."""
