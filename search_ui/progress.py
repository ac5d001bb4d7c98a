"""Long work made visible on standard error: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.reports import Progress as VideoProgress
from search_ui.printing import clock
from search_ui.terminal import messages, printable, say, shown_path

SECONDS_BETWEEN_LINES = 300
"""Of footage, not of the day: a log stays short however slow the machine is."""


@contextmanager
def video_progress() -> Iterator[Callable[[VideoProgress], None]]:
    """Give what listens to indexing while the work lasts."""
    if not messages.is_terminal:
        yield _VideoLines().show
        return
    with _bar() as bar:
        yield _VideoBar(bar).show


@contextmanager
def image_progress() -> Iterator[Callable[[int, int], None]]:
    """Give what listens to an evaluation, images done and images in all."""
    with _counted("images") as show:
        yield show


@contextmanager
def clip_progress() -> Iterator[Callable[[int, int], None]]:
    """Give what listens to an evaluation, clips done and clips in all."""
    with _counted("clips") as show:
        yield show


@contextmanager
def _counted(what: str) -> Iterator[Callable[[int, int], None]]:
    with _bar() as bar:
        task = bar.add_task(what, total=None, note="")

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, note=f"{done}/{total}")

        yield show


@contextmanager
def stage_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give what listens to work in stages: the stage, what of it is done, and its whole."""
    with _bar() as bar:
        task = bar.add_task("", total=None, note="")

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total, note=f"{done}/{total}")

        yield show


@contextmanager
def spinner(what: str) -> Iterator[None]:
    """Show that something takes its time, where a terminal is watching."""
    if not messages.is_terminal:
        yield
        return
    with messages.status(what):
        yield


class _VideoBar:
    """One bar for the video that is being decoded."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._path: Path | None = None

    def show(self, progress: VideoProgress) -> None:
        if self._task is None or progress.path != self._path:
            self._begin(progress.path)
        if self._task is not None:
            self._bar.update(
                self._task,
                completed=progress.seconds_done,
                total=progress.seconds_total or None,
                note=f"{_position(progress)}, {progress.clips_done} clips",
            )

    def _begin(self, path: Path) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._path = path
        self._task = self._bar.add_task(escape(printable(path.name)), total=None, note="")


class _VideoLines:
    """A line when a video begins, and then one for every few minutes of it."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._next_line_seconds = 0.0

    def show(self, progress: VideoProgress) -> None:
        if progress.path != self._path:
            self._path = progress.path
            self._next_line_seconds = 0.0
        if progress.seconds_done >= self._next_line_seconds:
            self._next_line_seconds = progress.seconds_done + SECONDS_BETWEEN_LINES
            say(f"indexing {shown_path(progress.path)}: {_position(progress)}")


def _position(progress: VideoProgress) -> str:
    done = clock(round(progress.seconds_done))
    return f"{done}/{clock(round(progress.seconds_total))}" if progress.seconds_total else done


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TimeElapsedColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    )
