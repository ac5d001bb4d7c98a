"""The shipped weights: small, whole, and able to tell photographs apart."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from encoder.checkpoint import WEIGHTS, compact_space
from encoder.compact import CompactEncoder
from ingest.camera import Movement, simulate_movement
from ingest.clip import Clip, ClipSpan, VideoInfo

PHOTOGRAPHS = {
    "a cat looking at the camera": skimage.data.chelsea,
    "a cup of coffee on a table": skimage.data.coffee,
    "a rocket on its launch pad": skimage.data.rocket,
}


def clip(photograph: np.ndarray, *, frames: int) -> Clip:
    """A photograph as a still, or filmed by a camera that goes closer."""
    info = VideoInfo("0" * 8, Path("film.mp4"), 9.0, Fraction(25), 224, 224, 0)
    moving = simulate_movement(photograph, Movement.ZOOM_IN, frames=frames, size=224)
    seen = photograph[None] if frames == 1 else moving
    return Clip(info, ClipSpan(0, 9), seen, np.arange(frames, dtype=np.float64))


@pytest.fixture(scope="module")
def encoder() -> CompactEncoder:
    return CompactEncoder.load()


@pytest.mark.parametrize("frames", [1, 4])
def test_sentences_find_their_photographs(encoder: CompactEncoder, frames: int) -> None:
    clips = [clip(photograph(), frames=frames) for photograph in PHOTOGRAPHS.values()]

    similarity = encoder.embed_texts(list(PHOTOGRAPHS)) @ encoder.embed_clips(clips).T

    assert similarity.argmax(1).tolist() == [0, 1, 2]
    assert similarity.argmax(0).tolist() == [0, 1, 2]


def test_what_no_photograph_shows_is_improbable_of_all(encoder: CompactEncoder) -> None:
    clips = encoder.describe([clip(photograph(), frames=4) for photograph in PHOTOGRAPHS.values()])
    absent = ["a surgeon operates on a patient", "two dogs run over a snowy field"]
    captions = [described.caption for described in clips]

    def probabilities(texts: Iterable[str]) -> np.ndarray:
        return np.stack([encoder.relevance(t, clips, nearest=captions, among=3) for t in texts])

    cat, cup, rocket = probabilities(PHOTOGRAPHS).diagonal()
    assert min(cat, cup) > 0.5
    # No caption names the rocket, which the decoder has no word for.
    assert rocket > probabilities(absent).max() + 0.1
    assert probabilities(absent).max() < 0.5


def test_different_photographs_have_different_sentences(encoder: CompactEncoder) -> None:
    clips = [clip(photograph(), frames=1) for photograph in PHOTOGRAPHS.values()]

    captions = [description.caption for description in encoder.describe(clips)]

    assert len({caption.text for caption in captions}) == len(clips)
    assert all(len(caption.text.split()) >= 2 for caption in captions)
    assert all(0.05 < caption.confidence < 1 for caption in captions)


def test_the_encoder_lives_in_the_space_that_is_told_without_it(encoder: CompactEncoder) -> None:
    assert encoder.space == compact_space()
    assert encoder.embed_texts(["a dog"]).shape == (1, compact_space().dimension)


def test_the_weights_are_small() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.glob("*.safetensors")) < 40e6
