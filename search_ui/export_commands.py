"""The command `export`: moments out of a library.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search_ui.options import JsonOption, LibraryOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.interface import ClipSummary
    from pipeline.library import Library


def export(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Its suffix says what is written: .mp4 one moment as film; .jpg, .png, .webp a "
            "contact sheet; .csv, .json tables; .otio, .edl edit lists; none: a folder of films.",
        ),
    ],
    moments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MOMENT", help="Clip ids, or video files, which stand for all their clips."
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The moments that this finds, best first.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many moments of the query.")
    ] = 10,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Export moments: cut them out, list them, or hand them to an editing program."""
    if bool(moments) == (query is not None):
        raise typer.BadParameter("name moments, or give a --query")
    from pipeline import exporting
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from search_ui.json_output import exported_document, write
    from search_ui.printing import print_exported
    from search_ui.progress import spinner

    with open_library(load_settings(library)) as opened, spinner("exporting"):
        clips = (
            exporting.named_moments(opened, moments)
            if moments
            else _found(opened, query or "", limit)
        )
        written = exporting.export(opened, clips, target)
    if json:
        write(exported_document(written))
    else:
        print_exported(written)


def _found(library: "Library", text: str, limit: int) -> "Sequence[ClipSummary]":
    from dataclasses import replace

    from catalog.interface import ClipSummary
    from pipeline.moments import search_moments
    from pipeline.query import QueryError
    from pipeline.query_language import parse

    asked = parse(text)
    if asked.query is None:
        raise QueryError("the query only narrows a search; say what happens in the moments, too")
    found = search_moments(library, asked.query, limit=limit, where=asked.where)
    # A moment may be longer than the clip that it begins with.
    return [replace(ClipSummary.of(one.record), span=one.span) for one in found]
