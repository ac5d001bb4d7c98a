"""Files that visitors send as a query: told apart by content, mixed with words, gone afterwards."""

from pathlib import Path

import pytest
from PIL import Image

from pipeline.library import Library
from pipeline.query import ImageFile, Query, QueryError, Text, VideoFile
from pipeline.searching import search
from search_ui.page.example_upload import Uploaded, with_example
from tests.pipeline.films import shoot


def picture(folder: Path) -> bytes:
    path = folder / "picture.png"
    Image.new("RGB", (64, 48), (0, 0, 255)).save(path)
    return path.read_bytes()


def test_a_picture_finds_its_like_whatever_it_is_called(filled: Library, tmp_path: Path) -> None:
    with with_example(None, Uploaded("../../film.mp4", picture(tmp_path))) as query:
        assert query is not None
        (example,) = query.examples()
        assert isinstance(example, ImageFile)
        (best, *_) = search(filled, query)

    assert best.record.description.caption.text == "something blue"
    assert not example.path.exists()


def test_a_video_is_mixed_with_words(filled: Library, tmp_path: Path) -> None:
    content = shoot(tmp_path / "short.mp4", "green").read_bytes()

    with with_example(Query.of(Text("red")), Uploaded("a.png", content)) as query:
        assert query is not None
        words, example = query.examples()
        found = search(filled, query)

    scores = {one.record.description.caption.text: one.score for one in found}
    assert words == Text("red")
    assert isinstance(example, VideoFile)
    assert scores["something blue"] < min(scores["something red"], scores["something green"])


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script></html>", b"#EXTM3U\n/etc/passwd\n", b"\0" * 999],
)
def test_a_file_that_poses_as_a_picture_is_refused(content: bytes) -> None:
    with (
        pytest.raises(QueryError, match=r"^holiday\.jpg: ") as caught,
        with_example(None, Uploaded("holiday.jpg", content)),
    ):
        pytest.fail("it was taken")
    assert "/tmp" not in str(caught.value)


def test_without_a_file_the_query_stands() -> None:
    query = Query.of(Text("red"))
    with with_example(query, None) as same:
        assert same is query
