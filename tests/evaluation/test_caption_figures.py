"""Caption figures against examples worked out by hand."""

import math

import pytest

from evaluation.captions import score_captions


def test_identical_sentences_have_full_marks() -> None:
    said = ["a dog runs over the grass", "two men play football in a park"]

    found = score_captions(said, [[sentence] for sentence in said])

    for figure in (found.bleu1, found.bleu2, found.bleu3, found.bleu4, found.rouge_l):
        assert figure == pytest.approx(100, abs=1e-3)
    assert found.cider == pytest.approx(1000, abs=1e-3)  # CIDEr-D's scale ends at ten


def test_a_pair_worked_out_by_hand() -> None:
    # "the" occurs once in the reference, so one of the two counts.
    found = score_captions(["the the cat sat"], [["the cat sat down here"]])

    short = math.exp(1 - 5 / 4)  # four words for a reference of five
    assert found.bleu1 == pytest.approx(100 * short * 3 / 4, abs=1e-3)
    # Pairs: "the the" is in no reference, "the cat" and "cat sat" are.
    assert found.bleu2 == pytest.approx(100 * short * math.sqrt(3 / 4 * 2 / 3), abs=1e-3)
    assert found.bleu3 == pytest.approx(100 * short * (3 / 4 * 2 / 3 * 1 / 2) ** (1 / 3), abs=1e-3)
    # The longest common subsequence is "the cat sat"; recall counts 1.2 times as much.
    precision, recall = 3 / 4, 3 / 5
    rouge = (1 + 1.2**2) * precision * recall / (recall + 1.2**2 * precision)
    assert found.rouge_l == pytest.approx(100 * rouge, abs=1e-3)


def test_cider_worked_out_by_hand() -> None:
    found = score_captions(["old dog", "a cat"], [["old cow"], ["a cat sleeps here"]])

    # First: of two words, each in one of two references, "old" is shared; "dog" is in none and
    # weighs as much. No pair of words is shared. Four orders count alike, and ten is the top.
    first = 10 * (1 / 2) / 4
    # Second: two of four words of equal weight, one of three pairs; two words are missing, for
    # which the Gaussian with a sigma of 6 takes some.
    second = 10 * (2 / (2**0.5 * 4**0.5) + 1 / 3**0.5) / 4 * math.exp(-(2**2) / (2 * 6**2))
    assert found.cider == pytest.approx(100 * (first + second) / 2, abs=1e-3)


def test_the_best_of_several_references_counts() -> None:
    references = [["a cat", "the dog runs home", "some bird"]]

    assert score_captions(["the dog runs home"], references).bleu4 == pytest.approx(100, abs=1e-3)


def test_capitals_and_punctuation_do_not_count() -> None:
    found = score_captions(["A dog, runs over GRASS!"], [["a dog runs over grass ."]])

    assert found.bleu4 == pytest.approx(100, abs=1e-3)


def test_sentences_with_nothing_in_common_score_nothing() -> None:
    found = score_captions(["one two three four", ""], [["a b c d"], ["e f g h"]])

    assert found.bleu1 == pytest.approx(0, abs=1e-3)
    assert found.cider == 0
    assert found.rouge_l == 0


def test_a_rarer_word_tells_more() -> None:
    references = [["a dog"], ["a cat"], ["a bird"]]

    common = score_captions(["a horse"] * 3, references)
    rare = score_captions(["the dog", "the cat", "the bird"], references)

    assert rare.bleu1 == pytest.approx(common.bleu1)
    assert rare.cider > common.cider


def test_one_sentence_per_group_of_references() -> None:
    with pytest.raises(ValueError, match="2 sentences for 1 groups"):
        score_captions(["a", "b"], [["a"]])
