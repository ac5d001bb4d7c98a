"""A, then B: which clips follow which."""

import numpy as np
import pytest

from catalog.interface import SearchHit
from ingest.clip import ClipSpan
from pipeline.found import Found
from pipeline.sequences import sequences
from tests.catalog_records import clip, direction


def hit(video: str, start: float, score: float) -> SearchHit:
    """A hit of four seconds."""
    return SearchHit(clip(video, start, direction(1)), score)


def starts(found: list[Found]) -> list[tuple[str, ...]]:
    return [
        (one.record.video_id, *(str(round(h.record.span.start_seconds)) for h in one.hits))
        for one in found
    ]


def test_the_best_pair_in_order_and_in_time_comes_first() -> None:
    first = [hit("v", 0, 0.5), hit("v", 20, 0.9), hit("w", 8, 0.7)]
    second = [hit("v", 16, 0.8), hit("v", 4, 0.2), hit("w", 0, 0.9), hit("w", 12, 0.3)]

    found = sequences([first, second], within_seconds=30)

    assert starts(found) == [("v", "0", "16"), ("w", "8", "12")]
    assert found[0].score == pytest.approx(0.65)
    assert found[0].span == ClipSpan(0, 20)
    assert starts(sequences([first, second], within_seconds=5)) == [
        ("w", "8", "12"),
        ("v", "0", "4"),
    ]


def test_a_step_may_follow_at_once_but_not_be_the_same_clip() -> None:
    once = [hit("v", 0, 0.9)]
    assert sequences([once, once], within_seconds=100) == []
    assert starts(sequences([once, [hit("v", 4, 0.1)]], within_seconds=0)) == [("v", "0", "4")]


def test_a_clip_is_in_one_sequence_only() -> None:
    first = [hit("v", 0, 0.9), hit("v", 4, 0.8), hit("v", 40, 0.1)]
    second = [hit("v", 8, 0.9), hit("v", 48, 0.1)]
    assert starts(sequences([first, second], within_seconds=10)) == [
        ("v", "0", "8"),
        ("v", "40", "48"),
    ]


def test_many_steps_are_the_best_of_all_ways() -> None:
    random = np.random.default_rng(3)
    steps = [[hit("v", 4 * n, float(random.random())) for n in range(12)] for _ in range(3)]

    found = sequences(steps, within_seconds=8)

    best = max(
        (a.score + b.score + c.score) / 3
        for a in steps[0]
        for b in steps[1]
        for c in steps[2]
        if 0 <= b.record.span.start_seconds - a.record.span.end_seconds <= 8
        if 0 <= c.record.span.start_seconds - b.record.span.end_seconds <= 8
    )
    assert found[0].score == pytest.approx(best)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
