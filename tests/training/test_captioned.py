"""What the caption decoder is shown as it learns."""

from pathlib import Path

import numpy as np
import pytest
import torch

from encoder.backbone import FEATURE_CHANNELS
from encoder.captioner import Captioner, CaptionerConfig
from encoder.checkpoint import ALIGNMENT
from encoder.vocabulary import END, PAD, START, Vocabulary
from training.caption import CaptionerTrainer, CaptionTraining, caption_figures, vocabulary_of
from training.captioned import Pictures, Texts, numbered
from training.data import CaptionedPictures

DIMENSION = 512
CAPTIONS = (("a dog runs", "the dog is running"), ("a red car",), ("a cat sleeps here",))


@pytest.fixture
def pictures() -> Pictures:
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    captioned = CaptionedPictures("three", Path(), ("1.png", "2.png", "3.png"), CAPTIONS)
    places = rng.random((3, 2, 4, FEATURE_CHANNELS), np.float32).astype(np.float16)
    embeddings = torch.nn.functional.normalize(torch.randn(3, 2, DIMENSION), dim=-1)
    return Pictures(captioned, places, embeddings)


@pytest.fixture
def texts() -> Texts:
    sentences = ["a bottle of water stands", "a bottle of wine", "a zebra"]
    embeddings = torch.eye(3, DIMENSION)
    return Texts(sentences, embeddings, embeddings.mean(0))


def decoder() -> Captioner:
    torch.manual_seed(1)
    return Captioner(CaptionerConfig(words=9, dimension=DIMENSION, hidden=8, embedding=4)).eval()


def test_each_caption_looks_at_its_own_picture(pictures: Pictures) -> None:
    captioner, rng = decoder(), np.random.default_rng(0)
    rows = np.array([1, 2])  # the second caption of the first picture, the caption of the second

    places, _ = pictures.look(captioner, rows, rng)

    views = np.random.default_rng(0).integers(0, 2, 2)
    features, real = pictures.places_of(np.array([0, 1]), views)
    expected, _ = captioner.look(features, real, pictures.embeddings[[0, 1], views])
    torch.testing.assert_close(places.values, expected.values)
    assert bool(places.real.all())


def test_a_gist_is_blurred_anew_each_time(pictures: Pictures) -> None:
    captioner, rows = decoder(), np.array([0])

    once, again = (
        pictures.look(captioner, rows, np.random.default_rng(0))[0].gist for _ in range(2)
    )

    assert not torch.equal(once, again)


def test_a_text_shows_no_place(texts: Texts) -> None:
    places, _ = texts.look(decoder(), np.array([0, 2]), np.random.default_rng(0))

    assert places.real.tolist() == [[False], [False]]


def test_long_sentences_are_cut_and_short_ones_padded() -> None:
    vocabulary = Vocabulary(["go"])

    rows = numbered(vocabulary, ["go " * 100, "go"])

    assert rows.shape == (2, 25)
    assert rows[1, :4].tolist() == [START, 4, END, PAD]


def test_words_come_from_pictures_and_from_texts_each_with_its_own_limit(
    pictures: Pictures, texts: Texts
) -> None:
    training = CaptionTraining(least_count=2, least_text_count=2)

    words = vocabulary_of([pictures], texts, training).words

    assert set(words) == {"a", "dog", "bottle", "of"}


def test_a_lesson_has_sentences_about_equally_long_and_each_is_in_one(tmp_path: Path) -> None:
    sentences = ["go " * (n % 10 + 1) for n in range(900)]
    spoken = Texts(sentences, torch.zeros(900, DIMENSION), torch.zeros(DIMENSION))
    training = CaptionTraining(least_text_count=1)
    trainer = CaptionerTrainer(vocabulary_of([], spoken, training), training, curves=tmp_path)

    lessons = [rows for _, rows in trainer._lessons(spoken, 8)]

    assert sorted(np.concatenate(lessons).tolist()) == list(range(900))
    assert all(np.ptp([len(sentences[n].split()) for n in rows]) <= 2 for rows in lessons)


def test_a_decoder_learns_to_say_what_it_was_shown(
    pictures: Pictures, texts: Texts, tmp_path: Path
) -> None:
    training = CaptionTraining(
        text_epochs=1,
        epochs=40,
        batch=4,
        text_batch=3,
        learning_rate=5e-3,
        least_count=1,
        least_text_count=1,
    )
    trainer = CaptionerTrainer(
        vocabulary_of([pictures], texts, training), training, curves=tmp_path
    )
    before = caption_figures(trainer.captioner, trainer.vocabulary, pictures)

    (tmp_path / ALIGNMENT).write_bytes(b"an alignment")
    after = trainer.fit([pictures], texts=texts, dev=pictures, path=tmp_path / "captioner")

    assert after.bleu4 > max(before.bleu4, 60)
    assert (tmp_path / "captioner").exists()
    assert (tmp_path / "caption.png").exists()
