"""The picture of attention: a row for each clip, a cell for each word, light where it looked."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from encoder.interface import CaptionAttention, ClipDescription
from ingest.clip import Clip
from pipeline.attention import CELL, GAP, LINE, MOST_CLIPS, AttentionError, draw_attention
from pipeline.describing import describe_file
from pipeline.settings import Settings
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import shoot

TALL = CELL * 48 // 64  # of the films here


class Watcher(FakeEncoder):
    """Looks at the left of the last frame for the first word, and at the right for the second."""

    def attend(self, clip: Clip, caption: str) -> CaptionAttention:
        maps = np.zeros((2, 2, 4, 4), np.float32)
        maps[0, 1, :, 0] = 1 / 4
        maps[1, 1, :, 3] = 1 / 4
        frames = np.array([0, len(clip.frames) - 1])
        return CaptionAttention(tuple(caption.split()), frames, maps)


def described(path: Path, encoder: FakeEncoder) -> Iterator[tuple[Clip, ClipDescription]]:
    settings = Settings(library=path.parent / "library", clip_max_seconds=2, clip_min_seconds=0.5)
    return describe_file(encoder, path, settings=settings)


def light(picture: Image.Image, *, row: int, word: int) -> np.ndarray:
    """``(H, W, 3)`` of one cell."""
    left = word * (CELL + GAP)
    top = row * (2 * LINE + TALL + GAP) + 2 * LINE
    return np.asarray(picture.crop((left, top, left + CELL, top + TALL))).astype(float)


def test_each_word_lights_up_where_it_looked(tmp_path: Path) -> None:
    path = shoot(tmp_path / "a.mp4", "red", "blue")
    target = tmp_path / "out.png"
    encoder = Watcher()

    passed = list(draw_attention(encoder, described(path, encoder), target=target))

    assert [d.caption.text for _, d in passed] == ["something red", "something blue"]
    with Image.open(target) as picture:
        assert picture.size == (2 * (CELL + GAP), 2 * (2 * LINE + TALL + GAP))
        for row, channel in enumerate((0, 2)):
            left, right = (light(picture, row=row, word=word)[..., channel] for word in (0, 1))
            assert left[:, 5].mean() > 3 * left[:, -5].mean()
            assert right[:, -5].mean() > 3 * right[:, 5].mean()
            assert left[:, 5].mean() > 150


def test_only_the_first_clips_are_drawn_and_all_are_passed_on(tmp_path: Path) -> None:
    path = shoot(tmp_path / "a.mp4", *["red", "green", "blue"] * 4)
    target = tmp_path / "out.PNG"
    encoder = Watcher()

    passed = list(draw_attention(encoder, described(path, encoder), target=target))

    assert len(passed) == 12
    with Image.open(target) as picture:
        assert picture.height == MOST_CLIPS * (2 * LINE + TALL + GAP)


def test_an_encoder_that_cannot_show_it_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(AttentionError, match="colour-00000000 does not show"):
        draw_attention(FakeEncoder(), iter([]), target=tmp_path / "out.png")


@pytest.mark.parametrize("name", ["out.txt", "out", "absent/out.png"])
def test_a_picture_that_cannot_be_written_is_told_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(AttentionError, match="name a PNG file"):
        draw_attention(Watcher(), iter([]), target=tmp_path / name)
