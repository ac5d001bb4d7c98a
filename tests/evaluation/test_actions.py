"""Accuracy of actions on tiny videos, with an encoder that goes by colour."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from evaluation.actions import (
    ActionReport,
    accuracy_interval,
    actions_of,
    evaluate_actions,
    find_action_clips,
    label_of,
    read_action_clip,
)
from evaluation.confusion import draw_confusion
from evaluation.images import EvaluationError
from evaluation.intervals import Interval
from ingest.clip import Clip
from tests.fake_encoder import FakeEncoder
from tests.tiny_videos import write_scenes

LABELS = ("red run", "green sit", "blue jump")
"""Named by colour, so that the most probable is that of the clip's strongest channel."""


class ActingEncoder(FakeEncoder):
    """A clip of mostly red is of "red run", and so on."""

    @property
    def action_labels(self) -> tuple[str, ...]:
        return LABELS

    def action_probabilities(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        return self.embed_clips(clips) / 2


def put(folder: Path, *colours: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, colour in enumerate(colours):
        write_scenes(folder / f"{number}.mp4", [colour], seconds_each=1)


def evaluate(folder: Path) -> ActionReport:
    return evaluate_actions(ActingEncoder(), find_action_clips(folder, LABELS))


def test_clips_are_counted_by_class_and_answer(tmp_path: Path) -> None:
    put(tmp_path / "Red_Run", "red", "red", "red", "green")
    put(tmp_path / "green-sit", "green")

    report = evaluate(tmp_path)

    assert report.classes == ("Red_Run", "green-sit")
    assert report.confusion.tolist() == [[3, 1], [0, 1]]
    assert (report.clips, report.accuracy) == (5, 80)
    assert report.per_class == {"Red_Run": 75, "green-sit": 100}
    assert report.interval.low < 80 < report.interval.high <= 100
    assert report.unreadable == ()


def test_only_the_given_classes_compete(tmp_path: Path) -> None:
    put(tmp_path / "red run", "red")
    put(tmp_path / "green sit", "blue")  # blue jump is no answer here

    assert evaluate(tmp_path).confusion.sum() == 2


def test_a_clip_that_cannot_be_read_is_told_and_does_not_count(tmp_path: Path) -> None:
    put(tmp_path / "red run", "red")
    put(tmp_path / "green sit", "green")
    (tmp_path / "red run" / "broken.mp4").write_bytes(b"nothing")

    report = evaluate(tmp_path)

    assert (report.clips, report.accuracy) == (2, 100)
    assert len(report.unreadable) == 1
    assert "broken.mp4" in report.unreadable[0]


def test_where_no_clip_can_be_read_there_is_no_figure(tmp_path: Path) -> None:
    for name in ("red run", "green sit"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "broken.mp4").write_bytes(b"nothing")

    with pytest.raises(EvaluationError, match="none of 2 clips"):
        evaluate(tmp_path)


def test_folders_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "red run", "red")
    with pytest.raises(EvaluationError, match="at least two"):
        evaluate(tmp_path)

    (tmp_path / "green sit").mkdir()
    with pytest.raises(EvaluationError, match="holds no video"):
        evaluate(tmp_path)

    put(tmp_path / "flying", "blue")
    with pytest.raises(EvaluationError, match="'flying'; known are red run, green sit, blue jump"):
        evaluate(tmp_path)


def test_an_encoder_without_actions_is_told_apart() -> None:
    assert actions_of(ActingEncoder())
    with pytest.raises(EvaluationError, match="knows no actions"):
        actions_of(FakeEncoder())


def test_a_short_file_is_one_clip_at_the_given_rate(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "film.mp4", ["red", "blue"], seconds_each=1)

    for rate, frames in ((4.0, 8), (2.0, 4)):
        [clip] = read_action_clip(path, frames_per_second=rate)
        assert len(clip.frames) == frames


def test_names_of_folders_are_labels() -> None:
    assert {label_of(name) for name in ("hand_shake", "Hand-Shake", "hand shake")} == {"hand shake"}


def test_recordings_are_resampled_whole() -> None:
    right = np.array([1.0, 1, 1, 1, 0, 0, 0, 0])

    apart = accuracy_interval(right, np.arange(8))
    together = accuracy_interval(right, np.array([0, 0, 0, 0, 1, 1, 1, 1]))

    assert together == Interval(0, 100)
    assert 0 < apart.low < 50 < apart.high < 100


def test_the_picture_is_darker_where_more_clips_are(tmp_path: Path) -> None:
    draw_confusion(tmp_path / "out.png", ["a", "b"], np.array([[9, 0], [1, 1]]))

    with Image.open(tmp_path / "out.png") as picture:
        grey = np.asarray(picture.convert("L")).astype(float)
    side = len(grey)
    cells = [  # corners of the cells, where no digit stands
        grey[side - 12 - 64 * (2 - row) + 8, side - 12 - 64 * (2 - column) + 8]
        for row in range(2)
        for column in range(2)
    ]
    assert cells[0] < cells[2] == cells[3] < cells[1]
