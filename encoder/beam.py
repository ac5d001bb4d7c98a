"""Beam search over a caption decoder: batched, length-normalised, without repeated phrases."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from encoder.captioner import DecoderState, Places
from encoder.vocabulary import END, PAD, START, UNKNOWN


@dataclass(frozen=True)
class BeamSettings:
    """How captions are searched for."""

    beams: int = 5
    max_words: int = 20
    length_power: float = 0.7
    """Scores are divided by length to this power: 0 favours short captions, 1 does not."""
    min_words: int = 0
    """Shorter captions are not considered."""


@dataclass(frozen=True)
class WordSequence:
    """One caption as word numbers, without special tokens."""

    words: list[int]
    log_probability: float
    """Mean over the words, and over the end token where the caption came to an end."""
    score: float
    """What the search ranks by: the sum, divided by the length to some power."""


class WordDecoder(Protocol):
    """What the search asks for the next word; `encoder.captioner.Captioner` is one."""

    def step(
        self, words: Tensor, state: DecoderState, places: Places
    ) -> tuple[Tensor, DecoderState, Tensor]:
        """Read ``(B * K,)`` words, K of every clip: logits, the new state, the attention."""


@torch.inference_mode()
def beam_search(
    decoder: WordDecoder, places: Places, state: DecoderState, settings: BeamSettings
) -> list[list[WordSequence]]:
    """Up to `beams` captions of each clip, best first, from what the decoder's `look` gave."""
    clips, beams = len(places.values), settings.beams
    device = places.values.device
    repeat = torch.arange(clips, device=device).repeat_interleave(beams)
    state = state.rows(repeat)  # (B * K, ...)
    # Only the first beam of each clip counts at the start, or all beams would be the same.
    scores = torch.full((clips, beams), -torch.inf, device=device)
    scores[:, 0] = 0
    words = torch.full((clips * beams, 1), START, device=device)
    for said in range(settings.max_words):
        may_end = said >= settings.min_words
        scores, state, words = _extend(decoder, places, state, words, scores, may_end=may_end)
        if bool(_ended(words).all()):
            break
    lengths = ((words != PAD) & (words != START)).sum(1).reshape(clips, beams).clamp(min=1)
    normal = scores / lengths**settings.length_power  # (B, K)
    means = scores / lengths
    rows = words.reshape(clips, beams, -1)
    ranked = normal.argsort(1, descending=True).tolist()
    return [
        [
            WordSequence(_spoken(rows[clip, k]), means[clip, k].item(), normal[clip, k].item())
            for k in order
            if scores[clip, k] > -torch.inf  # there may be fewer sentences than beams
        ]
        for clip, order in enumerate(ranked)
    ]


def _spoken(words: Tensor) -> list[int]:
    return [number for number in words.tolist() if number not in (PAD, START, END)]


def _extend(
    decoder: WordDecoder,
    places: Places,
    state: DecoderState,
    words: Tensor,
    scores: Tensor,
    *,
    may_end: bool,
) -> tuple[Tensor, DecoderState, Tensor]:
    clips, beams = scores.shape
    logits, state, _ = decoder.step(words[:, -1], state, places)
    if not may_end:
        logits[:, END] = -torch.inf
    log_probabilities = _forbid(logits.log_softmax(-1), words)  # (B * K, V)
    vocabulary = log_probabilities.shape[-1]
    totals = (scores.reshape(-1, 1) + log_probabilities).reshape(clips, beams * vocabulary)
    scores, flat = totals.topk(beams, dim=-1)  # (B, K)
    origin = torch.arange(clips, device=flat.device)[:, None] * beams + flat // vocabulary
    rows = origin.reshape(-1)
    words = torch.cat([words[rows], (flat % vocabulary).reshape(-1, 1)], 1)
    return scores, state.rows(rows), words


def _ended(words: Tensor) -> Tensor:
    return (words[:, -1] == END) | (words[:, -1] == PAD)


def _forbid(log_probabilities: Tensor, words: Tensor) -> Tensor:
    """Bar special tokens, a word twice in a row, and any three words in a row said before.

    A finished beam may only be padded, at no cost. Takes and gives ``(B * K, V)``; words are
    ``(B * K, L)``.
    """
    allowed = log_probabilities.clone()
    allowed[:, [PAD, START, UNKNOWN]] = -torch.inf
    rows = torch.arange(len(words), device=words.device)
    allowed[rows, words[:, -1]] = -torch.inf
    for t in range(2, words.shape[1] - 1):
        said = (words[:, t - 1 : t + 1] == words[:, -2:]).all(1)
        allowed[rows[said], words[said, t + 1]] = -torch.inf
    ended = _ended(words)
    allowed[ended] = -torch.inf
    allowed[ended, PAD] = 0
    return allowed
