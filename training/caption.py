"""Trains the caption decoder on the places of captioned pictures.

Cross-entropy with the true words before each word (Xu et al. 2015), on the whole and the mirrored
picture; kept is the epoch with the best BLEU-4 on dev.
"""

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from encoder.beam import beam_search
from encoder.captioner import Captioner, CaptionerConfig
from encoder.checkpoint import ALIGNMENT, CAPTIONER, Checkpoint, save_checkpoint
from encoder.compact import CAPTION_SEARCH
from encoder.vocabulary import PAD, Vocabulary
from evaluation.captions import CaptionFigures, score_captions
from training.align import DEV_TABLE
from training.data import CaptionedPictures, Folders, read_pictures
from training.features import half_precision, place_features

logger = logging.getLogger(__name__)

TABLES = ("flickr8k/train", "coco-mini/train")
_MOST_WORDS = 25  # longer captions are cut, "start" and "end" included
_PICTURES_AT_ONCE = 50


@dataclass(frozen=True)
class CaptionTraining:
    """How the decoder is trained."""

    epochs: int = 5
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    least_count: int = 5  # a word that occurs less often cannot be learned from 8,000 pictures
    label_smoothing: float = 0.1
    seed: int = 0


@dataclass(frozen=True, eq=False)
class CaptionSource:
    """One set of pictures, ready for training."""

    pictures: CaptionedPictures
    places: NDArray[np.float16]
    """``(N, 2, 49, 1280)``."""


def train_captioner(folders: Folders, training: CaptionTraining) -> CaptionFigures:
    """Train, save the best epoch, and return its dev figures.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment, whose CNN the captioner looks through.
    """
    train = [_load_source(folders, table) for table in TABLES]
    dev = _load_source(folders, DEV_TABLE)
    sentences = [sentence for source in train for sentence in source.pictures.sentences]
    vocabulary = Vocabulary.from_sentences(sentences, at_least=training.least_count)
    trainer = CaptionerTrainer(vocabulary, training)
    return trainer.fit(train, dev=dev, path=folders.weights / CAPTIONER)


def _load_source(folders: Folders, table: str) -> CaptionSource:
    pictures = read_pictures(folders.data, table)
    places = place_features(pictures, folders.weights / ALIGNMENT, cache=folders.cache)
    return CaptionSource(pictures, places)


class CaptionerTrainer:
    """Holds what the epochs share: the model, its words, and the random numbers."""

    def __init__(self, vocabulary: Vocabulary, training: CaptionTraining) -> None:
        torch.manual_seed(training.seed)
        self.rng = np.random.default_rng(training.seed)
        self.training = training
        self.vocabulary = vocabulary
        self.captioner = Captioner(CaptionerConfig(words=len(vocabulary)))
        size = sum(parameter.numel() for parameter in self.captioner.parameters())
        logger.info("%d words, %.1f M weights", len(vocabulary), size / 1e6)

    def fit(self, train: list[CaptionSource], *, dev: CaptionSource, path: Path) -> CaptionFigures:
        """Train all epochs; save the one that is best on dev to `path`, return its figures."""
        training = self.training
        optimiser = torch.optim.AdamW(
            self.captioner.parameters(), training.learning_rate, weight_decay=training.weight_decay
        )
        steps = len(self._batches(train)) * training.epochs
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, training.learning_rate, total_steps=steps, pct_start=0.1
        )
        history: list[CaptionFigures] = []
        for epoch in range(1, training.epochs + 1):
            loss = self._train_epoch(self._batches(train), optimiser, schedule)
            figures = caption_figures(self.captioner, self.vocabulary, dev)
            logger.info("epoch %d: loss %.3f, dev %s", epoch, loss, figures)
            if all(figures.bleu4 > earlier.bleu4 for earlier in history):
                self._save(path)
            history.append(figures)
        return max(history, key=lambda figures: figures.bleu4)

    def _train_epoch(
        self,
        batches: list[tuple[CaptionSource, NDArray[np.int64]]],
        optimiser: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
    ) -> float:
        self.captioner.train()
        losses = []
        for source, sentences in track(batches, "captions"):
            loss = self._loss(source, sentences)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.captioner.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    def _batches(self, train: list[CaptionSource]) -> list[tuple[CaptionSource, NDArray[np.int64]]]:
        """Numbers of sentences, each batch from one source, shuffled."""
        batches = []
        for source in train:
            order = self.rng.permutation(len(source.pictures.sentences))
            starts = range(0, len(order), self.training.batch)
            batches += [(source, order[start : start + self.training.batch]) for start in starts]
        self.rng.shuffle(batches)
        return batches

    def _loss(self, source: CaptionSource, sentences: NDArray[np.int64]) -> Tensor:
        owners, texts = source.pictures.owners[sentences], source.pictures.sentences
        views = self.rng.integers(0, 2, len(owners))
        places = source.places[owners, views].astype(np.float32)
        features = torch.from_numpy(places)  # (B, 49, 1280)
        numbers = [torch.tensor(self.vocabulary.encode(texts[i])[:_MOST_WORDS]) for i in sentences]
        captions = pad_sequence(numbers, batch_first=True, padding_value=PAD)  # (B, L)
        real = torch.ones(features.shape[:2], dtype=torch.bool)
        with half_precision():
            logits = self.captioner(features, real, captions)  # (B, L - 1, V)
        return F.cross_entropy(
            logits.float().flatten(0, 1),
            captions[:, 1:].flatten(),
            ignore_index=PAD,
            label_smoothing=self.training.label_smoothing,
        )

    def _save(self, path: Path) -> None:
        tensors = {name: t.numpy() for name, t in self.captioner.state_dict().items()}
        config = {**asdict(self.captioner.config), "vocabulary": self.vocabulary.words}
        save_checkpoint(path, Checkpoint(tensors, config))


def caption_figures(
    captioner: Captioner, vocabulary: Vocabulary, dev: CaptionSource
) -> CaptionFigures:
    """Beam-search captions of the whole pictures, scored against all references."""
    captioner.eval()
    generated = []
    for start in range(0, len(dev.pictures), _PICTURES_AT_ONCE):
        places = dev.places[start : start + _PICTURES_AT_ONCE, 0].astype(np.float32)
        features = torch.from_numpy(places)  # (B, 49, 1280)
        real = torch.ones(features.shape[:2], dtype=torch.bool)
        found = beam_search(captioner, features, real=real, settings=CAPTION_SEARCH)
        generated += [vocabulary.decode(sequence.words) for sequence in found]
    return score_captions(generated, dev.pictures.captions)
