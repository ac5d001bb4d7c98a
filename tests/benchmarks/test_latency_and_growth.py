"""The benchmarks of searching and growing, on libraries of few clips."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import growth, latency
from benchmarks.figures import Distribution, Line, draw
from benchmarks.random_library import SPACE, RandomEncoder
from catalog.memory import MemoryStore
from pipeline.library import Library
from pipeline.settings import load_settings


def test_a_distribution_has_quartiles_and_a_tail() -> None:
    found = Distribution.of([n / 1000 for n in range(101)])
    assert found.as_json() == {"p25_ms": 25, "p50_ms": 50, "p75_ms": 75, "p95_ms": 95}
    assert str(found) == "50.0 (25.0 to 75.0)"


def test_a_picture_names_its_lines_and_axes(tmp_path: Path) -> None:
    draw(tmp_path / "new" / "a.svg", [Line("one", [1, 10], [2, 3])], title="T", across="x", up="y")
    assert ElementTree.parse(tmp_path / "new" / "a.svg").getroot().tag.endswith("svg")


def test_each_share_of_clips_carries_its_label() -> None:
    clips = latency.endless_clips(8)
    labels = [c.label for _ in range(3000) for c in next(clips).description.categories]
    shares = [labels.count(f"{share} % of clips") / 3000 for share in latency.SHARES]
    assert shares == pytest.approx([0.01, 0.1, 0.5], rel=0.35)


def measured(*, clips: int, search: float, tail: float) -> latency.Measured:
    def all_the_same(value: float) -> Distribution:
        return Distribution(value, value, value, value, count=1)

    taken = Distribution(search, search, search, tail, count=1)
    return latency.Measured(clips, latency.ALL, all_the_same(0.01), all_the_same(0.03), taken)


def test_large_libraries_are_held_to_the_limits() -> None:
    assert measured(clips=20_000, search=0.051, tail=0.1).is_kept
    assert not measured(clips=20_000, search=0.053, tail=0.1).is_kept
    assert not measured(clips=20_000, search=0.05, tail=0.101).is_kept
    assert measured(clips=1000, search=1, tail=3).is_kept


def test_growth_writes_what_it_measures(tmp_path: Path) -> None:
    with Library(load_settings(tmp_path), MemoryStore(SPACE), RandomEncoder) as library:
        found = growth.grow(library, [50, 200])
        assert [one.clips for one in found] == [50, 200]
        assert library.store.count_clips() == 200
        assert len(library.store.videos()) == 4

    growth.report(found, tmp_path)
    written = json.loads((tmp_path / "growth.json").read_text())
    assert [one["clips"] for one in written["figures"]] == [50, 200]
    assert (tmp_path / "growth.svg").exists()
