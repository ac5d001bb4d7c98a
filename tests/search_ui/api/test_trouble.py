"""What the HTTP interface answers when something else is in trouble."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from catalog.interface import CatalogError, VideoRecord
from catalog.memory import MemoryStore
from pipeline.library import Library
from search_ui.api.films import MOST_KEPT, Films
from search_ui.api.served import ServedLibrary
from search_ui.api.server import application
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import LibraryAtHand


class Away(MemoryStore):
    """A store that raises `trouble` when it is asked for videos."""

    trouble: Exception | None = None

    def videos(self) -> list[VideoRecord]:
        if self.trouble is not None:
            raise self.trouble
        return super().videos()


@pytest.fixture
def store() -> Away:
    return Away(COLOUR_SPACE)


@pytest.fixture
def client(store: Away, tmp_path: Path) -> Iterator[TestClient]:
    settings = LibraryAtHand(tmp_path / "library").settings
    app = application(ServedLibrary(Library(settings, store, FakeEncoder)), token=None)
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as one:
        yield one


def test_an_empty_library_is_answered_for(client: TestClient) -> None:
    assert client.get("/search?q=red").json() == []
    assert client.get("/browse/categories").json() == []
    assert client.get("/browse/statistics").json()["mean_clip_seconds"] == 0


@pytest.mark.parametrize("path", ["/videos", "/status", "/browse/words", "/search?q=a%20in:b"])
def test_a_catalog_that_is_away_may_come_back(client: TestClient, store: Away, path: str) -> None:
    store.trouble = CatalogError("the catalog could not search: it is away; try again")
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (503, {"error": str(store.trouble)})
    store.trouble = None
    assert client.get(path).status_code == 200


def test_a_fault_of_the_program_is_not_told_to_strangers(client: TestClient, store: Away) -> None:
    store.trouble = RuntimeError("a secret of the program")
    answer = client.get("/videos")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "server's log" in answer.json()["error"]


def test_a_bounded_number_of_films_stays_on_disk() -> None:
    films, made = Films(), []

    def make(path: Path) -> None:
        made.append(path)
        path.write_text(path.name)

    first = films.get("a", make)
    assert films.get("a", make) == first
    for number in range(MOST_KEPT):
        films.get(str(number), make)
    assert len(made) == MOST_KEPT + 1
    assert [path for path in made if not path.exists()] == [first]
    assert films.get("a", make) != first
    films.close()
    assert not any(path.exists() for path in made)
