"""The command that keeps a library in line with folders: watch.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search_ui.options import LibraryOption
from search_ui.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from pipeline.settings import Settings
    from pipeline.watching import Opened

FoldersArgument = Annotated[
    list[Path], typer.Argument(metavar="DIR", help="Folders of videos on this machine.")
]


def watch(folders: FoldersArgument, library: LibraryOption = None) -> None:
    """Keep folders searchable: index what appears, follow moves, drop what is deleted.

    A file is read once it has stopped changing. Runs until Ctrl-C; what happens while it is off
    is found when it starts again. Uses the workers of `clipseek up` while they run.
    """
    from ingest.changes import changes
    from pipeline import watching
    from pipeline.settings import load_settings
    from search_ui.terminal import shown_path
    from search_ui.watch_output import print_watch_report

    settings = load_settings(library)
    watched = watching.Watch(folders, _opener(settings))
    # Whoever stops a service means the same as a person with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say(f"watching {', '.join(map(shown_path, watched.folders))}; stop with Ctrl-C")
        watching.watch(
            watched,
            changes(watched.folders, stop=threading.Event()),
            on_report=print_watch_report,
            on_trouble=lambda error: say(f"{error}; trying again soon"),
        )
    except KeyboardInterrupt:
        say("stopped: finished videos are kept; the same command again does the rest")


def _opener(settings: "Settings") -> "Callable[[], AbstractContextManager[Opened]]":
    """Open library and workers for one look; the encoder stays loaded from look to look."""
    from collections.abc import Iterator
    from contextlib import contextmanager, nullcontext

    from encoder.interface import ClipEncoder, EmbeddingSpace
    from pipeline.assembly import open_library
    from pipeline.library import Library
    from pipeline.watching import Opened
    from search_ui.progress import video_progress
    from workers.local import queue_of

    kept: dict[EmbeddingSpace, ClipEncoder] = {}

    @contextmanager
    def open_for_a_look() -> Iterator[Opened]:
        with (
            queue_of(settings) or nullcontext() as queue,
            open_library(settings, create=True) as opened,
            video_progress() as on_progress,
        ):

            def encoder() -> ClipEncoder:
                space = opened.store.space
                # It changes when the library is re-indexed.
                if space not in kept:
                    kept.clear()
                    kept[space] = opened.encoder
                return kept[space]

            yield Opened(Library(settings, opened.store, encoder), queue, on_progress)

    return open_for_a_look
