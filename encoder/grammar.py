"""Which words of a caption cannot stand side by side, so that none reads "a yellow with a"."""

import torch
from torch import Tensor

from encoder.beam import WordDecoder
from encoder.captioner import DecoderState, Places
from encoder.vocabulary import END, Vocabulary, split_words

_ARTICLES = frozenset(split_words("a an the"))
_JOINING = frozenset(
    split_words(
        """
        of with and or while as by for from into onto is are be being has have his its their which
        who
        """
    )
)
"""Words that join others, so that nothing ends with them and no article stands before them."""
_PLACING = frozenset(split_words("to at in on near over under through her"))
"""Words that no article stands before, but a sentence may end with: "she has a dog near her"."""


class GrammaticalDecoder:
    """A decoder that says no such words; `encoder.beam.beam_search` asks it like any other."""

    def __init__(self, decoder: WordDecoder, vocabulary: Vocabulary, device: torch.device) -> None:
        def among(kind: frozenset[str]) -> Tensor:  # (V,)
            numbers = range(len(vocabulary))
            return torch.tensor([vocabulary.decode([n]) in kind for n in numbers], device=device)

        self._decoder = decoder
        self._articles = among(_ARTICLES)
        self._never_after_article = among(_JOINING | _PLACING)
        self._never_last = among(_ARTICLES | _JOINING)

    def step(
        self, words: Tensor, state: DecoderState, places: Places
    ) -> tuple[Tensor, DecoderState, Tensor]:
        """As `Captioner.step`; what cannot follow has a logit of minus infinity."""
        logits, state, attention = self._decoder.step(words, state, places)
        barred = self._articles[words][:, None] & self._never_after_article  # (B * K, V)
        barred[:, END] |= self._never_last[words]
        return logits.masked_fill(barred, -torch.inf), state, attention
