"""Rates of learning, also over very few steps."""

import pytest
import torch

from training.schedule import one_cycle


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 200])
def test_rates_rise_to_their_own_height_and_fall(steps: int) -> None:
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    groups = [{"params": [weights[0]], "lr": 0.1}, {"params": [weights[1]], "lr": 0.5}]
    optimiser = torch.optim.SGD(groups)
    schedule = one_cycle(optimiser, steps)
    seen = []
    for _ in range(steps):
        seen.append([group["lr"] for group in optimiser.param_groups])
        optimiser.step()
        schedule.step()

    highest = max(seen)

    assert all(5 * low == pytest.approx(high) for low, high in seen)
    assert highest[0] <= 0.1 + 1e-9
    if steps >= 10:
        assert highest[0] > 0.09
        assert seen[-1][0] < highest[0] / 2
