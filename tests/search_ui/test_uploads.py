"""Files that browsers send: what is taken, what is refused, and that nothing lands elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from search_ui.upload_permit import VALID_SECONDS, is_valid, permit
from search_ui.upload_route import ADDRESS, PERMIT_HEADER, upload_route
from search_ui.uploads import UploadError, Uploads, safe_name
from tests.pipeline.films import files_under, shoot

LIMIT_BYTES = 200_000
SECRET = "a line of a private file"


class Sender:
    """A browser without a screen, and the folder in which everything may happen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received: list[str] = []
        self.uploads = Uploads(folder / "library" / "uploads", limit_bytes=LIMIT_BYTES)
        route = upload_route(self.uploads, on_received=lambda path: self.received.append(path.name))
        self.client = TestClient(Starlette(routes=[route]), base_url="http://127.0.0.1")

    def send(self, name: str, content: bytes, **headers: str):
        headers = {PERMIT_HEADER: permit()} | headers
        return self.client.put(ADDRESS, params={"name": name}, content=content, headers=headers)

    def problem(self, name: str, content: bytes) -> str:
        """Send what is refused; nothing of it may stay."""
        answer = self.send(name, content)
        assert 400 <= answer.status_code < 500
        assert answer.json()["name"] == ""
        assert self.files() == set()
        problem = answer.json()["problem"]
        assert "\n" not in problem
        return problem

    def files(self) -> set[str]:
        return {str(path) for path in files_under(self.folder)}


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    one = Sender(tmp_path / "all")
    with one.client:
        yield one


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    return shoot(tmp_path / "film.mp4", "red").read_bytes()


@pytest.mark.parametrize("name", ["../../x.mp4", "/etc/x.mp4", "..\\..\\x.mp4", "..x.mp4", "x.mp4"])
def test_whatever_a_file_is_called_it_lands_in_the_library(
    sender: Sender, film: bytes, name: str
) -> None:
    answer = sender.send(name, film)

    assert (answer.status_code, answer.json()) == (201, {"problem": "", "name": "x.mp4"})
    assert sender.files() == {"library/uploads/x.mp4"}
    assert (sender.uploads.folder / "x.mp4").read_bytes() == film
    assert sender.received == ["x.mp4"]


def test_a_name_that_is_taken_replaces_nothing(sender: Sender, film: bytes) -> None:
    names = [sender.send("x.mp4", film).json()["name"] for _ in range(3)]
    assert names == ["x.mp4", "x (2).mp4", "x (3).mp4"]


def test_what_only_poses_as_a_video_is_refused(sender: Sender, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:2.0,\n{secret}\n#EXT-X-ENDLIST\n"

    page = sender.problem("page.mp4", b"<html><script>alert(1)</script></html>")
    listed = sender.problem("list.mp4", playlist.encode())

    assert page.startswith("page.mp4: ")
    assert "list of other files" in listed
    assert SECRET not in listed
    assert "not the ending of a video" in sender.problem("list.m3u8", playlist.encode())
    assert "not the ending of a video" in sender.problem("page.html", b"<html></html>")
    assert "not the ending of a video" in sender.problem("", b"x")
    assert sender.received == []


def test_a_file_above_the_limit_is_refused(sender: Sender) -> None:
    assert "larger than 0.0002 GB" in sender.problem("x.mp4", bytes(LIMIT_BYTES + 1))

    def unannounced() -> Iterator[bytes]:
        for _ in range(5):
            yield bytes(LIMIT_BYTES // 4)

    answer = sender.client.put(
        ADDRESS, params={"name": "x.mp4"}, content=unannounced(), headers={PERMIT_HEADER: permit()}
    )
    assert answer.status_code == 413
    assert sender.files() == set()


def test_only_the_page_itself_may_send(sender: Sender, film: bytes) -> None:
    own, other = "http://127.0.0.1", "http://elsewhere.example"
    assert sender.send("x.mp4", film, origin=other).status_code == 403
    for forged in ("", "9999999999.", "9999999999.00", permit() + "0", "x"):
        assert sender.send("x.mp4", film, **{PERMIT_HEADER: forged}).status_code == 403
    assert sender.files() == set()
    assert sender.send("x.mp4", film, origin=own).status_code == 201


def test_a_permit_ends() -> None:
    given, now = permit(), time.time()
    assert is_valid(given, now=now)
    assert not is_valid(given, now=now + VALID_SECONDS + 1)


def test_of_what_breaks_off_nothing_stays(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, limit_bytes=LIMIT_BYTES)

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(1000)
        assert len(files_under(tmp_path)) == 1
        raise ClientDisconnect

    with pytest.raises(ClientDisconnect):
        asyncio.run(uploads.receive("x.mp4", broken(), announced_bytes=2000))

    assert files_under(tmp_path) == set()


def test_names_are_short_and_printable() -> None:
    assert safe_name("a\x00b\x1b[31m\u202e.mp4") == "ab[31m.mp4"
    assert len(safe_name("\u00e9" * 400 + ".mp4").encode()) <= 210
    with pytest.raises(UploadError):
        safe_name(".mp4")
