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

from encoder.beam import BeamSettings, beam_search
from encoder.captioner import Captioner, CaptionerConfig
from encoder.checkpoint import CAPTIONER, Checkpoint, save_checkpoint
from encoder.compact import load_alignment
from encoder.vocabulary import PAD, Vocabulary
from evaluation.captions import CaptionFigures, score_captions
from training.data import CaptionedPictures, read_pictures
from training.features import half_precision, place_features

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CaptionTraining:
    """How the decoder is trained."""

    epochs: int = 12
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    least_count: int = 5  # a word that occurs less often cannot be learned from 8,000 pictures
    label_smoothing: float = 0.1
    seed: int = 0


@dataclass(frozen=True, eq=False)
class _Source:
    """One set of pictures, ready for training."""

    pictures: CaptionedPictures
    places: NDArray[np.float16]
    """``(N, 2, 49, 1280)``."""


def train_captioner(data: Path, cache: Path, training: CaptionTraining) -> CaptionFigures:
    """Train, save the best epoch to `encoder.checkpoint.CAPTIONER`, and return its dev figures."""
    torch.manual_seed(training.seed)
    backbone = load_alignment().backbone
    tables = [("flickr8k", "train"), ("sports", "train"), ("coco-mini", "train")]
    sources = [read_pictures(data, *table) for table in tables]
    train = [_Source(s, place_features(s, backbone, cache)) for s in sources]
    held_out = read_pictures(data, "flickr8k", "dev")
    dev = _Source(held_out, place_features(held_out, backbone, cache))
    sentences = [sentence for source in sources for sentence in source.sentences]
    vocabulary = Vocabulary.from_sentences(sentences, at_least=training.least_count)
    captioner = Captioner(CaptionerConfig(words=len(vocabulary)))
    logger.info("%d words, %.1f M weights", len(vocabulary), _size(captioner) / 1e6)
    return _fit(captioner, vocabulary, train, dev, training)


def _fit(
    captioner: Captioner,
    vocabulary: Vocabulary,
    train: list[_Source],
    dev: _Source,
    training: CaptionTraining,
) -> CaptionFigures:
    rng = np.random.default_rng(training.seed)
    steps = len(_batches(train, training.batch, rng))
    optimiser = torch.optim.AdamW(
        captioner.parameters(), training.learning_rate, weight_decay=training.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, training.learning_rate, total_steps=steps * training.epochs, pct_start=0.1
    )
    best: CaptionFigures | None = None
    for epoch in range(training.epochs):
        captioner.train()
        losses = []
        for source, sentences in track(_batches(train, training.batch, rng), f"epoch {epoch + 1}"):
            loss = _loss(captioner, vocabulary, source, sentences, rng, training.label_smoothing)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(captioner.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        figures = caption_figures(captioner, vocabulary, dev)
        logger.info("epoch %d: loss %.3f, dev %s", epoch + 1, np.mean(losses), figures)
        if best is None or figures.bleu4 > best.bleu4:
            best = figures
            _save(captioner, vocabulary)
    assert best is not None
    return best


def _batches(
    train: list[_Source], size: int, rng: np.random.Generator
) -> list[tuple[_Source, NDArray[np.int64]]]:
    """Numbers of sentences, each batch from one source, shuffled."""
    batches = []
    for source in train:
        order = rng.permutation(len(source.pictures.sentences))
        batches += [(source, order[i : i + size]) for i in range(0, len(order), size)]
    rng.shuffle(batches)
    return batches


def _loss(
    captioner: Captioner,
    vocabulary: Vocabulary,
    source: _Source,
    sentences: NDArray[np.int64],
    rng: np.random.Generator,
    smoothing: float,
) -> Tensor:
    owners, texts = source.pictures.owners[sentences], source.pictures.sentences
    views = rng.integers(0, 2, len(owners))
    features = torch.from_numpy(source.places[owners, views].astype(np.float32))  # (B, 49, 1280)
    numbers = [torch.tensor(vocabulary.encode(texts[i])[:25]) for i in sentences]
    captions = pad_sequence(numbers, batch_first=True, padding_value=PAD)  # (B, L)
    real = torch.ones(features.shape[:2], dtype=torch.bool)
    with half_precision():
        logits = captioner(features, real, captions)  # (B, L - 1, V)
    return F.cross_entropy(
        logits.float().flatten(0, 1),
        captions[:, 1:].flatten(),
        ignore_index=PAD,
        label_smoothing=smoothing,
    )


def caption_figures(captioner: Captioner, vocabulary: Vocabulary, dev: _Source) -> CaptionFigures:
    """Beam-search captions of the whole pictures, scored against all references."""
    captioner.eval()
    generated = []
    for start in range(0, len(dev.pictures), 50):
        features = torch.from_numpy(dev.places[start : start + 50, 0].astype(np.float32))
        real = torch.ones(features.shape[:2], dtype=torch.bool)
        found = beam_search(captioner, features, real, BeamSettings())
        generated += [vocabulary.decode(sequence.words) for sequence in found]
    return score_captions(generated, [list(group) for group in dev.pictures.captions])


def _save(captioner: Captioner, vocabulary: Vocabulary) -> None:
    tensors = {name: tensor.numpy() for name, tensor in captioner.state_dict().items()}
    config = {**asdict(captioner.config), "vocabulary": vocabulary.words}
    save_checkpoint(CAPTIONER, Checkpoint(tensors, config))


def _size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
