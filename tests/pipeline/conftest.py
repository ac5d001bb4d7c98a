"""What the tests of the use cases share."""

from pathlib import Path

import pytest

from tests.pipeline.films import LibraryAtHand


@pytest.fixture
def library(tmp_path: Path) -> LibraryAtHand:
    return LibraryAtHand(tmp_path / "library")


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A folder to put videos into."""
    folder = tmp_path / "films"
    folder.mkdir()
    return folder
