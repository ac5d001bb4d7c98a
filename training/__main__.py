"""``python -m training MODEL``: makes the shipped weights again; see `Model` for the choice."""

import logging
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from encoder.checkpoint import CheckpointError
from training.align import AlignmentTraining, train_alignment
from training.caption import CaptionTraining, train_captioner
from training.data import Folders, TrainingDataError
from training.labels import train_labels
from training.order import OrderTraining, train_order
from training.topics import train_topics


class Model(StrEnum):
    """What can be trained; in this order: each builds on those before."""

    ALIGN = "align"
    ORDER = "order"
    CAPTION = "caption"
    TOPICS = "topics"
    LABELS = "labels"
    ALL = "all"


def train(
    model: Model,
    data: Annotated[Path, typer.Option(help="Folder with flickr8k/, sports/, … .")] = Path(
        "../shared/data"
    ),
    cache: Annotated[Path, typer.Option(help="Where features are kept.")] = Path("training-cache"),
) -> None:
    """Train one model, or all in their order; the weights go to encoder/weights."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folders = Folders(data, cache)
    try:
        if model in (Model.ALIGN, Model.ALL):
            train_alignment(folders, AlignmentTraining())
        if model in (Model.ORDER, Model.ALL):
            train_order(folders, OrderTraining())
        if model in (Model.CAPTION, Model.ALL):
            train_captioner(folders, CaptionTraining())
        if model in (Model.TOPICS, Model.ALL):
            train_topics(folders)
        if model in (Model.LABELS, Model.ALL):
            train_labels(folders)
    except (TrainingDataError, CheckpointError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    typer.run(train)
