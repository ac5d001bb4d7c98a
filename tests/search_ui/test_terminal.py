"""What reaches a terminal is safe to print, whatever a file is called."""

from pathlib import Path

import pytest

from search_ui.terminal import printable, shown_path


def test_plain_text_of_any_language_is_left_alone() -> None:
    assert printable("straße 猫.mp4 [bold]") == "straße 猫.mp4 [bold]"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("two\nlines", r"two\nlines"),
        ("\udcff.mp4", r"\udcff.mp4"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
    ],
)
def test_what_would_steer_a_terminal_is_escaped(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


def test_a_path_below_the_current_folder_is_shown_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert shown_path(tmp_path / "a" / "b.mp4") == "a/b.mp4"
    assert shown_path(Path("/elsewhere/b.mp4")) == "/elsewhere/b.mp4"
