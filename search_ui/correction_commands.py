"""The commands `correct` and `uncorrect`: a person's word on what a moment shows.

What they need is imported when they run, for the reason that `library_commands` states.
"""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from search_ui.options import JsonOption, LibraryOption

if TYPE_CHECKING:
    from catalog.interface import ClipRecord

ClipArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="CLIP_ID", help="As the JSON output of search has it.")
]


def correct(
    clip_id: ClipArgument,
    caption: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What happens in the moment.")
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="A category that fits; repeat for several."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="A category that does not fit; repeat for several."),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Correct the caption or the categories of a moment; search knows at once.

    Corrections stay when videos are indexed again or described by another encoder.
    """
    from pipeline import correcting
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings

    change = correcting.Change(caption, tuple(add or ()), tuple(remove or ()))
    with open_library(load_settings(library)) as opened:
        record = correcting.correct(opened, clip_id, change)
    _show(record, json=json)


def uncorrect(
    clip_id: ClipArgument, library: LibraryOption = None, json: JsonOption = False
) -> None:
    """Take all corrections of a moment back: it is again as the encoder described it."""
    from pipeline import correcting
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings

    with open_library(load_settings(library)) as opened:
        record = correcting.undo(opened, clip_id)
    _show(record, json=json)


def _show(record: "ClipRecord", *, json: bool) -> None:
    from search_ui.json_output import clip_document, write
    from search_ui.printing import print_clip

    if json:
        write(clip_document(record))
    else:
        print_clip(record.span, record.description)
