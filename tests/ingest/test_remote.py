"""Videos in a store are read like files, and never lead anywhere else."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.content import identify
from ingest.discovery import find_media, from_url, resolved
from ingest.errors import UnreachableMediaError, UnreadableVideoError, UnsafeMediaError
from ingest.file_state import state_of
from ingest.frame import ShownFrame
from ingest.location import as_typed, is_remote
from ingest.remote import RemoteFile
from ingest.video import Video
from tests.ingest.store import Store, running_store
from tests.tiny_videos import colour_of, write_scenes


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with running_store() as store:
        yield store


def _rgb(frame: ShownFrame) -> NDArray[np.uint8]:
    return frame.rgb(short_side=64)


def test_a_video_in_a_store_has_the_frames_and_the_id_of_the_file(
    store: Store, tmp_path: Path
) -> None:
    file = write_scenes(tmp_path / "a.mp4", ["red", "blue"])
    url = store.put("deep/a film.mp4", file.read_bytes())
    with Video.open(file) as here, Video.open(url) as there:
        assert there.info.video_id == here.info.video_id == identify(url)
        assert there.info.duration_seconds == here.info.duration_seconds
        pairs = list(zip(here.frames(), there.frames(), strict=True))
        assert len(pairs) == 40
        assert all(np.array_equal(_rgb(a), _rgb(b)) for a, b in pairs)
        (late,) = there.frames_at([3.0])
        assert colour_of(_rgb(late)) == "blue"
        assert len(there.segments(1.0)) == len(here.segments(1.0))


def test_an_object_replaced_is_seen_to_have_changed(store: Store) -> None:
    url = store.put("a.mp4", b"one")
    before = state_of(url)
    assert state_of(url) == before
    store.put("a.mp4", b"three")
    assert state_of(url) != before


def test_a_folder_in_a_store_is_walked_like_one_here(store: Store) -> None:
    for name in ["films/b.mp4", "films/a/c.MOV", "films/.d.mp4", "films/e.txt", "films-2/f.mp4"]:
        store.put(name, b"x")
    found = list(find_media([Path("s3://bucket/films"), Path("s3://bucket/films/b.mp4")]))
    assert [as_typed(path) for path in found] == [
        "s3://bucket/films/a/c.MOV",
        "s3://bucket/films/b.mp4",
    ]
    assert list(find_media([Path("s3://bucket/films/e.txt")])) == [Path("s3:/bucket/films/e.txt")]


def test_names_that_are_no_paths_are_left_out_and_told(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.put("odd/a.mp4", b"x")
    store.put("odd/films//b.mp4", b"x")
    assert list(find_media([Path("s3://bucket/odd")])) == [Path("s3://bucket/odd/a.mp4")]
    assert "s3://bucket/odd/films//b.mp4: is left out for its name" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("none.mp4", None, "no such object"),
        ("empty.mp4", b"", "is empty"),
        ("text.mp4", b"no video", "is not a video that can be opened"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_that_names_the_url(
    store: Store, name: str, content: bytes | None, problem: str
) -> None:
    url = Path(f"s3://bucket/{name}") if content is None else store.put(name, content)
    with pytest.raises(UnreadableVideoError, match=problem) as refused:
        Video.open(url)
    assert str(refused.value).startswith(f"s3://bucket/{name}: ")
    assert "\n" not in str(refused.value)


def test_a_bucket_that_does_not_exist_is_told(store: Store) -> None:
    url = Path("s3://nowhere/films")
    assert list(find_media([url])) == [url]
    with pytest.raises(FileNotFoundError):
        state_of(url)


def test_a_list_of_addresses_in_a_store_is_not_followed(store: Store, tmp_path: Path) -> None:
    file = write_scenes(tmp_path / "a.mp4", ["red"])
    store.put("a.mp4", file.read_bytes())
    listing = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{file}\n#EXT-X-ENDLIST\n"
    url = store.put("list.mp4", listing.encode())
    with pytest.raises(UnsafeMediaError, match="list of other files"):
        Video.open(url)


def test_a_store_that_does_not_answer_may_answer_later() -> None:
    with running_store() as store:
        url = store.put("a.mp4", b"x")
        file = RemoteFile(url)
        store.stop()
        _assert_unreachable(url, file)


def _assert_unreachable(url: Path, file: RemoteFile) -> None:
    for use in (lambda: Video.open(url), lambda: state_of(url), lambda: file.read(1)):
        with pytest.raises(UnreachableMediaError) as refused:
            use()
        assert str(refused.value).startswith("s3://bucket/a.mp4: cannot be reached now (")
        assert "\n" not in str(refused.value)


def test_a_url_of_a_file_is_its_path(tmp_path: Path) -> None:
    assert from_url(Path("file:///videos/a%20b.mp4")) == Path("/videos/a b.mp4")
    assert from_url(Path("videos/a.mp4")) == Path("videos/a.mp4")
    assert from_url(Path("s3://bucket/a.mp4")) == Path("s3://bucket/a.mp4")
    assert resolved(Path(f"file://{tmp_path}/a%20b.mp4")) == tmp_path / "a b.mp4"


def test_other_addresses_are_refused_by_name() -> None:
    with pytest.raises(UnreadableVideoError, match="address that is not read"):
        resolved(Path("https://example.org/a.mp4"))


def test_a_colon_in_a_name_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "take:").mkdir()
    monkeypatch.chdir(tmp_path)
    assert resolved(Path("take:/a.mp4")) == tmp_path / "take:" / "a.mp4"
    assert resolved(Path("10:30.mp4")) == tmp_path / "10:30.mp4"
    assert not is_remote(tmp_path / "s3:" / "a.mp4")
