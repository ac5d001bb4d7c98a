"""The commands `evaluate ...`: figures of quality, measured on what a user has.

What they need is imported when they run, for the reason that `library_commands` states.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from search_ui.options import JsonOption, LibraryOption

ImagesOption: TypeAlias = Annotated[
    Path,
    typer.Option(metavar="DIR", exists=True, file_okay=False, help="Folder of the images."),
]
CaptionsOption: TypeAlias = Annotated[
    Path,
    typer.Option(
        metavar="FILE.tsv",
        exists=True,
        dir_okay=False,
        help="Lines of image<TAB>caption, with or without a header.",
    ),
]


def retrieval(
    images: ImagesOption,
    captions: CaptionsOption,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how well captions find their images, and images their captions."""
    from evaluation.images import read_captions
    from evaluation.retrieval import evaluate_retrieval
    from pipeline.assembly import load_encoder
    from pipeline.settings import load_settings
    from search_ui.evaluation_output import print_retrieval, retrieval_document
    from search_ui.json_output import write
    from search_ui.progress import image_progress

    captioned = read_captions(captions)
    encoder = load_encoder(load_settings(library))
    with image_progress() as on_progress:
        report = evaluate_retrieval(encoder, images, images=captioned, on_progress=on_progress)
    if json:
        write(retrieval_document(report))
    else:
        print_retrieval(report)


def captions(
    images: ImagesOption,
    captions: CaptionsOption,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how close generated captions come to those that people wrote."""
    from evaluation.captions import evaluate_captions
    from evaluation.images import read_captions
    from pipeline.assembly import load_encoder
    from pipeline.settings import load_settings
    from search_ui.evaluation_output import captions_document, print_captions
    from search_ui.json_output import write
    from search_ui.progress import image_progress

    captioned = read_captions(captions)
    encoder = load_encoder(load_settings(library))
    with image_progress() as on_progress:
        report = evaluate_captions(encoder, images, images=captioned, on_progress=on_progress)
    if json:
        write(captions_document(report))
    else:
        print_captions(report)


def categories(
    captions: Annotated[
        Path,
        typer.Option(
            metavar="FILE.tsv",
            exists=True,
            dir_okay=False,
            help="Lines of video<TAB>category<TAB>caption, with or without a header.",
        ),
    ],
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how often topics are right about single sentences."""
    from evaluation.topics import evaluate_topics, read_topic_captions, topics_of
    from pipeline.assembly import load_encoder
    from pipeline.settings import load_settings
    from search_ui.evaluation_output import print_topics, topics_document
    from search_ui.json_output import write
    from search_ui.progress import spinner

    captioned = read_topic_captions(captions)
    with spinner("reading the captions"):
        encoder = load_encoder(load_settings(library))
        report = evaluate_topics(encoder, topics_of(encoder), captions=captioned)
    if json:
        write(topics_document(report))
    else:
        print_topics(report)
