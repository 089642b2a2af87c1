"""Statistics of ranks against scipy's on the resample written out, and against enumeration."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from influencegraph.lab.agreement import classify, kendall, overlap, spearman

small = st.integers(0, 4)
lines = st.lists(st.tuples(small, small, st.integers(0, 3)), min_size=2, max_size=30)


def columns(rows):
    left, right, counts = np.array(rows).T
    return classify(left / 3), classify(-1.5 * right), counts


@given(lines)
def test_spearman_and_kendall__equal_scipys_of_the_accounts_written_out(rows):
    left, right, counts = columns(rows)
    one, other = np.repeat(left, counts), np.repeat(right, counts)
    if len(one) == 0 or len(set(one)) == 1 or len(set(other)) == 1:
        assert np.isnan(spearman(left, right, counts))
        assert np.isnan(kendall(left, right, counts))
        return
    assert spearman(left, right, counts) == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)
    assert kendall(left, right, counts) == pytest.approx(kendalltau(one, other).statistic, abs=1e-12)
    assert spearman(one, other) == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)


def overlap_by_lots(left, right, top):
    """Mean over all ways of breaking ties, each order's by itself."""

    def tops(classes):
        values = sorted(classes, reverse=True)[:top]
        sure = {i for i, value in enumerate(classes) if value > values[-1]}
        border = [i for i, value in enumerate(classes) if value == values[-1]]
        return [sure | set(more) for more in combinations(border, len(values) - len(sure))]

    return np.mean([len(one & other) / len(one) for one in tops(left) for other in tops(right)])


@given(st.lists(st.tuples(small, small, st.integers(0, 2)), min_size=1, max_size=7), st.integers(1, 8))
def test_overlap__is_the_mean_over_all_ways_to_break_ties(rows, top):
    left, right, counts = columns(rows)
    one, other = np.repeat(left, counts).tolist(), np.repeat(right, counts).tolist()
    if not one:
        assert np.isnan(overlap(left, right, top, counts))
        return
    found = overlap(left, right, top, counts)
    if np.all(counts <= 1):
        assert found == pytest.approx(overlap_by_lots(one, other, top))
    # copies of one account are tied with each other, and count as so many accounts
    assert found == pytest.approx(overlap(np.array(one), np.array(other), top))


def test_orders__the_same_and_the_opposite():
    order = classify(np.array([3.0, 1.0, 2.0, 9.0]))
    assert spearman(order, order) == kendall(order, order) == overlap(order, order, 2) == 1
    back = order.max() - order
    assert spearman(order, back) == kendall(order, back) == -1
    assert overlap(order, back, 2) == 0
