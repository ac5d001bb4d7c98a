"""A whole evaluation of captions with an encoder whose sentences are known."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluation.captions import BATCH, evaluate_captions, score_captions
from evaluation.images import CaptionedImage, EvaluationError
from tests.fake_encoder import COLOURS, FakeEncoder


def paint(folder: Path, colour: str, *captions: str) -> CaptionedImage:
    rgb = tuple(round(255 * part) for part in COLOURS[colour])
    Image.new("RGB", (24, 16), rgb).save(folder / f"{colour}.png")
    return CaptionedImage(f"{colour}.png", captions)


def test_each_image_is_compared_with_its_own_captions(tmp_path: Path) -> None:
    images = [
        paint(tmp_path, "red", "something red", "a wall"),
        paint(tmp_path, "green", "something blue"),
        paint(tmp_path, "blue", "something blue", "the sky", "something"),
    ]
    seen: list[tuple[int, int]] = []

    report = evaluate_captions(
        FakeEncoder(),
        tmp_path,
        images=images,
        on_progress=lambda done, total: seen.append((done, total)),
    )

    said = ["something red", "something green", "something blue"]
    assert report.figures == score_captions(said, [image.captions for image in images])
    assert report.figures.bleu1 == pytest.approx(100 * 5 / 6)
    assert (report.images, report.captions) == (3, 6)
    assert seen == [(3, 3)]


def test_intervals_surround_the_figures_and_end_where_an_image_draws_alone(tmp_path: Path) -> None:
    right = paint(tmp_path, "red", "something red")
    wrong = paint(tmp_path, "green", "a plain wall")

    report = evaluate_captions(FakeEncoder(), tmp_path, images=[right, wrong] * 10)

    for name in ("bleu1", "bleu2", "cider", "rouge_l"):
        figure, interval = getattr(report.figures, name), getattr(report.intervals, name)
        assert interval.low < figure < interval.high, name
    # Twenty images of two words each, half of them right: as wide as the binomial.
    width = report.intervals.bleu1.high - report.intervals.bleu1.low
    assert width == pytest.approx(2 * 1.96 * 100 * np.sqrt(0.25 / 20), rel=0.15)


def test_images_that_are_all_alike_leave_no_doubt(tmp_path: Path) -> None:
    # Too short, one word of two wrong: every part of BLEU has its share.
    image = paint(tmp_path, "red", "something that is nearly red")

    report = evaluate_captions(FakeEncoder(), tmp_path, images=[image] * 4)

    for name in ("bleu1", "bleu2", "cider", "rouge_l"):
        figure, interval = getattr(report.figures, name), getattr(report.intervals, name)
        assert (interval.low, interval.high) == pytest.approx((figure, figure), abs=1e-4), name


def test_more_images_than_a_batch_are_all_described(tmp_path: Path) -> None:
    image = paint(tmp_path, "red", "something red")
    encoder = FakeEncoder()

    evaluate_captions(encoder, tmp_path, images=[image] * (BATCH + 3))

    assert len(encoder.seen) == BATCH + 3


def test_an_absent_image_ends_the_run_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"gone\.png"):
        evaluate_captions(FakeEncoder(), tmp_path, images=[CaptionedImage("gone.png", ("red",))])
