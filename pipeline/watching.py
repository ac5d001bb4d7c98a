"""Keeping a library in line with folders: what appears there, moves and goes away.

Every look compares the folders with the catalog, so it does not matter what happened while nobody
looked. What the system tells of changes only says when to look.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from catalog.interface import CatalogError, VideoRecord
from encoder.checkpoint import CheckpointError
from ingest.discovery import find_media, resolved
from ingest.file_state import FileState, state_of
from pipeline.indexing import ProgressListener, ignore_progress, index_paths
from pipeline.library import Library
from pipeline.places import is_gone, is_under
from pipeline.removal import forget
from pipeline.reports import FailedFile, IndexReport
from pipeline.settings import SettingsError
from pipeline.settling import Settling
from pipeline.steps import JobQueue, QueueError, may_pass

SETTLE_SECONDS = 3.0
"""How long a file must be the same before it is read, and away before its clips are removed."""

REGULAR_LOOK_SECONDS = 60.0
"""For folders of whose changes the system does not tell."""

RETRY_SECONDS = 15.0
"""After trouble that may pass, a catalog that another process has open for instance."""

REST = 10
"""Looking at many files takes long; at least so many times as long passes until the next look."""


class WatchError(Exception):
    """There is nothing to watch; the message says what to do."""


@dataclass(frozen=True)
class Opened:
    """What one look works with."""

    library: Library
    queue: JobQueue | None = None
    """To the library's workers, where there are any."""
    on_progress: ProgressListener = ignore_progress


@dataclass(frozen=True)
class WatchReport:
    """What one look led to."""

    index: IndexReport
    removed: list[VideoRecord] = field(default_factory=list)


class Watch:
    """Some folders, compared with a library look by look."""

    def __init__(
        self,
        folders: Sequence[Path],
        open_library: Callable[[], AbstractContextManager[Opened]],
        *,
        settle_seconds: float = SETTLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`open_library` is called for each look that has work, so that others can use it between.

        `clock` gives seconds. Raises :class:`WatchError` where a folder is not there.
        """
        self.folders = [_existing(folder) for folder in folders]
        self.settle_seconds = settle_seconds
        self.clock = clock
        self._open = open_library
        self._roots = [_Root(folder) for folder in self.folders]
        self._settling = Settling(settle_seconds)
        self._handled: dict[Path, FileState] = {}
        """Files as they were when they were indexed, or found to be of no use."""
        self._known: dict[Path, int] | None = None
        """Files of which the catalog has clips, and their sizes; None before the first look."""
        self._gone_since: dict[Path, float] = {}
        self.is_waiting = False
        """Whether the last look left something that has yet to settle."""

    def look(self) -> WatchReport | None:
        """Bring the library in line with what has settled; None where nothing was to be done.

        A file that cannot be used is reported once, and tried again when it changes. Raises
        what may pass and what concerns no single file (``CatalogError``, ``QueueError``,
        ``SettingsError``, ``CheckpointError``); then the next look does what this one did not.
        """
        if self._known is None:
            with self._open() as opened:
                self._remember(opened.library)
        now = self.clock()
        files = self._files()
        settled = self._settling.settled(files, now=now)
        moving = {state.size_bytes for path, state in files.items() if path not in settled}
        gone = self._gone(files, moving, now)
        self._handled = {p: state for p, state in self._handled.items() if p in files}
        new = {path for path in settled if self._handled.get(path) != files[path]}
        self.is_waiting = len(settled) < len(files) or len(gone) < len(self._gone_since)
        if not new and not gone:
            return None
        report = self._bring_in(new | self._twins(gone, settled, files), gone)
        self._handled |= {path: files[path] for path in new if not is_gone(path)}
        return report

    def _bring_in(self, paths: set[Path], gone: set[Path]) -> WatchReport:
        with self._open() as opened:
            report = WatchReport(_index(opened, sorted(paths)))
            for video in opened.library.store.videos():
                if video.path in gone and is_gone(video.path):
                    forget(opened.library, video.video_id)
                    report.removed.append(video)
            self._remember(opened.library)
        return report

    def _remember(self, library: Library) -> None:
        self._known = {
            video.path: video.size_bytes
            for video in library.store.videos()
            if is_under(video.path, self.folders)
        }

    def _files(self) -> dict[Path, FileState]:
        known = self._known or {}
        files: dict[Path, FileState] = {}
        for root in self._roots:
            holds_known = any(is_under(path, [root.path]) for path in known)
            if not root.look(may_be_empty=not holds_known):
                continue
            for found in find_media([root.path]):
                try:
                    path = resolved(found)
                    files[path] = state_of(path)
                except OSError:
                    continue  # it went away meanwhile, or is a link to nothing
        return files

    def _gone(self, files: dict[Path, FileState], moving: set[int], now: float) -> set[Path]:
        """Known files that have been away long enough to be sure, and have not merely moved.

        What is being moved between disks is a file of the same size that has yet to settle.
        """
        there = [root.path for root in self._roots if root.is_there]
        away = [
            path
            for path in self._known or {}
            if path not in files and is_under(path, there) and is_gone(path)
        ]
        self._gone_since = {path: self._gone_since.get(path, now) for path in away}
        return {
            path
            for path, since in self._gone_since.items()
            if now - since >= self.settle_seconds and (self._known or {})[path] not in moving
        }

    def _twins(
        self, gone: set[Path], settled: set[Path], files: dict[Path, FileState]
    ) -> set[Path]:
        """Settled files that may have the content of one that is gone, from before."""
        known = self._known or {}
        sizes = {known[path] for path in gone}
        return {p for p in settled if files[p].size_bytes in sizes and p not in known}


class _Root:
    """A watched folder, which may be away for a while: a drive that is not mounted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_there = False
        self._device: int | None = None

    def look(self, *, may_be_empty: bool) -> bool:
        """See whether the folder is there.

        Where a drive was taken away, an empty folder remains. So a folder that is on another
        disk than before is taken for itself only when it holds something, or `may_be_empty`.
        """
        try:
            device = self.path.stat().st_dev
            is_empty = not any(self.path.iterdir())
        except OSError:
            self.is_there = False
            return False
        self.is_there = device == self._device or may_be_empty or not is_empty
        if self.is_there:
            self._device = device
        return self.is_there


def watch(
    watched: Watch,
    ticks: Iterable[bool],
    *,
    on_report: Callable[[WatchReport], None],
    on_trouble: Callable[[Exception], None],
) -> None:
    """Look at once, when something changed, and now and then, until `ticks` end.

    Each of `ticks`, about one a second, says whether something changed. Trouble that may pass is
    told and tried again; what else `Watch.look` raises is raised.
    """
    changed, rested, due = False, watched.clock(), watched.clock()
    for tick in ticks:
        changed |= tick
        began = watched.clock()
        if began < due and not (changed and began >= rested):
            continue
        changed = False
        try:
            report = watched.look()
        except Exception as error:
            if not may_pass(error):
                raise
            on_trouble(error)
            rested = due = watched.clock() + RETRY_SECONDS
            continue
        if report is not None:
            on_report(report)
        ended = watched.clock()
        rested = ended + (0 if report else REST * (ended - began))
        due = ended + (watched.settle_seconds if watched.is_waiting else REGULAR_LOOK_SECONDS)


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "there is no such folder"
        raise WatchError(f"{folder}: {what}; name a folder of videos on this machine")
    return folder.resolve()


def _index(opened: Opened, paths: Sequence[Path]) -> IndexReport:
    """Index some files; where one of them reveals a fault of the program, the others."""
    try:
        report = index_paths(
            opened.library, paths, on_progress=opened.on_progress, queue=opened.queue
        )
    except Exception as error:
        if may_pass(error) or isinstance(error, _OF_NO_FILE):
            raise
        if len(paths) == 1:
            why = f"{paths[0]}: {type(error).__name__}: {error}; report this"
            return IndexReport(failed=[FailedFile(paths[0], why)])
        middle = len(paths) // 2
        report, rest = _index(opened, paths[:middle]), _index(opened, paths[middle:])
        report.indexed += rest.indexed
        report.skipped += rest.skipped
        report.failed += rest.failed
    report.failed = [file for file in report.failed if not is_gone(file.path)]
    return report


_OF_NO_FILE = (CatalogError, CheckpointError, QueueError, SettingsError)
