"""Pictures of clips and cut moments, which the browser fetches by address when it shows them."""

import logging
import re
import secrets
import tempfile
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from ingest.clip import ClipSpan
from ingest.excerpt import write_excerpt
from ingest.preview import write_preview
from ingest.thumbnails import preview_path, thumbnail_path
from pipeline.browsing import find_clip
from pipeline.places import is_gone
from search_ui.failures import explanation
from search_ui.page.opened import opened
from search_ui.terminal import printable

KEY = secrets.token_urlsafe(16)
"""Part of every address: only who was shown the page can know it. New at every start."""

THUMBNAIL, PREVIEW, MOMENT = "still.webp", "preview.webp", "moment.mp4"

KEPT_MOMENTS = 40
"""About half a megabyte each, in memory."""
AT_ONCE = 2
"""So many are decoded at a time, so that a sweep over many cards leaves the machine usable."""
KEEP_IN_BROWSER = {"Cache-Control": "private, max-age=3600"}

GONE = (
    "The video file is gone from its place; put it back, or remove the video on the Library page."
)

_CLIP_ID = re.compile(r"[0-9a-f]{8,64}:[0-9]{1,12}")
decoding = threading.Semaphore(AT_ONCE)

logger = logging.getLogger(__name__)


def media_url(clip_id: str, kind: str) -> str:
    """Where the browser gets a clip's `kind` of media."""
    return f"/clips/{KEY}/{clip_id}/{kind}"


def _thumbnail(clip_id: str) -> Response:
    path = thumbnail_path(clip_id, opened().library.thumbnails)
    return FileResponse(path, headers=KEEP_IN_BROWSER) if path.is_file() else _absent()


def _preview(clip_id: str) -> Response:
    folder = opened().library.thumbnails
    path = preview_path(clip_id, folder)
    if not path.is_file():
        record = find_clip(opened().library.store, clip_id)
        if record is None:
            return _absent()
        if is_gone(record.path):
            return _refusal(GONE)
        with decoding:
            if not path.is_file():
                write_preview(record.path, record.span, clip_id, folder=folder)
    return FileResponse(path, headers=KEEP_IN_BROWSER)


def _moment(clip_id: str) -> Response:
    # The catalog decides which file is read; what is asked for is an id and nothing else.
    record = find_clip(opened().library.store, clip_id)
    if record is None:
        return _absent()
    if is_gone(record.path):
        return _refusal(GONE)
    content = _excerpt(record.path, record.span, record.video_id)
    return Response(content, media_type="video/mp4", headers=KEEP_IN_BROWSER)


@lru_cache(KEPT_MOMENTS)
def _excerpt(path: Path, span: ClipSpan, video_id: str) -> bytes:
    with decoding, tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / MOMENT
        write_excerpt(path, span, target, video_id=video_id)
        return target.read_bytes()


def _absent() -> Response:
    return _refusal("This moment is not in the library any more; search anew.")


def _refusal(line: str) -> Response:
    return PlainTextResponse(printable(line), status_code=404)


MAKERS: dict[str, Callable[[str], Response]] = {
    THUMBNAIL: _thumbnail,
    PREVIEW: _preview,
    MOMENT: _moment,
}


def _serve(request: Request) -> Response:
    """Answer with one clip's media, or with one line that says why not."""
    named = request.path_params
    clip_id, make = str(named["clip_id"]), MAKERS.get(str(named["kind"]))
    known = secrets.compare_digest(str(named["key"]).encode(), KEY.encode())
    if not known or make is None or not _CLIP_ID.fullmatch(clip_id):
        return _absent()
    try:
        return make(clip_id)
    except Exception as error:
        line = explanation(error)
        if line is None:
            raise
        logger.warning("%s of %s: %s", named["kind"], clip_id, line)
        return _refusal(line)


ROUTE = Route("/clips/{key}/{clip_id}/{kind}", _serve, methods=["GET"])
"""What the page's server answers besides Streamlit. Runs in a thread, not in the event loop."""
