"""Captions by CoCa (Yu et al. 2022), for the OpenCLIP models that can speak.

The decoder attends to the tokens of several frames as if they were one picture's, as VideoCoCa
does before training (Yan et al. 2022). OpenCLIP's own search needs parts of transformers that
version 5 no longer has; here the likeliest word is taken at each step.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from encoder.interface import Caption
from encoder.openclip_model import OpenClipModel

_FRAMES = 4  # the decoder's work grows with them, and 8 seconds rarely show more scenes
_LEAST_TOKENS = 5  # start and end included, as in OpenCLIP's search
_MOST_TOKENS = 30


class CocaCaptioner:
    """Writes one caption per clip."""

    def __init__(self, model: OpenClipModel) -> None:
        from open_clip import SimpleTokenizer

        self._model = model
        self._words = SimpleTokenizer()
        self._start = int(self._words.sot_token_id)
        self._end = int(self._words.eot_token_id)

    def caption(self, clips: Sequence[NDArray[np.uint8]]) -> list[Caption]:
        """One caption for each clip's frames, ``(T, H, W, 3)``; of a long clip, from 4 of them."""
        with self._model.computing():
            # A clip of fewer frames shows some more than once, so that all clips fit one batch.
            seen = torch.stack([self._tokens(_spread(frames)) for frames in clips])  # (B, P, C)
            words, logs = self._say(seen)
        return [
            Caption(self._text(row), confidence)
            for row, confidence in zip(words.tolist(), logs.exp().tolist(), strict=True)
        ]

    def _say(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Words ``(B, L)`` about ``(B, P, C)``, and their mean log-probabilities ``(B,)``."""
        words = torch.full((len(seen), 1), self._start, device=seen.device)  # (B, 1)
        sums = torch.zeros(len(seen), device=seen.device)
        counts = torch.zeros(len(seen), device=seen.device)
        while words.shape[1] < _MOST_TOKENS and not self._ended(words).all():
            best, chosen = self._next_words(words, seen).max(-1)  # (B,)
            speaking = ~self._ended(words)
            sums += best * speaking
            counts += speaking
            chosen = torch.where(speaking, chosen, self._end)
            words = torch.cat([words, chosen[:, None]], dim=1)
        return words, sums / counts

    def _tokens(self, frames: NDArray[np.uint8]) -> Tensor:
        """What the image tower tells the decoder of ``(4, H, W, 3)``: ``(4 * Q, C)``."""
        pictures = self._model.pictures(frames)
        tokens: Tensor = self._model.network(pictures)["image_embs"]  # (4, Q, C)
        return tokens.flatten(0, 1)

    def _next_words(self, words: Tensor, seen: Tensor) -> Tensor:
        """Log-probabilities ``(B, V)`` of what follows ``(B, L)`` words."""
        said = self._model.network(
            None, words, image_latent=seen[:, 0], image_embs=seen, output_labels=False
        )
        logits: Tensor = said["logits"][:, -1].float()  # (B, V)
        logits[:, 0] = -torch.inf  # the padding
        logits[:, self._start] = -torch.inf
        if words.shape[1] < _LEAST_TOKENS - 1:
            logits[:, self._end] = -torch.inf
        return F.log_softmax(logits, dim=-1)

    def _ended(self, words: Tensor) -> Tensor:
        return words[:, -1] == self._end

    def _text(self, words: Sequence[int]) -> str:
        spoken = [word for word in words if word not in (self._start, self._end)]
        return " ".join(self._words.decode(spoken).split())


def _spread(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Four of the frames, evenly spread from first to last."""
    return np.take(frames, np.linspace(0, len(frames) - 1, _FRAMES).round().astype(int), axis=0)
