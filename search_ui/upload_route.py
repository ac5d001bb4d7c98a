"""The route by which browsers upload: who may, and what is answered."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from search_ui.failures import explanation
from search_ui.page_password import is_foreign
from search_ui.upload_permit import is_valid
from search_ui.uploads import UploadError, Uploads

ADDRESS = "/upload"
PERMIT_HEADER = "x-upload-permit"

logger = logging.getLogger(__name__)


def upload_route(uploads: Uploads, *, on_received: Callable[[Path], None]) -> Route:
    """``PUT /upload?name=film.mp4`` with the file as its body.

    The answer is JSON: ``problem``, empty where all went well, and ``name``, what the file is
    called now. `on_received` is called for every video that is there complete.
    """

    async def receive(request: Request) -> JSONResponse:
        try:
            path = await _receive(request, uploads)
            await run_in_threadpool(on_received, path)
        except UploadError as error:
            return JSONResponse({"problem": str(error), "name": ""}, error.status)
        except ClientDisconnect:
            return JSONResponse({"problem": "the sender went away", "name": ""}, 400)
        except Exception as error:
            lines = explanation(error)
            if lines is None:
                raise
            logger.warning("an upload failed: %s", lines)
            return JSONResponse({"problem": lines, "name": ""}, 500)
        return JSONResponse({"problem": "", "name": path.name}, 201)

    return Route(ADDRESS, receive, methods=["PUT"])


async def _receive(request: Request, uploads: Uploads) -> Path:
    if is_foreign(request):
        raise UploadError(403, "the request comes from another site; use this page's own button")
    if not is_valid(request.headers.get(PERMIT_HEADER, ""), now=time.time()):
        raise UploadError(403, "this page was opened too long ago; load it again")
    announced = request.headers.get("content-length", "")
    return await uploads.receive(
        request.query_params.get("name", ""),
        _pieces(request),
        announced_bytes=int(announced[:18]) if announced.isascii() and announced.isdigit() else 0,
    )


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        yield piece
