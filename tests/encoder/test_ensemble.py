import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from encoder.ensemble import Ensemble, EnsembleConfig

CONFIG = EnsembleConfig(dimension=16, projections=3, width=8, hidden=8)


@pytest.fixture
def ensemble() -> Ensemble:
    torch.manual_seed(0)
    return Ensemble(CONFIG).eval()


def aligned(count: int) -> Tensor:
    return F.normalize(torch.randn(count, CONFIG.dimension), dim=-1)


@torch.inference_mode()
def test_joined_similarity_is_the_weighed_mean_of_all(ensemble: Ensemble) -> None:
    sentences, frames = torch.randn(4, 768), torch.randn(5, 1280)
    texts, clips = aligned(4), aligned(5)

    joined = (
        ensemble.join_sentences(texts, sentences)
        @ ensemble.join_clips(clips, list(frames[:, None])).T
    )

    each = [m.embed_sentences(sentences) @ m.embed_frames(frames).T for m in ensemble.members]
    torch.testing.assert_close(joined, 0.7 * texts @ clips.T + 0.3 * torch.stack(each).mean(0))


@torch.inference_mode()
def test_a_clip_is_embedded_alike_alone_and_among_others(ensemble: Ensemble) -> None:
    pooled = [torch.randn(length, 1280) for length in (1, 7, 3)]
    clips = aligned(3)

    together = ensemble.embed_clips(clips, pooled)

    assert together.shape == (3, CONFIG.dimension)
    torch.testing.assert_close(together.norm(dim=-1), torch.ones(3))
    for n in range(3):
        alone = ensemble.embed_clips(clips[n : n + 1], pooled[n : n + 1])
        torch.testing.assert_close(alone[0], together[n])


@torch.inference_mode()
def test_a_repeated_frame_counts_by_its_share(ensemble: Ensemble) -> None:
    one, other, clip = torch.randn(1, 1280), torch.randn(1, 1280), aligned(1)

    twice = ensemble.join_clips(clip, [torch.cat([one, one, other, other])])

    torch.testing.assert_close(twice, ensemble.join_clips(clip, [torch.cat([one, other])]))
    assert not torch.allclose(twice, ensemble.join_clips(clip, [one]))
