"""Learns from pictures which words their captions have; see `encoder.seen_words`."""

import logging
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from encoder.checkpoint import ALIGNMENT, WORDS, Checkpoint, fingerprint, save_checkpoint
from encoder.vocabulary import Vocabulary
from training.align import DEV_TABLE
from training.caption import TABLES
from training.data import CaptionedPictures, Folders, read_pictures
from training.features import place_features
from training.joint_space import JointSpace
from training.schedule import one_cycle

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WordTraining:
    """How the net is trained."""

    hidden: int = 512
    epochs: int = 12
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    input_dropout: float = 0.2
    dropout: float = 0.5  # 6,000 pictures are few for a thousand words
    least_count: int = 5
    seed: int = 0


@dataclass(frozen=True, eq=False)
class _Pictures:
    clips: Tensor
    """``(N, 2, D)`` plain embeddings of the whole and the mirrored picture."""
    said: Tensor
    """``(N, V)``: 1 where any caption has the word."""

    @classmethod
    def of(
        cls, pictures: CaptionedPictures, words: Vocabulary, *, space: JointSpace, folders: Folders
    ) -> "_Pictures":
        places = place_features(pictures, folders.weights / ALIGNMENT, cache=folders.cache)
        views = []
        for start in range(0, len(places), 256):
            grids = torch.from_numpy(places[start : start + 256].astype(np.float32))
            views.append(space.pictures(grids.mean(2).flatten(0, 1)))
        said = torch.zeros(len(pictures), len(words))
        for row, captions in zip(said, pictures.captions, strict=True):
            row[[number for caption in captions for number in words.encode(caption)]] = 1
        clips = torch.cat(views)  # (2 * N, D)
        return cls(
            clips.reshape(-1, 2, clips.shape[-1]).clone(), said[:, -len(words.words) :]
        )  # without special tokens


def train_seen_words(folders: Folders, training: WordTraining) -> float:
    """Train, save, and return the loss on dev: the mean cross-entropy of a word, times 100.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment or ensemble to build on.
    """
    torch.manual_seed(training.seed)
    space = JointSpace.load(folders.weights)
    tables = [read_pictures(folders.data, table) for table in (*TABLES, DEV_TABLE)]
    spoken = [sentence for table in tables[:-1] for sentence in table.sentences]
    words = Vocabulary.from_sentences(spoken, at_least=training.least_count)
    *seen, dev = (_Pictures.of(t, words, space=space, folders=folders) for t in tables)
    train = _Pictures(torch.cat([s.clips for s in seen]), torch.cat([s.said for s in seen]))
    mean = train.clips.mean((0, 1))
    net = _net(train, training)
    _fit(net, train, mean, training)
    with torch.inference_mode():
        loss = 100 * _loss(net, dev.clips[:, 0] - mean, dev.said).item()
    _save(net, mean, words=words.words, folders=folders)
    logger.info("words: %d, loss on dev %.3f", len(words.words), loss)
    return loss


def _net(train: _Pictures, training: WordTraining) -> nn.Sequential:
    dimension, words = train.clips.shape[-1], train.said.shape[1]
    speak = nn.Linear(training.hidden, words)
    nn.init.normal_(speak.weight, std=0.01)
    speak.bias.data = train.said.mean(0).clamp(1e-5, 1 - 1e-5).logit()
    return nn.Sequential(
        nn.Dropout(training.input_dropout),
        nn.Linear(dimension, training.hidden),
        nn.ReLU(),
        nn.Dropout(training.dropout),
        speak,
    )


def _fit(net: nn.Sequential, train: _Pictures, mean: Tensor, training: WordTraining) -> None:
    optimiser = torch.optim.AdamW(
        net.parameters(), training.learning_rate, weight_decay=training.weight_decay
    )
    size = min(training.batch, len(train.clips))
    schedule = one_cycle(optimiser, training.epochs * (len(train.clips) // size))
    net.train()
    for _ in range(training.epochs):
        order = torch.randperm(len(train.clips))
        for rows in order[: len(order) // size * size].reshape(-1, size):
            views = torch.randint(0, 2, (size,))
            loss = 100 * _loss(net, train.clips[rows, views] - mean, train.said[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    net.eval()


def _loss(net: nn.Sequential, centred: Tensor, said: Tensor) -> Tensor:
    # Channels of about unit variance learn at the usual rates.
    return F.binary_cross_entropy_with_logits(net(centred * centred.shape[-1] ** 0.5), said)


def _save(net: nn.Sequential, mean: Tensor, *, words: list[str], folders: Folders) -> None:
    (hidden, hidden_bias), (weight, bias) = (
        (layer.weight.detach(), layer.bias.detach())
        for layer in net
        if isinstance(layer, nn.Linear)
    )
    tensors = {
        "mean": mean.numpy(),
        "hidden": (hidden * len(mean) ** 0.5).numpy(),
        "hidden_bias": hidden_bias.numpy(),
        "weight": weight.numpy(),
        "bias": bias.numpy(),
    }
    beside = fingerprint(folders.weights / ALIGNMENT)
    config: dict[str, int | float | str | list[str]] = {"words": words, "alignment": beside}
    save_checkpoint(folders.weights / WORDS, Checkpoint(tensors, config))
