"""Trains the caption decoder in two steps, both by cross-entropy with the true words before.

1. *texts*: many captions without pictures, each spoken from its own embedding.
2. *pictures*: captioned pictures, whole and mirrored (Xu et al. 2015), and some of the texts, so
   that their words are not forgotten. Kept is the epoch with the best BLEU-4 on dev.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn

from encoder.alignment import load_alignment
from encoder.beam import BeamSettings, beam_search
from encoder.captioner import Captioner, CaptionerConfig
from encoder.checkpoint import ALIGNMENT, CAPTIONER, Checkpoint, fingerprint, save_checkpoint
from encoder.vocabulary import PAD, Vocabulary, split_words
from evaluation.captions import CaptionFigures, score_captions
from training.align import DEV_TABLE
from training.captioned import (
    CaptionSource,
    Pictures,
    Texts,
    load_pictures,
    load_texts,
    numbered,
)
from training.data import Folders
from training.features import half_precision
from training.loss_curve import LossCurve, draw_loss_curve
from training.schedule import one_cycle

logger = logging.getLogger(__name__)

TABLES = ("flickr8k/train", "coco-mini/train")

_REHEARSAL = BeamSettings(min_words=4)
"""Fewer beams than captions get in the end: they are there to be chosen from, which is not done
when epochs are compared."""

_LESSONS_OF_A_POOL = 20
"""So many lessons share out their sentences by length."""

Lesson = tuple[CaptionSource, NDArray[np.int64]]
"""Some sentences of one source, by number."""


@dataclass(frozen=True)
class CaptionTraining:
    """How the decoder is trained."""

    text_epochs: int = 1
    text_batch: int = 256
    epochs: int = 10
    batch: int = 128
    text_share: float = 0.2  # text lessons for each picture lesson
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    least_count: int = 5  # a word that occurs less often cannot be learned from 8,000 pictures
    least_text_count: int = 30  # a word that is only ever read must be frequent to be worth its row
    label_smoothing: float = 0.1
    seed: int = 0


def train_captioner(folders: Folders, training: CaptionTraining) -> CaptionFigures:
    """Train, save the best epoch, and return its dev figures.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment, whose CNN the captioner looks through.
    """
    alignment = load_alignment(folders.weights / ALIGNMENT)
    train = [load_pictures(folders, table, alignment=alignment) for table in TABLES]
    dev = load_pictures(folders, DEV_TABLE, alignment=alignment)
    texts = load_texts(folders, alignment=alignment)
    vocabulary = vocabulary_of(train, texts, training)
    trainer = CaptionerTrainer(vocabulary, training, curves=folders.cache)
    return trainer.fit(train, texts=texts, dev=dev, path=folders.weights / CAPTIONER)


def vocabulary_of(train: list[Pictures], texts: Texts, training: CaptionTraining) -> Vocabulary:
    """The words that occur often enough in the captions of pictures, or in the texts."""
    spoken = [sentence for source in train for sentence in source.sentences]
    learned = Vocabulary.from_sentences(spoken, at_least=training.least_count)
    read = Vocabulary.from_sentences(texts.sentences, at_least=training.least_text_count)
    return Vocabulary(list(dict.fromkeys([*learned.words, *read.words])))


class CaptionerTrainer:
    """Holds what the steps share: the model, its words, and the random numbers."""

    def __init__(self, vocabulary: Vocabulary, training: CaptionTraining, *, curves: Path) -> None:
        torch.manual_seed(training.seed)
        self.rng = np.random.default_rng(training.seed)
        self.training = training
        self.vocabulary = vocabulary
        self._curves = curves
        self.captioner = Captioner(CaptionerConfig(words=len(vocabulary)))
        size = sum(parameter.numel() for parameter in self.captioner.parameters())
        logger.info("%d words, %.1f M weights", len(vocabulary), size / 1e6)

    def fit(
        self, train: list[Pictures], *, texts: Texts, dev: Pictures, path: Path
    ) -> CaptionFigures:
        """Train both steps; save the epoch that is best on dev to `path`, return its figures."""
        seen = torch.cat([source.embeddings.flatten(0, 1) for source in train])
        self.captioner.gist_mean.copy_(seen.mean(0))
        training = self.training
        reading = partial(self._lessons, texts, training.text_batch)
        for epoch, loss in self._epochs(reading, training.text_epochs):
            logger.info("texts %d: loss %.3f", epoch, loss)
        history: list[CaptionFigures] = []
        curve = LossCurve([], [])
        for epoch, loss in self._epochs(partial(self._mixed, train, texts), training.epochs):
            figures = caption_figures(self.captioner, self.vocabulary, dev)
            curve.train.append(loss)
            curve.dev.append(self._dev_loss(dev))
            draw_loss_curve(self._curves / "caption.png", curve)
            logger.info("pictures %d: loss %.3f, dev BLEU-4 %.2f", epoch, loss, figures.bleu4)
            if all(figures.bleu4 > earlier.bleu4 for earlier in history):
                self._save(path)
            history.append(figures)
        return max(history, key=lambda figures: figures.bleu4)

    def _epochs(self, draw: Callable[[], list[Lesson]], epochs: int) -> Iterator[tuple[int, float]]:
        """Train on freshly drawn lessons; gives the number and the mean loss of each epoch."""
        optimiser = torch.optim.AdamW(
            self.captioner.parameters(),
            self.training.learning_rate,
            weight_decay=self.training.weight_decay,
        )
        schedule = one_cycle(optimiser, len(draw()) * epochs)
        for epoch in range(1, epochs + 1):
            self.captioner.train()
            losses = []
            for source, rows in track(draw(), "captions"):
                loss = self._loss(source, rows)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(self.captioner.parameters(), 5.0)
                optimiser.step()
                schedule.step()
                losses.append(loss.item())
            yield epoch, float(np.mean(losses))

    @torch.inference_mode()
    def _dev_loss(self, dev: Pictures) -> float:
        self.captioner.eval()
        lessons = self._lessons(dev, self.training.batch)
        return float(np.mean([self._loss(source, rows).item() for source, rows in lessons]))

    def _lessons(self, source: CaptionSource, size: int) -> list[Lesson]:
        """All sentences of a source, shuffled, in lessons of equal size.

        Those of a lesson are about equally long: a long one among short ones would have most of the
        work done for words that are not there.
        """
        lengths = np.array([len(split_words(sentence)) for sentence in source.sentences])
        order = self.rng.permutation(len(lengths))
        shared = size * _LESSONS_OF_A_POOL
        pools = np.split(order, range(shared, len(order), shared))
        order = np.concatenate([pool[lengths[pool].argsort(kind="stable")] for pool in pools])
        lessons = [(source, order[start : start + size]) for start in range(0, len(order), size)]
        return [lessons[i] for i in self.rng.permutation(len(lessons))]

    def _mixed(self, train: list[Pictures], texts: Texts) -> list[Lesson]:
        """All captions of the pictures, and some of the texts among them, shuffled."""
        size = self.training.batch
        lessons = [lesson for source in train for lesson in self._lessons(source, size)]
        lessons += self._lessons(texts, size)[: round(len(lessons) * self.training.text_share)]
        return [lessons[i] for i in self.rng.permutation(len(lessons))]

    def _loss(self, source: CaptionSource, rows: NDArray[np.int64]) -> Tensor:
        sentences = source.sentences
        captions = numbered(self.vocabulary, [sentences[i] for i in rows])  # (B, L)
        with half_precision():
            places, state = source.look(self.captioner, rows, self.rng)
            logits = self.captioner(places, state, captions)  # (B, L - 1, V)
        return F.cross_entropy(
            logits.float().flatten(0, 1),
            captions[:, 1:].flatten(),
            ignore_index=PAD,
            label_smoothing=self.training.label_smoothing,
        )

    def _save(self, path: Path) -> None:
        tensors = {name: t.numpy() for name, t in self.captioner.state_dict().items()}
        config = {
            **asdict(self.captioner.config),
            "vocabulary": self.vocabulary.words,
            "alignment": fingerprint(path.parent / ALIGNMENT),
        }
        save_checkpoint(path, Checkpoint(tensors, config))


def caption_figures(captioner: Captioner, vocabulary: Vocabulary, dev: Pictures) -> CaptionFigures:
    """Beam-search captions of the whole pictures, scored against all references."""
    captioner.eval()
    generated = []
    for rows in np.array_split(np.arange(len(dev.pictures)), len(dev.pictures) // 50 + 1):
        with torch.inference_mode():
            features, real = dev.places_of(rows, np.zeros_like(rows))
            places, state = captioner.look(features, real, dev.embeddings[rows, 0])
        found = beam_search(captioner, places, state, _REHEARSAL)
        generated += [vocabulary.decode(candidates[0].words) for candidates in found]
    return score_captions(generated, dev.pictures.captions)
