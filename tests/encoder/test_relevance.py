"""Probabilities grow with similarity and with what captions say, and fall with more clips."""

import numpy as np
import pytest

from encoder.relevance import caption_likeness, relevance
from encoder.text import MEANING_CHANNELS


def test_what_is_closer_is_more_probable() -> None:
    found = relevance(np.linspace(-1, 1, 9, dtype=np.float32), captions=0.3, among=100)

    assert np.all(np.diff(found) > 0)
    assert 0 < found[0] < 0.01
    assert 0.99 < found[-1] < 1


def test_captions_count_for_it_and_further_clips_against_it() -> None:
    similarity = np.array([0.4], np.float32)
    usual = relevance(similarity, captions=0.3, among=100)

    assert relevance(similarity, captions=0.4, among=100) > usual
    assert relevance(similarity, captions=0.3, among=1000) < usual
    assert relevance(similarity, captions=0.3, among=0) == pytest.approx(
        relevance(similarity, captions=0.3, among=1)
    )


def test_captions_are_compared_by_meaning_and_not_by_words() -> None:
    sentences = np.zeros((3, 2 * MEANING_CHANNELS), np.float32)
    sentences[:, 0] = 1, 0.6, 0.2
    sentences[:, MEANING_CHANNELS] = 1

    assert caption_likeness(sentences) == pytest.approx(0.4)
    assert caption_likeness(sentences[:1]) == 0
