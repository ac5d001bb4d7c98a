"""A real server for all tests of the HTTP interface."""

from collections.abc import Iterator

import pytest

from tests.search_ui.api.interface import Interface
from tests.search_ui.api.serving import indexed, started

TOKEN = "a-token-of-a-test,-24-signs"


@pytest.fixture(scope="session")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    """The server, with a token; programs may submit what lies in `films`."""
    folder = tmp_path_factory.mktemp("interface")
    told = indexed(folder)
    with started(folder, CLIPSEEK_API_TOKEN=TOKEN) as port:
        yield Interface(f"http://127.0.0.1:{port}", TOKEN, folder, told)
