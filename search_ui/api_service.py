"""The HTTP interface as one of the services that `clipseek up` runs."""

import sys

from pipeline.settings import Settings
from search_ui.api.access import address_of, token_of
from search_ui.page_service import EVERY_ADDRESS
from workers.services import LOOPBACK, Layout, Service, accepts

MODULE = "search_ui.command_line"
"""What ``python -m`` starts."""


def is_wanted(settings: Settings) -> bool:
    """Whether `clipseek up` runs the interface as well."""
    return settings.api_token is not None or settings.api_address is not None


def api(layout: Layout) -> Service:
    """Serve a library to other programs. Raises ``SettingsError`` where strangers could ask."""
    settings = layout.settings
    token_of(settings)
    return Service(
        "api",
        (sys.executable, "-m", MODULE, "api"),
        {**layout.client_environment(), "CLIPSEEK_API_PORT": str(layout.api_port)},
        lambda: accepts(layout.api_port, host=_host(settings)),
        url_of(settings, port=layout.api_port),
    )


def url_of(settings: Settings, *, port: int) -> str:
    """Where the interface is found from this machine."""
    host = _host(settings)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _host(settings: Settings) -> str:
    address = address_of(settings)
    return LOOPBACK if address in EVERY_ADDRESS else address
