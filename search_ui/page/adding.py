"""Folders that are being added: the work goes on whoever looks, and nobody's page waits for it."""

import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.reports import IndexReport, Progress
from pipeline.settings import Settings
from search_ui.failures import explanation
from workers.local import queue_of

logger = logging.getLogger(__name__)


@dataclass
class Addition:
    """One folder or file that somebody asked for."""

    path: Path
    progress: Progress | None = None
    """Of the video that was worked on last."""
    report: IndexReport | None = None
    """None until all is done."""
    error: str = ""
    """Why it ended early."""

    @property
    def is_done(self) -> bool:
        return self.report is not None or bool(self.error)

    def note(self, progress: Progress) -> None:
        self.progress = progress


@dataclass
class Additions:
    """All that was asked for since the page was started; the last comes first."""

    settings: Settings
    _all: list[Addition] = field(default_factory=list)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[Addition]:
        return list(self._all)

    def start(
        self, library: Library, path: Path, *, prepare: Callable[[], None] = lambda: None
    ) -> Addition:
        """Index `path` in the background, unless that is being done; `prepare` may make it."""
        with self._changing:
            for known in self._all:
                if known.path == path and not known.is_done:
                    return known
            addition = Addition(path)
            self._all = [addition, *(known for known in self._all if known.path != path)]
        worker = threading.Thread(
            target=self._run, args=(library, addition, prepare), name=f"adding {path}", daemon=True
        )
        worker.start()
        return addition

    def dismiss(self, addition: Addition) -> None:
        """Speak no more of it."""
        with self._changing:
            self._all = [known for known in self._all if known is not addition]

    def _run(self, library: Library, addition: Addition, prepare: Callable[[], None]) -> None:
        try:
            prepare()
            with queue_of(self.settings) or nullcontext() as queue:
                addition.report = index_paths(
                    library, [addition.path], on_progress=addition.note, queue=queue
                )
        except Exception as error:
            addition.error = explanation(error) or f"unexpected: {error!r}; see the page's log"
            logger.warning("adding %s ended: %s", addition.path, addition.error)
