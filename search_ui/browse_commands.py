"""The command `browse`: what a library holds, without a query.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

from enum import StrEnum
from typing import Annotated

import typer

from search_ui.options import JsonOption, LibraryOption


class Part(StrEnum):
    """What can be looked at."""

    CATEGORIES = "categories"
    WORDS = "words"
    STATISTICS = "statistics"


def browse(
    part: Annotated[Part, typer.Argument(help="What to look at.")] = Part.CATEGORIES,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many words, or categories of each kind.")
    ] = 20,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Look around: categories with counts and examples, words of captions, figures."""
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from pipeline.shelf import Shelf
    from pipeline.surveys import figures, survey_labels, survey_words
    from search_ui.browse_output import (
        figures_document,
        labels_document,
        most_of_each_kind,
        print_figures,
        print_labels,
        print_words,
        words_document,
    )
    from search_ui.json_output import write
    from search_ui.progress import spinner

    with open_library(load_settings(library)) as opened, spinner("looking"):
        holdings = Shelf().look(opened)
    if part is Part.CATEGORIES:
        labels = most_of_each_kind(survey_labels(holdings.clips), limit)
        write(labels_document(labels)) if json else print_labels(labels)
    elif part is Part.WORDS:
        words = survey_words(holdings.clips)[:limit]
        write(words_document(words)) if json else print_words(words)
    else:
        found = figures(holdings)
        write(figures_document(found)) if json else print_figures(found)
