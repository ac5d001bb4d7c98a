"""Keeping the library in line with its watched folders, as long as the page is served."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from ingest.changes import changes
from pipeline.library import Library
from pipeline.reports import FailedFile
from pipeline.settings import Settings
from pipeline.watched import WatchedFolders
from pipeline.watching import Opened, Watch, WatchReport, watch
from search_ui.failures import explanation
from workers.local import queue_of

LOOK_SECONDS = 1.0
"""How soon a change of the list is noticed."""
PAUSE_SECONDS = 15.0
"""After trouble that ended the watch."""
KEPT_FAILURES = 20

logger = logging.getLogger(__name__)


class Watching:
    """A thread that watches what the library's list names, and what came of it so far."""

    def __init__(self, settings: Settings) -> None:
        self.folders = WatchedFolders(settings.library)
        self.trouble = ""
        """What keeps it from going on, where something does; it is tried again."""
        self.failed: deque[FailedFile] = deque(maxlen=KEPT_FAILURES)
        """Files that could not be used, the last one first."""
        self.removed = 0
        """Videos that were dropped because their files were deleted."""
        self._settings = settings
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, library: Library) -> None:
        """Watch from now on, in the background."""
        self._thread = threading.Thread(
            target=self._run, args=(library,), name="watching folders", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; returns when the last look is over."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, library: Library) -> None:
        while not self._ended.is_set():
            folders = self._present()
            if not folders:
                self._ended.wait(LOOK_SECONDS)
                continue
            try:
                watch(
                    Watch(folders, _opener(self._settings, library)),
                    self._ticks(folders),
                    on_report=self._note,
                    on_trouble=self._note_trouble,
                )
            except Exception as error:
                # Whatever it is, the page is served on, and the folders are watched again.
                self._note_trouble(error)
                self._ended.wait(PAUSE_SECONDS)

    def _ticks(self, folders: Sequence[Path]) -> Iterator[bool]:
        """What the system tells of changes, as long as the same folders are to be watched."""
        stop = threading.Event()
        for changed in changes(folders, stop=stop):
            wanted = self.folders.all()
            is_same = all(folder in wanted for folder in folders)
            # A drive that is away for a while is for the watch itself to bear.
            if self._ended.is_set() or not is_same or not {*self._present()} <= {*folders}:
                break
            yield changed
        stop.set()

    def _present(self) -> list[Path]:
        return [folder for folder in self.folders.all() if folder.is_dir()]

    def _note(self, report: WatchReport) -> None:
        self.trouble = ""
        self.failed.extendleft(report.index.failed)
        self.removed += len(report.removed)

    def _note_trouble(self, error: Exception) -> None:
        self.trouble = explanation(error) or f"unexpected: {error!r}; see the page's log"
        logger.warning("watching folders: %s", self.trouble)


def _opener(settings: Settings, library: Library) -> Callable[[], AbstractContextManager[Opened]]:
    @contextmanager
    def open_for_a_look() -> Iterator[Opened]:
        with queue_of(settings) or nullcontext() as queue:
            yield Opened(library, queue)

    return open_for_a_look
