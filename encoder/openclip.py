"""The strong encoder: an OpenCLIP model under the same LSTM as the compact encoder's."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.camera import CameraClassifier
from encoder.categories import TopicClassifier, most_probable_first
from encoder.checkpoint import TOPICS, WEIGHTS, load_checkpoint
from encoder.coca import CocaCaptioner
from encoder.devices import best_device
from encoder.interface import Caption, ClipDescription, EmbeddingSpace
from encoder.openclip_model import OpenClipModel
from encoder.openclip_weights import OpenClipWeights, openclip_space
from encoder.rewording import mix_words
from encoder.temporal import AlignmentConfig, TemporalEncoder
from ingest.clip import Clip

_SILENCE = Caption("", 0.0)


class OpenClipEncoder:
    """Image tower → LSTM → embedding; a caption where the model is a CoCa.

    Satisfies `encoder.interface.ClipEncoder`. Topics are zero-shot: the labels' prompts compete
    for the clip in the model's own space, under the model's own temperature.
    """

    def __init__(
        self, model: OpenClipModel, *, temporal: TemporalEncoder, space: EmbeddingSpace
    ) -> None:
        self._model = model
        self._temporal = temporal.to(model.device).eval()
        self._space = space
        self._captioner = CocaCaptioner(model) if hasattr(model.network, "text_decoder") else None

    @classmethod
    def load(cls, weights: OpenClipWeights) -> "OpenClipEncoder":
        """Load a model with an LSTM that adds nothing yet: a clip is the mean of its frames.

        Raises:
            CheckpointError: the weights cannot be used, or a part of the model is out of reach.
        """
        space = openclip_space(weights)
        device = best_device()
        model = OpenClipModel.load(weights, device=device, half=device.type == "cuda")
        temporal = TemporalEncoder(AlignmentConfig(dimension=space.dimension))
        return cls(model, temporal=temporal, space=space)

    @property
    def space(self) -> EmbeddingSpace:
        return self._space

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        """Describe each clip, in order. Without a CoCa, captions are empty, with confidence 0."""
        if not clips:
            return []
        embeddings = self.embed_clips(clips)
        categories = most_probable_first(
            self._topics.categorise(embeddings),
            self._camera.categorise([clip.motion for clip in clips]),
        )
        return [
            ClipDescription(embedding, caption, labels)
            for embedding, caption, labels in zip(
                embeddings, self._caption(clips), categories, strict=True
            )
        ]

    @torch.inference_mode()
    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        """``(N, D)`` unit vectors."""
        if not clips:
            return np.zeros((0, self._space.dimension), np.float32)
        frames = [self._model.embed_frames(clip.frames) for clip in clips]  # (T, D) each
        lengths = torch.tensor([len(rows) for rows in frames])
        embeddings: Tensor = self._temporal(pad_sequence(frames, batch_first=True), lengths)
        return np.asarray(embeddings.cpu().numpy(), np.float32)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``(N, D)`` unit vectors; texts past the model's length are cut."""
        if not texts:
            return np.zeros((0, self._space.dimension), np.float32)
        return np.asarray(self._model.embed_texts(texts).cpu().numpy(), np.float32)

    def reword(self, embedding: NDArray[np.float32], caption: str) -> NDArray[np.float32]:
        """``(D,)`` → ``(D,)``, of unit length."""
        (words,) = self.embed_texts([caption])
        return mix_words(embedding, words)

    def _caption(self, clips: Sequence[Clip]) -> list[Caption]:
        if self._captioner is None:
            return [_SILENCE] * len(clips)
        return self._captioner.caption([clip.frames for clip in clips])

    @cached_property
    def _camera(self) -> CameraClassifier:
        return CameraClassifier.load()

    @cached_property
    def _topics(self) -> TopicClassifier:
        labels = tuple(load_checkpoint(WEIGHTS / TOPICS).strings("labels"))
        prompts = self.embed_texts([prompt_of(label) for label in labels])  # (L, D)
        nothing = np.zeros(len(labels), np.float32)
        no_gap = np.zeros(self._space.dimension, np.float32)
        return TopicClassifier(labels, self._model.logit_scale * prompts, nothing, no_gap)


def prompt_of(topic: str) -> str:
    """What a clip of the topic would be described as; labels list choices with a slash."""
    return f"a video about {topic.replace('/', ' or ')}"
