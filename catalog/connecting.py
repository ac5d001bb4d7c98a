"""Reaching a Milvus server, which may be starting again."""

import logging
import time
from pathlib import Path
from urllib.parse import urlsplit

from pymilvus import MilvusClient, MilvusException
from pymilvus.client.types import Status

from catalog.interface import CatalogError

CONNECT_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
"""Longer than a server takes to start again."""
PAUSE_SECONDS = 1.0

logger = logging.getLogger(__name__)


def without_password(where: str | Path) -> str | Path:
    """A folder, or the URI of a server as it may be shown."""
    if isinstance(where, Path):
        return where
    parts = urlsplit(where)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def absent(where: str | Path) -> CatalogError:
    """What to say where there is no catalog."""
    return CatalogError(
        f"{without_password(where)}: there is no catalog; "
        "index some videos first: clipseek index PATH"
    )


def connected(uri: str) -> MilvusClient:
    """Make a client of a server, which is waited for.

    Raises ``MilvusException`` where it does not come.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = False
    while True:
        try:
            return MilvusClient(uri=uri, timeout=CONNECT_SECONDS)
        except MilvusException as error:
            is_away = error.code == Status.CONNECT_FAILED
            if not is_away or time.monotonic() > deadline:
                raise
        if not waiting:
            logger.warning(
                "the catalog at %s does not answer; waiting for it, %d s at most",
                without_password(uri), PATIENCE_SECONDS,
            )  # fmt: skip
            waiting = True
        time.sleep(PAUSE_SECONDS)
