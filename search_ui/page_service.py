"""The page as one of the services that `clipseek up` runs."""

import sys
from pathlib import Path

from workers.services import LOOPBACK, Layout, Service, accepts

SCRIPT = Path(__file__).with_name("page") / "app.py"
"""What Streamlit runs for everybody who looks."""

SETTINGS = (
    # Nobody but this machine can reach it, and it calls nobody.
    ("server.address", LOOPBACK),
    ("browser.serverAddress", LOOPBACK),
    ("browser.gatherUsageStats", "false"),
    ("server.headless", "true"),
    ("server.fileWatcherType", "none"),
    ("server.enableStaticServing", "false"),
    ("client.toolbarMode", "minimal"),
    # A traceback belongs into the log; the page says that something went wrong.
    ("client.showErrorDetails", "none"),
    ("theme.primaryColor", "#0f766e"),
    ("theme.baseRadius", "medium"),
    ("theme.light.backgroundColor", "#ffffff"),
    ("theme.light.secondaryBackgroundColor", "#f1f5f4"),
    ("theme.light.textColor", "#17211f"),
    ("theme.dark.backgroundColor", "#101615"),
    ("theme.dark.secondaryBackgroundColor", "#1a2321"),
    ("theme.dark.textColor", "#e6eceb"),
    ("theme.dark.primaryColor", "#2dd4bf"),
)
"""Of Streamlit; given here, no file in anybody's home or working folder can change them."""


def page(layout: Layout) -> Service:
    """Serve the page of a library on loopback."""
    settings = [f"--{name}={value}" for name, value in SETTINGS]
    return Service(
        "page",
        (sys.executable, "-m", "streamlit", "run", str(SCRIPT),
         f"--server.port={layout.page_port}", *settings),
        layout.client_environment(),
        lambda: accepts(layout.page_port),
        f"http://{LOOPBACK}:{layout.page_port}",
    )  # fmt: skip
