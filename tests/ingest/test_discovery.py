from pathlib import Path

from ingest.discovery import find_media


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(folder: Path, *paths: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_media(paths or [folder])]


def test_videos_are_found_at_any_depth_in_sorted_order(tmp_path: Path) -> None:
    touch(*(tmp_path / name for name in ["b.mp4", "a/z.MOV", "a/b/c.mkv", "c.gif", "d.webm"]))
    assert names(tmp_path) == ["a/b/c.mkv", "a/z.MOV", "b.mp4", "c.gif", "d.webm"]


def test_other_files_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    touch(*(tmp_path / name for name in ["a.txt", "b.jpg", ".c.mp4", ".d/e.mp4", "mp4", "f.m3u8"]))
    assert names(tmp_path) == []


def test_a_file_given_by_name_is_found_whatever_it_is_called(tmp_path: Path) -> None:
    touch(tmp_path / "a.dat", tmp_path / ".hidden.mp4")
    given = [tmp_path / "a.dat", tmp_path / ".hidden.mp4", tmp_path / "missing.mp4"]
    assert list(find_media(given)) == given


def test_a_folder_given_by_a_hidden_name_is_walked(tmp_path: Path) -> None:
    touch(tmp_path / ".videos" / "a.mp4")
    assert names(tmp_path, tmp_path / ".videos") == [".videos/a.mp4"]


def test_no_file_comes_twice(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "x.mp4")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "a" / "x.mp4")
    (tmp_path / "same").symlink_to(tmp_path / "a")
    assert names(tmp_path, tmp_path, tmp_path / "a", tmp_path / "a" / "x.mp4") == ["a/x.mp4"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "x.mp4", tmp_path / "y.mp4")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert names(tmp_path) == ["a/x.mp4", "y.mp4"]


def test_a_link_to_nothing_is_still_reported(tmp_path: Path) -> None:
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")
    assert names(tmp_path) == ["gone.mp4"]
