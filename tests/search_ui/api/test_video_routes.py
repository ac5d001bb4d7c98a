"""Pictures and films over HTTP: whole, in parts, and nothing but the library's own."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ingest.video import Video
from tests.search_ui.api.interface import Interface

GONE = "0123456789abcdef:0"


@pytest.fixture(scope="module")
def video(interface: Interface) -> dict[str, object]:
    """What is known of `a.mp4`."""
    (known,) = (v for v in interface.get("/videos") if v["path"].endswith("a.mp4"))
    return dict(known)


@pytest.fixture(scope="module")
def film(interface: Interface) -> bytes:
    return (interface.folder / "films" / "a.mp4").read_bytes()


def test_a_video_and_its_clips_are_told(interface: Interface, video: dict[str, object]) -> None:
    address = f"/videos/{video['video_id']}"
    assert interface.get(address) == video
    assert (video["clips"], video["missing"]) == (4, False)
    clips = interface.get(f"{address}/clips")
    assert [clip["caption"] for clip in clips] == [
        "something red", "something green", "something blue", "something red",
    ]  # fmt: skip
    assert interface.get(f"/clips/{clips[1]['clip_id']}") == clips[1]
    interface.problem(404, f"/clips/{GONE}")
    interface.problem(404, f"/videos/{GONE[:-2]}")
    interface.problem(404, f"/videos/{GONE[:-2]}/clips")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        (None, 200, slice(None)),
        ("bytes=0-99", 206, slice(0, 100)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-99999999999", 206, slice(5, None)),
    ],
)
def test_the_bytes_that_are_asked_for_are_sent(
    interface: Interface,
    video: dict[str, object],
    film: bytes,
    asked: str | None,
    status: int,
    part: slice,
) -> None:
    headers = {} if asked is None else {"Range": asked}
    answer = interface.ask(f"/videos/{video['video_id']}/file", headers=headers)
    assert (answer.status_code, answer.content) == (status, film[part])
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(film[part]))
    if status == 206:
        first, last, _ = part.indices(len(film))
        assert answer.headers["content-range"] == f"bytes {first}-{last - 1}/{len(film)}"


def test_bytes_that_are_not_there_are_refused(
    interface: Interface, video: dict[str, object], film: bytes
) -> None:
    address = f"/videos/{video['video_id']}/file"
    behind = {"Range": f"bytes={len(film)}-"}
    interface.problem(416, address, headers=behind)
    assert interface.ask(address, headers=behind).headers["content-range"] == f"bytes */{len(film)}"
    interface.problem(400, address, headers={"Range": "bytes=9-3"})
    head = interface.ask(address, "HEAD")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(film)))


def test_pictures_of_a_clip(interface: Interface) -> None:
    clip = interface.clip("green")
    for kind in ("picture", "preview"):
        answer = interface.ask(f"/clips/{clip}/{kind}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert answer.content[8:12] == b"WEBP"
        interface.problem(404, f"/clips/{GONE}/{kind}")


@pytest.mark.parametrize("kind", ["film", "cut"])
def test_films_of_a_clip(interface: Interface, tmp_path: Path, kind: str) -> None:
    address = f"/clips/{interface.clip('green in:a.mp4')}/{kind}"
    whole = interface.ask(address)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    part = interface.ask(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    path = tmp_path / "part.mp4"
    path.write_bytes(whole.content)
    with Video.open(path) as video:
        assert video.info.duration_seconds == pytest.approx(2, abs=0.2)
        red, green, blue = next(video.frames_from(0)).rgb(short_side=48).mean(axis=(0, 1))
    assert green > max(red, blue) + 50
    interface.problem(404, f"/clips/{GONE}/{kind}")


@contextmanager
def in_place_of(path: Path, other: Path) -> Iterator[None]:
    """Meanwhile another file is where a film was."""
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.symlink_to(other)
    yield
    path.unlink()
    aside.rename(path)


def test_what_took_the_place_of_a_film_is_not_sent(
    interface: Interface, video: dict[str, object], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a line of a private file")
    clip = interface.get(f"/videos/{video['video_id']}/clips")[3]["clip_id"]
    with in_place_of(Path(str(video["path"])), secret):
        for address in (f"/videos/{video['video_id']}/file", f"/clips/{clip}/film"):
            assert "private" not in interface.problem(404, address)


@pytest.mark.parametrize(
    "path",
    [
        "/videos/../../../../etc/passwd",
        "/videos/..%2f..%2f..%2fetc%2fpasswd/file",
        "/videos/%2fetc%2fpasswd/file",
        "/clips/..%2f..%2fclipseek.toml/picture",
        "/clips/..%5c..%5cclipseek.toml/picture",
        "/clips/00000000:0%00/picture",
        "/clips/00000000:0%0a/picture",
        "/%2e%2e/clipseek.toml",
        "//etc/passwd",
    ],
)
def test_no_address_leads_out_of_the_library(interface: Interface, path: str) -> None:
    # Clients of HTTP tidy addresses up; this one sends them as they are.
    server = http.client.HTTPConnection(urlsplit(interface.url).netloc, timeout=60)
    server.request("GET", path, headers={"Authorization": f"Bearer {interface.token}"})
    answer = server.getresponse()
    body = answer.read().decode()
    server.close()
    assert answer.status in (404, 422)
    assert "root:" not in body
    assert "clip_max_seconds" not in body
