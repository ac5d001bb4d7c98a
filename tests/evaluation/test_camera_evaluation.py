"""Camera figures, on small films and on real footage.

``camera_moves.tsv`` lists moves in real footage: file under ``shared/data``, start and end in
seconds, and the movement. A person looked at contact sheets, seven to ten frames of each stretch
side by side, and wrote down a label where the frames left no doubt: what stands in the scene
shifts to the left in a pan to the right, and so on. Stretches with two movements at once, and
those where only water or grass could be seen, were left out. What the classifier said of them was
not known then. Its errors on that list led to changes in how films are simulated, so more moves
were labelled afterwards, in ``camera_moves_held_out.tsv``, to measure what came of it.
"""

from pathlib import Path

import numpy as np
import pytest

from encoder.camera import CameraClassifier
from evaluation.camera import (
    CameraMove,
    evaluate_camera,
    moves_in_folders,
    moves_in_table,
)
from evaluation.images import EvaluationError
from ingest.camera import MOVEMENTS, Movement
from ingest.clip import ClipSpan
from ingest.writing import write_video
from tests.tiny_videos import plain

HELD_OUT = Path(__file__).with_name("camera_moves_held_out.tsv")
REAL_AT_LEAST = 80.0
"""Percent right; chance would be 12.5."""


def panning(path: Path, *, step: int) -> Path:
    """Write a film whose content travels right by `step` pixels a frame."""
    coarse = np.random.default_rng(5).integers(0, 256, (12, 60, 3), np.uint8)
    scene = coarse.repeat(8, 0).repeat(8, 1)
    start = 176 if step > 0 else 16
    frames = [scene[:, start - step * n :][:, :128] for n in range(30)]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, frames, frames_per_second=10)
    return path


def test_folders_named_like_movements_are_evaluated(tmp_path: Path) -> None:
    panning(tmp_path / "pan_left" / "a.mp4", step=4)
    panning(tmp_path / "Pan Right" / "b.mp4", step=-4)
    wrong = panning(tmp_path / "pan_right" / "c.mp4", step=4)
    seen: list[tuple[int, int]] = []

    report = evaluate_camera(
        CameraClassifier.load(),
        moves_in_folders(tmp_path),
        on_progress=lambda *done: seen.append(done),
    )

    left, right = MOVEMENTS.index(Movement.PAN_LEFT), MOVEMENTS.index(Movement.PAN_RIGHT)
    assert wrong.exists()
    assert report.clips == 3
    assert report.accuracy == pytest.approx(200 / 3)
    assert report.interval.low < report.accuracy < report.interval.high
    assert report.per_class == {"pan left": 100, "pan right": 50}
    assert report.confusion[right, left] == 1
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_table_gives_spans(tmp_path: Path) -> None:
    panning(tmp_path / "a.mp4", step=4)
    table = tmp_path / "moves.tsv"
    table.write_text("file\tstart\tend\tmovement\na.mp4\t0.5\t2\tpan left\n")

    (move,) = moves_in_table(table, tmp_path)

    assert move == CameraMove(tmp_path / "a.mp4", Movement.PAN_LEFT, ClipSpan(0.5, 2))
    assert evaluate_camera(CameraClassifier.load(), [move]).accuracy == 100


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a.mp4\t0\t2\tdolly", "'dolly' is no camera movement; known are static, pan left"),
        ("a.mp4\t2\t1\tstatic", "no span"),
        ("a.mp4\tzero\t1\tstatic", "no span"),
        ("a.mp4\t0\tstatic", "line 1: expected file<TAB>start<TAB>end<TAB>movement"),
    ],
)
def test_a_table_that_is_not_right_is_named(tmp_path: Path, row: str, problem: str) -> None:
    table = tmp_path / "moves.tsv"
    table.write_text(row + "\n")
    with pytest.raises(EvaluationError, match=problem) as raised:
        moves_in_table(table, tmp_path)
    assert str(table) in str(raised.value)


def test_what_cannot_be_evaluated_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no videos; put them into one folder"):
        moves_in_folders(tmp_path)
    panning(tmp_path / "dolly" / "a.mp4", step=4)
    with pytest.raises(EvaluationError, match="'dolly' is no camera movement"):
        moves_in_folders(tmp_path)
    write_video(tmp_path / "short.mp4", [plain("red")], frames_per_second=10)
    for name, problem in (("short.mp4", "too short"), ("none.mp4", "cannot be opened")):
        with pytest.raises(EvaluationError, match=rf"{name}.*{problem}"):
            evaluate_camera(CameraClassifier.load(), [CameraMove(tmp_path / name, Movement.STATIC)])


def test_moves_in_real_footage_are_named(shared_data: Path) -> None:
    """Those that nothing was tuned on; the longer list is for the command."""
    moves = moves_in_table(HELD_OUT, shared_data)

    report = evaluate_camera(CameraClassifier.load(), moves)

    assert report.accuracy >= REAL_AT_LEAST, report.per_class
