"""Weights on disk: what quantisation costs, fingerprints, and files that cannot be used."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from encoder.checkpoint import (
    ALIGNMENT,
    ENSEMBLE,
    HUBNESS,
    WEIGHTS,
    Checkpoint,
    CheckpointError,
    compact_space,
    fingerprint,
    load_checkpoint,
    save_checkpoint,
)

RANDOM = np.random.default_rng(0)


def there_and_back(folder: Path, value: np.ndarray) -> np.ndarray:
    path = folder / "new" / "weights.safetensors"
    save_checkpoint(path, Checkpoint({"x": value}, {}))
    return np.asarray(load_checkpoint(path).tensors["x"])


@pytest.mark.parametrize("shape", [(5, 7), (3, 4, 2, 2), (4, 1), (1, 9)])
def test_a_matrix_comes_back_within_half_a_step_of_each_row(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    rows = (10.0 ** np.arange(shape[0])).reshape(-1, *[1] * (len(shape) - 1))
    matrix = (RANDOM.normal(size=shape) * rows).astype(np.float32)

    back = there_and_back(tmp_path, matrix)

    axes = tuple(range(1, len(shape)))
    step = np.abs(matrix).max(axes, keepdims=True) / 127
    assert back.dtype == np.float32
    assert back.shape == matrix.shape
    assert (np.abs(back - matrix) <= 0.501 * step).all()
    # The largest value of a row is a whole number of steps, so it comes back as it was.
    np.testing.assert_allclose(np.abs(back).max(axes), np.abs(matrix).max(axes), rtol=1e-6)


def test_rows_of_zeros_come_back_as_zeros(tmp_path: Path) -> None:
    matrix = np.array([[0, 0, 0], [1, -2, 0]], np.float32)

    np.testing.assert_allclose(there_and_back(tmp_path, matrix), matrix, atol=0.01)


def test_vectors_come_back_in_half_precision(tmp_path: Path) -> None:
    vector = RANDOM.normal(size=100).astype(np.float32)

    back = there_and_back(tmp_path, vector)

    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, vector.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize(
    "value",
    [
        np.array(1.2345678, np.float32),
        np.array(1234567, np.int64),
        np.arange(1000, 1006, dtype=np.int64),
        np.arange(1000, 1006, dtype=np.int64).reshape(2, 3),
    ],
)
def test_integers_and_single_numbers_come_back_exactly(tmp_path: Path, value: np.ndarray) -> None:
    back = there_and_back(tmp_path, value)

    assert back.dtype == value.dtype
    np.testing.assert_array_equal(back, value)


def test_matrices_take_a_quarter_of_their_size(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_checkpoint(path, Checkpoint({"x": np.ones((512, 1024), np.float32)}, {}))

    assert path.stat().st_size < 512 * 1024 * 1.02


def test_the_configuration_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    config = {"words": 7, "rate": 0.5, "vocabulary": ["dog", "naïve", '"quoted"']}
    save_checkpoint(path, Checkpoint({"x": np.zeros(1, np.float32)}, config))

    loaded = load_checkpoint(path)

    assert loaded.config == config
    assert loaded.number("words") == 7
    assert loaded.strings("vocabulary") == ["dog", "naïve", '"quoted"']
    for name in ("rate", "vocabulary", "absent"):
        with pytest.raises(KeyError, match=name):
            loaded.number(name)
    with pytest.raises(KeyError, match="words"):
        loaded.strings("words")


def one_clear_line(error: CheckpointError, path: Path) -> None:
    message = str(error)
    assert message.startswith(f"{path}: the weights ")
    assert message.endswith("delete that folder to use the shipped ones")
    assert "\n" not in message


def test_shipped_weights_come_back_by_installing_and_own_ones_by_training() -> None:
    shipped, own = (
        str(CheckpointError(folder / ALIGNMENT, "broken")) for folder in (WEIGHTS, Path("library"))
    )

    assert "reinstall clipseek" in shipped
    assert "clipseek train" in own


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / ALIGNMENT

    for read in (load_checkpoint, fingerprint):
        with pytest.raises(CheckpointError) as caught:
            read(path)
        one_clear_line(caught.value, path)
    with pytest.raises(CheckpointError) as caught:
        compact_space(tmp_path)
    one_clear_line(caught.value, path)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "folder"])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, damage: str) -> None:
    path = tmp_path / HUBNESS
    for beside in (ALIGNMENT, ENSEMBLE):
        save_checkpoint(tmp_path / beside, Checkpoint({}, {}))
    save_checkpoint(path, Checkpoint({"x": np.ones((9, 9), np.float32)}, {"dimension": 9}))
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes({"empty": b"", "text": b"weights, he said" * 9, "cut": whole[:-9]}[damage])

    for read in (load_checkpoint, lambda file: compact_space(file.parent)):
        with pytest.raises(CheckpointError) as caught:
            read(path)
        one_clear_line(caught.value, path)


def test_weights_that_do_not_say_their_size_are_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / HUBNESS
    for each in (path, tmp_path / ALIGNMENT, tmp_path / ENSEMBLE):
        save_checkpoint(each, Checkpoint({"x": np.ones(3, np.float32)}, {}))

    with pytest.raises(CheckpointError, match="dimension") as caught:
        compact_space(tmp_path)
    one_clear_line(caught.value, path)


def test_the_fingerprint_follows_the_content_and_not_the_name(tmp_path: Path) -> None:
    one, other, copy = (tmp_path / name for name in ("one", "other", "copy"))
    config = {"dimension": 4}
    save_checkpoint(one, Checkpoint({"x": np.zeros((2, 2), np.float32)}, config))
    save_checkpoint(other, Checkpoint({"x": np.ones((2, 2), np.float32)}, config))
    shutil.copy(one, copy)

    assert fingerprint(one) == fingerprint(copy) != fingerprint(other)
    shutil.copy(other, copy)
    assert fingerprint(copy) == fingerprint(other)
    assert len(fingerprint(one)) == 8


def test_the_same_weights_saved_twice_have_the_same_fingerprint(tmp_path: Path) -> None:
    tensors = {name: RANDOM.normal(size=(4, 4)).astype(np.float32) for name in "dacb"}
    for name in ("one", "other"):
        save_checkpoint(tmp_path / name, Checkpoint(tensors, {"dimension": 4, "hidden": 2}))

    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "other")


def test_the_shipped_space_names_its_weights() -> None:
    space = compact_space()

    made = fingerprint(*(WEIGHTS / name for name in (ALIGNMENT, ENSEMBLE, HUBNESS)))
    assert space.name == f"compact-{made}"
    assert space.dimension == load_checkpoint(WEIGHTS / HUBNESS).number("dimension")


def test_whoever_uses_the_machine_may_read_weights(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_checkpoint(path, Checkpoint({"x": np.ones(2, np.float32)}, {}))

    assert path.stat().st_mode & 0o777 == 0o644
