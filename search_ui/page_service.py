"""The page as one of the services that `clipseek up` runs."""

import sys

from search_ui.page_access import require_protection
from workers.services import LOOPBACK, Layout, Service, accepts

MODULE = "search_ui.page_server"
"""What ``python -m`` starts."""

EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to


def page(layout: Layout) -> Service:
    """Serve the page of a library. Raises ``SettingsError`` where strangers could reach it."""
    settings = layout.settings
    require_protection(settings)
    host = LOOPBACK if settings.page_address in EVERY_ADDRESS else settings.page_address
    return Service(
        "page",
        (sys.executable, "-m", MODULE),
        {**layout.client_environment(), "CLIPSEEK_PAGE_PORT": str(layout.page_port)},
        lambda: accepts(layout.page_port, host=host),
        f"http://{f'[{host}]' if ':' in host else host}:{layout.page_port}",
    )
