"""The HTML that every page begins with: Streamlit's own, but told where its server is.

Streamlit's script looks for the server below the page's own address first. There it finds nothing,
which costs two answers and leaves two errors in the browser's console.
"""

from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PATHS = ("/", "/browse", "/video", "/library")
HEAD = "<head>"
TOLD = "<script>window.__streamlit = { BACKEND_BASE_URL: location.origin };</script>"
USUAL_TITLE, TITLE = "<title>Streamlit</title>", "<title>ClipSeek</title>"

_index = Path(streamlit.__file__).parent / "static" / "index.html"


async def _shell(_: Request) -> Response:
    page = _index.read_text(encoding="utf-8")
    told = page.replace(HEAD, HEAD + TOLD, 1).replace(USUAL_TITLE, TITLE, 1)
    return HTMLResponse(told, headers={"Cache-Control": "no-cache"})


ROUTES = [Route(path, _shell, methods=["GET"]) for path in PATHS]
"""What the page's server answers in place of Streamlit."""
