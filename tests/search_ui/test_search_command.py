"""The command `search` from its options to what is printed, on a library of plain colours."""

import json
from pathlib import Path

import pytest

from pipeline.indexing import index_paths
from pipeline.query import Sort
from search_ui.search_command import search
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of two films, in the library that commands open."""
    folder = tmp_path / "films"
    shoot(folder / "a.mp4", "red", "green", "blue", "red")
    shoot(folder / "b.mp4", "blue", "green", "red")
    at_hand = LibraryAtHand(tmp_path / "library")
    index_paths(at_hand.open(FakeEncoder()), [folder])
    opened = at_hand.open(FakeEncoder())
    monkeypatch.setattr("pipeline.assembly.open_library", lambda settings: opened)
    return folder


def test_steps_follow_each_other_in_the_document(
    films: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    search("red", then=["green"], limit=1, json=True)

    (found,) = json.loads(capsys.readouterr().out)
    assert found["path"] == str(films / "a.mp4")
    assert (found["start_seconds"], found["end_seconds"]) == (0, pytest.approx(4, abs=0.3))
    assert [step["caption"] for step in found["steps"]] == ["something red", "something green"]


def test_copies_are_named(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search("green", limit=1)
    shown = capsys.readouterr().out
    search("green", limit=1, json=True)
    (found,) = json.loads(capsys.readouterr().out)

    assert "also in" in shown
    assert {found["path"], *(copy["path"] for copy in found["copies"])} == {
        str(films / "a.mp4"),
        str(films / "b.mp4"),
    }


def test_options_narrow_and_mix(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = {"video": films / "a.mp4", "start": 4.0, "end": 6.0}
    search("green", **part, minus=["green"], place=["b.mp4"], after="2020", limit=1, json=True)
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["caption"], found["path"]) == ("something blue", str(films / "b.mp4"))

    search("green", before="2000")
    assert "nothing found" in capsys.readouterr().out


def test_a_path_from_here_is_a_place(
    films: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(films)
    search("green", place=["./b.mp4", "x" * 5000], limit=9, json=True)
    found = json.loads(capsys.readouterr().out)
    assert {one["path"] for one in found} == {str(films / "b.mp4")}


def test_videos_have_their_moments_below(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search("red", group=True, limit=1)
    shown = capsys.readouterr().out
    search("red", group=True, limit=1, json=True)
    (video,) = json.loads(capsys.readouterr().out)

    assert shown.splitlines()[0].endswith("a.mp4")
    assert "1.000  0:00-0:02  something red" in shown.splitlines()[1]
    assert video["path"] == str(films / "a.mp4")
    assert [moment["path"] for moment in video["moments"]] == [video["path"]] * 3


def test_pages_go_on_and_end(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search("red", json=True)
    every = json.loads(capsys.readouterr().out)
    search("red", limit=2, offset=1, json=True)
    assert json.loads(capsys.readouterr().out) == every[1:3]

    search("red", limit=1, offset=1)
    assert capsys.readouterr().out.splitlines()[-1].split()[0] == "2"
    search("red", offset=99)
    assert capsys.readouterr().out == "no more results\n"


def test_results_come_in_order_of_time(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search("green", place=["a.mp4"], sort=Sort.PLACE, json=True)
    found = json.loads(capsys.readouterr().out)
    starts = [one["start_seconds"] for one in found]
    assert starts == sorted(starts)
    assert [one["shared_words"] for one in found] == [[], ["green"], []]
    assert [one["named_categories"] for one in found] == [[], ["green"], []]


def test_a_moment_of_several_clips_tells_the_similarity_over_its_time(
    films: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    search("red green blue", place=["a.mp4"], limit=1, json=True)
    (found,) = json.loads(capsys.readouterr().out)

    clips = found["clips"]
    assert [clip["start_seconds"] for clip in clips] == [0, 2, 4, 6]
    assert (clips[0]["start_seconds"], clips[-1]["end_seconds"]) == (
        found["start_seconds"], found["end_seconds"],
    )  # fmt: skip
    assert max(clip["score"] for clip in clips) == found["score"]
