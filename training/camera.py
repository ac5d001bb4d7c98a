"""Teaches the LSTM that names camera movement, on films of photographs."""

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.camera import CameraClassifier, CameraConfig, CameraNet
from encoder.checkpoint import CAMERA, Checkpoint, save_checkpoint
from ingest.camera import MOVEMENTS
from training.camera_films import DEV_SEED, TRAIN_SEED, MeasuredFilms, measured_films, vary
from training.data import Folders, read_pictures
from training.loss_curve import LossCurve, draw_loss_curve

logger = logging.getLogger(__name__)

CURVE = "camera-loss.png"
_SMOOTHING = 0.05  # of labels: simulated films are surer than real ones


@dataclass(frozen=True)
class CameraTraining:
    """How the classifier is trained."""

    films: int = 6000
    dev_films: int = 800
    config: CameraConfig = field(default_factory=CameraConfig)
    epochs: int = 60
    patience: int = 12  # epochs without a better dev loss before training ends
    batch: int = 128
    rate: float = 4e-3
    weight_decay: float = 0.01
    seed: int = 0


def train_camera(folders: Folders, training: CameraTraining) -> float:
    """Train, save the best epoch and its loss curve, and return the accuracy on dev films.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
    """
    torch.manual_seed(training.seed)
    rng = np.random.default_rng(training.seed)
    train, dev = (
        measured_films(
            read_pictures(folders.data, f"flickr8k/{part}"), count, seed=seed, cache=folders.cache
        )
        for part, count, seed in (
            ("train", training.films, TRAIN_SEED),
            ("dev", training.dev_films, DEV_SEED),
        )
    )
    net, curve = fit(train, dev, training=training, rng=rng)
    tensors = {name: value.numpy() for name, value in net.state_dict().items()}
    config: dict[str, int | float | list[str]] = {
        "hidden": training.config.hidden,
        "labels": list(MOVEMENTS),
    }
    save_checkpoint(folders.weights / CAMERA, Checkpoint(tensors, config))
    draw_loss_curve(folders.cache / CURVE, curve)
    confusion = dev_confusion(net, dev)
    accuracy = float(confusion.trace() / confusion.sum())
    logger.info("camera movement of dev films: %.1f %% right\n%s", 100 * accuracy, confusion)
    return accuracy


def fit(
    train: MeasuredFilms,
    dev: MeasuredFilms,
    *,
    training: CameraTraining,
    rng: np.random.Generator,
) -> tuple[CameraNet, LossCurve]:
    """Train until dev no longer gains; return the best net and both losses of each epoch."""
    net = CameraNet(training.config)
    optimiser = torch.optim.AdamW(
        net.parameters(), training.rate, weight_decay=training.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, training.epochs)
    best, best_epoch = copy.deepcopy(net), 0
    curve = LossCurve([], [])
    for epoch in track(range(training.epochs), "camera"):
        curve.train.append(_epoch(net, train, optimiser, batch=training.batch, rng=rng))
        curve.dev.append(_dev_loss(net, dev))
        schedule.step()
        if curve.dev[-1] == min(curve.dev):
            best, best_epoch = copy.deepcopy(net), epoch
        elif epoch - best_epoch >= training.patience:
            break
    return best.eval(), curve


def _epoch(
    net: CameraNet,
    films: MeasuredFilms,
    optimiser: torch.optim.Optimizer,
    *,
    batch: int,
    rng: np.random.Generator,
) -> float:
    """Train on every film once; return the mean loss."""
    net.train()
    losses = []
    count = len(films.motion)
    for rows in np.array_split(rng.permutation(count), max(1, count // batch)):
        seen = [vary(films.motion[i], int(films.labels[i]), rng) for i in rows]
        loss = F.cross_entropy(
            _scores(net, [steps for steps, _ in seen]),
            torch.tensor([label for _, label in seen]),
            label_smoothing=_SMOOTHING,
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses))


@torch.inference_mode()
def _dev_loss(net: CameraNet, films: MeasuredFilms) -> float:
    net.eval()
    scores = _scores(net, films.motion)
    truth = torch.from_numpy(films.labels)
    return float(F.cross_entropy(scores, truth, label_smoothing=_SMOOTHING))


def dev_confusion(net: CameraNet, films: MeasuredFilms) -> NDArray[np.int64]:
    """``(8, 8)`` how often each movement (row) was taken for each (column)."""
    found = CameraClassifier(net).probabilities(films.motion).argmax(1)
    confusion = np.zeros((len(MOVEMENTS), len(MOVEMENTS)), np.int64)
    np.add.at(confusion, (films.labels, found), 1)
    return confusion


def _scores(net: CameraNet, motion: Sequence[NDArray[np.float32]]) -> Tensor:
    padded = pad_sequence([torch.from_numpy(steps) for steps in motion], batch_first=True)
    scores: Tensor = net(padded, torch.tensor([len(steps) for steps in motion]))
    return scores
