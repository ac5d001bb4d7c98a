"""The options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

LibraryOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        envvar="CLIPSEEK_LIBRARY",
        help="Where the catalog lies.",
        show_default="./clipseek-library",
    ),
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of text.")
]
PathsArgument: TypeAlias = Annotated[
    list[Path], typer.Argument(metavar="PATH", help="Videos, or folders of them.")
]

EXIT_INTERRUPTED = 130
"""What shells report of a program that Ctrl-C ended."""
