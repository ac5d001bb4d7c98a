"""Clips of any length: mean pooling at first, order later, and padding never."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.backbone import FEATURE_CHANNELS
from encoder.temporal import AlignmentConfig, FrameProjection, Pooling, Sequence, TemporalEncoder

CONFIG = AlignmentConfig(dimension=16, hidden=24, sequence_hidden=8)
READERS = [(sequence, pooling) for sequence in Sequence for pooling in Pooling]


def clip(length: int, *, seed: int = 0) -> Tensor:
    """Projected frames ``(T, 16)``."""
    return torch.randn(length, CONFIG.dimension, generator=torch.Generator().manual_seed(seed))


def fresh(sequence: Sequence, pooling: Pooling) -> TemporalEncoder:
    torch.manual_seed(0)
    return TemporalEncoder(replace(CONFIG, sequence=sequence, pooling=pooling)).eval()


@pytest.fixture(params=READERS, ids=lambda reader: "-".join(reader))
def untrained(request: pytest.FixtureRequest) -> TemporalEncoder:
    return fresh(*request.param)


@pytest.fixture
def trained(untrained: TemporalEncoder) -> TemporalEncoder:
    """An encoder whose network has something to say."""
    if untrained.states is not None:
        torch.nn.init.normal_(untrained.add.weight)
    return untrained


@torch.inference_mode()
def encode(encoder: TemporalEncoder, *clips: Tensor) -> Tensor:
    lengths = torch.tensor([len(frames) for frames in clips])
    return encoder(pad_sequence(list(clips), batch_first=True), lengths)


def test_before_training_it_is_mean_pooling(untrained: TemporalEncoder) -> None:
    clips = [clip(5, seed=1), clip(2, seed=2)]
    means = F.normalize(torch.stack([frames.mean(0) for frames in clips]), dim=-1)

    torch.testing.assert_close(encode(untrained, *clips), means)


@pytest.mark.parametrize("length", [1, 2, 7, 100])
def test_a_clip_of_any_length_has_a_unit_vector(trained: TemporalEncoder, length: int) -> None:
    assert encode(trained, clip(length)).norm().item() == pytest.approx(1, abs=1e-5)


def test_a_clip_has_the_same_vector_alone_and_among_longer_and_shorter_ones(
    trained: TemporalEncoder,
) -> None:
    clips = [clip(3, seed=1), clip(9, seed=2), clip(1, seed=3)]
    alone = torch.cat([encode(trained, frames) for frames in clips])

    torch.testing.assert_close(encode(trained, *clips), alone)


def test_what_stands_in_the_padding_does_not_matter(trained: TemporalEncoder) -> None:
    frames, lengths = torch.stack([clip(6, seed=1), clip(6, seed=2)]), torch.tensor([6, 2])
    noisy = frames.clone()
    noisy[1, 2:] = 1e6

    torch.testing.assert_close(trained(frames, lengths), trained(noisy, lengths))


def test_order_matters_to_every_network_but_the_mean(trained: TemporalEncoder) -> None:
    frames = clip(6)
    forwards, backwards = encode(trained, frames), encode(trained, frames.flip(0))

    alike = (forwards @ backwards.T).item()

    assert (alike < 1 - 1e-5) == (trained.states is not None)


def test_of_a_long_clip_six_frames_spread_over_it_say_the_order(trained: TemporalEncoder) -> None:
    frames = clip(11)
    changed = frames.clone()
    changed[[1, 3]] = changed[[3, 1]]  # neither is among 0, 2, 4, 6, 8, 10

    torch.testing.assert_close(encode(trained, changed), encode(trained, frames))
    changed[[0, 10]] = changed[[10, 0]]  # which are
    if trained.states is not None:
        assert not torch.allclose(encode(trained, changed), encode(trained, frames))


def test_frames_are_projected_with_any_leading_axes() -> None:
    torch.manual_seed(0)
    projection = FrameProjection(CONFIG).eval()
    features = torch.randn(2, 3, FEATURE_CHANNELS)

    together = projection(features)

    assert together.shape == (2, 3, CONFIG.dimension)
    torch.testing.assert_close(projection(features[1, 2]), together[1, 2])


def test_the_projection_is_linear_before_training() -> None:
    torch.manual_seed(0)
    projection = FrameProjection(CONFIG).eval()
    features = torch.randn(4, FEATURE_CHANNELS)
    straight = projection.linear(projection.norm(features)) + projection.narrow.bias

    torch.testing.assert_close(projection(features), straight)
