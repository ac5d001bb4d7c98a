"""The command `train`: a library's own weights, learned from captions that its user wrote.

What it needs is imported when it runs, for the reason that `library_commands` states.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search_ui.options import EXIT_INTERRUPTED, JsonOption, LibraryOption
from search_ui.terminal import say

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from training.own_data import OwnTable

EXIT_NOTHING_TRAINED = 1
EXIT_SOME_LINES_FAILED = 2


def train(
    captions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.tsv",
            exists=True,
            dir_okay=False,
            help="A header, then lines of file<TAB>caption, or of "
            "file<TAB>caption<TAB>start_seconds<TAB>end_seconds.",
        ),
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", exists=True, file_okay=False, help="Folder that the files lie in."
        ),
    ] = None,
    corrections: Annotated[
        bool,
        typer.Option(
            "--corrections", help="Learn from the captions that were corrected in the library."
        ),
    ] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Teach the encoder your own captions, from a table or from your corrections.

    The library then uses what was learned; its videos must be indexed again. Exit code 2 if
    some lines could not be used, 1 if nothing could be done at all.
    """
    read = _table_to_learn(captions, media, corrections=corrections)
    from pipeline.assembly import weights_to_train
    from pipeline.settings import load_settings
    from search_ui.json_output import write
    from search_ui.progress import stage_progress
    from search_ui.training_output import index_again, print_training, training_document
    from training.own import TooFewItemsError, train_own

    settings = load_settings(library)
    target = weights_to_train(settings)
    try:
        with stage_progress() as on_progress:
            report = train_own(read(settings), target, on_progress=on_progress)
    except KeyboardInterrupt:
        say("interrupted: the library keeps the weights that it had")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except TooFewItemsError as error:
        for problem in error.problems:
            say(problem.error)
        say(f"clipseek: {error}")
        raise typer.Exit(EXIT_NOTHING_TRAINED) from None
    for problem in report.problems:
        say(problem.error)
    if json:
        write(training_document(report, target))
    else:
        print_training(report, target)
    if report.improved:
        say(index_again(settings))
    if report.problems:
        raise typer.Exit(EXIT_SOME_LINES_FAILED)


def _table_to_learn(
    captions: Path | None, media: Path | None, *, corrections: bool
) -> "Callable[[Settings], OwnTable]":
    """What reads the table that was asked for; a usage error where that is not clear."""
    if corrections and captions is None and media is None:
        return _corrected
    if corrections or captions is None or media is None:
        raise typer.BadParameter("give either --captions and --media, or --corrections alone")
    return lambda _: _tabled(captions, media)


def _tabled(captions: Path, media: Path) -> "OwnTable":
    from training.own_data import read_own_table

    return read_own_table(captions, media)


def _corrected(settings: "Settings") -> "OwnTable":
    from pipeline.assembly import open_library
    from pipeline.corrections import Corrections
    from training.own_corrections import corrected_moments

    with open_library(settings) as opened:
        return corrected_moments(Corrections(settings.library), opened.store.videos())
