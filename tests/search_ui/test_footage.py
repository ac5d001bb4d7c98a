"""What the product promises on real footage: the right video first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.assembly import open_library
from pipeline.library import Library
from pipeline.query import Query, Text
from pipeline.searching import search
from pipeline.settings import load_settings
from tests.search_ui.child import CommandLine


@pytest.fixture(scope="module")
def library(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The shared footage, indexed by the command."""
    place = tmp_path_factory.mktemp("footage")
    done = CommandLine(place).run("index", shared_data / "footage")
    assert done.returncode == 0, done.stdout + done.stderr
    with open_library(load_settings(place / "clipseek-library")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("plastic water bottles", "bottle-detection"),
        ("playing basketball in a gym", "mmaction2-test_video_structuralize"),
        ("students sitting in a classroom", "classroom"),
        ("a cartoon meadow with flowers", "big-buck-bunny"),
        ("fruit on a table", "fruit-and-vegetable"),
        ("a person walking down a hallway", "one-by-one-person"),
    ],
)
def test_the_right_video_comes_first(library: Library, query: str, name: str) -> None:
    best, *_ = search(library, Query.of(Text(query)), limit=1)

    assert name in best.record.path.name
