"""``python -m training MODEL``: makes the shipped weights again; see `Model` for the choice."""

import logging
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from encoder.checkpoint import CheckpointError
from training.action_fit import ActionTraining
from training.actions import train_actions
from training.align import AlignmentTraining, train_alignment
from training.camera import CameraTraining, train_camera
from training.caption import CaptionTraining, train_captioner
from training.data import Folders, TrainingDataError
from training.ensemble import EnsembleTraining, train_ensemble
from training.hubness import choose_banks
from training.labels import train_labels
from training.order import OrderTraining, train_order
from training.seen_words import WordTraining, train_seen_words
from training.temporal_choice import compare_temporal, table
from training.topics import train_topics


class Model(StrEnum):
    """What can be trained; in this order: each builds on those before."""

    ALIGN = "align"
    ORDER = "order"
    ENSEMBLE = "ensemble"
    HUBNESS = "hubness"
    CAPTION = "caption"
    WORDS = "words"
    TOPICS = "topics"
    LABELS = "labels"
    CAMERA = "camera"
    ACTIONS = "actions"
    ALL = "all"
    TEMPORAL = "temporal"
    """Trains every network over frames alike, logs how they compare, and saves nothing."""


def _log_temporal(folders: Folders) -> None:
    for line in table(compare_temporal(folders, OrderTraining())):
        logging.info(line)


_TRAININGS: dict[Model, Callable[[Folders], object]] = {
    Model.ALIGN: lambda folders: train_alignment(folders, AlignmentTraining()),
    Model.ORDER: lambda folders: train_order(folders, OrderTraining()),
    Model.ENSEMBLE: lambda folders: train_ensemble(folders, EnsembleTraining()),
    Model.HUBNESS: choose_banks,
    Model.CAPTION: lambda folders: train_captioner(folders, CaptionTraining()),
    Model.WORDS: lambda folders: train_seen_words(folders, WordTraining()),
    Model.TOPICS: train_topics,
    Model.LABELS: train_labels,
    Model.CAMERA: lambda folders: train_camera(folders, CameraTraining()),
    Model.ACTIONS: lambda folders: train_actions(folders, ActionTraining()),
}


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
        if model is Model.TEMPORAL:
            _log_temporal(folders)
        for each, start in _TRAININGS.items():
            if model in (each, Model.ALL):
                start(folders)
    except (TrainingDataError, CheckpointError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    typer.run(train)
