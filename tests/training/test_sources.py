"""Batches of an epoch: each picture at most once, with captions of its own."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from training.data import CaptionedPictures
from training.features import VIEWS
from training.sources import Rows, Source, batches

SIZE = 8


def source(name: str, captions: list[int]) -> Source:
    """Pictures with so many captions each; features tell which picture and caption they are of."""
    groups = tuple(tuple(f"{name} {i} {k}" for k in range(n)) for i, n in enumerate(captions))
    files = tuple(map(str, range(len(captions))))
    stems = np.arange(len(captions) * VIEWS, dtype=np.float16).reshape(-1, VIEWS, 1, 1, 1)
    sentences = torch.arange(sum(captions))[:, None].float()
    return Source(CaptionedPictures(name, Path(), files, groups), stems, sentences)


SOURCES = [source("many", [5, 1, 3, 5, 2, 4, 5, 5, 1, 5]), source("few", [1, 2, 1, 1, 3, 2, 2])]


def epoch(seed: int = 0) -> list[list[Rows]]:
    return list(batches(SOURCES, size=SIZE, captions=3, rng=np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", range(5))
def test_each_picture_is_seen_at_most_once(seed: int) -> None:
    seen = Counter(
        (rows.source.pictures.name, int(picture))
        for batch in epoch(seed)
        for rows in batch
        for picture in rows.pictures
    )

    assert len(seen) == 2 * SIZE  # of 17: one is left over
    assert set(seen.values()) == {1}


def test_all_batches_have_the_same_size() -> None:
    assert [sum(len(rows.pictures) for rows in batch) for batch in epoch()] == [SIZE, SIZE]


def test_captions_belong_to_their_pictures() -> None:
    for rows in (rows for batch in epoch() for rows in batch):
        owners = rows.source.pictures.owners[rows.captions]

        np.testing.assert_array_equal(owners, rows.pictures[rows.owners])
        assert rows.sentences[:, 0].tolist() == rows.captions.tolist()


def test_a_picture_comes_with_different_captions_up_to_the_limit() -> None:
    for rows in (rows for batch in epoch() for rows in batch):
        assert len(set(rows.captions.tolist())) == len(rows.captions)
        drawn = Counter(rows.owners.tolist())
        for place, picture in enumerate(rows.pictures):
            assert drawn[place] == min(3, len(rows.source.pictures.captions[picture]))


def test_features_are_those_of_the_picture_and_view() -> None:
    for rows in (rows for batch in epoch() for rows in batch):
        expected = rows.pictures * VIEWS + rows.views

        assert rows.stems.flatten().tolist() == expected.tolist()


def test_epochs_differ_and_views_change() -> None:
    one, other = epoch(1)[0][0], epoch(2)[0][0]

    assert one.pictures.tolist() != other.pictures.tolist()
    views = {int(view) for seed in range(5) for b in epoch(seed) for r in b for view in r.views}
    assert views == set(range(VIEWS))


def test_too_few_pictures_for_a_batch_make_no_batch() -> None:
    few = batches(SOURCES, size=18, captions=3, rng=np.random.default_rng(0))

    assert list(few) == []
