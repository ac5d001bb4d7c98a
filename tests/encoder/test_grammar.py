"""Captions whose words cannot stand side by side are not said."""

import pytest
import torch
from torch import Tensor

from encoder.beam import BeamSettings, beam_search
from encoder.captioner import DecoderState, Places
from encoder.grammar import GrammaticalDecoder
from encoder.vocabulary import Vocabulary


class Reciter:
    """Would say one sentence; any other word is a little less likely the further it stands."""

    def __init__(self, sentence: str, vocabulary: Vocabulary) -> None:
        self._numbers = vocabulary.encode(sentence)
        self._size = len(vocabulary)

    def step(
        self, words: Tensor, state: DecoderState, places: Places
    ) -> tuple[Tensor, DecoderState, Tensor]:
        logits = torch.zeros(len(words), self._size)
        for row, word in enumerate(words.tolist()):
            if word in self._numbers[:-1]:
                later = self._numbers[self._numbers.index(word) + 1 :]
                logits[row, later] = 20.0 - 2 * torch.arange(len(later))
        return logits, state, torch.zeros(len(words), 1)


def caption(wanted: str) -> str:
    vocabulary = Vocabulary(["a", "yellow", "bird", "with"])
    decoder = GrammaticalDecoder(Reciter(wanted, vocabulary), vocabulary, torch.device("cpu"))
    one = torch.zeros(1, 1, 1)
    places = Places(one, one, torch.ones(1, 1, dtype=torch.bool), one[:, 0])
    state = DecoderState(one[:, 0], one[:, 0])
    [[best]] = beam_search(decoder, places, state, BeamSettings(beams=1))
    return vocabulary.decode(best.words)


@pytest.mark.parametrize(
    ("wanted", "said"), [("a yellow bird", "a yellow bird"), ("a with bird", "a bird")]
)
def test_no_small_word_follows_an_article(wanted: str, said: str) -> None:
    assert caption(wanted) == said


def test_no_caption_ends_where_another_word_is_called_for() -> None:
    said = caption("bird with a").split()
    assert said[:3] == ["bird", "with", "a"]
    assert said[-1] not in ("with", "a")
