from fractions import Fraction

import pytest

from ingest.timeline import LONGEST_STILL_SECONDS, Timeline

MILLISECOND = Fraction(1, 1000)


def times(*pts: int | None) -> list[float | None]:
    timeline = Timeline(MILLISECOND, 0.04)
    return [timeline.seconds_of(each) for each in pts]


def test_the_first_frame_is_at_zero_and_gaps_are_kept() -> None:
    assert times(5000, 5033, 5100, 9000) == pytest.approx([0, 0.033, 0.1, 4.0])


def test_a_negative_start_is_zero_too() -> None:
    assert times(-80, -40, 0) == pytest.approx([0, 0.04, 0.08])


def test_frames_without_a_timestamp_follow_at_the_frame_rate() -> None:
    assert times(None, None, None) == pytest.approx([0, 0.04, 0.08])
    assert times(1000, None, 1080) == pytest.approx([0, 0.04, 0.08])


def test_timestamps_that_come_late_count_from_where_they_come() -> None:
    assert times(None, None, 700, 740) == pytest.approx([0, 0.04, 0.08, 0.12])


def test_a_frame_that_comes_too_late_is_not_shown() -> None:
    assert times(0, 40, 120, 80, 160) == pytest.approx([0, 0.04, 0.12, None, 0.16])
    assert times(0, 40, 40, 80) == pytest.approx([0, 0.04, None, 0.08])


def test_a_clock_that_starts_anew_goes_on() -> None:
    assert times(90_000, 90_040, 0, 40, 80) == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])


def test_a_jump_past_any_still_picture_is_damage() -> None:
    jump = round(LONGEST_STILL_SECONDS * 1000) + 1000
    assert times(0, jump, jump + 40) == pytest.approx([0, 0.04, 0.08])
    assert times(0, jump - 2000)[1] == pytest.approx(LONGEST_STILL_SECONDS - 1)
