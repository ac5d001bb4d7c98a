"""Videos that other programs asked to have indexed: one after the other, in the background."""

import itertools
import logging
import queue
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingest.discovery import resolved
from ingest.location import as_typed
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.places import is_gone, is_under
from pipeline.reports import IndexReport, Progress
from pipeline.watched import WatchedFolders
from search_ui.failures import explanation
from workers.local import queue_of

MOST_WAITING = 100
MOST_KEPT = 100
"""So many that are over are remembered."""
LAST_SECONDS = 10.0
"""How long the end of the server waits for a clip that is being described."""

logger = logging.getLogger(__name__)


class SubmissionError(Exception):
    """What was asked for is not done; the message says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        """Of HTTP."""


class State(StrEnum):
    """How far a submission is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Submission:
    """One file or folder that somebody asked for."""

    number: int
    path: Path
    state: State = State.WAITING
    progress: Progress | None = None
    """Of the video that was worked on last."""
    report: IndexReport | None = None
    error: str = ""
    """Why it ended early."""


class _StoppedError(Exception):
    """The server ends; what is not done is done when it is asked for again."""


class Submissions:
    """All that was asked for since the start, as far as it is remembered.

    Only what lies in some folders is taken: those that the library watches, that of uploads, and
    those that the settings name. Links are followed before that is looked at.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._all: dict[int, Submission] = {}
        self._numbers = itertools.count(1)
        self._waiting: queue.SimpleQueue[Submission | None] = queue.SimpleQueue()
        self._changing = threading.Lock()
        self._stopped = threading.Event()
        self._worker = threading.Thread(target=self._work, name="indexing", daemon=True)
        self._worker.start()

    def folders(self) -> list[Path]:
        """What may be submitted lies in one of these."""
        settings = self._library.settings
        watched = WatchedFolders(settings.library).all()
        return [*map(resolved, (*watched, *settings.api_folders, settings.uploads))]

    def submit(self, path: Path) -> Submission:
        """Have a file, or the videos of a folder, indexed in the background.

        What waits already is not asked for twice. Raises :class:`SubmissionError` where that may
        not be done, and ``VideoError`` for an address of another kind.
        """
        real = resolved(path)
        if ".." in real.parts or not is_under(real, self.folders()):
            raise SubmissionError(
                403, f"{as_typed(path)}: lies in none of the folders that may be indexed"
            )
        if is_gone(real):
            raise SubmissionError(
                404, f"{as_typed(path)}: there is no such file or folder; check the name"
            )
        with self._changing:
            waiting = [one for one in self._all.values() if one.state is State.WAITING]
            for one in waiting:
                if one.path == real:
                    return one
            if len(waiting) >= MOST_WAITING:
                raise SubmissionError(429, f"{MOST_WAITING} submissions wait; ask again later")
            return self._added(real)

    def all(self) -> list[Submission]:
        """The last one first."""
        return [*reversed(self._all.values())]

    def find(self, number: int) -> Submission:
        """Raises :class:`SubmissionError` where there is none of this number."""
        found = self._all.get(number)
        if found is None:
            raise SubmissionError(404, f"there is no submission {number}, or it is long over")
        return found

    def stop(self) -> None:
        """Let go of the library; a video that is being indexed is left half done."""
        self._stopped.set()
        self._waiting.put(None)
        self._worker.join(LAST_SECONDS)

    def _added(self, path: Path) -> Submission:
        one = Submission(next(self._numbers), path)
        self._all[one.number] = one
        over = [n for n, s in self._all.items() if s.state in (State.DONE, State.FAILED)]
        for number in over[:-MOST_KEPT]:
            del self._all[number]
        self._waiting.put(one)
        return one

    def _work(self) -> None:
        while (one := self._waiting.get()) is not None and not self._stopped.is_set():
            one.state = State.RUNNING
            try:
                one.report = self._index(one)
                one.state = State.DONE
            except _StoppedError:
                return
            except Exception as error:
                one.error = explanation(error) or f"unexpected: {error!r}; see the server's log"
                one.state = State.FAILED
                logger.warning("indexing %s ended: %s", one.path, one.error)

    def _index(self, one: Submission) -> IndexReport:
        def note(progress: Progress) -> None:
            if self._stopped.is_set():
                raise _StoppedError
            one.progress = progress

        with queue_of(self._library.settings) or nullcontext() as workers:
            return index_paths(self._library, [one.path], on_progress=note, queue=workers)
