"""The process that serves the HTTP interface of a library."""

import logging
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import uvicorn
from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from pipeline.settings import Settings, SettingsError
from search_ui.api import browse_routes, problems, search_routes, submission_routes, video_routes
from search_ui.api.access import address_of
from search_ui.api.doors import JsonProblems, OwnDoor, TokenDoor
from search_ui.api.problems import documented
from search_ui.api.served import ServedLibrary
from search_ui.page_access import OWN_NAMES
from workers.services import API_PORT

MOST_BODY_BYTES = 65_536
"""Of requests that send no files."""
GRACE_SECONDS = 5
"""So long the end of the server waits for answers that are under way."""

ABOUT = """Finds moments in videos by what happens in them. The answers have the shapes of the
command line's `--json`; keys are added, never renamed. Every error is one line, `{"error": ...}`.
"""
UNTOLD: TelemetryConfig = {
    "auto_configure": False,
    "tracing": False,
    "metrics": False,
    "logs": False,
}
"""Nothing is told to anybody else, whatever the environment says."""

logger = logging.getLogger(__name__)


def application(served: ServedLibrary, *, token: str | None) -> ASGIApp:
    """The interface of a library, which is closed when the server ends.

    With a `token`, nothing answers who does not show it; without, only requests that name this
    machine are answered, and none of foreign pages.
    """

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_load, args=(served,), name="the encoder", daemon=True).start()
        yield
        served.close()

    app = FastAPI(
        title="ClipSeek",
        version=version("clipseek"),
        description=ABOUT,
        # The pages that FastAPI offers fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        telemetry=UNTOLD,
        lifespan=life,
        middleware=_doors(token),
        # The door asks for it; this has it in the OpenAPI document.
        dependencies=[Security(HTTPBearer(auto_error=False))],
        responses=documented(401, 422, 503),
        max_body_size=MOST_BODY_BYTES,
    )
    app.state.served = served
    problems.install(app)
    for routes in (search_routes, browse_routes, video_routes, submission_routes):
        app.include_router(routes.router)
    # Around all of it, as FastAPI refuses long bodies before anything else.
    return JsonProblems(app)


def listening(settings: Settings) -> socket.socket:
    """A socket at the interface's address. Raises ``SettingsError`` where that cannot be had."""
    address, port = address_of(settings), settings.api_port or API_PORT
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        # As "::" stands for every address, it takes those of the older kind as well.
        both = address == "::" and socket.has_dualstack_ipv6()
        return socket.create_server((address, port), family=family, dualstack_ipv6=both)
    except OSError as error:
        raise SettingsError(
            f"api_port: cannot listen at {address}, port {port}: {error.strerror or error}; "
            "choose another port, or end the program that has it"
        ) from error


def serve(served: ServedLibrary, at: socket.socket, *, token: str | None) -> None:
    """Answer until the process is told to stop (SIGTERM, SIGINT)."""
    # It logs the tracebacks of what is a fault of the program.
    logging.getLogger("uvicorn.error").addHandler(logging.StreamHandler())
    options = uvicorn.Config(
        application(served, token=token),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(options).run(sockets=[at])


def _doors(token: str | None) -> list[Middleware]:
    if token is not None:
        return [Middleware(TokenDoor, token=token)]
    return [
        # A foreign site whose name leads to this machine must not read the library.
        Middleware(TrustedHostMiddleware, allowed_hosts=list(OWN_NAMES)),
        Middleware(OwnDoor),
    ]


def _load(served: ServedLibrary) -> None:
    # It takes seconds, in which whatever needs no encoder is answered.
    try:
        served.with_encoder()
    except Exception as error:
        logger.warning("the encoder cannot be loaded: %s", error)
