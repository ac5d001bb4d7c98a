"""Progress where no terminal is watching: few plain lines, on standard error."""

from pathlib import Path

import pytest

from pipeline.reports import Progress
from search_ui.progress import image_progress, video_progress


def test_a_video_gets_one_line_and_a_long_one_a_few(capsys: pytest.CaptureFixture[str]) -> None:
    with video_progress() as show:
        for second in range(0, 700, 5):
            show(Progress(Path("/long.mp4"), second, 700.0, second // 5))
        show(Progress(Path("/next.mp4"), 0.0, 0.0, 0))

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "indexing /long.mp4: 0:00/11:40",
        "indexing /long.mp4: 5:00/11:40",
        "indexing /long.mp4: 10:00/11:40",
        "indexing /next.mp4: 0:00",
    ]


def test_images_are_counted_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with image_progress() as show:
        show(32, 70)
        show(70, 70)

    assert capsys.readouterr().out == ""
