"""The timeline under the player: where bars stand, and how high."""

from pathlib import Path

import pytest

from catalog.interface import ClipSummary
from ingest.clip import ClipSpan
from search_ui.page.moments import Moment
from search_ui.page.similarity_bars import EVEN, LOWEST, MOST_BARS, bars


def moment(second: int, score: float | None = None, *, seconds: int = 2) -> Moment:
    span = ClipSpan(second, second + seconds)
    return Moment(ClipSummary(f"a:{second}", "a", Path("/a.mp4"), span, "", ()), score)


def test_bars_stand_where_clips_are_and_the_best_is_highest() -> None:
    found = bars([moment(6, 0.3), moment(0, 0.1), moment(2, 0.2, seconds=4)], chosen="a:0")

    assert [bar.moment.clip.clip_id for bar in found] == ["a:0", "a:2", "a:6"]
    assert [(bar.left, bar.width) for bar in found] == [(0, 0.25), (0.25, 0.5), (0.75, 0.25)]
    assert [bar.height for bar in found] == pytest.approx([LOWEST, (1 + LOWEST) / 2, 1])


def test_without_similarities_all_are_even() -> None:
    assert {bar.height for bar in bars([moment(0), moment(2)], chosen="a:0")} == {EVEN}
    assert bars([], chosen="a:0") == []


def test_a_long_film_keeps_its_peaks_and_the_chosen_moment() -> None:
    clips = [moment(2 * number, 0.1) for number in range(10 * MOST_BARS)]
    clips[4321 % len(clips)] = moment(2 * (4321 % len(clips)), 0.9)
    peak = clips[4321 % len(clips)].clip.clip_id

    found = bars(clips, chosen="a:14")

    shown = {bar.moment.clip.clip_id: bar.height for bar in found}
    assert len(found) <= MOST_BARS
    assert shown[peak] == 1
    assert "a:14" in shown
