"""The real command on real videos: documents, exit codes, and trouble told in one line."""

import json
import shutil
import signal
import subprocess
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pytest
from PIL import Image

from ingest.still import still_clip
from ingest.writing import write_video
from pipeline.assembly import open_library
from pipeline.settings import load_settings
from tests.search_ui.child import PHOTOGRAPHS, CommandLine, one_line

CLIP_KEYS = {
    "clip_id",
    "video_id",
    "path",
    "start_seconds",
    "end_seconds",
    "caption",
    "categories",
}
HIT_KEYS = CLIP_KEYS | {
    "score",
    "probability",
    "matches",
    "shared_words",
    "named_categories",
}


def film(path: Path, photograph: str, *, seconds: int = 2) -> Path:
    """A video that shows one photograph."""
    (frame,) = still_clip(PHOTOGRAPHS / photograph, short_side=256).frames
    write_video(path, repeat(frame, 2 * seconds), frames_per_second=2)
    return path


@dataclass(frozen=True)
class Films:
    """A folder of videos, the command line beside it, and how its first indexing went."""

    clipseek: CommandLine
    folder: Path
    first_run: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """A cat and a rocket, indexed among files that are no videos.

    The tests that use it leave the library as it is.
    """
    place = tmp_path_factory.mktemp("films")
    folder = place / "videos"
    folder.mkdir()
    film(folder / "one.mp4", "chelsea.png")
    film(folder / "two.mp4", "rocket.jpg")
    broken = place / "broken"
    broken.mkdir()
    (broken / "empty.mp4").touch()
    (broken / "text.mp4").write_text("this is a letter, not a film\n" * 100)
    (broken / "playlist.mp4").write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")
    clipseek = CommandLine(place)
    return Films(
        clipseek, folder, clipseek.run("index", folder, broken, place / "absent.mp4", "--json")
    )


def test_index_reports_what_it_stored(films: Films) -> None:
    report = json.loads(films.first_run.stdout)
    assert set(report) == {"indexed", "skipped", "failed"}
    assert report["skipped"] == []
    for video, name in zip(report["indexed"], ("one.mp4", "two.mp4"), strict=True):
        assert set(video) == {"path", "video_id", "clips", "seconds"}
        assert video["path"] == str(films.folder / name)
        assert video["clips"] == 1
        assert video["seconds"] == pytest.approx(2, abs=0.3)


def test_files_that_are_no_videos_are_named_in_one_line_each(films: Films) -> None:
    report = json.loads(films.first_run.stdout)
    failed = {Path(file["path"]).name: file["error"] for file in report["failed"]}

    assert films.first_run.returncode == 2
    assert "Traceback" not in films.first_run.stderr
    assert set(failed) == {"empty.mp4", "text.mp4", "playlist.mp4", "absent.mp4"}
    for name, error in failed.items():
        assert name in one_line(error)


def test_index_again_does_nothing(films: Films) -> None:
    done = films.clipseek.run("index", films.folder, "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["indexed"] == document["failed"] == []
    assert [Path(file["path"]).name for file in document["skipped"]] == ["one.mp4", "two.mp4"]


def test_search_gives_the_agreed_document_best_first(films: Films) -> None:
    done = films.clipseek.run("search", "a cat looking at the camera", "--limit", 5, "--json")

    hits = json.loads(done.stdout)
    assert done.returncode == 0
    assert [Path(hit["path"]).name for hit in hits] == ["one.mp4", "two.mp4"]
    assert all(set(hit) == HIT_KEYS for hit in hits)
    assert hits[0]["score"] > hits[1]["score"]
    assert hits[0]["matches"] is True
    assert 1 > hits[0]["probability"] > hits[1]["probability"] > 0
    assert hits[0]["path"] == str(films.folder / "one.mp4")
    assert hits[0]["clip_id"] == f"{hits[0]['video_id']}:0"
    assert 0 == hits[0]["start_seconds"] < hits[0]["end_seconds"] < 2.5
    for category in hits[0]["categories"]:
        assert set(category) == {"label", "kind", "probability"}


def test_search_prints_file_time_and_score_for_people(films: Films) -> None:
    done = films.clipseek.run("search", "a rocket ready for launch", "--limit", 1)

    assert done.returncode == 0
    assert "videos/two.mp4" in done.stdout
    assert "0:00-0:02" in done.stdout
    assert "one.mp4" not in done.stdout


def test_status_counts(films: Films) -> None:
    document = json.loads(films.clipseek.run("status", "--json").stdout)

    assert (document["videos"], document["clips"], document["missing"]) == (2, 2, 0)
    assert document["duration_seconds"] == pytest.approx(4, abs=0.6)


def test_the_environment_names_the_library(films: Films, tmp_path: Path) -> None:
    library = str(films.clipseek.folder / "clipseek-library")

    done = CommandLine(tmp_path).run("status", "--json", CLIPSEEK_LIBRARY=library)

    assert json.loads(done.stdout)["videos"] == 2


def test_remove_forgets_a_video_and_leaves_its_file(films: Films, tmp_path: Path) -> None:
    shutil.copytree(films.clipseek.folder / "clipseek-library", tmp_path / "library")
    gone = films.folder / "one.mp4"

    done = films.clipseek.run("remove", gone, "--library", tmp_path / "library", "--json")
    again = films.clipseek.run("remove", gone, "--library", tmp_path / "library")

    (removed,) = json.loads(done.stdout)["removed"]
    assert done.returncode == 0
    assert (removed["path"], removed["clips"]) == (str(gone), 1)
    assert gone.exists()
    assert again.returncode == 1
    assert "nothing removed" in one_line(again.stderr)


def test_describe_stores_nothing(films: Films, tmp_path: Path) -> None:
    done = CommandLine(tmp_path).run("describe", films.folder / "one.mp4", "--json")

    (described,) = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(described) == CLIP_KEYS | {"caption_confidence"}
    assert 0 < described["caption_confidence"] < 1
    for category in described["categories"]:
        assert set(category) == {"label", "kind", "probability"}
    assert list(tmp_path.iterdir()) == []


def test_describe_draws_where_the_decoder_looked(films: Films, tmp_path: Path) -> None:
    picture = tmp_path / "out.png"

    done = films.clipseek.run("describe", films.folder / "one.mp4", "--attention", picture)

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    with Image.open(picture) as drawn:
        assert drawn.width > 2 * drawn.height  # a row of at least two words


def test_doctor_names_every_check(films: Films) -> None:
    done = films.clipseek.run("doctor", "--json")

    findings = json.loads(done.stdout)
    assert all(set(finding) == {"name", "ok", "detail", "advice"} for finding in findings)
    assert done.returncode == (0 if all(finding["ok"] for finding in findings) else 1)
    assert all(finding["ok"] or finding["advice"] for finding in findings)


def test_a_folder_without_videos_is_said(clipseek: CommandLine) -> None:
    (clipseek.folder / "notes.txt").write_text("nothing to see")

    done = clipseek.run("index", clipseek.folder)

    assert done.returncode == 0
    assert "no videos found" in done.stdout


@pytest.mark.parametrize("words", [("search", "a cat"), ("status",)], ids=" ".join)
def test_an_absent_library_is_not_made(clipseek: CommandLine, words: tuple[str, ...]) -> None:
    done = clipseek.run(*words, "--json")

    assert done.returncode == 1
    assert done.stdout == ""
    assert "clipseek index" in one_line(done.stderr)
    assert list(clipseek.folder.iterdir()) == []


@pytest.mark.parametrize(
    "query", ["", "cat " * 2500, "cat \udcff"], ids=["empty", "long", "no text"]
)
def test_a_query_that_cannot_be_answered_is_one_line(films: Films, query: str) -> None:
    done = films.clipseek.run("search", query)

    assert done.returncode == 1
    assert done.stdout == ""
    assert len(one_line(done.stderr)) < 200


def test_a_library_in_use_is_one_line(films: Films) -> None:
    with open_library(load_settings(films.clipseek.folder / "clipseek-library")):
        done = films.clipseek.run("status")

    assert done.returncode == 1
    assert "process" in one_line(done.stderr)


def test_settings_that_make_no_sense_are_named(films: Films) -> None:
    done = films.clipseek.run("status", CLIPSEEK_CLIP_MAX_SECONDS="minus one")

    assert done.returncode == 1
    assert "clip_max_seconds" in one_line(done.stderr)


def test_ctrl_c_ends_cleanly_and_the_next_run_continues(clipseek: CommandLine) -> None:
    folder = clipseek.folder / "videos"
    folder.mkdir()
    film(folder / "a.mp4", "coffee.png")
    film(folder / "b.mp4", "chelsea.png", seconds=240)

    # Few frames, so that the long film reports soon, and yet is far from done when it does.
    child = clipseek.start("index", folder, CLIPSEEK_FRAMES_PER_SECOND="1")
    for line in child.stderr:
        if "b.mp4" in line:
            break
    child.send_signal(signal.SIGINT)
    _, rest = child.communicate(timeout=60)
    (folder / "b.mp4").unlink()
    again = clipseek.run("index", folder, "--json")

    assert child.returncode == 130
    assert "Traceback" not in rest
    assert "the same command again" in rest.splitlines()[-1]
    assert [Path(file["path"]).name for file in json.loads(again.stdout)["skipped"]] == ["a.mp4"]
