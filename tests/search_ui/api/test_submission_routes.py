"""Having videos indexed over HTTP: what lies in the folders of the server, and nothing else."""

import time
from pathlib import Path

import pytest

from tests.pipeline.films import shoot
from tests.search_ui.api.interface import Interface
from tests.workers.system import PATIENCE_SECONDS


def over(interface: Interface, path: Path) -> dict[str, object]:
    """What became of a submission."""
    answer = interface.ask("/submissions", "POST", json={"path": str(path)})
    assert answer.status_code == 202, answer.text
    number = answer.json()["number"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found: dict[str, object] = interface.get(f"/submissions/{number}")
        if found["state"] not in ("waiting", "running"):
            return found
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_film_in_a_folder_of_the_server_becomes_searchable(interface: Interface) -> None:
    new = shoot(interface.folder / "films" / "new" / "c.mp4", "green", "blue")
    done = over(interface, new.parent)
    assert (done["state"], done["error"], done["path"]) == ("done", "", str(new.parent))
    assert done["report"]["indexed"][0]["path"] == str(new)
    assert done["video"]["clips_done"] == 2
    (clip, *_) = interface.get("/search", q="green in:c.mp4")
    assert interface.ask(f"/clips/{clip['clip_id']}/picture").status_code == 200
    assert interface.get("/submissions")[0] == done

    again = over(interface, new)
    assert again["report"]["skipped"] == [{"path": str(new), "reason": "unchanged"}]
    video = clip["video_id"]
    assert interface.get(f"/videos/{video}")["path"] == str(new)


def test_a_file_that_is_no_video_is_reported(interface: Interface) -> None:
    broken = interface.folder / "films" / "broken" / "x.mp4"
    broken.parent.mkdir()
    broken.write_bytes(b"no film")
    done = over(interface, broken)
    assert done["state"] == "done"
    assert done["report"]["failed"][0]["path"] == str(broken)


def test_only_the_folders_of_the_server_are_looked_into(interface: Interface) -> None:
    films = interface.folder / "films"
    assert interface.get("/folders") == [str(films), str(interface.folder / "library" / "uploads")]
    outside = shoot(interface.folder / "private" / "d.mp4", "red")
    link = films / "link.mp4"
    link.symlink_to(outside)
    before = len(interface.get("/submissions"))

    for path in (
        outside, outside.parent, link, films / ".." / "private", f"file://{outside}", "/", "/etc",
        "films", f"{films}x", "s3://bucket/films", "~",
    ):  # fmt: skip
        said = interface.problem(403, "/submissions", "POST", json={"path": str(path)})
        assert "none of the folders" in said
    link.unlink()
    interface.problem(404, "/submissions", "POST", json={"path": str(films / "gone.mp4")})
    interface.problem(422, "/submissions", "POST", json={"path": "https://a.example/b.mp4"})
    assert len(interface.get("/submissions")) == before


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"path": 1}', b'{"path": "a\\u0000b"}', b'{"path": "\\ud800"}',
             b'{"path": ""}', b'{"path": "/a", "x": 1}', b"{" * 5000]
)  # fmt: skip
def test_a_body_that_says_nothing_is_refused(interface: Interface, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    interface.problem(422, "/submissions", "POST", data=body, headers=headers)
    interface.problem(400, "/submissions", "POST", data=b"\xff" + body, headers=headers)


def test_a_submission_that_never_was_is_not_told_of(interface: Interface) -> None:
    interface.problem(404, "/submissions/999999999")
    interface.problem(422, "/submissions/0")
    interface.problem(404, "/submissions/999999999999999999999999999999")
