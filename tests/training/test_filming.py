"""Sentences about camera movement, and the pairs that the LSTM learns order from."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from encoder.alignment import Alignment
from encoder.backbone import FEATURE_CHANNELS
from encoder.temporal import AlignmentConfig
from encoder.text import SENTENCE_CHANNELS
from training.filming import CAPTIONS, FRAMES, MovingPictures, movement_of, texts_of
from training.order import order_accuracy, order_batch

MOVEMENTS = sorted({movement_of(number) for number in range(100)})


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_texts_name_the_movement_and_its_reverse(movement: str) -> None:
    plain, moved, reverse = texts_of("A dog runs .", movement)
    verb, direction = movement.split()  # "pan left" → "pans left over"

    assert plain == "A dog runs ."
    assert moved.startswith(f"camera {verb}s {direction} ")
    assert moved.endswith(" a dog runs")
    assert reverse.startswith(f"camera {verb}s ")
    assert reverse.endswith(" a dog runs")
    assert f" {direction} " not in reverse


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_reverse_of_the_reverse_is_the_movement(movement: str) -> None:
    _, moved, reverse = texts_of("a dog", movement)
    [back] = [other for other in MOVEMENTS if texts_of("a dog", other)[1] == reverse]

    assert back != movement
    assert texts_of("a dog", back)[2] == moved


def test_all_movements_are_filmed_equally_often() -> None:
    counts = [sum(movement_of(n) == movement for n in range(60)) for movement in MOVEMENTS]

    assert counts == [10] * 6


def test_an_empty_caption_still_names_the_movement() -> None:
    _, moved, _ = texts_of("", movement_of(0))

    assert moved.startswith("camera ")


@pytest.fixture(scope="module")
def model() -> Alignment:
    """Before training."""
    torch.manual_seed(0)
    return Alignment(AlignmentConfig(dimension=16, hidden=8, sequence_hidden=8)).eval()


@pytest.fixture(scope="module")
def ordered(model: Alignment) -> Alignment:
    """An alignment whose LSTM has something to say."""
    ordered = deepcopy(model)
    torch.manual_seed(0)
    torch.nn.init.normal_(ordered.temporal.add.weight)
    return ordered


@pytest.fixture(scope="module")
def filmed() -> MovingPictures:
    torch.manual_seed(1)
    return MovingPictures(
        torch.randn(5, FRAMES, FEATURE_CHANNELS),
        torch.randn(5, 2, FEATURE_CHANNELS),
        torch.randn(5, CAPTIONS, 3, SENTENCE_CHANNELS),
    )


@torch.inference_mode()
def test_a_batch_pairs_stills_clips_and_reversed_clips_with_their_texts(
    ordered: Alignment, filmed: MovingPictures
) -> None:
    rows, captions = np.array([4, 1]), np.array([0, 3])
    batch = order_batch(ordered, filmed, rows=rows, captions=captions)
    texts, clips, positive = batch.texts, batch.clips, batch.positive

    # Rows: plain 4 and 1, moved 4 and 1, reverse 4 and 1; columns: stills, moved, reverse.
    expected = [
        [1, 0, 1, 0, 1, 0],
        [0, 1, 0, 1, 0, 1],
        [0, 0, 1, 0, 0, 0],
        [0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 1],
    ]
    assert positive.int().tolist() == expected
    sentences = filmed.sentences[[4, 1, 4, 1, 4, 1], [0, 3] * 3, [0, 0, 1, 1, 2, 2]]
    torch.testing.assert_close(texts, ordered.embed_sentences(sentences))
    moving = ordered.embed_frames(filmed.frames[1])[None]
    alone = ordered.temporal(torch.cat([moving, moving.flip(1)]), torch.tensor([FRAMES] * 2))
    torch.testing.assert_close(clips[[3, 5]], alone)
    views = ordered.embed_frames(filmed.stills[[4, 1], [0, 1]])[:, None]  # as captions 0 and 3 say
    torch.testing.assert_close(clips[:2], ordered.temporal(views, torch.tensor([1, 1])))


def test_before_training_a_clip_and_its_reverse_are_alike(
    model: Alignment, filmed: MovingPictures
) -> None:
    _, alike = order_accuracy(model, filmed)

    assert alike == pytest.approx(1, abs=1e-5)


def test_once_the_lstm_speaks_they_are_not(ordered: Alignment, filmed: MovingPictures) -> None:
    _, alike = order_accuracy(ordered, filmed)

    assert alike < 0.99
