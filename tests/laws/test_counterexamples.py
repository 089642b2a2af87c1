"""What is false, each pinned by its counterexample: docs/mathematics.md, section 6."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import math

import numpy as np
import oracles
import pytest
import scipy.sparse

import influencegraph


def parse(text, also=""):
    """``a>b`` follows, ``a<>b`` mutual, ``c`` alone."""
    names = sorted({letter for letter in text + also if letter.isalpha()})
    A = np.zeros((len(names), len(names)))
    for word in text.split():
        u, v = names.index(word[0]), names.index(word[-1])
        if len(word) > 1:
            A[u, v] = 1
            A[v, u] = max(A[v, u], "<" in word)
    return A, names


HALF = {"mutual_worth": 0.5, "mutual_giving": 0.0}
"""What the page's numbers are for."""


def reach(A, damping=0.85, **settings):
    return ours(A, tolerance=1e-12, damping=damping, **{**HALF, **settings}).reach


def earned_reach(A, **settings):
    return oracles.earned_reach(A, **{**HALF, **settings})


def ours(A, tolerance=1e-12, **settings):
    graph = influencegraph.FollowerGraph.from_scipy(scipy.sparse.csr_array(A))
    return influencegraph.score(graph, tolerance=tolerance, **settings)


def pagerank(A):
    return ours(A, method="pagerank").share


def share(A, **settings):
    return ours(A, **{**HALF, **settings}).share


STRICT = {"mutual_worth": 0.0}
CASES = [
    # measure, account, before, settings, value, after, settings, value
    (pagerank, "a", "a>c b>a", {}, 0.34117, "a>c b>a a>b", {}, 0.39362),
    (pagerank, "a", "a b c", {}, 1 / 3, "a<>b c", {}, 20 / 43),
    (pagerank, "c", "a>b c>a", {}, 0.18442, "a>b c>a c>b", {}, 0.19758),
    (share, "c", "a<>b c", STRICT, 1 / 3, "a<>b c", {}, 23 / 103),
    (share, "b", "a<>b a<>c", {"mutual_capacity": 1}, 0.31494,
     "a<>b a<>c", {"mutual_capacity": math.inf}, 0.28363),
    (share, "a", "a>c b", STRICT, 20 / 77, "a>c a<>b", STRICT, 40 / 137),
    (share, "c", "a>d b c", STRICT, 20 / 97, "a>d a<>b c", STRICT, 40 / 177),
    (reach, "c", "a>c b>c", {}, 27 / 10, "a>c b>c c>a", {}, 3640 / 1311),
    (reach, "a", "a b", {}, 1, "a<>b", {}, 40 / 23),
    (reach, "c", "b>c c>a", {}, 1.85, "b>c c>a a<>b", {}, 2.00397),
    (reach, "a", "a>b b>c c>a", {}, 20 / 3, "a>b b>c c>a b>a", {}, 3.20536),
    (reach, "a", "a>b b>c c>a", {}, 20 / 3, "b>c c>a", {}, 2.5725),
    (reach, "c", "a>c b>c c>a", {}, 2.77651, "a>c b>c", {}, 2.7),
    (reach, "a", "b>c c>a", {}, 2.5725, "b>c c>a a>b", {}, 20 / 3),
    (earned_reach, "a", "a b", {}, 1, "a<>b", {}, 1.425),
    (earned_reach, "a", "a>b b>c c>a", {}, 2.5725, "a>b b>c c>a b>a", {}, 2.42375),
    (earned_reach, "a", "a<>b a>c d>b", {"mutual_capacity": 1}, 1.78625,
     "a<>b a<>c d>b", {"mutual_capacity": 1}, 1.60562),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].__name__} {case[2]} | {case[5]}")
def test_counterexample(case):
    measure, account, before, settings, old, after, changed, new = case
    for text, other, chosen, expected in ((before, after, settings, old), (after, before, changed, new)):
        A, names = parse(text, other)
        found = measure(A, **chosen)[names.index(account)]
        assert found == pytest.approx(expected, abs=6e-6)


def test_counterexample__no_cliffs():
    """With capacity 1 and attention from z alone, one follow moves more than 2a/(1-a) y_u."""
    crowd = " ".join(f"v>{c}" for c in "abcdefghi")
    before, names = parse(f"v<>z v>u {crowd}")
    after = before.copy()
    after[names.index("u"), names.index("v")] = 1
    teleport = np.eye(len(names))[names.index("z")]
    settings = {"mutual_capacity": 1, "teleport": teleport}
    old, new = reach(before, **settings), reach(after, **settings)
    moved, naive = np.abs(new - old).sum(), 2 * 0.85 / 0.15 * old[names.index("u")]
    assert moved > naive


def test_counterexample__a_trade_gains_more_than_the_genuine_follow():
    """For reach: with a>c and c>b, the trade a<->b gains .633 where the genuine follow gains .064."""
    base, trade, genuine = (parse(text)[0] for text in ("a>c c>b", "a>c c>b a<>b", "a>c c>b a>b"))
    gains = [[reach(graph)[v] - reach(base)[v] for v in range(3)] for graph in (trade, genuine)]
    assert gains[0][1] == pytest.approx(0.633, abs=6e-4)
    assert gains[1][1] == pytest.approx(0.064, abs=6e-4)
