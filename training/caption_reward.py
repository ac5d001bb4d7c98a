"""The caption decoder's last lessons: it speaks by itself, and what it says is judged.

Self-critical sequence training (Rennie et al. 2017): sentences are drawn, and those that score
better than the other sentences of the same picture (the baseline of Luo 2020) become likelier.
Without it the decoder only ever continues true sentences, and is weaker where it must continue
its own.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoder.captioner import Captioner, DecoderState, Places
from encoder.vocabulary import END, PAD, START, UNKNOWN, Vocabulary, split_words
from evaluation.captions import score_each
from training.captioned import Pictures
from training.features import half_precision

SAMPLES = 5
"""Sentences drawn of each picture."""
_MOST_WORDS = 20
_MARK = "<end>"
"""Counts as a word, or a sentence that breaks off after "with a" would score no worse."""


def reward_loss(
    captioner: Captioner,
    source: Pictures,
    *,
    rows: NDArray[np.int64],
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> Tensor:
    """Let the decoder caption some pictures, ``(B,)`` numbers, several times each."""
    with half_precision():
        places, state = source.look_at_pictures(captioner, rows, rng)
        several = torch.arange(len(rows)).repeat_interleave(SAMPLES)
        drawn = draw_captions(captioner, places.rows(several), state.rows(several))  # (B * S, L)
        logits = captioner(places.rows(several), state.rows(several), drawn).float()
    spoken = drawn[:, 1:]  # (B * S, L - 1)
    likely = logits.log_softmax(-1).gather(-1, spoken[..., None]).squeeze(-1)
    truths = [source.pictures.captions[row] for row in rows for _ in range(SAMPLES)]
    scores = score_each(
        [_marked(vocabulary, row) for row in spoken.tolist()],
        [[" ".join([*split_words(truth), _MARK]) for truth in group] for group in truths],
    )
    better = advantages(torch.from_numpy(scores).float().reshape(len(rows), SAMPLES)).flatten()
    real = spoken != PAD
    loss: Tensor = -(better[:, None] * likely * real).sum() / real.sum()
    return loss


def advantages(scores: Tensor) -> Tensor:
    """How much better each of ``(B, S)`` scores is than the mean of the picture's others."""
    others = (scores.sum(1, keepdim=True) - scores) / (scores.shape[1] - 1)
    return scores - others


@torch.no_grad()
def draw_captions(captioner: Captioner, places: Places, state: DecoderState) -> Tensor:
    """Draw one sentence of each clip: ``(B, L)`` words from "start" to "end", padded."""
    words = torch.full((len(places.values), 1), START)
    for _ in range(_MOST_WORDS):
        logits, state, _ = captioner.step(words[:, -1], state, places)
        logits[:, [PAD, START, UNKNOWN]] = -torch.inf
        drawn = torch.multinomial(logits.float().softmax(-1), 1)  # (B, 1)
        ended = (words[:, -1:] == END) | (words[:, -1:] == PAD)
        words = torch.cat([words, drawn.masked_fill(ended, PAD)], 1)
        if bool((words[:, -1] == PAD).all()):
            return words[:, :-1]
    return words


def _marked(vocabulary: Vocabulary, numbers: list[int]) -> str:
    mark = [_MARK] if END in numbers else []
    return " ".join([vocabulary.decode(numbers), *mark])
