"""Tells that something may have changed in some folders, as soon as the system says so."""

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from watchfiles import watch

TICK_SECONDS = 1.0

logger = logging.getLogger(__name__)


def changes(folders: Sequence[Path], *, stop: threading.Event) -> Iterator[bool]:
    """Yield at least once a second, until `stop`, whether something changed in or below `folders`.

    Only a hint: systems do not tell of changes that other machines make in network folders, nor
    of any after a folder was taken away and put back. Where this one tells nothing at all, it is
    logged, and the answer is always no. What changes between two answers is in the second.
    """
    ticks = watch(
        *folders,
        watch_filter=None,
        debounce=round(TICK_SECONDS * 1000),
        rust_timeout=round(TICK_SECONDS * 1000),
        yield_on_timeout=True,
        stop_event=stop,
    )
    try:
        for changed in ticks:
            yield bool(changed)
    except OSError as error:
        logger.warning("the system does not tell of changes (%s); only regular looks do", error)
        while not stop.wait(TICK_SECONDS):
            yield False
