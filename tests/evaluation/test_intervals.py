"""Bootstrap intervals against what theory says of them."""

import numpy as np
import pytest

from evaluation.intervals import interval_of, resampled_sums, share_intervals


def test_a_share_has_the_width_that_the_binomial_gives_it() -> None:
    part = np.zeros((400, 1))
    part[:120] = 1  # 30 %

    (found,) = share_intervals(part, np.ones(400))

    margin = 1.96 * 100 * np.sqrt(0.3 * 0.7 / 400)
    assert found.low == pytest.approx(30 - margin, abs=0.6)
    assert found.high == pytest.approx(30 + margin, abs=0.6)


def test_groups_are_drawn_whole() -> None:
    # Ten groups of ten that agree within themselves tell no more than ten single answers.
    grouped = np.array([[10.0], [0.0]] * 5)
    alone = np.array([[1.0], [0.0]] * 5)

    (whole,) = share_intervals(grouped, np.full(10, 10.0))

    assert whole == share_intervals(alone, np.ones(10))[0]


def test_groups_count_by_their_size() -> None:
    parts, wholes = np.array([[99.0], [0.0]] * 50), np.array([99.0, 1.0] * 50)

    (found,) = share_intervals(parts, wholes)

    assert 98.5 < found.low < 99 < found.high < 99.5


def test_what_does_not_vary_has_no_width() -> None:
    (never, always) = share_intervals(np.tile([0.0, 1.0], (7, 1)), np.ones(7))

    assert (never.low, never.high) == (0, 0)
    assert (always.low, always.high) == (100, 100)


def test_figures_drawn_together_stay_together() -> None:
    values = np.random.default_rng(1).normal(size=50)

    sums = resampled_sums(np.stack([values, 2 * values], axis=1))

    np.testing.assert_allclose(sums[:, 1], 2 * sums[:, 0])
    assert sums[:, 0].std() == pytest.approx(np.sqrt(50) * values.std(), rel=0.1)


def test_the_same_statistics_give_the_same_resamples() -> None:
    values = np.arange(10.0)[:, None]

    np.testing.assert_array_equal(resampled_sums(values), resampled_sums(values))


def test_many_groups_are_drawn_in_parts() -> None:
    values = np.ones((3000, 1))

    sums = resampled_sums(values)

    assert len(sums) == len(resampled_sums(np.ones((2, 1))))
    assert set(sums.ravel()) == {3000.0}


def test_an_interval_leaves_out_as_much_below_as_above() -> None:
    found = interval_of(np.arange(1001.0))

    assert (found.low, found.high) == pytest.approx((25, 975))
