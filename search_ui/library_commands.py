"""The commands that work on a library: index, status, groups, remove.

Commands import what they need when they run: the encoder and the catalog take seconds to load,
and neither help nor a usage error should wait for them.
"""

import time
from typing import Annotated

import typer

from search_ui.options import EXIT_INTERRUPTED, JsonOption, LibraryOption, PathsArgument
from search_ui.terminal import say

EXIT_SOME_FAILED = 2
SECONDS_BETWEEN_LOOKS = 1.0
EXIT_NOTHING_REMOVED = 1


def index(paths: PathsArgument, library: LibraryOption = None, json: JsonOption = False) -> None:
    """Make videos searchable; only what is new or changed is decoded.

    Exit code 2 if some files failed, 1 if nothing could be done at all.
    """
    from contextlib import nullcontext

    from pipeline.assembly import open_library
    from pipeline.indexing import index_paths
    from pipeline.settings import load_settings
    from search_ui.json_output import index_document, write
    from search_ui.printing import print_index_report
    from search_ui.progress import video_progress
    from workers.local import queue_of

    settings = load_settings(library)
    queue = queue_of(settings)
    try:
        with (
            queue or nullcontext(),
            open_library(settings, create=True) as opened,
            video_progress() as on_progress,
        ):
            report = index_paths(opened, paths, on_progress=on_progress, queue=queue)
    except KeyboardInterrupt:
        say(
            "interrupted: finished videos are kept; the same command again does the rest"
            if queue is None
            else "interrupted: the workers go on; see: clipseek status"
        )
        raise typer.Exit(EXIT_INTERRUPTED) from None
    if json:
        write(index_document(report))
    else:
        print_index_report(report)
    if report.failed:
        raise typer.Exit(EXIT_SOME_FAILED)


def status(
    follow: Annotated[
        bool, typer.Option("--follow", help="Show it again and again until all is done.")
    ] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Show what the library holds, and how far workers are.

    With --follow and --json, each line is one document.
    """
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from pipeline.status import library_status
    from search_ui.json_output import status_document, write, write_line
    from search_ui.printing import print_status

    settings = load_settings(library)
    with open_library(settings) as opened:
        while True:
            found = library_status(opened)
            goes_on = follow and found.progress.videos_done < found.progress.videos
            if not json:
                print_status(settings.library, found)
            elif follow:
                write_line(status_document(settings.library, found))
            else:
                write(status_document(settings.library, found))
            if not goes_on:
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)


def groups(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Find groups of clips that are alike, and make them categories to search in."""
    from pipeline.assembly import open_library
    from pipeline.groups import regroup
    from pipeline.settings import load_settings
    from search_ui.json_output import groups_document, write
    from search_ui.printing import print_groups
    from search_ui.progress import spinner

    with open_library(load_settings(library)) as opened, spinner("grouping"):
        found = regroup(opened)
    if json:
        write(groups_document(found))
    else:
        print_groups(found)


def remove(paths: PathsArgument, library: LibraryOption = None, json: JsonOption = False) -> None:
    """Forget videos; the files themselves are not touched.

    Exit code 1 if the library holds none of them.
    """
    from pipeline import removal
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from search_ui.json_output import removed_document, write
    from search_ui.printing import print_removed

    with open_library(load_settings(library)) as opened:
        removed = removal.remove(opened, paths)
    if json:
        write(removed_document(removed))
    else:
        print_removed(removed)
    if not removed:
        say("nothing removed: the library holds no video at these paths")
        raise typer.Exit(EXIT_NOTHING_REMOVED)
