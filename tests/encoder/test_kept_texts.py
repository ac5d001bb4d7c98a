"""Embeddings of texts that were asked for before."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder import kept_texts
from encoder.kept_texts import KeptTexts


class Embed:
    """The embedding of a text is its length."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([len(text) for text in texts], np.float32).reshape(len(texts), 1)


def test_what_is_known_is_not_embedded_again_and_stays_in_its_place() -> None:
    embed = Embed()
    kept = KeptTexts(embed)
    kept(["dog"])

    assert kept(["a", "dog", "a", "horse"]).tolist() == [[1], [3], [1], [5]]
    assert embed.asked == ["dog", "a", "horse"]


def test_no_texts_have_no_embeddings() -> None:
    assert KeptTexts(Embed())([]).shape == (0, 1)


def test_those_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_texts, "MOST_KEPT", 2)
    embed = Embed()
    kept = KeptTexts(embed)
    for text in ("one", "three", "one", "seven", "one", "three"):
        kept([text])

    assert embed.asked == ["one", "three", "seven", "three"]
