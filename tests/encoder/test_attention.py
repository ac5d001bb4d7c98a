"""Attention along a sentence: word by word, frame by frame, place by place."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor

from encoder.attention import attention_along
from encoder.interface import AttentiveEncoder, CaptionAttention
from tests.encoder.test_compact import build, clip
from tests.fake_encoder import FakeEncoder

FRAMES, SIDE = 2, 3


@dataclass(frozen=True)
class Seen:
    values: Tensor


@dataclass
class Pointer:
    """A decoder that looks at the place whose number is the word that it reads."""

    read: list[int] = field(default_factory=list)

    def step(self, words: Tensor, state: int, places: Seen) -> tuple[Tensor, int, Tensor]:
        assert state == len(self.read), "the state was not handed on"
        self.read.append(int(words[0]))
        return torch.zeros(1, 5), state + 1, torch.eye(FRAMES * SIDE**2)[words]


def test_each_word_has_the_attention_with_which_it_was_chosen() -> None:
    decoder = Pointer()
    places = Seen(torch.zeros(1, FRAMES * SIDE**2, 4))

    # Reading 1 chooses 14; reading 14 chooses 5; nobody asks what comes after 5.
    maps = attention_along(decoder, places, 0, words=[1, 14, 5], frames=FRAMES)

    assert decoder.read == [1, 14]
    assert maps.shape == (2, FRAMES, SIDE, SIDE)
    assert np.argwhere(maps).tolist() == [[0, 0, 0, 1], [1, 1, 1, 2]]


def test_an_encoder_shows_the_frames_that_it_captions_from() -> None:
    encoder = build(ordered=True)

    attention = encoder.attend(clip(9), "a dog runs")

    assert attention.words == ("a", "dog", "runs")
    assert attention.frames.tolist() == [0, 3, 5, 8]
    np.testing.assert_allclose(attention.maps.sum(axis=(1, 2, 3)), 1, atol=1e-5)


def test_a_still_is_shown_as_one_frame() -> None:
    encoder = build(ordered=True)

    still = encoder.attend(clip(1), "a cat")
    assert (still.frames.tolist(), still.maps.shape[:2]) == ([0], (2, 1))


def test_the_places_differ_from_word_to_word_and_from_clip_to_clip() -> None:
    encoder = build(ordered=True)

    one, other = (encoder.attend(clip(3, seed=seed), "a dog runs").maps for seed in (0, 1))

    assert np.abs(one[0] - one[2]).max() > 1e-6
    assert np.abs(one - other).max() > 1e-6


def test_maps_are_of_the_words_and_the_frames() -> None:
    with pytest.raises(ValueError, match=r"maps must be \(1, 2, S, S\), got \(2, 1, 3, 3\)"):
        CaptionAttention(("dog",), np.arange(2), np.zeros((2, 1, 3, 3), np.float32))


def test_only_who_attends_is_attentive() -> None:
    assert isinstance(build(ordered=True), AttentiveEncoder)
    assert not isinstance(FakeEncoder(), AttentiveEncoder)
