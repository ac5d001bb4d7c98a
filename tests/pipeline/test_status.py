"""What a library says of itself, without loading the encoder."""

from pathlib import Path

import pytest

from pipeline.indexing import index_paths
from pipeline.status import library_status
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


def test_an_empty_library_holds_nothing(library: LibraryAtHand) -> None:
    status = library_status(library.open())
    assert (status.videos, status.clips, status.missing) == (0, 0, 0)
    assert (status.duration_seconds, status.size_bytes) == (0, 0)
    assert status.space == COLOUR_SPACE.name


def test_everything_is_counted(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red", "green")
    lost = shoot(films / "b.mp4", "blue")
    index_paths(library.open(FakeEncoder()), [films])
    lost.unlink()
    index_paths(library.open(), [films])
    status = library_status(library.open())
    assert (status.videos, status.clips, status.missing) == (2, 3, 1)
    assert status.duration_seconds == pytest.approx(6, abs=0.5)
    thumbnails = library.settings.library.rglob("*")
    assert status.size_bytes == sum(path.stat().st_size for path in thumbnails if path.is_file())
    assert status.size_bytes > 0
