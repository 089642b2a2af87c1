"""Sums that are rounded once, beside exact ones."""

import math

import numpy as np
import pytest

from influencegraph import sums


@pytest.mark.parametrize("n", [0, 1, 64, 65, 1000, 16_384, 16_385, 100_003])
def test_add_up__is_the_exact_sum_rounded_once(n):
    rng = np.random.default_rng(n)
    for spread in (0.0, 40.0):
        values = rng.normal(size=n) * 2.0 ** rng.uniform(-spread, spread, n)
        values[: n // 2] -= values[n - n // 2 :][::-1]  # most of it cancels
        assert sums.add_up(values) == math.fsum(values.tolist())


def test_add_up__does_not_depend_on_blocks(monkeypatch):
    values = np.random.default_rng(0).normal(size=50_001) * 1e10
    found = sums.add_up(values)
    monkeypatch.setattr(sums, "_BLOCK", 1 << 20)
    assert sums.add_up(values) == found == math.fsum(values.tolist())
