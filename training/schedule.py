"""How fast to learn, and when."""

import torch

_WARM_UP = 0.1  # share of the steps


def one_cycle(optimiser: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.OneCycleLR:
    """Rise from small to the optimiser's own rates, then fall to nearly none (Smith 2018)."""
    rates = [float(group["lr"]) for group in optimiser.param_groups]
    steps = max(steps, 2)
    warm_up = max(_WARM_UP, 1.5 / steps)  # a rise within the first step would divide by zero
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rates, total_steps=steps, pct_start=warm_up
    )
