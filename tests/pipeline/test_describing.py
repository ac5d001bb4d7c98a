"""Describing streams: a few clips at a time, in order, and nothing is stored."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder.labels import KIND, FreeLabels
from ingest.clip import Clip, ClipSpan, VideoInfo
from ingest.errors import VideoError
from pipeline.describing import CLIPS_PER_BATCH, describe_clips, describe_file
from pipeline.settings import Settings
from tests.fake_encoder import COLOURS, FakeEncoder, unit_rows
from tests.pipeline.films import shoot


class Painter(FakeEncoder):
    """Sees a little of all colours in the sentences that name none, as those of a real space."""

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = super().embed_texts(texts)
        unnamed = [not set(text.split()) & set(COLOURS) for text in texts]
        vectors[unnamed] += np.random.default_rng(0).uniform(0, 0.1, (sum(unnamed), 3))
        return unit_rows(vectors)


def test_each_clip_comes_with_its_own_description(tmp_path: Path) -> None:
    path = shoot(tmp_path / "a.mp4", *["red", "green", "blue"] * 4)
    settings = Settings(library=tmp_path / "library", clip_max_seconds=2, clip_min_seconds=0.5)
    described = list(describe_file(FakeEncoder(), path, settings=settings))
    words = [description.caption.text for _, description in described]
    assert words == ["something red", "something green", "something blue"] * 4
    starts = [clip.span.start_seconds for clip, _ in described]
    assert starts == sorted(starts)
    assert not settings.library.exists()


def test_clips_carry_the_labels_of_the_settings_where_they_fit(tmp_path: Path) -> None:
    path = shoot(tmp_path / "a.mp4", "red", "green")
    settings = Settings(
        library=tmp_path, clip_max_seconds=2, clip_min_seconds=0.5, labels=("green", "blue")
    )

    described = describe_file(Painter(), path, settings=settings)

    labels = [[c.label for c in d.categories if c.kind == KIND] for _, d in described]
    assert labels == [[], ["green"]]


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no video")
    with pytest.raises(VideoError):
        next(describe_file(FakeEncoder(), path, settings=Settings(library=tmp_path)))


def test_no_more_than_a_batch_is_read_ahead() -> None:
    read = []

    def clips() -> Iterator[Clip]:
        video = VideoInfo("v", Path("/v"), 1000.0, Fraction(1), 2, 2, 0)
        for second in range(1000):
            read.append(second)
            span = ClipSpan(second, second + 1)
            yield Clip(video, span, np.zeros((1, 2, 2, 3), np.uint8), np.array([float(second)]))

    encoder = FakeEncoder()
    described = describe_clips(encoder, clips(), labels=FreeLabels.load(encoder, []))
    assert read == []
    next(described)
    assert len(read) == 1
    for _ in range(CLIPS_PER_BATCH + 1):
        next(described)
    assert len(read) == 1 + 2 * CLIPS_PER_BATCH
