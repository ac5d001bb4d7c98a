"""Tables of captioned pictures, whole and broken."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.pictures import write_data, write_lines
from training.data import TrainingDataError, read_pictures, read_topics

HEADER = "image\tcaption"


def test_captions_are_gathered_by_picture(tmp_path: Path) -> None:
    lines = [HEADER, "b.png\tone", "a.png\ttwo", "b.png\tthree \u2028 café", ""]
    write_lines(tmp_path / "own" / "train.tsv", lines)

    pictures = read_pictures(tmp_path, "own/train")

    assert pictures.name == "own-train"
    assert pictures.files == ("a.png", "b.png")
    assert pictures.captions == (("two",), ("one", "three \u2028 café"))
    assert pictures.sentences == ["two", "one", "three \u2028 café"]
    assert pictures.owners.tolist() == [0, 1, 1]


def test_the_first_pictures_have_a_name_of_their_own(tmp_path: Path) -> None:
    write_data(tmp_path)
    pictures = read_pictures(tmp_path, "flickr8k/train")

    first = pictures.first(4)

    assert (len(first), first.name) == (4, "flickr8k-train-4")
    assert first.captions == pictures.captions[:4]
    np.testing.assert_array_equal(first.picture(3), pictures.picture(3))
    assert first.picture(0).mode == "RGB"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([HEADER, "a.png\tone", "a.png one"], "train.tsv:3: expected 2 columns"),
        ([HEADER, "a.png\tone\tmore"], "train.tsv:2: expected 2 columns"),
        ([HEADER], "no line after the header"),
        ([], "no line after the header"),
    ],
)
def test_a_table_that_is_not_as_it_should_be_names_its_line(
    tmp_path: Path, lines: list[str], problem: str
) -> None:
    write_lines(tmp_path / "own" / "train.tsv", lines)

    with pytest.raises(TrainingDataError, match=problem):
        read_pictures(tmp_path, "own/train")


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "own" / "train.tsv", [HEADER])
    (tmp_path / "own" / "train.tsv").write_bytes(b"image\tcaption\na.png\tcaf\xe9\n")

    with pytest.raises(TrainingDataError, match="UTF-8"):
        read_pictures(tmp_path, "own/train")


def test_a_missing_table_says_which_option_names_its_folder(tmp_path: Path) -> None:
    for read in (lambda: read_pictures(tmp_path, "own/train"), lambda: read_topics(tmp_path)):
        with pytest.raises(TrainingDataError, match="--data"):
            read()


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    write_lines(tmp_path / "own" / "train.tsv", [HEADER, "a.png\tone"])
    pictures = read_pictures(tmp_path, "own/train")

    with pytest.raises(TrainingDataError, match=r"a\.png"):
        pictures.picture(0)


def test_topics_stand_beside_their_captions(tmp_path: Path) -> None:
    write_data(tmp_path)

    captions, topics = read_topics(tmp_path)

    assert len(captions) == len(topics) == 20
    assert (captions[0], topics[0]) == ("a man plays the guitar 0", "music")
