"""Teaches the caption decoder a user's own sentences, new words included."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from encoder.alignment import Alignment
from encoder.beam import beam_search
from encoder.captioner import Captioner, DecoderState, Places
from encoder.checkpoint import ALIGNMENT, Checkpoint, fingerprint, save_checkpoint
from encoder.compact import CAPTION_SEARCH
from encoder.vocabulary import PAD, UNKNOWN, Vocabulary
from evaluation.captions import CaptionFigures, score_captions
from training.captioned import numbered
from training.own_features import Listener, OwnClip, OwnFeatures, embed_all, places_of

_APART = 0.5  # of the deviation among all words; less, and two new names are told apart late
_CLIPS_AT_ONCE = 32


@dataclass(frozen=True)
class OwnCaptionTraining:
    """How the decoder is trained."""

    epochs: int = 10
    patience: int = 3  # epochs without better captions of the held-out items
    batch: int = 16  # a few dozen captions must make enough steps, too
    rate: float = 3e-4
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    least_count: int = 3  # a new word that occurs less often is not learned
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Speaker:
    """A decoder with its words."""

    captioner: Captioner
    vocabulary: Vocabulary

    def grown(self, sentences: Sequence[str], *, at_least: int) -> "Speaker":
        """A copy that knows the frequent words of `sentences`, too.

        New words start near "unknown", which is what the decoder says where it expects a rare
        word, each in a direction of its own.
        """
        read = Vocabulary.from_sentences(sentences, at_least=at_least)
        new = [word for word in read.words if word not in set(self.vocabulary.words)]
        vocabulary = Vocabulary([*self.vocabulary.words, *new])
        captioner = Captioner(replace(self.captioner.config, words=len(vocabulary)))
        state = dict(self.captioner.state_dict())
        words, bias = state["words.weight"], state["bias"]  # (V, E), (V,)
        directions = torch.randn(len(new), words.shape[1]) * words.std(0)
        state["words.weight"] = torch.cat([words, words[UNKNOWN] + _APART * directions])
        state["bias"] = torch.cat([bias, bias[UNKNOWN].expand(len(new))])
        captioner.load_state_dict(state)
        return Speaker(captioner, vocabulary)

    def save(self, path: Path) -> None:
        """Write it beside the alignment that it was trained with."""
        tensors = {name: t.numpy() for name, t in self.captioner.state_dict().items()}
        config = {
            **asdict(self.captioner.config),
            "vocabulary": self.vocabulary.words,
            "alignment": fingerprint(path.parent / ALIGNMENT),
        }
        save_checkpoint(path, Checkpoint(tensors, config))

    @torch.inference_mode()
    def figures(self, model: Alignment, clips: Sequence[OwnClip]) -> CaptionFigures:
        """Describe clips as the encoder does, and compare that with what the user says."""
        self.captioner.eval()
        gists = embed_all(model, clips)
        said: list[str] = []
        for start in range(0, len(clips), _CLIPS_AT_ONCE):
            rows = np.arange(start, min(start + _CLIPS_AT_ONCE, len(clips)))
            found = beam_search(self.captioner, *self.look(clips, gists, rows), CAPTION_SEARCH)
            said += [self.vocabulary.decode(candidates[0].words) for candidates in found]
        return score_captions(said, [clip.item.captions for clip in clips])

    def look(
        self, clips: Sequence[OwnClip], gists: Tensor, rows: NDArray[np.int64]
    ) -> tuple[Places, DecoderState]:
        """Let the decoder look at some of the clips."""
        return self.captioner.look(*places_of([clips[row] for row in rows]), gists[rows])


def quality(figures: CaptionFigures) -> float:
    """What an epoch is judged by: BLEU-4 alone is often 0 where few items are held out."""
    return (figures.bleu1 + figures.bleu2 + figures.bleu3 + figures.bleu4) / 4


def fit_captions(
    start: Speaker,
    model: Alignment,
    train: OwnFeatures,
    *,
    held_out: OwnFeatures,
    training: OwnCaptionTraining,
    on_progress: Listener,
) -> Speaker:
    """The epoch that describes the held-out items best; `start` itself where none is better."""
    torch.manual_seed(training.seed)
    pairs = [(row, text) for row, c in enumerate(train.clips) for text in c.item.captions]
    speaker = start.grown([text for _, text in pairs], at_least=training.least_count)
    lessons = _Lessons(speaker, train.clips, embed_all(model, train.clips), pairs, training)
    kept, best_epoch = start, 0
    best = quality(start.figures(model, held_out.clips))
    for epoch in range(1, training.epochs + 1):
        on_progress("learning to describe", epoch, training.epochs)
        lessons.learn()
        reached = quality(speaker.figures(model, held_out.clips))
        if reached > best:
            best, best_epoch = reached, epoch
            kept = speaker.grown([], at_least=1)
        elif epoch - best_epoch >= training.patience:
            break
    return kept


class _Lessons:
    """Goes through all captions again and again."""

    def __init__(
        self,
        speaker: Speaker,
        clips: Sequence[OwnClip],
        gists: Tensor,
        pairs: Sequence[tuple[int, str]],
        training: OwnCaptionTraining,
    ) -> None:
        self._speaker = speaker
        self._clips = clips
        self._gists = gists
        self._pairs = pairs
        self._training = training
        self._rng = np.random.default_rng(training.seed)
        self._optimiser = torch.optim.AdamW(
            speaker.captioner.parameters(), training.rate, weight_decay=training.weight_decay
        )

    def learn(self) -> None:
        """One epoch."""
        captioner = self._speaker.captioner.train()
        order = self._rng.permutation(len(self._pairs))
        for batch in np.array_split(order, math.ceil(len(order) / self._training.batch)):
            loss = self._loss([self._pairs[number] for number in batch])
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(captioner.parameters(), 5.0)
            self._optimiser.step()

    def _loss(self, pairs: Sequence[tuple[int, str]]) -> Tensor:
        rows = np.array([row for row, _ in pairs])
        captions = numbered(self._speaker.vocabulary, [text for _, text in pairs])  # (B, L)
        places, state = self._speaker.look(self._clips, self._gists, rows)
        logits = self._speaker.captioner(places, state, captions)  # (B, L - 1, V)
        return F.cross_entropy(
            logits.flatten(0, 1),
            captions[:, 1:].flatten(),
            ignore_index=PAD,
            label_smoothing=self._training.label_smoothing,
        )
