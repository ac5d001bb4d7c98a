"""Moving the library to another encoder, in the background, while it is searched."""

import logging
import threading
from pathlib import Path

from pipeline.assembly import drop_replaced_weights, successor_of
from pipeline.library import Library
from pipeline.reindexing import ReindexReport, only_run, reindex
from pipeline.reports import Progress
from pipeline.settings import Settings
from search_ui.failures import explanation

logger = logging.getLogger(__name__)


class EncoderMove:
    """The one move that may go on, and how the last one ended."""

    def __init__(self, settings: Settings) -> None:
        self.encoder = ""
        """The one moved to."""
        self.is_running = False
        self.progress: Progress | None = None
        """Of the video that is described now."""
        self.begun = 0
        """Videos that were begun so far."""
        self.total = 0
        self.report: ReindexReport | None = None
        """None until it ended well."""
        self.error = ""
        self._settings = settings
        self._changing = threading.Lock()

    def start(self, library: Library, encoder: str, *, leave_out: bool = False) -> None:
        """Describe all videos anew with `encoder`, unless a move goes on."""
        with self._changing:
            if self.is_running:
                return
            self.is_running = True
            self.encoder, self.error, self.report, self.progress = encoder, "", None, None
            self.begun = 0
        threading.Thread(
            target=self._run, args=(library, leave_out), name="moving to an encoder", daemon=True
        ).start()

    def _run(self, library: Library, leave_out: bool) -> None:
        seen: set[Path] = set()

        def note(progress: Progress) -> None:
            seen.add(progress.path)
            self.progress, self.begun = progress, len(seen)

        try:
            with only_run(self._settings.library):
                self.total = len(library.store.videos())
                successor = successor_of(library, self.encoder)
                report = reindex(library, successor, leave_out=leave_out, on_progress=note)
            if report.switched:
                drop_replaced_weights(self._settings)
            self.report = report
        except Exception as error:
            self.error = explanation(error) or f"unexpected: {error!r}; see the page's log"
            logger.warning("moving to %s ended: %s", self.encoder, self.error)
        finally:
            self.is_running = False
