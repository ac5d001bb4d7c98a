"""What the decoder says by itself, and how it is judged."""

from pathlib import Path

import numpy as np
import torch

from encoder.backbone import FEATURE_CHANNELS
from encoder.captioner import Captioner, CaptionerConfig
from encoder.vocabulary import END, PAD, START, UNKNOWN, Vocabulary
from evaluation.captions import score_each
from training.caption_reward import advantages, draw_captions, reward_loss
from training.captioned import Pictures
from training.data import CaptionedPictures

DIMENSION = 16
WORDS = ["a", "dog", "runs", "red", "car"]


def decoder() -> Captioner:
    torch.manual_seed(0)
    words = len(Vocabulary(WORDS))
    config = CaptionerConfig(words=words, dimension=DIMENSION, hidden=16, embedding=8)
    return Captioner(config).eval()


def two_pictures() -> Pictures:
    torch.manual_seed(0)
    captions = (("a dog runs", "a dog runs"), ("a red car",))
    captioned = CaptionedPictures("two", Path(), ("1.png", "2.png"), captions)
    places = torch.randn(2, 2, 4, FEATURE_CHANNELS).numpy().astype(np.float16)
    embeddings = torch.nn.functional.normalize(torch.randn(2, 2, DIMENSION), dim=-1)
    return Pictures(captioned, places, embeddings)


def test_a_sentence_is_compared_with_the_others_of_its_picture() -> None:
    scores = torch.tensor([[1.0, 2.0, 6.0], [0.5, 0.5, 0.5]])

    better = advantages(scores)

    torch.testing.assert_close(better, torch.tensor([[-3.0, -1.5, 4.5], [0.0, 0.0, 0.0]]))


def test_drawn_sentences_begin_and_end_and_hold_words_only() -> None:
    captioner, pictures = decoder(), two_pictures()
    rows = np.repeat([0, 1], 20)
    looked = pictures.look_at_pictures(captioner, rows, np.random.default_rng(0))

    drawn = draw_captions(captioner, *looked)

    assert len(drawn) == len(rows)
    assert bool((drawn[:, 0] == START).all())
    assert len(drawn[:, 1:].unique(dim=0)) > 10  # drawn, not searched for
    for sentence in drawn[:, 1:].tolist():
        ended = sentence.index(END) if END in sentence else len(sentence)
        assert not {START, UNKNOWN, PAD} & set(sentence[:ended])
        assert set(sentence[ended + 1 :]) <= {PAD}


def test_what_scores_better_becomes_likelier() -> None:
    captioner, pictures = decoder(), two_pictures()
    vocabulary, rng = Vocabulary(WORDS), np.random.default_rng(0)
    optimiser = torch.optim.AdamW(captioner.parameters(), 3e-3)

    before = mean_score(captioner, pictures, vocabulary)
    for _ in range(60):
        loss = reward_loss(
            captioner, pictures, rows=np.array([0, 1] * 4), vocabulary=vocabulary, rng=rng
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    assert mean_score(captioner, pictures, vocabulary) > before + 0.15


def mean_score(captioner: Captioner, pictures: Pictures, vocabulary: Vocabulary) -> float:
    torch.manual_seed(1)
    rows = np.repeat([0, 1], 50)
    looked = pictures.look_at_pictures(captioner, rows, np.random.default_rng(1))
    said = [vocabulary.decode(row) for row in draw_captions(captioner, *looked).tolist()]
    return float(score_each(said, [pictures.pictures.captions[row] for row in rows]).mean())
