"""The command `reindex`: a library moves to another encoder while it is searched.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

from typing import Annotated

import typer

from search_ui.options import EXIT_INTERRUPTED, JsonOption, LibraryOption
from search_ui.terminal import say

EXIT_NOT_SWITCHED = 2


def reindex(
    encoder: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The encoder to move to, as in the settings.",
            show_default="that of the settings",
        ),
    ] = None,
    leave_out: Annotated[
        bool,
        typer.Option(
            "--leave-out-unreadable",
            help="Finish without the videos whose files are gone or unreadable: the library "
            "loses them.",
        ),
    ] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Describe all videos anew with another encoder; searches go on, with the old one till the end.

    Interrupted, the same command goes on where it was. Exit code 2 if a file cannot be read any
    more: then the library stays as it was.
    """
    from pipeline.assembly import drop_replaced_weights, open_library_to_reindex, successor_of
    from pipeline.reindexing import only_run
    from pipeline.reindexing import reindex as move
    from pipeline.settings import load_settings
    from search_ui.json_output import reindex_document, write
    from search_ui.printing import print_reindex_report
    from search_ui.progress import video_progress

    settings = load_settings(library)
    try:
        with (
            open_library_to_reindex(settings) as opened,
            only_run(settings.library),
            video_progress() as on_progress,
        ):
            successor = successor_of(opened, encoder or settings.encoder)
            report = move(opened, successor, leave_out=leave_out, on_progress=on_progress)
    except KeyboardInterrupt:
        say("interrupted: the library is as it was; the same command again does the rest")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    if report.switched:
        drop_replaced_weights(settings)
    if json:
        write(reindex_document(report))
    else:
        print_reindex_report(report)
    if not report.switched:
        raise typer.Exit(EXIT_NOT_SWITCHED)
