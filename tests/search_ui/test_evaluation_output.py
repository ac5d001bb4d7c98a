"""Figures in JSON under the agreed keys, and in tables for people."""

import numpy as np
import pytest

from evaluation.camera import CameraReport
from evaluation.captions import CaptionFigures, CaptionIntervals, CaptionReport
from evaluation.intervals import Interval
from evaluation.retrieval import RecallIntervals, RetrievalFigures, RetrievalReport
from evaluation.topics import TopicReport
from search_ui.evaluation_output import (
    camera_document,
    captions_document,
    print_camera,
    print_captions,
    print_retrieval,
    print_topics,
    retrieval_document,
    topics_document,
)


def near(figure: float) -> Interval:
    return Interval(figure - 0.5, figure + 0.5)


RETRIEVAL = RetrievalReport(
    text_to_image=RetrievalFigures(1, 2, 3, 4),
    image_to_text=RetrievalFigures(5, 6, 7, 8),
    text_to_image_intervals=RecallIntervals(near(1), near(2), near(3)),
    image_to_text_intervals=RecallIntervals(near(5), near(6), near(7)),
    images=9,
    captions=45,
)
CAPTIONS = CaptionReport(
    figures=CaptionFigures(1, 2, 3, 4, 5, 6),
    intervals=CaptionIntervals(*map(near, range(1, 7))),
    images=1,
    captions=5,
)
TOPICS = TopicReport(50, near(50), {"music": 25, "sports": 75}, videos=2, captions=40)

# Of ten clips, nine pans to the left are right and one static one is taken for such a pan.
CONFUSION = np.zeros((8, 8), np.int64)
CONFUSION[:2, 1] = 1, 9
CAMERA = CameraReport(90, near(90), {"static": 0, "pan left": 100}, CONFUSION)


def test_retrieval_figures_have_exactly_the_agreed_keys() -> None:
    assert retrieval_document(RETRIEVAL) == {
        "text_to_image": {
            "r1": 1,
            "r5": 2,
            "r10": 3,
            "median_rank": 4,
            "r1_interval": [0.5, 1.5],
            "r5_interval": [1.5, 2.5],
            "r10_interval": [2.5, 3.5],
        },
        "image_to_text": {
            "r1": 5,
            "r5": 6,
            "r10": 7,
            "median_rank": 8,
            "r1_interval": [4.5, 5.5],
            "r5_interval": [5.5, 6.5],
            "r10_interval": [6.5, 7.5],
        },
        "images": 9,
        "captions": 45,
    }


def test_caption_figures_have_exactly_the_agreed_keys() -> None:
    assert captions_document(CAPTIONS) == {
        "bleu1": 1,
        "bleu2": 2,
        "bleu3": 3,
        "bleu4": 4,
        "cider": 5,
        "rouge_l": 6,
        "bleu1_interval": [0.5, 1.5],
        "bleu2_interval": [1.5, 2.5],
        "bleu3_interval": [2.5, 3.5],
        "bleu4_interval": [3.5, 4.5],
        "cider_interval": [4.5, 5.5],
        "rouge_l_interval": [5.5, 6.5],
        "images": 1,
        "captions": 5,
    }


def test_topic_figures_have_exactly_the_agreed_keys() -> None:
    assert topics_document(TOPICS) == {
        "accuracy": 50,
        "accuracy_interval": [49.5, 50.5],
        "per_class": {"music": 25, "sports": 75},
        "videos": 2,
        "captions": 40,
    }


def test_camera_figures_have_exactly_the_agreed_keys() -> None:
    document = camera_document(CAMERA)
    assert isinstance(document, dict)
    confusion = document.pop("confusion")
    assert document == {
        "accuracy": 90,
        "interval": [89.5, 90.5],
        "per_class": {"static": 0, "pan left": 100},
        "clips": 10,
    }
    assert isinstance(confusion, dict)
    assert list(confusion) == ["static", "pan left"]
    assert confusion["static"] == {
        "static": 0,
        "pan left": 1,
        "pan right": 0,
        "tilt up": 0,
        "tilt down": 0,
        "zoom in": 0,
        "zoom out": 0,
        "shaky": 0,
    }


def test_tables_give_each_figure_with_its_interval(capsys: pytest.CaptureFixture[str]) -> None:
    print_retrieval(RETRIEVAL)
    print_captions(CAPTIONS)
    print_topics(TOPICS)
    print_camera(CAMERA)

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "text to image 1.0 [0.5, 1.5] 2.0 [1.5, 2.5] 3.0 [2.5, 3.5] 4" in lines
    assert "BLEU-4 4.0 [3.5, 4.5]" in lines
    assert "music 25.0" in lines
    assert "all 50.0 [49.5, 50.5]" in lines
    assert "static 0.0 pan left 1" in lines
    assert "pan left 100.0" in lines
    assert "9 images, 45 captions; in brackets: 95 % intervals" in lines
    assert "1 image, 5 captions; in brackets: 95 % intervals" in lines
