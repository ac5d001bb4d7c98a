"""The caption decoder: where it may look, and what it may know."""

import pytest
import torch

from encoder.backbone import FEATURE_CHANNELS
from encoder.captioner import Captioner, CaptionerConfig
from encoder.vocabulary import END, PAD, START

WORDS = 11
PLACES = 6
DIMENSION = 12


@pytest.fixture
def captioner() -> Captioner:
    torch.manual_seed(0)
    sizes = CaptionerConfig(words=WORDS, dimension=DIMENSION, hidden=16, embedding=8, attention=8)
    return Captioner(sizes).eval()


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(2, PLACES, FEATURE_CHANNELS, generator=torch.Generator().manual_seed(1))


CAPTIONS = torch.tensor([[START, 4, 5, 6], [START, 7, 8, 2]])
ALL = torch.ones(2, PLACES, dtype=torch.bool)
EMBEDDINGS = torch.randn(2, DIMENSION, generator=torch.Generator().manual_seed(2))


def logits_of(
    captioner: Captioner, features: torch.Tensor, real: torch.Tensor, captions: torch.Tensor
) -> torch.Tensor:
    looked = captioner.look(features, real, EMBEDDINGS[: len(features)])
    logits: torch.Tensor = captioner(*looked, captions)
    return logits


def test_each_word_but_the_last_gives_logits(captioner: Captioner, features: torch.Tensor) -> None:
    assert logits_of(captioner, features, ALL, CAPTIONS).shape == (2, 3, WORDS)


def test_seeing_all_places_twice_leaves_the_logits_as_they_were(
    captioner: Captioner, features: torch.Tensor
) -> None:
    twice = logits_of(captioner, features.repeat(1, 2, 1), ALL.repeat(1, 2), CAPTIONS)

    torch.testing.assert_close(twice, logits_of(captioner, features, ALL, CAPTIONS))


def test_masked_places_do_not_matter(captioner: Captioner, features: torch.Tensor) -> None:
    real = ALL.clone()
    real[0, 2:] = False
    noisy = features.clone()
    noisy[0, 2:] = 100 * torch.randn(PLACES - 2, FEATURE_CHANNELS)

    logits = logits_of(captioner, noisy, real, CAPTIONS)

    torch.testing.assert_close(logits, logits_of(captioner, features, real, CAPTIONS))
    alone = logits_of(captioner, features[:1, :2], ALL[:1, :2], CAPTIONS[:1])
    torch.testing.assert_close(logits[:1], alone)
    assert not torch.allclose(logits[:1], logits_of(captioner, features, ALL, CAPTIONS)[:1])


def test_attention_is_shared_among_real_places(
    captioner: Captioner, features: torch.Tensor
) -> None:
    real = ALL.clone()
    real[1, 3:] = False
    places, state = captioner.look(features, real, EMBEDDINGS)

    _, _, attention = captioner.step(CAPTIONS[:, 0], state, places)

    torch.testing.assert_close(attention.sum(1), torch.ones(2))
    assert attention[1, 3:].tolist() == [0, 0, 0]
    assert attention[0].min() > 0


def test_a_word_is_not_known_before_it_is_said(
    captioner: Captioner, features: torch.Tensor
) -> None:
    changed = CAPTIONS.clone()
    changed[:, 2] = 9

    before, after = (logits_of(captioner, features, ALL, words) for words in (CAPTIONS, changed))

    torch.testing.assert_close(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2], after[:, 2])


def test_rows_of_state_and_places_are_chosen_together(
    captioner: Captioner, features: torch.Tensor
) -> None:
    places, state = captioner.look(features, ALL, EMBEDDINGS)
    swapped = torch.tensor([1, 0, 1])
    words = torch.tensor([4, 4])

    logits, _, _ = captioner.step(words, state, places)
    chosen, _, _ = captioner.step(words[swapped], state.rows(swapped), places.rows(swapped))

    torch.testing.assert_close(chosen, logits[swapped])


def test_many_sentences_go_on_as_each_would_alone_beside_some_that_ended(
    captioner: Captioner, features: torch.Tensor
) -> None:
    said = 12  # of each clip: more than are looked at together
    words = torch.tensor([START, 4, END, 5, PAD, 6] * 4)
    ended = (words == END) | (words == PAD)
    places, state = captioner.look(features, ALL, EMBEDDINGS)
    logits, after, _ = captioner.step(
        words, state.rows(torch.tensor([0, 1]).repeat_interleave(said)), places
    )
    for number, word in enumerate(words):
        clip = torch.tensor([number // said])
        alone, alone_after, _ = captioner.step(word[None], state.rows(clip), places.rows(clip))
        torch.testing.assert_close(logits[number], alone[0])
        torch.testing.assert_close(after.output[number], alone_after.output[0])
    assert not logits[ended].any()
    assert logits[~ended].any(1).all()


def test_the_gist_matters(captioner: Captioner, features: torch.Tensor) -> None:
    same, swapped = (
        captioner(*captioner.look(features, ALL, gist), CAPTIONS)
        for gist in (EMBEDDINGS, EMBEDDINGS.flip(0))
    )

    assert not torch.allclose(same, swapped)


def test_without_any_place_the_gist_alone_speaks(captioner: Captioner) -> None:
    nowhere = torch.zeros(2, 1, dtype=torch.bool)

    quiet, loud = (
        captioner(*captioner.look(features, nowhere, EMBEDDINGS), CAPTIONS)
        for features in (torch.zeros(2, 1, FEATURE_CHANNELS), torch.randn(2, 1, FEATURE_CHANNELS))
    )

    assert bool(quiet.isfinite().all())
    torch.testing.assert_close(quiet, loud)
