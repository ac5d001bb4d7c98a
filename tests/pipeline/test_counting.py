"""How often clips are counted."""

import pytest

from catalog.memory import MemoryStore
from pipeline import counting
from pipeline.counting import ClipCount
from tests.catalog_records import SPACE, clip, direction


def filled(clips: int) -> MemoryStore:
    store = MemoryStore(SPACE)
    store.upsert_clips([clip("v", start, direction(1)) for start in range(clips)])
    return store


def test_a_count_holds_for_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "KEPT_FOR", 1e12)
    count, store = ClipCount(), filled(2)
    assert count.of(store) == 2

    store.delete_video("v")
    assert count.of(store) == 2
    assert count.of(filled(3)) == 3, "another store"


def test_then_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "KEPT_FOR", 0)
    count, store = ClipCount(), filled(2)
    count.of(store)

    store.delete_video("v")
    assert count.of(store) == 0
