"""The mixture whose residual is least, beside NumPy's least squares."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from influencegraph.kernels.shares import find_shares


def mix(residuals, done=None):
    """Return shares of lanes of residuals, (lanes, steps, accounts), newest first."""
    lanes, k, _ = residuals.shape
    products = np.ascontiguousarray(np.moveaxis(residuals @ np.swapaxes(residuals, 1, 2), 0, 2))
    shares = np.full((k, lanes), np.nan)
    find_shares(products, np.arange(k), np.zeros(lanes, bool) if done is None else done, shares)
    return shares.T


def least(residuals):
    """Return the size of the least residual of any mixture of steps, (steps, accounts)."""
    differences = np.diff(residuals, axis=0)
    weights, *_ = np.linalg.lstsq(differences.T, -residuals[0], rcond=1e-5)
    return np.linalg.norm(residuals[0] + differences.T @ weights)


@hypothesis.given(st.integers(1, 5), st.integers(1, 8), st.floats(0.05, 1), st.integers(0, 2**32 - 1))
def test_find_shares__leave_the_least_residual(k, lanes, fades, seed):
    residuals = np.random.default_rng(seed).normal(size=(lanes, k, 40)) * fades ** np.arange(k)[::-1, None]
    shares = mix(residuals)
    assert shares.sum(axis=1) == pytest.approx(np.ones(lanes))
    for own, of_lane in zip(shares, residuals, strict=True):
        assert np.linalg.norm(own @ of_lane) <= least(of_lane) * (1 + 1e-6)


@pytest.mark.parametrize("same", [(0, 1), (1, 2), (0, 1, 2, 3, 4)])
def test_find_shares__of_steps_that_repeat_each_other_are_finite(same):
    residuals = np.random.default_rng(1).normal(size=(1, 5, 40))
    residuals[0, list(same)] = residuals[0, same[0]]
    (shares,) = mix(residuals)
    assert shares.sum() == pytest.approx(1)
    assert np.abs(shares).max() < 100
    assert np.linalg.norm(shares @ residuals[0]) <= least(residuals[0]) * (1 + 1e-6)


def test_find_shares__of_nothing_left_are_the_newest():
    assert mix(np.zeros((2, 3, 4))).tolist() == [[1, 0, 0], [1, 0, 0]]


def test_find_shares__of_a_lane_that_is_done_are_the_newest():
    residuals = np.random.default_rng(2).normal(size=(3, 4, 40))
    shares = mix(residuals, np.array([False, True, False]))
    assert shares[1].tolist() == [1, 0, 0, 0]
    assert np.array_equal(shares[[0, 2]], mix(residuals[[0, 2]]))


def test_find_shares__lie_where_the_steps_do():
    residuals = np.random.default_rng(3).normal(size=(1, 5, 40))
    order = np.array([3, 0, 4])
    products = np.ascontiguousarray(np.moveaxis(residuals @ np.swapaxes(residuals, 1, 2), 0, 2))
    shares = np.empty((5, 1))
    find_shares(products, order, np.zeros(1, bool), shares)
    assert shares[[1, 2], 0].tolist() == [0, 0]
    assert np.array_equal(shares[order, 0], mix(residuals[:, order])[0])
