"""A video that was never begun is not looked for among all clips."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from milvus_lite.engine.collection import Collection

from catalog import versions
from catalog.milvus import MilvusStore
from tests.catalog_records import SPACE, clip, direction, video


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MilvusStore]:
    opened = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    yield opened
    opened.close()


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The conditions under which all rows of a collection were looked at."""
    noted: list[str] = []
    query = Collection.query

    def noting(self: Collection, expr: str, **kwargs: object) -> object:
        noted.append(expr)
        return query(self, expr, **kwargs)

    monkeypatch.setattr(Collection, "query", noting)
    return noted


def test_deleting_a_video_that_is_not_there_looks_at_no_clips(
    store: MilvusStore, scans: list[str]
) -> None:
    store.upsert_clips([clip("v", 0, direction(1))])
    store.delete_video("w")
    assert scans == []

    store.delete_video("v")
    assert len(scans) == 1
    assert store.count_clips() == 0


def test_a_video_that_was_begun_is_no_video_yet(store: MilvusStore) -> None:
    store.upsert_clips([clip("v", 0, direction(1))])
    assert store.videos() == []
    assert store.video("v") is None

    store.upsert_video(video("v"))
    store.upsert_clips([clip("v", 4, direction(1))])
    assert store.videos() == [video("v")]
    assert store.video("v") == video("v")


def test_a_catalog_from_before_loses_clips_that_nothing_was_noted_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "NOTED", "")
    with monkeypatch.context() as patch:
        patch.setattr("catalog.milvus.note_begun", lambda *_: None)
        before = MilvusStore.open(tmp_path / "catalog", space=SPACE)
        before.upsert_clips([clip("v", 0, direction(1))])
        before.close()
    monkeypatch.undo()

    again = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    again.upsert_clips([clip("w", 0, direction(1))])
    again.delete_video("v")
    assert again.count_clips() == 1
    again.close()
