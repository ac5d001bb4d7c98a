"""Previews move, show their span, and are bounded."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest import preview
from ingest.clip import ClipSpan
from ingest.preview import MOST_PICTURES, write_preview
from ingest.thumbnails import preview_path, remove_thumbnails
from tests.tiny_videos import colour_of, write_scenes


def colours(path: Path) -> list[str]:
    with Image.open(path) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            found.append(colour_of(np.asarray(image.convert("RGB"))))
    return found


def test_a_preview_shows_its_span_in_order(tmp_path: Path) -> None:
    source = write_scenes(tmp_path / "source.mp4", ["red", "green", "blue"])

    path = write_preview(source, ClipSpan(1.0, 5.0), "a:1000", folder=tmp_path / "pictures")

    assert path == preview_path("a:1000", tmp_path / "pictures")
    assert list(dict.fromkeys(colours(path))) == ["red", "green", "blue"]


def test_a_long_moment_makes_no_large_preview(tmp_path: Path) -> None:
    source = write_scenes(tmp_path / "source.mp4", ["red", "green"] * 10)

    path = write_preview(source, ClipSpan(0.0, 40.0), "a:0", folder=tmp_path)

    assert len(colours(path)) <= MOST_PICTURES
    assert colours(path)[-1] == "green"


def test_the_oldest_previews_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "KEPT_PREVIEWS", 2)
    source = write_scenes(tmp_path / "source.mp4", ["red"])

    for start in (0, 500, 1000):
        span = ClipSpan(start / 1000, start / 1000 + 0.5)
        write_preview(source, span, f"a:{start}", folder=tmp_path)

    kept = [preview_path(f"a:{start}", tmp_path).exists() for start in (0, 500, 1000)]
    assert kept == [False, True, True]


def test_previews_go_with_the_thumbnails(tmp_path: Path) -> None:
    source = write_scenes(tmp_path / "source.mp4", ["red"])
    path = write_preview(source, ClipSpan(0, 1), "a:0", folder=tmp_path)

    remove_thumbnails("a", tmp_path)

    assert not path.exists()
