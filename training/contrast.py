"""The contrastive loss: InfoNCE (van den Oord et al. 2018) in both directions, as CLIP uses it."""

import torch
from torch import Tensor


def contrastive_loss(similarity: Tensor, positive: Tensor) -> Tensor:
    """Pull the pairs that belong together before all others.

    Where a row or column has several positives, each competes with the negatives only, never with
    the other positives (a picture has five captions, and none of them is wrong).

    Args:
        similarity: ``(T, C)`` scaled similarities of texts and clips.
        positive: ``(T, C)`` bool, True where text and clip belong together.
    """
    return (_one_way(similarity, positive) + _one_way(similarity.T, positive.T)) / 2


def _one_way(logits: Tensor, positive: Tensor) -> Tensor:
    negatives = logits.masked_fill(positive, -torch.inf).logsumexp(1, keepdim=True)  # (Q, 1)
    return (torch.logaddexp(negatives, logits) - logits)[positive].mean()
