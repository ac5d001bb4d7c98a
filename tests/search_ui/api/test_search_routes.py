"""Search and browse over HTTP tell what the command line tells."""

import inspect
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.query import MAX_QUERY_CHARACTERS
from search_ui.api.search_routes import SentOptions
from search_ui.search_command import search
from tests.search_ui.api.interface import Interface
from tests.search_ui.api.serving import QUERY


def picture(red: int, green: int, blue: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((48, 64, 3), (red, green, blue), np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_search_has_the_shape_of_the_command(interface: Interface) -> None:
    assert interface.get("/search", q=QUERY) == interface.told["found"]
    assert interface.get("/search", q=QUERY, group="true") == interface.told["videos"]


def test_no_option_of_the_command_is_missing() -> None:
    of_command = set(inspect.signature(search).parameters) - {"text", "library", "json"}
    assert {*SentOptions.model_fields, "image", "video"} - {"q"} == of_command


def test_options_are_those_of_the_command(interface: Interface) -> None:
    options = {"q": "red", "then": "green", "minus": "blue", "in": "films", "within": 30}
    assert interface.get("/search", **options) == interface.told["found"]

    like = interface.clip("blue in:b.mp4")
    (found,) = interface.get("/search", like=like, category=["blue"], after="2020", limit=1)
    assert found["caption"] == "something blue"
    assert found["path"].endswith("a.mp4")
    assert interface.get("/search", q="red", before="2000") == []
    assert interface.get("/search", q="red", unlike=like, limit=2) != []


def test_pages_and_orders_are_those_of_the_command(interface: Interface) -> None:
    every = interface.get("/search", q="red")
    assert interface.get("/search", q="red", limit=2, offset=1) == every[1:3]
    starts = [one["start_seconds"] for one in interface.get("/search", q="red", sort="place")]
    assert starts[: starts.index(max(starts)) + 1] == sorted({*starts})
    assert "sort: " in interface.problem(422, "/search", params={"q": "a", "sort": "size"})


def test_pictures_and_videos_are_queries(interface: Interface) -> None:
    sent = [("image", ("../../green.png", picture(0, 255, 0)))]
    found = interface.ask("/search?limit=1", "POST", files=sent)
    assert found.status_code == 200, found.text
    assert found.json()[0]["caption"] == "something green"

    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8) // (1, 9, 9)
    large = io.BytesIO()
    Image.fromarray(noise.astype(np.uint8)).save(large, "PNG")
    assert len(large.getvalue()) > 100_000
    found = interface.ask("/search?limit=1", "POST", files={"image": large.getvalue()})
    assert found.json()[0]["caption"] == "something red"

    film = (interface.folder / "films" / "a.mp4").read_bytes()
    part = interface.ask("/search?limit=1&start=4&end=6", "POST", files={"video": ("x", film)})
    assert part.json()[0]["caption"] == "something blue"

    both = [("image", ("a", picture(255, 0, 0))), ("video", ("b", film))]
    mixed = interface.ask("/search?q=red&limit=1", "POST", files=both)
    assert mixed.json()[0]["caption"] == "something red"


def test_files_that_cannot_be_used_are_named(interface: Interface) -> None:
    def said(name: str, content: bytes, status: int = 400) -> str:
        return interface.problem(status, "/search", "POST", files={"image": (name, content)})

    problem = said("note.txt", b"words")
    assert problem.startswith("note.txt: ")
    assert "/" not in problem
    leading = b"#EXTM3U\n#EXTINF:2,\n/etc/passwd\n#EXT-X-ENDLIST\n"
    video = {"video": ("list.mp4", leading)}
    assert "list.mp4: " in interface.problem(400, "/search", "POST", files=video)
    said("a.png", bytes(51_000_000), status=413)
    many = [("image", (str(number), b"x")) for number in range(20)]
    interface.problem(400, "/search", "POST", files=many)
    interface.problem(422, "/search", "POST")


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ({"q": "dog catgory:sports"}, 400, "character 5"),
        ({"q": "in:films"}, 400, "conditions only"),
        ({"q": ""}, 400, "empty"),
        ({"like": "gone:0"}, 400, "not in the library"),
        ({"q": "a", "after": "soon"}, 400, "not a day"),
        ({"q": "a" * 10_000}, 413, f"{MAX_QUERY_CHARACTERS} are allowed"),
        ({"q": "a", "minus": "b" * 10_000}, 413, "10000 characters"),
        ({}, 422, "say what to look for"),
        ({"q": "a", "within": 3}, 422, "within"),
        ({"q": "a", "limit": 0}, 422, "limit: "),
        ({"q": "a", "within": "nan"}, 422, "within: "),
        ({"q": "a", "colour": "red"}, 422, "colour: "),
    ],
)
def test_what_cannot_be_answered_is_said(
    interface: Interface, parameters: dict[str, object], status: int, said: str
) -> None:
    assert said in interface.problem(status, "/search", params=parameters)


def test_the_place_in_a_query_is_told(interface: Interface) -> None:
    answer = interface.ask("/search", params={"q": "dog catgory:sports"})
    assert answer.json()["at"] == 4


def test_browsing_gives_categories_words_months_and_figures(interface: Interface) -> None:
    labels = interface.get("/browse/categories")
    assert [(one["kind"], one["label"], one["clips"]) for one in labels] == [
        ("colour", "red", 3), ("colour", "blue", 2), ("colour", "green", 2),
    ]  # fmt: skip
    assert len(interface.get("/browse/categories", limit=1)) == 1
    assert interface.get("/browse/groups") == []
    assert interface.get("/browse/words")[0] == {"word": "red", "clips": 3}
    (month,) = interface.get("/browse/months")
    assert {Path(video["path"]).name for video in month["videos"]} == {"a.mp4", "b.mp4"}
    assert interface.get("/browse/statistics")["clips"] == 7


def test_status_is_that_of_the_command(interface: Interface) -> None:
    told = interface.told["status"]
    assert isinstance(told, dict)
    now = interface.get("/status")
    assert now.keys() == told.keys()
    assert {**now, "size_bytes": 0} == {**told, "size_bytes": 0}
