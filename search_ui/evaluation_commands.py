"""The commands `evaluate ...`: figures of quality, measured on what a user has.

What they need is imported when they run, for the reason that `library_commands` states.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from search_ui.options import JsonOption, LibraryOption
from search_ui.terminal import say

EXIT_SOME_UNREADABLE = 2

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
    from pipeline.assembly import compact_weights, load_encoder
    from pipeline.settings import load_settings
    from search_ui.evaluation_output import print_topics, topics_document
    from search_ui.json_output import write
    from search_ui.progress import spinner

    captioned = read_topic_captions(captions)
    with spinner("reading the captions"):
        settings = load_settings(library)
        encoder = load_encoder(settings)
        topics = topics_of(encoder, compact_weights(settings))
        report = evaluate_topics(encoder, topics, captions=captioned)
    if json:
        write(topics_document(report))
    else:
        print_topics(report)


def camera(
    clips: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Folder with one folder of videos for each movement, such as pan_left.",
        ),
    ],
    moves: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.tsv",
            exists=True,
            dir_okay=False,
            help="Lines of file<TAB>start<TAB>end<TAB>movement, of files in DIR, instead.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Measure how often the camera's movement is named rightly."""
    from encoder.camera import CameraClassifier
    from evaluation.camera import evaluate_camera, moves_in_folders, moves_in_table
    from search_ui.evaluation_output import camera_document, print_camera
    from search_ui.json_output import write
    from search_ui.progress import spinner

    labelled = moves_in_folders(clips) if moves is None else moves_in_table(moves, clips)
    with spinner("watching the clips"):
        report = evaluate_camera(CameraClassifier.load(), labelled)
    if json:
        write(camera_document(report))
    else:
        print_camera(report)


def actions(
    clips: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Folder with one folder of clips for each action, such as hand_shake.",
        ),
    ],
    confusion: Annotated[
        Path | None,
        typer.Option(metavar="OUT.png", help="Draw what was taken for what."),
    ] = None,
    frames_per_second: Annotated[
        float | None,
        typer.Option(min=0.25, max=30, help="How many frames are looked at.", show_default="4"),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how often actions are recognised, the given ones competing.

    Exit code 2 if some clips cannot be read.
    """
    from evaluation.actions import (
        FRAMES_PER_SECOND,
        actions_of,
        evaluate_actions,
        find_action_clips,
    )
    from evaluation.confusion import draw_confusion
    from pipeline.assembly import load_encoder
    from pipeline.settings import load_settings
    from search_ui.evaluation_output import actions_document, print_actions
    from search_ui.json_output import write
    from search_ui.progress import clip_progress

    encoder = actions_of(load_encoder(load_settings(library)))
    classes = find_action_clips(clips, encoder.action_labels)
    with clip_progress() as on_progress:
        report = evaluate_actions(
            encoder,
            classes,
            frames_per_second=frames_per_second or FRAMES_PER_SECOND,
            on_progress=on_progress,
        )
    if confusion is not None:
        draw_confusion(confusion, report.classes, report.confusion)
    if json:
        write(actions_document(report))
    else:
        print_actions(report)
    for line in report.unreadable:
        say(f"clipseek: {line}")
    if report.unreadable:
        raise typer.Exit(EXIT_SOME_UNREADABLE)
