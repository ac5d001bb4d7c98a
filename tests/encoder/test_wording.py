"""Sentences that say the same thing twice."""

import pytest

from encoder.wording import repeats_itself


@pytest.mark.parametrize(
    "sentence",
    [
        "a girl in a white and blue and white shirt",
        "a dog with a dog",
        "a red car on a red road",
    ],
)
def test_a_word_that_carries_meaning_is_said_once(sentence: str) -> None:
    assert repeats_itself(sentence.split())


@pytest.mark.parametrize(
    "sentence",
    [
        "a man in a red shirt and a woman in a blue hat",
        "a man beside another man in front of the house",
        "",
    ],
)
def test_small_words_and_people_may_come_again(sentence: str) -> None:
    assert not repeats_itself(sentence.split())
