"""A user's table of captions: what it may say, what is refused, and which clips it means."""

import os
import re
from pathlib import Path

import pytest
from PIL import Image

from ingest.clip import ClipSpan
from ingest.errors import VideoError
from tests.tiny_videos import colour_of, write_scenes
from training.data import TrainingDataError
from training.own_data import OwnItem, clip_of, held_out, read_own_table


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A folder with a picture and a video, and a picture beside it."""
    folder = tmp_path / "media"
    (folder / "deep").mkdir(parents=True)
    for path in (folder / "one.png", folder / "deep" / "two.png", tmp_path / "secret.png"):
        Image.new("RGB", (40, 30), "red").save(path)
    write_scenes(folder / "film.mp4", ["red", "blue", "green"], seconds_each=2)
    return folder


def written(media: Path, *lines: str, header: str = "file\tcaption") -> Path:
    path = media.parent / "captions.tsv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def item(name: str, *, path: Path = Path("x.png"), span: ClipSpan | None = None) -> OwnItem:
    return OwnItem(name, path, span, ("a caption",), 2)


def test_rows_of_one_file_or_moment_are_captions_of_one_item(media: Path) -> None:
    table = written(
        media,
        "one.png\ta red wall",
        "film.mp4\ta red scene\t0\t2",
        "deep/two.png\tanother wall",
        "one.png\tall red",
        "film.mp4\tred\t0\t2.0",
        "film.mp4\tblue\t2\t4",
        "film.mp4\tthree colours",
        "",
        "one.png\ta red wall\t\t",
    )

    found = read_own_table(table, media)

    assert found.problems == ()
    assert [(i.name, i.span, i.captions, i.line) for i in found.items] == [
        ("one.png", None, ("a red wall", "all red"), 2),
        ("film.mp4", ClipSpan(0, 2), ("a red scene", "red"), 3),
        ("deep/two.png", None, ("another wall",), 4),
        ("film.mp4", ClipSpan(2, 4), ("blue",), 7),
        ("film.mp4", None, ("three colours",), 8),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("one.png", "1 columns with tabs between; write file<TAB>caption"),
        ("one.png\ta\t1", "3 columns"),
        ("one.png\t ", "no word in English"),
        ("one.png\t!?", "no word in English"),
        ("absent.png\ta wall", "there is no file absent.png in .*; correct the name or --media"),
        ("deep\ta folder", "there is no file deep"),
        ("../secret.png\ta wall", r"\.\./secret.png leaves the folder"),
        ("/etc/passwd\ta wall", "/etc/passwd leaves the folder"),
        ("link.png\ta wall", "link.png leaves the folder"),
        ("a\0b.png\ta wall", "is no file name"),
        ("x" * 5000 + ".png\ta wall", "is no file name"),
        ("one.png\ta wall\t0\t1", "is a picture and has no seconds"),
        ("film.mp4\ta wall\t3\t2", "'3' to '2' is no moment"),
        ("film.mp4\ta wall\t-1\t2", "is no moment"),
        ("film.mp4\ta wall\t0\tnan", "is no moment"),
        ("film.mp4\ta wall\t0\tinf", "is no moment"),
        ("film.mp4\ta wall\t0\t", "is no moment"),
        ("film.mp4\ta wall\tnow\tlater", "'now' to 'later' is no moment"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_are_kept(
    media: Path, line: str, problem: str
) -> None:
    os.symlink(media.parent / "secret.png", media / "link.png")
    table = written(media, "one.png\ta wall", line, "deep/two.png\ta wall")

    found = read_own_table(table, media)

    assert [i.name for i in found.items] == ["one.png", "deep/two.png"]
    (wrong,) = found.problems
    assert wrong.line == 3
    assert wrong.error.startswith(f"{table}:3: ")
    assert "\n" not in wrong.error
    assert re.search(problem, wrong.error)


def test_a_table_without_header_says_so(media: Path) -> None:
    found = read_own_table(written(media, header="one.png\ta wall"), media)

    assert found.items == ()
    assert "a header is missing" in found.problems[0].error


def test_a_table_from_a_spreadsheet_is_read(media: Path) -> None:
    path = media.parent / "captions.tsv"
    path.write_bytes("\ufefffile\tcaption\r\none.png\ta wall\r\n".encode())

    found = read_own_table(path, media)

    assert (found.items[0].captions, found.problems) == (("a wall",), ())


def test_a_table_that_is_no_text_or_not_there_is_an_error(media: Path) -> None:
    with pytest.raises(TrainingDataError, match="not UTF-8"):
        read_own_table(media / "one.png", media)
    with pytest.raises(TrainingDataError, match="check the name"):
        read_own_table(media / "absent.tsv", media)


def test_files_are_held_out_whole_and_always_the_same() -> None:
    items = [item(f"{number % 20}.mp4", span=ClipSpan(number, number + 1)) for number in range(60)]

    chosen = held_out(items)

    names = {i.name for i, out in zip(items, chosen, strict=True) if out}
    assert len(names) == 3
    assert chosen.tolist() == [i.name in names for i in items]
    assert held_out(items[::-1]).tolist() == chosen[::-1].tolist()


def test_of_few_files_moments_are_held_out() -> None:
    items = [item("film.mp4", span=ClipSpan(number, number + 1)) for number in range(20)]

    assert held_out(items).sum() == 3


def test_of_a_moment_only_its_frames_are_seen(media: Path) -> None:
    film = media / "film.mp4"
    whole, moment = (
        clip_of(item("film.mp4", path=film, span=span)) for span in (None, ClipSpan(2.2, 3.9))
    )

    assert {colour_of(frame) for frame in moment.frames} == {"blue"}
    assert len(moment.frames) == 4
    assert [colour_of(frame) for frame in whole.frames[[0, 4, -1]]] == ["red", "blue", "green"]
    assert len(whole.frames) == 8


def test_a_picture_is_a_clip_of_one_frame(media: Path) -> None:
    assert clip_of(item("one.png", path=media / "one.png")).frames.shape == (1, 30, 40, 3)


def test_a_moment_past_the_end_is_refused_and_one_over_it_cut(media: Path) -> None:
    film = media / "film.mp4"

    over = clip_of(item("film.mp4", path=film, span=ClipSpan(5, 60)))

    assert over.span.end_seconds == pytest.approx(6, abs=0.2)
    assert {colour_of(frame) for frame in over.frames} == {"green"}
    with pytest.raises(TrainingDataError, match=r"film.mp4 ends after 6\.\d seconds"):
        clip_of(item("film.mp4", path=film, span=ClipSpan(9, 10)))


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    path.write_text("Dear Sir" * 100)

    with pytest.raises(VideoError, match="give a JPEG"):
        clip_of(item("letter.png", path=path))
