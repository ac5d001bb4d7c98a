"""The command `search`: its options and what becomes of them."""

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from pipeline.query import Sort
from search_ui.options import JsonOption, LibraryOption

Images: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--image", metavar="FILE", help="A picture to find the like of; repeatable."),
]
Clips: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--like", metavar="CLIP_ID", help="A clip to find the like of; repeatable."),
]
UnlikeClips: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--unlike", metavar="CLIP_ID", help="A clip to keep away from; repeatable."),
]
Minus: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--minus", metavar="TEXT", help="What is not to be seen; repeatable."),
]
Then: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--then", metavar="TEXT", help="What happens next in the video; repeatable."),
]


# The command's arguments are its contract.
def search(  # noqa: PLR0913
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What happens in the clip.")
    ] = None,
    *,
    image: Images = None,
    video: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A video to find the like of.")
    ] = None,
    start: Annotated[
        float | None, typer.Option(min=0, metavar="S", help="Where its part begins, seconds.")
    ] = None,
    end: Annotated[
        float | None, typer.Option(min=0, metavar="S", help="Where its part ends, seconds.")
    ] = None,
    like: Clips = None,
    unlike: UnlikeClips = None,
    minus: Minus = None,
    then: Then = None,
    within: Annotated[
        float | None,
        typer.Option(min=0, metavar="SECONDS", help="How soon it happens, 30 if not said."),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="Only clips with this label; repeat for several."),
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="VIDEO", help="Only files with this in their path."),
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only files changed on this day or later.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only files changed before this day.")
    ] = None,
    min_height: Annotated[
        int, typer.Option(min=0, metavar="PIXELS", help="Only videos at least so high, like 720.")
    ] = 0,
    group: Annotated[
        bool, typer.Option("--group", help="Show videos, each with its best moments.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many hits to show.")] = 10,
    offset: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many to pass over: the pages before.")
    ] = 0,
    sort: Annotated[
        Sort, typer.Option(help="In which order what matches is shown.")
    ] = Sort.RELEVANCE,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Find the moments that fit words, pictures, videos or clips, best first.

    What is given together is mixed; --minus and --unlike are taken away from it. TEXT may hold
    all of it: dog minus people then "a sunset" within 30 category:sports in:holiday after:2024
    """
    from pipeline import moments
    from pipeline.assembly import open_library
    from pipeline.settings import load_settings
    from search_ui.json_output import hits_document, videos_document, write
    from search_ui.printing import print_hits, print_videos
    from search_ui.progress import spinner
    from search_ui.search_request import Examples, narrowed, query_of

    examples = Examples(image or (), video, start, end, like or (), unlike or (), minus or ())
    query, written = query_of(text, examples, then=then or (), within=within)
    places = [*map(_place, place or ())]
    where = narrowed(
        written,
        categories=category or (),
        places=places,
        after=after,
        before=before,
        min_height=min_height,
    )
    with open_library(load_settings(library)) as opened, spinner("searching"):
        if group:
            videos = moments.search_videos(
                opened, query, limit=limit, where=where, offset=offset, sort=sort
            )
        else:
            found = moments.search_moments(
                opened, query, limit=limit, where=where, offset=offset, sort=sort
            )
    if json:
        write(videos_document(videos) if group else hits_document(found))
    elif group:
        print_videos(videos, after=offset)
    else:
        print_hits(found, after=offset)


def _place(text: str) -> str:
    """What was meant as a path, in full; anything else as it is."""
    path = Path(text)
    return str(path.absolute()) if os.path.exists(path) else text
