"""The contrastive loss: against torch where it has the same, by hand where it has not."""

import math

import pytest
import torch
import torch.nn.functional as F

from training.contrast import contrastive_loss


def test_with_one_positive_each_it_is_cross_entropy_both_ways() -> None:
    similarity = 5 * torch.randn(7, 7, generator=torch.Generator().manual_seed(0))
    order = torch.tensor([3, 0, 6, 1, 5, 2, 4])
    positive = F.one_hot(order, 7).bool()
    both = F.cross_entropy(similarity, order) + F.cross_entropy(similarity.T, order.argsort())

    torch.testing.assert_close(contrastive_loss(similarity, positive), both / 2)


def test_positives_of_one_row_do_not_compete() -> None:
    # Texts 0 and 1 belong to clip 0, text 2 belongs to clip 1.
    similarity = torch.tensor([[2.0, 0.0], [1.0, 0.5], [0.3, 1.3]])
    positive = torch.tensor([[True, False], [True, False], [False, True]])

    def surprise(own: float, *others: float) -> float:
        return math.log(sum(map(math.exp, (own, *others)))) - own

    to_clips = [surprise(2.0, 0.0), surprise(1.0, 0.5), surprise(1.3, 0.3)]
    to_texts = [surprise(2.0, 0.3), surprise(1.0, 0.3), surprise(1.3, 0.0, 0.5)]
    by_hand = (sum(to_clips) / 3 + sum(to_texts) / 3) / 2

    assert contrastive_loss(similarity, positive).item() == pytest.approx(by_hand, abs=1e-6)


def test_a_row_without_negatives_costs_nothing_and_breaks_nothing() -> None:
    similarity = torch.tensor([[2.0], [1.0]], requires_grad=True)

    loss = contrastive_loss(similarity, torch.tensor([[True], [False]]))
    loss.backward()

    assert loss.item() == pytest.approx(math.log(1 + math.exp(-1)) / 2, abs=1e-6)
    assert torch.isfinite(similarity.grad).all()


def test_huge_similarities_stay_finite() -> None:
    similarity = torch.tensor([[1e4, -1e4], [1e4, -1e4]], requires_grad=True)

    loss = contrastive_loss(similarity, torch.eye(2, dtype=torch.bool))
    loss.backward()

    assert torch.isfinite(loss)
    assert torch.isfinite(similarity.grad).all()
