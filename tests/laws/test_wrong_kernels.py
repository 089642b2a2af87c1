"""Twelve wrong scorers, each caught by a law that says why it is wrong: a test of the tests."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import numpy as np
import oracles
import pytest

from influencegraph.testing import LAWS, check_scoring


def scorer(make_passed):
    """A dense scorer from a function that makes P (and may be wrong)."""

    def score(graph, *, damping=0.85, mutual_worth=0.5, mutual_capacity=150.0, teleport=None):
        A = graph.to_scipy().toarray()
        n = len(A)
        launch = np.ones(n) if teleport is None else n * teleport / teleport.sum()
        P = make_passed(A, mutual_worth, mutual_capacity, launch / n)
        return np.linalg.solve(np.eye(n) - damping * P.T, launch)

    return score


def right(A, worth, capacity, t):
    return oracles.transition(A, worth, capacity, 0.0)


def parts(A):
    """Shares w/W, which are mutual, and m."""
    mutual = (A > 0) & (A.T > 0)
    return normalise(A), mutual, mutual.sum(axis=0)


def normalise(A):
    W = A.sum(axis=1, keepdims=True)
    return np.divide(A, W, out=np.zeros_like(A), where=W > 0)


def discount(count, worth, capacity):
    return worth * np.minimum(1, capacity / np.maximum(count, 1))


def no_discount(A, worth, capacity, t):
    return normalise(A)


def parts_swapped(A, worth, capacity, t):
    shares, mutual, m = parts(A)
    return np.where(mutual, 1, discount(m, worth, capacity)) * shares


def normalised_over_one_way(A, worth, capacity, t):
    _, mutual, m = parts(A)
    W = np.where(mutual, 0, A).sum(axis=1, keepdims=True)
    W = np.where(W > 0, W, A.sum(axis=1, keepdims=True))
    shares = np.divide(A, W, out=np.zeros_like(A), where=W > 0)
    return np.where(mutual, 0, 1) * shares + np.where(mutual, discount(m, worth, capacity), 0) * normalise(A)


def renormalised(A, worth, capacity, t):
    shares, mutual, m = parts(A)
    return normalise(np.where(mutual, discount(m, worth, capacity), 1) * shares)


def followers_counted(A, worth, capacity, t):
    shares, mutual, _ = parts(A)
    return np.where(mutual, discount((A > 0).sum(axis=0), worth, capacity), 1) * shares


def capacity_of_sender(A, worth, capacity, t):
    shares, mutual, m = parts(A)
    return np.where(mutual, discount(m, worth, capacity)[:, None], 1) * shares


def no_capacity(A, worth, capacity, t):
    return right(A, worth, np.inf, t)


def capacity_cliff(A, worth, capacity, t):
    shares, mutual, m = parts(A)
    return np.where(mutual, worth * (m <= capacity), 1) * shares


def transposed(A, worth, capacity, t):
    return right(A.T, worth, capacity, t)


def evaporated_to_teleport(A, worth, capacity, t):
    P = right(A, worth, capacity, t)
    return P + np.outer(1 - P.sum(axis=1), t)


def weights_ignored(A, worth, capacity, t):
    return right((A > 0).astype(float), worth, capacity, t)


def reciprocated_part_discounted(A, worth, capacity, t):
    _, _, m = parts(A)
    W = A.sum(axis=1, keepdims=True)
    passed = A - (1 - discount(m, worth, capacity)) * np.minimum(A, A.T)
    return np.divide(passed, W, out=np.zeros_like(A), where=W > 0)


CAUGHT = {
    no_discount: "clique",
    parts_swapped: "no_mutual",
    normalised_over_one_way: "pagerank",
    renormalised: "monotone_worth",
    followers_counted: "mutual_sum",
    capacity_of_sender: "mutual_sum",
    no_capacity: "clique",
    capacity_cliff: "clique",
    transposed: "unfollowed",
    evaporated_to_teleport: "strict_trade",
    weights_ignored: "pagerank",
    reciprocated_part_discounted: "strict_trade",
}
"""Each wrong kernel, with the law that says most plainly what is wrong. All break contributions as well."""


def test_right_kernel__obeys_all_laws():
    def score(graph, *, mutual_giving=0.0, **chosen):
        def giving(A, worth, capacity, t):
            return oracles.transition(A, worth, capacity, mutual_giving)

        return scorer(giving)(graph, **chosen)

    assert check_scoring(score, max_examples=20) == list(LAWS)


@pytest.mark.parametrize("wrong", CAUGHT, ids=lambda wrong: wrong.__name__)
def test_wrong_kernel__breaks_a_law(wrong):
    with pytest.raises(AssertionError, match=f"the law '{CAUGHT[wrong]}' is broken"):
        check_scoring(scorer(wrong), laws=[CAUGHT[wrong]])


def test_wrong_kernels__twelve():
    assert len(CAUGHT) == 12
