"""Making records: what the thread that reads ahead leaves behind."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from encoder.interface import ClipDescription
from encoder.labels import FreeLabels
from ingest.clip import WHOLE, Clip
from ingest.video import Video
from pipeline.encoding import Cataloguer
from pipeline.settings import Settings
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import files_under, shoot


class Failing(FakeEncoder):
    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        raise OSError("out of order")


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def cataloguer(folder: Path, encoder: FakeEncoder) -> Cataloguer:
    settings = Settings(library=folder, clip_max_seconds=2, clip_min_seconds=0.5)
    return Cataloguer(settings, encoder, FreeLabels.load(encoder, []))


def test_each_clip_has_its_thumbnail_before_its_record(tmp_path: Path) -> None:
    work = cataloguer(tmp_path / "library", FakeEncoder())
    with Video.open(shoot(tmp_path / "a.mp4", "red", "green", "blue")) as video:
        for number, _ in enumerate(work.records(video, [WHOLE]), 1):
            assert len(files_under(work.settings.thumbnails)) >= number


def test_nothing_is_written_any_more_once_a_failure_is_known(tmp_path: Path) -> None:
    work = cataloguer(tmp_path / "library", Failing())
    path = shoot(tmp_path / "a.mp4", *["red", "green"] * 12)
    with Video.open(path) as video, pytest.raises(OSError, match="out of order") as failure:
        list(work.records(video, [WHOLE]))
    # The failure, which is still held, holds all that was at work.
    assert failure.traceback
    assert readers() == []
