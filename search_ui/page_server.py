"""The process that serves the page: Streamlit, with ClipSeek's own routes and doors around it.

``python -m search_ui.page_server`` takes everything from the settings.
"""

import logging
import sys
import threading
import time
from pathlib import Path

import streamlit
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute

from pipeline.settings import Settings, load_settings
from search_ui import page_shell
from search_ui.failures import explanation
from search_ui.page import clip_media, film_media
from search_ui.page.opened import opened
from search_ui.page_access import OWN_NAMES, is_protected, require_protection
from search_ui.page_password import PasswordGate, Visitors
from search_ui.terminal import say
from search_ui.upload_route import upload_route
from search_ui.uploads import Uploads

SCRIPT = Path(__file__).with_name("page") / "app.py"
"""What Streamlit runs for everybody who looks."""

logger = logging.getLogger(__name__)

USUAL_PORT = 8501
RETRY_SECONDS = 5.0

OPTIONS: dict[str, str | bool] = {
    "browser.gatherUsageStats": False,
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableStaticServing": False,
    "client.toolbarMode": "minimal",
    # A traceback belongs into the log; the page says that something went wrong.
    "client.showErrorDetails": "none",
    "theme.primaryColor": "#0c635c",
    "theme.baseRadius": "medium",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f1f5f4",
    "theme.light.textColor": "#0c1513",
    "theme.dark.backgroundColor": "#101615",
    "theme.dark.secondaryBackgroundColor": "#1a2321",
    "theme.dark.textColor": "#e6eceb",
    "theme.dark.primaryColor": "#2dd4bf",
}
"""Of Streamlit; given here, no file in anybody's home or working folder can change them."""


def main() -> None:
    """Serve until the process is told to stop; foreseeable trouble is a line and exit code 1."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        settings = load_settings()
        require_protection(settings)
    except Exception as error:
        lines = explanation(error)
        if lines is None:
            raise
        for line in lines.splitlines():
            say(f"clipseek: {line}")
        sys.exit(1)
    serve(settings)


def serve(settings: Settings) -> None:
    """Serve the page of a library until the process is told to stop."""
    options = {
        **OPTIONS,
        "server.address": settings.page_address,
        "browser.serverAddress": settings.page_address,
        "server.port": settings.page_port or USUAL_PORT,
        "secrets.files": [str(settings.page_login.absolute())] if settings.page_login else [],
    }
    # Ahead of the first visitor, and so that folders are watched even where nobody comes.
    threading.Thread(target=_open, name="opening the library", daemon=True).start()
    streamlit.App(SCRIPT, routes=_routes(settings), middleware=_doors(settings)).run(config=options)


def _doors(settings: Settings) -> list[Middleware]:
    """What every request passes before anything else looks at it."""
    if settings.page_password is not None:
        visitors = Visitors(settings.page_password.get_secret_value())
        return [Middleware(PasswordGate, visitors=visitors)]
    if not is_protected(settings):
        # A foreign site whose name leads to this machine must not read the page.
        return [Middleware(TrustedHostMiddleware, allowed_hosts=list(OWN_NAMES))]
    return []


def _routes(settings: Settings) -> list[BaseRoute]:
    uploads = Uploads(
        settings.uploads.absolute(), limit_bytes=round(settings.upload_gigabytes * 1e9)
    )
    uploads.tidy()
    upload = upload_route(uploads, on_received=_index)
    return [*page_shell.ROUTES, clip_media.ROUTE, film_media.ROUTE, upload]


def _open() -> None:
    while True:
        try:
            shown = opened()
        except Exception as error:
            # Every visitor is told; the catalog may be about to start.
            logger.warning("the library cannot be opened: %s", explanation(error) or repr(error))
            time.sleep(RETRY_SECONDS)
        else:
            shown.watching.start(shown.library)
            return


def _index(path: Path) -> None:
    shown = opened()
    shown.additions.start(shown.library, path)


if __name__ == "__main__":
    main()
