import random
from itertools import pairwise

import pytest

from ingest.clip import ClipSpan
from ingest.spans import SpanCutter

MIN, MAX = 1.0, 8.0


def spans(cuts: list[float], end: float, *, step: float = 0.1, late: int = 2) -> list[ClipSpan]:
    """Read a video frame by frame, each cut becoming known `late` frames after it."""
    cutter = SpanCutter(min_seconds=MIN, max_seconds=MAX)
    found = []
    waiting = list(cuts)
    for frame in range(round(end / step)):
        now = frame * step
        while waiting and waiting[0] <= now - late * step:
            cutter.begin_shot(waiting.pop(0))
        found += cutter.advance(now)
    return found + list(cutter.finish(end))


def pairs(cuts: list[float], end: float) -> list[tuple[float, float]]:
    return [(round(s.start_seconds, 3), round(s.end_seconds, 3)) for s in spans(cuts, end)]


def test_a_span_begins_at_each_shot() -> None:
    assert pairs([3.0, 5.0], 9.0) == [(0, 3), (3, 5), (5, 9)]


def test_a_long_shot_is_cut_in_equal_parts() -> None:
    assert pairs([], 12.0) == [(0, 6), (6, 12)]
    assert pairs([9.0], 12.0) == [(0, 4.5), (4.5, 9), (9, 12)]


def test_exactly_the_maximum_is_one_span() -> None:
    assert pairs([], 8.0) == [(0, 8)]
    assert pairs([], 16.0) == [(0, 8), (8, 16)]


def test_shots_too_short_to_stand_alone_are_joined_to_what_they_follow() -> None:
    assert pairs([0.3, 4.0], 8.0) == [(0, 4), (4, 8)]
    assert pairs([4.0, 4.5], 8.0) == [(0, 4), (4, 8)]
    assert pairs([4.0, 7.5], 8.0) == [(0, 4), (4, 8)]


def test_a_short_video_is_one_span() -> None:
    assert pairs([0.1], 0.3) == [(0, 0.3)]


def test_an_endless_shot_is_given_out_before_it_ends() -> None:
    cutter = SpanCutter(min_seconds=MIN, max_seconds=MAX)
    given = []
    for second in range(3600):
        given += cutter.advance(float(second))
        assert second - (given[-1].end_seconds if given else 0) <= 2 * MAX


def test_random_cuts_tile_the_video_within_the_limits() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        end = chance.choice([0.3, 1.0, 7.9, chance.uniform(1, 200)])
        cuts = sorted(chance.uniform(0, end) for _ in range(chance.randrange(1 + int(end))))
        result = spans(cuts, end)
        assert result[0].start_seconds == 0
        assert result[-1].end_seconds == end
        assert all(a.end_seconds == b.start_seconds for a, b in pairwise(result))
        assert all(span.length_seconds <= MAX + 1e-6 for span in result)
        assert all(span.length_seconds >= MIN - 1e-6 for span in result) or end < MIN
        # A cut is kept unless that would leave a piece too short.
        borders = [0.0, end, *(span.start_seconds for span in result)]
        assert all(min(abs(cut - border) for border in borders) < MIN or cut in borders
                   for cut in cuts)  # fmt: skip


def test_the_result_does_not_depend_on_when_cuts_become_known() -> None:
    chance = random.Random(7)
    cuts = sorted(chance.uniform(0, 100) for _ in range(30))
    assert spans(cuts, 100.0, late=0) == spans(cuts, 100.0, late=4)


@pytest.mark.parametrize(("shortest", "longest"), [(0, 8), (5, 8), (-1, 8)])
def test_limits_that_cannot_be_met_are_refused(shortest: float, longest: float) -> None:
    with pytest.raises(ValueError, match=str(shortest)):
        SpanCutter(min_seconds=shortest, max_seconds=longest)
