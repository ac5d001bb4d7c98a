"""The system's word that something changed in a folder."""

import threading
from pathlib import Path

import pytest

from ingest.changes import changes

MOST_TICKS = 10
"""About a second each; on a busy machine word may be late."""


def test_a_new_file_at_any_depth_is_told_of_and_quiet_is_too(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    stop = threading.Event()
    ticks = changes([tmp_path], stop=stop)
    assert not next(ticks)
    (tmp_path / "deep" / "a.mp4").write_bytes(b"new")
    assert any(next(ticks) for _ in range(MOST_TICKS))
    stop.set()
    assert list(ticks) == []


def test_a_folder_that_cannot_be_watched_is_not_an_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    ticks = changes([tmp_path / "nowhere"], stop=stop)
    assert not next(ticks)
    stop.set()
    assert list(ticks) == []
    assert "only regular looks" in caplog.text
