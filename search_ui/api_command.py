"""The command `api`: the HTTP interface of a library.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

from typing import Annotated

import typer

from search_ui.options import LibraryOption
from search_ui.terminal import say, shown_path


def api(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, metavar="N", help="Where it listens.", show_default="8502"),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Answer other programs over HTTP, until Ctrl-C: search, browse, submit, status, films.

    On this machine only, unless the settings name another address and a token.
    """
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from search_ui.api.access import token_of
    from search_ui.api.served import ServedLibrary
    from search_ui.api.server import listening, serve
    from search_ui.api_service import url_of

    settings = load_settings(library)
    if port is not None:
        settings = settings.model_copy(update={"api_port": port})
    token = token_of(settings)
    with listening(settings) as socket:
        served = ServedLibrary(open_library(settings))
        at = url_of(settings, port=socket.getsockname()[1])
        say(f"{shown_path(settings.library)} is served at {at}; what it knows: {at}/openapi.json")
        serve(served, socket, token=token)
