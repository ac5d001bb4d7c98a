"""The command `browse`: what a library holds, without a query.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from search_ui.options import JsonOption, LibraryOption

if TYPE_CHECKING:
    from pipeline.browsing import Holdings


class Part(StrEnum):
    """What can be looked at."""

    CATEGORIES = "categories"
    GROUPS = "groups"
    WORDS = "words"
    VIDEOS = "videos"
    MONTHS = "months"
    STATISTICS = "statistics"


def browse(
    part: Annotated[Part, typer.Argument(help="What to look at.")] = Part.CATEGORIES,
    limit: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="How many words or groups, or categories of each kind."
        ),
    ] = 20,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Look around: categories with examples, groups, words of captions, videos, figures."""
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from pipeline.shelf import Shelf
    from search_ui.json_output import write
    from search_ui.progress import spinner

    with open_library(load_settings(library)) as opened, spinner("looking"):
        document, show = _view(part, Shelf().look(opened), limit)
    if json:
        write(document)
    else:
        show()


def _view(part: Part, holdings: "Holdings", limit: int) -> tuple[object, Callable[[], None]]:
    """What is to be seen, as a document and as what prints it."""
    from pipeline import surveys
    from search_ui import browse_output as output

    match part:
        case Part.CATEGORIES | Part.GROUPS:
            labels = surveys.survey_labels(holdings.clips)
            chosen = output.largest_groups if part is Part.GROUPS else output.most_of_each_kind
            found = chosen(labels, limit)
            return output.labels_document(found), lambda: output.print_labels(found)
        case Part.WORDS:
            words = surveys.survey_words(holdings.clips)[:limit]
            return output.words_document(words), lambda: output.print_words(words)
        case Part.VIDEOS | Part.MONTHS:
            months = surveys.by_month(holdings.videos)
            if part is Part.MONTHS:
                return output.months_document(months), lambda: output.print_months(months)
            videos = holdings.videos
            return output.known_document(videos), lambda: output.print_known(videos)
        case Part.STATISTICS:
            figures = surveys.figures(holdings)
            return output.figures_document(figures), lambda: output.print_figures(figures)
