"""What the tests of workers share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.system import System


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Services that run while a module's tests do, each of which makes videos of its own."""
    one = System(tmp_path_factory.mktemp("system"))
    one.start()
    yield one
    one.stop()


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A folder to put videos into."""
    folder = tmp_path / "films"
    folder.mkdir()
    return folder
