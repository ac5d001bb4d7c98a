"""The curve of free labels: fitted to what is known, saved, and what counts as mentioned."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from encoder.checkpoint import ALIGNMENT, ENSEMBLE, WEIGHTS, load_checkpoint
from encoder.labels import LABELS, LabelCalibration
from tests.training.pictures import write_data, write_lines
from training.data import Folders
from training.labels import fit_curve, is_mentioned, train_labels


def test_the_curve_that_made_the_truth_is_found_again() -> None:
    rng = np.random.default_rng(0)
    above = rng.normal(1, 1.5, 20_000).astype(np.float32)
    true = LabelCalibration(scale=1.5, offset=2.5)

    found = fit_curve(above, rng.random(20_000) < true.probabilities(above))

    assert found.scale == pytest.approx(1.5, rel=0.08)
    assert found.offset == pytest.approx(2.5, rel=0.04)


@pytest.mark.parametrize(
    ("label", "mentioned"),
    [
        ("dog", True),
        ("black dog", True),
        ("a dog on the grass", True),
        ("cat", False),
        ("black grass", False),  # in no caption together
    ],
)
def test_a_label_is_mentioned_where_one_caption_has_all_its_words(
    label: str, mentioned: bool
) -> None:
    assert is_mentioned(label, ["Two black dogs .", "dogs run over grass"]) == mentioned


def test_training_saves_what_the_encoder_reads(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "cache", tmp_path / "weights")
    write_data(folders.data)
    for table in ("train", "dev"):
        file = folders.data / "flickr8k" / f"{table}.tsv"
        rows = [line.replace("ball", "man on a beach") for line in file.read_text().splitlines()]
        # The files of the pictures keep their names.
        write_lines(file, [row.replace("man on a beach.png", "ball.png") for row in rows])
    folders.weights.mkdir()
    for name in (ALIGNMENT, ENSEMBLE):
        shutil.copy(WEIGHTS / name, folders.weights)

    brier = train_labels(folders)

    saved = LabelCalibration.from_checkpoint(load_checkpoint(folders.weights / LABELS))
    assert np.isfinite([saved.scale, saved.offset]).all()
    assert 0 < brier < 0.25
