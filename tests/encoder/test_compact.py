"""The whole encoder with small random networks behind the real CNN: shapes, batches, edges."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder import compact
from encoder.alignment import Alignment, load_alignment
from encoder.backbone import views_of
from encoder.beam import BeamSettings
from encoder.captioner import Captioner, CaptionerConfig
from encoder.categories import TopicClassifier
from encoder.checkpoint import ALIGNMENT, Checkpoint, CheckpointError, save_checkpoint
from encoder.compact import CompactEncoder
from encoder.ensemble import Ensemble, EnsembleConfig
from encoder.hubness import ADDED_DIMENSIONS, Hubness
from encoder.interface import EmbeddingSpace
from encoder.search_space import SearchSpace
from encoder.temporal import AlignmentConfig
from encoder.vocabulary import Vocabulary
from ingest.clip import MOTION_CHANNELS, Clip, ClipSpan, VideoInfo

DIMENSION = 16
VIDEO = VideoInfo("0" * 8, Path("film.mp4"), 60.0, Fraction(25), 64, 48, 0)
WORDS = ["a", "dog", "cat", "runs", "sits", "on", "grass", "the"]


def clip(length: int, *, seed: int = 0) -> Clip:
    """Frames that differ much: each of one colour with a square of another."""
    random = np.random.default_rng(seed)
    frames = np.empty((length, 48, 64, 3), np.uint8)
    frames[:] = random.integers(0, 256, (length, 1, 1, 3))
    frames[:, 10:30, 5:25] = random.integers(0, 256, (length, 1, 1, 3))
    return clip_of(frames)


def clip_of(frames: np.ndarray) -> Clip:
    return Clip(VIDEO, ClipSpan(0, 8), frames, np.arange(len(frames), dtype=np.float64))


def build(*, ordered: bool, gist: bool = True) -> CompactEncoder:
    """An encoder of random weights.

    One that is not `ordered` averages the frames; one without `gist` speaks of what it sees alone.
    """
    torch.manual_seed(0)
    alignment = Alignment(AlignmentConfig(dimension=DIMENSION, hidden=8, sequence_hidden=8))
    alignment.objects.normal_()
    if ordered:
        torch.nn.init.normal_(alignment.temporal.add.weight)
    vocabulary = Vocabulary(WORDS)
    captioner = Captioner(CaptionerConfig(len(vocabulary), DIMENSION, 16, 8, 8))
    if not gist:
        captioner.gist.requires_grad_(False).weight.zero_()
        captioner.gist.bias.zero_()
    torch.nn.init.normal_(captioner.words.weight, std=4)
    weight = np.random.default_rng(0).normal(size=(3, DIMENSION)).astype(np.float32)
    none = np.zeros(DIMENSION, np.float32)
    return CompactEncoder(
        alignment,
        speaker=(captioner, vocabulary),
        topics=TopicClassifier(("music", "sports", "food"), weight, none[:3], none),
        search=SearchSpace(
            Ensemble(EnsembleConfig(DIMENSION, projections=2, width=8, hidden=8)).eval(),
            Hubness.of(*np.eye(DIMENSION, dtype=np.float32).reshape(2, -1, DIMENSION)),
            EmbeddingSpace("compact-00000000", DIMENSION + ADDED_DIMENSIONS),
        ),
    )


LSTM = {"sequence": "lstm", "pooling": "last"}


@pytest.fixture(scope="module")
def encoder() -> CompactEncoder:
    return build(ordered=True)


@pytest.fixture(scope="module")
def averaging() -> CompactEncoder:
    return build(ordered=False)


@pytest.fixture(scope="module")
def seeing() -> CompactEncoder:
    return build(ordered=True, gist=False)


def test_a_clip_is_described_alike_alone_and_in_any_company(
    encoder: CompactEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Random weights say the same two words of everything before they differ.
    monkeypatch.setattr(compact, "CAPTION_SEARCH", BeamSettings(beams=24, min_words=4))
    clips = [clip(3, seed=1), clip(1, seed=2), clip(9, seed=3)]

    together = encoder.describe(clips)
    alone = [encoder.describe([one])[0] for one in clips]
    turned = encoder.describe(clips[::-1])[::-1]

    for others in (alone, turned):
        for one, other in zip(together, others, strict=True):
            np.testing.assert_allclose(one.embedding, other.embedding, atol=1e-4)
            assert one.caption.text == other.caption.text
            assert one.caption.confidence == pytest.approx(other.caption.confidence, abs=1e-4)
            assert [s.label for s in one.categories] == [s.label for s in other.categories]
    assert len({description.caption.text for description in together}) > 1


def test_a_description_has_the_embedding_of_the_clip(encoder: CompactEncoder) -> None:
    clips = [clip(2, seed=1), clip(4, seed=2)]
    embeddings = encoder.embed_clips(clips)

    for description, embedding in zip(encoder.describe(clips), embeddings, strict=True):
        np.testing.assert_allclose(description.embedding, embedding, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_captions_are_words_with_a_confidence(encoder: CompactEncoder) -> None:
    [description] = encoder.describe([clip(2)])

    assert set(description.caption.text.split()) <= set(WORDS)
    assert 0 < description.caption.confidence <= 1


def test_of_several_captions_the_one_closest_to_the_clip_is_taken(
    encoder: CompactEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("encoder.compact._LIKENESS", 1e6)
    [closest] = encoder.describe([clip(3)])
    monkeypatch.setattr("encoder.compact._LIKENESS", -1e6)
    [farthest] = encoder.describe([clip(3)])

    near, far = encoder.embed_texts([closest.caption.text, farthest.caption.text])

    assert near @ closest.embedding > far @ closest.embedding


def test_a_description_names_how_the_camera_moves(encoder: CompactEncoder) -> None:
    still = clip(2)
    travelling = np.zeros((30, MOTION_CHANNELS), np.float32)
    travelling[:, :6] = [0.2, 0, 0, 0, 1, 0.28]  # all corners go right
    travelling[:, 12:] = [0.2, 0, 0, 0.8]
    panned = replace(still, motion=travelling)

    unmeasured, named = encoder.describe([still, panned])

    assert "camera" not in {score.kind for score in unmeasured.categories}
    assert ("pan left", "camera") in {(score.label, score.kind) for score in named.categories}
    probabilities = [score.probability for score in named.categories]
    assert probabilities == sorted(probabilities, reverse=True)


def test_nothing_in_gives_nothing_out(encoder: CompactEncoder) -> None:
    nothing: Sequence[Clip] = []

    assert encoder.describe(nothing) == []
    assert encoder.embed_clips(nothing).shape == (0, encoder.space.dimension)
    assert encoder.embed_texts([]).shape == (0, encoder.space.dimension)


def test_a_clip_with_other_words_is_closer_to_them_alone(encoder: CompactEncoder) -> None:
    (before,) = encoder.embed_clips([clip(3, seed=1)])
    texts = encoder.embed_texts(["a dog", "two rockets"])
    after = encoder.reword(before, "a dog")

    np.testing.assert_allclose(np.linalg.norm(after), 1, atol=1e-5)
    (told, other), (told_before, other_before) = texts @ after, texts @ before
    assert told > told_before + 0.2
    assert after @ before > 0.6
    likeness = float(texts[0] @ texts[1])
    assert other - other_before < max(0.1, likeness)


def test_texts_lie_in_the_space_of_the_clips(encoder: CompactEncoder) -> None:
    vectors = encoder.embed_texts(["a dog", "a cat on the grass", ""])

    assert vectors.shape == (3, encoder.space.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.embed_texts(["a dog"])[0], vectors[0], atol=1e-5)


def test_a_still_and_its_mirror_image_have_the_same_embedding(encoder: CompactEncoder) -> None:
    frames = clip(1).frames

    still, mirror = encoder.embed_clips(
        [clip_of(frames), clip_of(np.ascontiguousarray(frames[:, :, ::-1]))]
    )

    assert still @ mirror > 0.999


def test_the_embedding_of_a_still_is_the_mean_of_its_views_the_whole_twice(
    averaging: CompactEncoder,
) -> None:
    still = clip(1)
    views = views_of(still.frames[0])
    views = averaging.embed_clips([clip_of(np.concatenate([views[:2], views]))])

    np.testing.assert_allclose(averaging.embed_clips([still]), views, atol=1e-4)


def test_a_still_is_captioned_from_the_whole_picture_alone(seeing: CompactEncoder) -> None:
    still = clip(1, seed=4)
    twice = clip_of(np.concatenate([still.frames] * 2))  # places seen twice change nothing

    one, other = seeing.describe([still, twice])

    assert one.caption.text == other.caption.text
    # Two resizing routines squash stills and frames: alike, but not to the bit.
    assert one.caption.confidence == pytest.approx(other.caption.confidence, rel=0.05)


def test_the_order_of_frames_reaches_the_embedding(
    encoder: CompactEncoder, averaging: CompactEncoder
) -> None:
    forwards = clip(5)
    backwards = clip_of(forwards.frames[::-1].copy())

    one, other = encoder.embed_clips([forwards, backwards])
    assert one @ other < 0.999
    one, other = averaging.embed_clips([forwards, backwards])
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_a_long_clip_is_captioned_from_four_frames_spread_over_it(seeing: CompactEncoder) -> None:
    long = clip(9)
    chosen = clip_of(long.frames[[0, 3, 5, 8]])

    one, other = seeing.describe([long, chosen])

    assert one.caption.text == other.caption.text
    assert one.caption.confidence == pytest.approx(other.caption.confidence, abs=1e-4)


def test_an_alignment_that_lacks_a_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ALIGNMENT
    sizes = {"dimension": 16, "hidden": 8, "sequence_hidden": 8, **LSTM}
    save_checkpoint(path, Checkpoint({"temporal.add.bias": np.zeros(16, np.float32)}, sizes))

    with pytest.raises(CheckpointError, match=r"do not fit this version .*absent"):
        load_alignment(path)


def test_an_alignment_of_another_size_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / ALIGNMENT
    sizes = {"dimension": 16, "hidden": 8, "sequence_hidden": 8, **LSTM}
    save_checkpoint(path, Checkpoint({"temporal.add.bias": np.zeros(9, np.float32)}, sizes))

    with pytest.raises(CheckpointError, match="size mismatch") as caught:
        load_alignment(path)
    assert "\n" not in str(caught.value)
