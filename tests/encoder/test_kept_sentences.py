"""Features of sentences that were asked for before."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from encoder import kept_sentences
from encoder.kept_sentences import KeptSentences


class Encode:
    """The feature of a text is its length."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Tensor:
        self.asked += texts
        return torch.tensor([[float(len(text))] for text in texts]).reshape(len(texts), 1)


def test_what_is_known_is_not_encoded_again_and_stays_in_its_place() -> None:
    encode = Encode()
    kept = KeptSentences(encode)
    kept(["dog"])

    assert kept(["a", "dog", "a", "horse"]).tolist() == [[1], [3], [1], [5]]
    assert encode.asked == ["dog", "a", "horse"]


def test_no_texts_have_no_features() -> None:
    assert KeptSentences(Encode())([]).shape == (0, 1)


def test_those_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_sentences, "MOST_KEPT", 2)
    encode = Encode()
    kept = KeptSentences(encode)
    for text in ("one", "three", "one", "seven", "one", "three"):
        kept([text])

    assert encode.asked == ["one", "three", "seven", "three"]
