"""Probabilities grow with similarity and with what captions say, and fall with more clips."""

import numpy as np
import pytest

from encoder.relevance import caption_likeness, relevance


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


def test_the_captions_are_as_like_the_text_as_they_are_on_average() -> None:
    words = np.array([(1, 0), (0.6, 0.8), (0.2, 0.9)], np.float32)

    assert caption_likeness(words) == pytest.approx(0.4)
    assert caption_likeness(words[:1]) == 0
