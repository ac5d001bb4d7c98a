"""Retrieval figures: ranks worked out by hand, captions files good and bad, and a whole run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from evaluation.images import CaptionedImage, EvaluationError, read_captions
from evaluation.intervals import Interval
from evaluation.retrieval import (
    evaluate_retrieval,
    figures,
    image_to_text_ranks,
    recall_intervals,
    text_to_image_ranks,
)
from ingest.clip import Clip
from tests.fake_encoder import COLOURS, FakeEncoder

# Five captions of three images; the owners' similarities stand where a person would look.
OWNER = np.array([0, 0, 1, 1, 2])
SIMILARITY = np.array(
    [
        [0.9, 0.1, 0.2],  # its image 0 first
        [0.3, 0.4, 0.2],  # 0.4 before its 0.3: second
        [0.5, 0.5, 0.1],  # as close to image 0 as to its image 1: second
        [0.7, 0.6, 0.8],  # 0.8 and 0.7 before its 0.6: third
        [0.1, 0.2, 0.7],  # its image 2 first
    ],
    dtype=np.float32,
)


def test_a_caption_ranks_behind_closer_and_equally_close_images() -> None:
    assert text_to_image_ranks(SIMILARITY, OWNER).tolist() == [1, 2, 2, 3, 1]


def test_an_image_ranks_by_its_best_caption_among_those_of_others() -> None:
    # Image 0: 0.9 is the best of all. Image 1: its best is 0.6, above 0.1, 0.4 and 0.2 of
    # others. Image 2: 0.7 of its own caption lies behind the 0.8 of another's.
    assert image_to_text_ranks(SIMILARITY, OWNER).tolist() == [1, 1, 2]


def test_an_encoder_without_any_opinion_scores_worst() -> None:
    flat = np.zeros((5, 3), np.float32)

    assert text_to_image_ranks(flat, OWNER).tolist() == [3] * 5
    assert image_to_text_ranks(flat, OWNER).tolist() == [4, 4, 5]


def test_similarities_that_are_no_numbers_do_not_win() -> None:
    broken = np.full((5, 3), np.nan, np.float32)

    assert text_to_image_ranks(broken, OWNER).min() == 3
    assert image_to_text_ranks(broken, OWNER).min() > 1


def test_recalls_are_percent_of_queries_within_depth() -> None:
    found = figures(np.array([1, 1, 3, 5, 6, 10, 11, 200]))

    assert found.recall_at_1 == 25.0
    assert found.recall_at_5 == 50.0
    assert found.recall_at_10 == 75.0
    assert found.median_rank == 5.5


def test_a_recall_is_as_certain_as_its_images_not_its_captions_are_many() -> None:
    images = 25
    hit = np.where(np.arange(images) % 2 == 0, 1, 50)

    few = recall_intervals(hit, np.arange(images))
    many = recall_intervals(np.repeat(hit, 5), np.repeat(np.arange(images), 5))

    assert many.recall_at_1 == few.recall_at_1
    assert many.recall_at_1.low < 52 < many.recall_at_1.high


@pytest.mark.parametrize("header", ["", "image\tcaption\n", "\ufeffImage\tCaption\r\n"])
def test_captions_are_grouped_by_image_with_or_without_header(tmp_path: Path, header: str) -> None:
    file = tmp_path / "captions.tsv"
    file.write_text(header + "a.png\tone\nb.png\ttwo\r\n\na.png\t three \n", encoding="utf-8")

    assert read_captions(file) == [
        CaptionedImage("a.png", ("one", "three")),
        CaptionedImage("b.png", ("two",)),
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a.png\tone\nb.png two\n", "line 2: expected image<TAB>caption, got 'b.png two'"),
        ("a.png\tone\textra\n", "line 1"),
        ("a.png\tone\n\na.png\t\n", "line 3"),
        ("", "no captions"),
        ("image\tcaption\n", "no captions"),
    ],
)
def test_a_bad_captions_file_is_refused_by_line(
    tmp_path: Path, content: str, complaint: str
) -> None:
    file = tmp_path / "captions.tsv"
    file.write_text(content)

    with pytest.raises(EvaluationError, match=r"captions\.tsv") as caught:
        read_captions(file)
    assert complaint in str(caught.value)


def test_a_captions_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "captions.tsv"
    file.write_bytes(b"\xff\xfe\x00\x01")

    with pytest.raises(EvaluationError, match="UTF-8"):
        read_captions(file)


class CountingEncoder(FakeEncoder):
    """Notes how many clips it gets at once."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        self.batches.append(len(clips))
        return super().embed_clips(clips)


def paint(folder: Path, colour: str) -> CaptionedImage:
    rgb = tuple(round(255 * part) for part in COLOURS[colour])
    Image.new("RGB", (24, 16), rgb).save(folder / f"{colour}.png")
    return CaptionedImage(f"{colour}.png", (colour,))


def test_a_run_counts_every_caption_and_every_image_as_a_query(tmp_path: Path) -> None:
    images = [paint(tmp_path, colour) for colour in COLOURS]
    # This caption names another image, so one text of four and no image misses at rank 1.
    images[2] = CaptionedImage("blue.png", ("blue", "red"))
    seen: list[tuple[int, int]] = []

    report = evaluate_retrieval(
        FakeEncoder(),
        tmp_path,
        images=images,
        on_progress=lambda done, total: seen.append((done, total)),
    )

    assert (report.images, report.captions) == (3, 4)
    assert report.text_to_image.recall_at_1 == 75.0
    assert report.text_to_image.recall_at_5 == 100.0
    # The stray caption is as close to the red image as the red image's own.
    assert report.image_to_text.recall_at_1 == pytest.approx(200 / 3)
    assert report.image_to_text.median_rank == 1
    assert report.text_to_image_intervals.recall_at_5 == Interval(100, 100)
    missed = report.text_to_image_intervals.recall_at_1
    assert missed.low < 75 < missed.high == 100
    assert seen[-1] == (3, 3)


def test_images_are_embedded_in_bounded_batches(tmp_path: Path) -> None:
    red = paint(tmp_path, "red")
    encoder = CountingEncoder()

    evaluate_retrieval(encoder, tmp_path, images=[red] * 70)

    assert encoder.batches == [32, 32, 6]


def test_an_absent_image_ends_the_run_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"gone\.png"):
        evaluate_retrieval(FakeEncoder(), tmp_path, images=[CaptionedImage("gone.png", ("red",))])
