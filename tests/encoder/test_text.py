"""Sentence features: meaning, independence of neighbours, and texts of every kind."""

import pytest
import torch

from encoder.text import SENTENCE_CHANNELS, SentenceEncoder

LONG = "a very long sentence " * 500  # 10,500 characters
WHOLE = 384
"""Where the features of the whole end, and those of the words begin."""


@pytest.fixture(scope="module")
def sentences() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.mark.parametrize("text", ["a dog", "", "   ", "?!", "猫が走る", "🐈 naïve café", LONG])
def test_every_text_has_two_unit_vectors(sentences: SentenceEncoder, text: str) -> None:
    [vector] = sentences([text])

    assert vector.shape == (SENTENCE_CHANNELS,)
    for half in (vector[:WHOLE], vector[WHOLE:]):
        assert half.norm().item() == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_vectors(sentences: SentenceEncoder) -> None:
    assert sentences([]).shape == (0, SENTENCE_CHANNELS)


def test_a_text_has_the_same_vector_alone_and_beside_a_longer_one(
    sentences: SentenceEncoder,
) -> None:
    texts = ["a dog", LONG, "two men play football in the rain", ""]
    alone = torch.cat([sentences([text]) for text in texts])

    torch.testing.assert_close(sentences(texts), alone, atol=1e-5, rtol=0)


def test_more_texts_than_fit_at_once_keep_their_order(
    sentences: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["one", "two", "three", "four", "five"]
    together = sentences(texts)
    monkeypatch.setattr("encoder.text._TEXTS_AT_ONCE", 2)

    torch.testing.assert_close(sentences(texts), together, atol=1e-5, rtol=0)


def test_what_stands_past_64_tokens_is_cut(sentences: SentenceEncoder) -> None:
    begin = "dog " * 62  # and the two tokens that every text is put between

    same, other = sentences([begin + "piano", begin]), sentences(["dog " * 30 + "piano"])

    torch.testing.assert_close(same[0], same[1])
    assert (same[0] @ other[0]).item() < 2 * 0.999


def test_similar_sentences_are_closer_than_unrelated_ones(sentences: SentenceEncoder) -> None:
    dog, hound, stocks = sentences(
        ["a dog runs over grass", "a puppy is running in a meadow", "stock prices fell on Monday"]
    )[:, :WHOLE]

    assert dog @ hound > 0.5
    assert dog @ stocks < 0.2


def test_word_features_know_the_words_however_the_whole_is_meant(
    sentences: SentenceEncoder,
) -> None:
    bottle, bottles, pool = sentences(
        ["a bottle of water", "water, of a bottle", "a pool of people"]
    )[:, WHOLE:]

    assert bottle @ bottles > bottle @ pool + 0.1


def test_capitals_do_not_matter(sentences: SentenceEncoder) -> None:
    lower, upper = sentences(["a dog", "A DOG"])

    torch.testing.assert_close(lower, upper)


def test_rare_words_decide_what_the_words_of_a_text_are_like(sentences: SentenceEncoder) -> None:
    asked, violin, dog, short = sentences.rare_words(
        ["a man with a violin", "the violinist on the stage", "a man with a dog", "violin, man"]
    )

    assert (asked @ violin).item() > (asked @ dog).item()
    assert (asked @ short).item() > 0.8


def test_the_words_of_a_text_are_the_same_beside_a_longer_one(sentences: SentenceEncoder) -> None:
    alone, beside = sentences.rare_words(["a dog"]), sentences.rare_words(["a dog", LONG])

    torch.testing.assert_close(alone[0], beside[0])
    assert alone[0].norm().item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "?!", "\u0000"])
def test_a_text_without_words_is_like_nothing(sentences: SentenceEncoder, text: str) -> None:
    assert not sentences.rare_words([text]).any()
