"""Against exact rationals, with no slack: all 4,096 networks of 4 accounts, and weights of any size."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import math
from fractions import Fraction

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st

import influencegraph
from influencegraph.testing import follower_graphs, settings, teleports

PAIRS = [(u, v) for u in range(4) for v in range(4) if u != v]

CASES = {
    "capacity binds": (4096, {"mutual_capacity": 1}),
    "strict": (4096, {"mutual_worth": 0}),
    "as far as float64 goes": (1024, {"mutual_worth": 0.3, "mutual_capacity": 2, "tolerance": 1e-15}),
    "seeded": (1024, {"teleport": [0.0, 1.0, 0.1, 0.0], "mutual_capacity": 0.5, "damping": 0.5}),
    "stopped early": (512, {"mutual_capacity": 1.5, "max_sweeps": 3}),
}
"""Networks tried (all, or as many drawn at random), and settings."""


def build(number):
    follows = [pair for bit, pair in enumerate(PAIRS) if number >> bit & 1]
    rows = np.array(follows, np.int64).reshape(-1, 2)
    return influencegraph.FollowerGraph.from_arrays(rows[:, 0], rows[:, 1], labels=range(4))


def certify(graph, *, damping=0.85, teleport=None, tolerance=1e-9, max_sweeps=1000, **worths):
    """Score the graph and compare everything certified with the exact solution."""
    n, a = graph.n_accounts, Fraction(damping)
    P = oracles.exact_transition(graph.to_scipy().toarray(), **worths)
    T = oracles.exact_reach(P, damping, oracles.exact_launch(n, teleport))
    given = None if teleport is None else np.array(teleport)
    effort = {"tolerance": tolerance, "max_sweeps": max_sweeps, "not_converged": "warn"}
    scores = influencegraph.score(graph, damping=damping, teleport=given, **effort, **worths)
    certificate = scores.certificate
    assert certificate.converged or max_sweeps < 1000 or tolerance < 1e-13
    lower, found, upper = (
        [Fraction(x) for x in each.tolist()] for each in (scores.lower, scores.reach, scores.upper)
    )
    for v in range(n):
        assert lower[v] <= T[v] <= upper[v]
        assert abs(found[v] - T[v]) <= certificate.reach_error_max
    off = sum(abs(x - y) for x, y in zip(found, T, strict=True)) * (1 - a) / n
    assert off <= certificate.error
    check_ranks(scores, T)
    check_shares(scores, T)
    check_ledger(scores, P, a, T)


def check_ranks(scores, T):
    assert sorted(scores.rank) == list(range(1, len(T) + 1))
    for v, exact in enumerate(T):
        assert scores.rank_best[v] <= 1 + sum(other > exact for other in T)
        assert scores.rank_worst[v] >= sum(other >= exact for other in T)
        assert scores.rank_best[v] <= scores.rank[v] <= scores.rank_worst[v]


def check_shares(scores, T):
    if sum(T):
        shares = [exact / sum(T) for exact in T]
        off = sum(abs(Fraction(x) - exact) for x, exact in zip(scores.share.tolist(), shares, strict=True))
        assert off <= scores.certificate.share_error


def check_ledger(scores, P, a, T):
    n, ledger, error = len(T), scores.ledger, Fraction(scores.certificate.error)
    _, kept, lost = oracles.exact_ledger(P, a, T)
    out = scores.graph.to_scipy().toarray().any(axis=1)
    dangling = sum((lost[u] for u in range(n) if not out[u]), Fraction(0))
    assert kept + sum(lost) == 1
    assert abs(Fraction(ledger.kept) - kept) <= error
    assert abs(Fraction(ledger.dangling) - dangling) <= error * a / (1 - a)
    assert abs(Fraction(ledger.discounted) - (sum(lost) - dangling)) <= error * a / (1 - a)
    assert abs(ledger.unresolved) <= error
    assert math.fsum([ledger.kept, ledger.discounted, ledger.dangling, ledger.unresolved]) == pytest.approx(
        1, abs=4e-16
    )


@pytest.mark.filterwarnings("ignore::influencegraph.InfluenceGraphWarning")
@pytest.mark.parametrize("name", CASES)
def test_score__all_networks_of_four(name):
    count, chosen = CASES[name]
    numbers = np.random.default_rng(0).permutation(4096)[:count]
    for number in numbers.tolist():
        try:
            certify(build(number), **chosen)
        except AssertionError as broken:
            broken.add_note(f"network {number}: {build(number).to_arrays()}, {chosen}")
            raise


@hypothesis.given(follower_graphs(5), settings(), st.data())
def test_score__small_networks(graph, chosen, data):
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    certify(graph, teleport=None if teleport is None else teleport.tolist(), **chosen)


EXTREMES = [1.7e308, 5e-324, 1.0, 2.0**-1022, 1e-200, 3e200, 0.1, 0.0]


@hypothesis.given(follower_graphs(5, weighted=False), settings(), st.data())
def test_score__weights_of_any_size(graph, chosen, data):
    follower, followed, _ = graph.to_arrays()
    any_size = st.sampled_from(EXTREMES) | st.floats(0, allow_infinity=False)
    weights = data.draw(st.lists(any_size, min_size=len(follower), max_size=len(follower)))
    certify(graph.from_arrays(follower, followed, weights, labels=graph.labels), **chosen)


@hypothesis.given(follower_graphs(5), settings(), st.sampled_from(["pull", "partitioned"]), st.data())
def test_score__seeds_and_layouts_hold_the_exact_solution_without_slack(graph, chosen, layout, data):
    """Where attention starts at few, mixtures may miss 0 from below; rounding is that of equal signs."""
    hypothesis.assume(graph.n_follows > 0)
    seed = data.draw(st.integers(0, graph.n_accounts - 1))
    tolerance = data.draw(st.sampled_from([1e-3, 1e-8, 1e-13]))
    scores = influencegraph.score(graph, teleport=[seed], layout=layout, tolerance=tolerance, **chosen)
    worths = {
        name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving") if name in chosen
    }
    damping, n = chosen.get("damping", 0.85), graph.n_accounts
    P = oracles.exact_transition(graph.to_scipy().toarray(), **worths)
    T = oracles.exact_reach(P, damping, oracles.exact_launch(n, np.arange(n) == seed))
    for low, value, high in zip(scores.lower.tolist(), T, scores.upper.tolist(), strict=True):
        assert Fraction(low) <= value <= Fraction(high)
