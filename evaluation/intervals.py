"""How far figures would change with other pictures: percentile bootstrap (Efron 1979).

Whole groups are drawn, with replacement: a picture with all its captions, a video with all its
sentences. What belongs together is not independent, and drawn apart it would feign certainty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
_RESAMPLES = 2000
_DRAWS_AT_ONCE = 4_000_000  # 32 MB, however many groups there are


@dataclass(frozen=True)
class Interval:
    """Where a figure lies in `LEVEL` of all resamples."""

    low: float
    high: float


def resampled_sums(statistics: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draw as many groups as there are, many times, and add up what was drawn.

    Args:
        statistics: ``(N, S)`` counts or sums of each group, N >= 1.

    Returns:
        ``(R, S)`` one row for each resample; the same statistics give the same rows.
    """
    rng = np.random.default_rng(0)
    groups = len(statistics)
    at_once = max(1, _DRAWS_AT_ONCE // groups)
    sums = []
    for start in range(0, _RESAMPLES, at_once):
        resamples = min(at_once, _RESAMPLES - start)
        drawn = rng.multinomial(groups, np.full(groups, 1 / groups), size=resamples)  # (R, N)
        sums.append(drawn @ statistics)
    return np.concatenate(sums)


def interval_of(figures: NDArray[np.float64]) -> Interval:
    """The middle `LEVEL` of ``(R,)`` resampled figures."""
    low, high = np.quantile(figures, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def share_intervals(
    parts: NDArray[np.float64], wholes: NDArray[np.float64]
) -> tuple[Interval, ...]:
    """The intervals of some shares in percent.

    Args:
        parts: ``(N, S)`` how many of each group count, for each of S shares.
        wholes: ``(N,)`` how many each group has, at least one.
    """
    sums = resampled_sums(np.concatenate([parts, wholes[:, None]], axis=1))  # (R, S + 1)
    shares = 100 * sums[:, :-1] / sums[:, -1:]
    return tuple(interval_of(share) for share in shares.T)
