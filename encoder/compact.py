"""The default encoder: small networks that run offline on a CPU."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.action_net import ClipChanges, frame_inputs, movement_of, pixels_by_part
from encoder.actions import ActionRecogniser, load_actions
from encoder.alignment import Alignment, load_alignment
from encoder.allocator import leave_out_of_collection
from encoder.attention import attention_along
from encoder.beam import BeamSettings, WordSequence, beam_search
from encoder.camera import CameraClassifier
from encoder.captioner import Captioner, DecoderState, Places, load_captioner
from encoder.categories import TopicClassifier, most_probable_first
from encoder.checkpoint import (
    ACTIONS,
    ALIGNMENT,
    CAPTIONER,
    TOPICS,
    WEIGHTS,
    WORDS,
)
from encoder.devices import best_device
from encoder.engine import FrameEngine
from encoder.grammar import GrammaticalDecoder
from encoder.hubness import plain
from encoder.interface import (
    Caption,
    CaptionAttention,
    CategoryScore,
    ClipDescription,
    EmbeddingSpace,
)
from encoder.kept_texts import KeptTexts
from encoder.relevance import caption_likeness, relevance
from encoder.search_space import SearchSpace
from encoder.seen_words import SeenWords
from encoder.tensors import as_numpy
from encoder.text import SentenceEncoder
from encoder.vocabulary import Vocabulary, split_words
from encoder.wording import repeats_itself
from ingest.clip import Clip

CAPTION_SEARCH = BeamSettings(beams=24, min_words=2)
"""Finds what may be said of a clip."""
_LIKENESS = 5.0
"""What a caption's similarity to its clip weighs beside the decoder's score; tuned on dev."""
_COMPARED = 6
"""So many captions, the best by score and words, are compared with the clip: reading costs time."""
_CAPTION_FRAMES = 4  # the decoder's work grows with them, and 8 seconds rarely show more scenes


class CompactEncoder:
    """CNN features → LSTM → embedding; CNN features → attention LSTM → caption.

    Satisfies `encoder.interface.JudgingEncoder`. The embedding of a clip of one frame is the mean
    of several views of it.
    """

    def __init__(
        self,
        alignment: Alignment,
        *,
        speaker: tuple[Captioner, Vocabulary],
        topics: TopicClassifier,
        search: SearchSpace,
        words: SeenWords | None = None,
        actions: ActionRecogniser | None = None,
    ) -> None:
        self._device = best_device()
        self._alignment = alignment.to(self._device).eval()
        captioner, self._vocabulary = speaker
        self._captioner = captioner.to(self._device).eval()
        self._decoder = GrammaticalDecoder(self._captioner, self._vocabulary, self._device)
        self._topics = topics
        self._search = search
        search.ensemble.to(self._device).eval()
        self._words = words
        self._actions = actions

    @classmethod
    def load(cls, weights: Path = WEIGHTS) -> "CompactEncoder":
        """Load the files of weights that lie in a folder, by default the shipped ones.

        Raises:
            CheckpointError: a file is missing or damaged, or does not fit this version.
        """
        alignment = load_alignment(weights / ALIGNMENT)
        dimension = alignment.config.dimension
        topics = TopicClassifier.load(weights / TOPICS, dimension=dimension)
        words = SeenWords.load(weights, dimension=dimension) if (weights / WORDS).exists() else None
        return cls(
            alignment,
            speaker=load_captioner(weights / CAPTIONER),
            topics=topics,
            search=SearchSpace.load(weights),
            words=words,  # an earlier version made weights without
            # Weights made from a user's own captions come without: there were no clips of actions.
            actions=load_actions(weights) if (weights / ACTIONS).exists() else None,
        )

    @property
    def space(self) -> EmbeddingSpace:
        return self._search.space

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        """Describe each clip, in order."""
        if not clips:
            return []
        grids = [self._grids(clip) for clip in clips]
        aligned = self._align(clips, grids)
        plain = self._search.plain_clips(aligned, _pooled(grids))
        captions = self._caption(plain, self._look(clips, grids, aligned))
        categories = most_probable_first(
            self._topics.categorise(plain),
            self._act(clips, grids),
            self._camera.categorise([clip.motion for clip in clips]),
        )
        return [
            ClipDescription(embedding, caption, labels)
            for embedding, caption, labels in zip(
                self._search.hubness.correct_clips(plain), captions, categories, strict=True
            )
        ]

    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        """``(N, D)`` unit vectors."""
        if not clips:
            return np.zeros((0, self.space.dimension), np.float32)
        grids = [self._grids(clip) for clip in clips]
        plain = self._search.plain_clips(self._align(clips, grids), _pooled(grids))
        return self._search.hubness.correct_clips(plain)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``(N, D)`` unit vectors; texts past 64 tokens are cut."""
        return self._search.hubness.correct_texts(self._plain_texts(texts))

    def reword(self, embedding: NDArray[np.float32], caption: str) -> NDArray[np.float32]:
        """``(D,)`` → ``(D,)``, of unit length."""
        (words,) = self._plain_texts([caption])
        return self._search.reword(embedding, words)

    def relevance(
        self, text: str, clips: Sequence[ClipDescription], *, nearest: Sequence[Caption], among: int
    ) -> NDArray[np.float32]:
        """``(N,)``; see `encoder.relevance`."""
        (asked,) = self._plain_texts([text])
        seen = plain(np.stack([clip.embedding for clip in clips]))  # (N, D)
        words = self._sentences.rare_words([text, *(caption.text for caption in nearest)])
        captions = caption_likeness(as_numpy(words))
        return relevance(seen @ asked, captions=captions, among=among)

    @cached_property
    def _plain_texts(self) -> KeptTexts:
        return KeptTexts(self._embed_plain_texts)

    @torch.inference_mode()
    def _embed_plain_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sentences = self._sentences(texts)
        return self._search.plain_texts(self._alignment.embed_sentences(sentences), sentences)

    @cached_property
    def _sentences(self) -> SentenceEncoder:
        encoder = SentenceEncoder().to(self._device)
        leave_out_of_collection()
        return encoder

    @torch.inference_mode()
    def attend(self, clip: Clip, caption: str) -> CaptionAttention:
        """Where the decoder looks when it says `caption` of the clip."""
        grids = [self._grids(clip)]
        looked = self._look([clip], grids, self._align([clip], grids))
        frames = _spread(torch.arange(len(clip.frames)))  # (F,)
        said = self._vocabulary.encode(caption)[:-1]  # without "end"
        maps = attention_along(self._captioner, *looked, words=said, frames=len(frames))
        return CaptionAttention(tuple(split_words(caption)), frames.numpy(), maps)

    @property
    def action_labels(self) -> tuple[str, ...]:
        """All actions that it knows, of all families."""
        return self._actions.labels if self._actions else ()

    def action_probabilities(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        """``(N, len(action_labels))``, each against the other labels of its family and none."""
        if self._actions is None or not clips:
            return np.zeros((len(clips), len(self.action_labels)), np.float32)
        seen = (self._engine.grids(clip.frames) for clip in clips)
        return self._actions.probabilities(
            [_changes(clip, grid) for clip, grid in zip(clips, seen, strict=True)]
        )

    def _act(
        self, clips: Sequence[Clip], grids: Sequence[Tensor]
    ) -> list[tuple[CategoryScore, ...]]:
        if self._actions is None:
            return [()] * len(clips)
        return self._actions.categorise(
            [_changes(clip, grid) for clip, grid in zip(clips, grids, strict=True)]
        )

    @cached_property
    def _engine(self) -> FrameEngine:
        # Queries in words go without.
        return FrameEngine(self._alignment.backbone, self._device)

    @cached_property
    def _camera(self) -> CameraClassifier:
        # It reads motion, not features of the CNN: the shipped one fits weights of any folder.
        return CameraClassifier.load()

    def _grids(self, clip: Clip) -> Tensor:
        """Features of one clip's frames, ``(T, 49, 1280)``; of a still picture, of its views."""
        return self._engine.clip_grids(clip.frames)

    @torch.inference_mode()
    def _align(self, clips: Sequence[Clip], grids: Sequence[Tensor]) -> Tensor:
        """What the alignment makes of clips: ``(N, D)`` unit vectors."""
        frames = [self._alignment.embed_frames(grid.mean(1)) for grid in grids]  # (T, D) each
        # Each view of a still is a clip of one frame; together they would look like a movement.
        runs = [
            list(views[:, None]) if len(clip.frames) == 1 else [views]
            for clip, views in zip(clips, frames, strict=True)
        ]
        padded = pad_sequence([run for group in runs for run in group], batch_first=True)
        lengths = torch.tensor([len(run) for group in runs for run in group])
        embedded = self._alignment.temporal(padded, lengths).split([len(group) for group in runs])
        return F.normalize(torch.stack([rows.mean(0) for rows in embedded]), dim=-1)

    @torch.inference_mode()
    def _look(
        self, clips: Sequence[Clip], grids: Sequence[Tensor], aligned: Tensor
    ) -> tuple[Places, DecoderState]:
        places = [  # (<= 4 * 49, 1280) each; of a still, the whole picture
            _spread(grid[: len(clip.frames)]).flatten(0, 1)
            for clip, grid in zip(clips, grids, strict=True)
        ]
        features = pad_sequence(places, batch_first=True)  # (B, P, 1280)
        counts = torch.tensor([len(clip) for clip in places], device=self._device)
        real = torch.arange(features.shape[1], device=self._device)[None] < counts[:, None]
        return self._captioner.look(features, real, aligned)

    def _caption(
        self, plain: NDArray[np.float32], looked: tuple[Places, DecoderState]
    ) -> list[Caption]:
        found = beam_search(self._decoder, *looked, CAPTION_SEARCH)
        return [self._choose(said, seen) for said, seen in zip(found, plain, strict=True)]

    def _choose(self, candidates: Sequence[WordSequence], seen: NDArray[np.float32]) -> Caption:
        """Of what the decoder would say of a clip, what its embedding ``(D,)`` speaks for.

        What says nothing twice goes first; then words that people would use, and, of the best
        captions by these, what the joint space finds closest to the clip.
        """
        texts = [self._vocabulary.decode(candidate.words) for candidate in candidates]
        words = [text.split() for text in texts]
        fresh = np.array([not repeats_itself(said) for said in words])
        fit = np.array([candidate.score for candidate in candidates])
        if self._words:
            fit = fit + self._words.worth(seen, words)
        best = np.lexsort((-fit, ~fresh))[:_COMPARED]
        fit = fit[best] + _LIKENESS * self._plain_texts([texts[k] for k in best]) @ seen
        chosen = best[np.lexsort((-fit, ~fresh[best]))[0]]
        return Caption(texts[chosen], float(np.exp(candidates[chosen].log_probability)))


@torch.inference_mode()
def _pooled(grids: Sequence[Tensor]) -> list[Tensor]:
    """``(T, 49, 1280)`` of each clip → ``(T, 1280)``, averaged over the places."""
    return [grid.mean(1) for grid in grids]


@torch.inference_mode()
def _changes(clip: Clip, grid: Tensor) -> ClipChanges:
    """What the action classifier goes by; of a still, only of the whole picture."""
    frames = frame_inputs(grid[: len(clip.frames)], pixels_by_part(clip.frames))
    return ClipChanges(frames, movement_of(clip.motion))


def _spread(grid: Tensor) -> Tensor:
    """At most `_CAPTION_FRAMES` of ``(T, ...)``, evenly spread from first to last."""
    count = min(len(grid), _CAPTION_FRAMES)
    return grid[torch.linspace(0, len(grid) - 1, count).round().long()]
