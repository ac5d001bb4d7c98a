"""Training of camera movement, on films of a dozen tiny pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from encoder.camera import CameraClassifier, CameraConfig
from encoder.checkpoint import CAMERA, load_checkpoint
from evaluation.camera import moves_in_folders
from ingest.camera import MOVEMENTS, Movement
from ingest.clip import MOTION_CHANNELS
from ingest.motion import motion_of
from tests.training.pictures import write_data, write_lines
from training.camera import CURVE, CameraTraining, train_camera
from training.camera_films import film, measured_films, vary
from training.data import Folders, TrainingDataError, read_pictures
from training.simulated_clips import write_simulated_clips

TINY = CameraTraining(films=16, dev_films=8, config=CameraConfig(hidden=4), epochs=3, batch=8)


def folders(path: Path) -> Folders:
    write_data(path / "data")
    return Folders(path / "data", path / "cache", path / "weights")


def noise_pictures(folder: Path) -> Path:
    """Two pictures full of corners, so that their motion can be measured well."""
    images = folder / "flickr8k" / "images"
    images.mkdir(parents=True)
    coarse = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 3), np.uint8)
    for number, picture in enumerate(coarse.repeat(8, 1).repeat(8, 2)):
        Image.fromarray(picture).save(images / f"{number}.png")
    write_lines(folder / "flickr8k" / "dev.tsv", ["image\tcaption", "0.png\ta", "1.png\tb"])
    return folder


def test_training_saves_a_classifier_and_the_curve_and_can_be_repeated(tmp_path: Path) -> None:
    where = folders(tmp_path)
    first = train_camera(where, TINY)
    saved = load_checkpoint(where.weights / CAMERA)
    again = train_camera(where, TINY)  # from the films that are kept

    assert 0 <= first <= 1
    assert again == first
    for name, tensor in load_checkpoint(where.weights / CAMERA).tensors.items():
        np.testing.assert_array_equal(tensor, saved.tensors[name])
    assert saved.strings("labels") == list(MOVEMENTS)
    steps = np.zeros((9, MOTION_CHANNELS), np.float32)
    assert CameraClassifier.load(where.weights).probabilities([steps]).shape == (1, 8)
    with Image.open(where.cache / CURVE) as picture:
        assert len(picture.getcolors(100_000)) > 3


def test_kept_films_that_are_damaged_are_named(tmp_path: Path) -> None:
    where = folders(tmp_path)
    pictures = read_pictures(where.data, "flickr8k/dev")
    where.cache.mkdir()
    (where.cache / "flickr8k-dev-8-1.camera.npz").write_bytes(b"no archive")

    with pytest.raises(TrainingDataError, match=r"camera\.npz: damaged"):
        measured_films(pictures, 8, seed=1, cache=where.cache)


def test_a_film_varied_is_what_the_varied_film_would_measure(tmp_path: Path) -> None:
    pictures = read_pictures(noise_pictures(tmp_path), "flickr8k/dev")
    number = MOVEMENTS.index(Movement.PAN_LEFT)
    shot = film(pictures, number, seed=3)
    steps = motion_of(shot.frames, shot.seconds)
    # By label, seconds and frames of the film mirrored, upside down, and backwards.
    turned = {
        (True, False, False): (shot.frames[:, :, ::-1], Movement.PAN_RIGHT),
        (False, True, False): (shot.frames[:, ::-1], Movement.PAN_LEFT),
        (False, False, True): (shot.frames[::-1], Movement.PAN_RIGHT),
    }
    for draws, (frames, movement) in turned.items():
        varied, label = vary(steps, number, Draws(draws))
        measured = motion_of(np.ascontiguousarray(frames), shot.seconds)
        assert MOVEMENTS[label] is movement
        np.testing.assert_allclose(np.median(varied, 0), np.median(measured, 0), atol=0.05)


class Draws(np.random.Generator):
    """Random numbers that come out as wanted."""

    def __init__(self, wanted: tuple[bool, ...]) -> None:
        super().__init__(np.random.PCG64(0))
        self._wanted = wanted

    def random(self, *_: object, **__: object) -> np.ndarray:
        return np.where(self._wanted, 0.0, 1.0)


def test_simulated_clips_lie_in_folders_that_evaluation_reads(tmp_path: Path) -> None:
    data = noise_pictures(tmp_path / "data")
    write_simulated_clips(tmp_path / "clips", data=data, clips=10)

    moves = moves_in_folders(tmp_path / "clips")

    assert len(moves) == 10
    assert {move.movement for move in moves} == set(Movement)
