"""Pushes, earned reach and advice against exact rationals, with no slack."""

# ruff: noqa: N806 - the letters of docs/mathematics.md

from __future__ import annotations

from fractions import Fraction

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st
from test_exact import EXTREMES, build
from test_layers import layered_graphs, worths_of

import influencegraph
from influencegraph.engagement import count_engagement
from influencegraph.testing import follower_graphs, settings, teleports

CASES = {
    "default": (40, {}),
    "capacity binds": (40, {"mutual_capacity": 1}),
    "a capacity below one": (20, {"mutual_capacity": 0.5, "mutual_worth": 0.3}),
    "strict": (20, {"mutual_worth": 0}),
    "seeded": (20, {"teleport": [0.0, 1.0, 0.1, 0.0], "mutual_capacity": 1.5, "damping": 0.5}),
}
"""Networks drawn, and settings."""
LOOSE, TIGHT = 0.3, 1e-14


def holds(lower, exact, upper):
    return Fraction(float(lower)) <= exact <= Fraction(float(upper))


def solve(graph, damping=0.85, teleport=None, **worths):
    """Return the dense weights, and the exact launch and transition of them."""
    A = graph.to_scipy().toarray()
    return A, oracles.exact_launch(len(A), teleport), oracles.exact_transition(A, **worths)


def check_earned(scores, chosen):
    A, launch, P = solve(scores.graph, **chosen)
    for tolerance in (LOOSE, TIGHT):
        found = influencegraph.earned_reach(scores, tolerance=tolerance, n_threads=1)
        for v in range(len(A)):
            exact = oracles.exact_earned(P, chosen.get("damping", 0.85), launch, v)
            assert holds(found.lower[v], exact, found.upper[v])
            assert found.lower[v] <= found.values[v] <= found.upper[v]
            width = Fraction(float(found.upper[v])) - Fraction(float(found.lower[v]))
            assert width <= tolerance * scores.upper[v] + 2 * scores.certificate.reach_error_max + 1e-12


def check_advice(scores, chosen):
    A, launch, P = solve(scores.graph, **chosen)
    a = chosen.get("damping", 0.85)
    worths = {
        name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving") if name in chosen
    }
    before = oracles.exact_reach(P, a, launch)
    for v in range(len(A)):
        earned = oracles.exact_earned(P, a, launch, v)
        for tolerance, top in ((LOOSE, 1), (1e-12, None)):
            for line in influencegraph.advise(scores, v, top=top, tolerance=tolerance).lines:
                after = A.copy()
                after[v, line.account] = 0
                Q = oracles.exact_transition(after, **worths)
                gain = oracles.exact_earned(Q, a, launch, v) - earned
                moved = oracles.exact_reach(Q, a, launch)[v] - before[v]
                assert abs(Fraction(line.earned_change) - gain) <= Fraction(line.earned_error)
                assert abs(Fraction(line.reach_change) - moved) <= Fraction(line.reach_error)
                if tolerance < LOOSE:
                    assert line.earned_error <= 1e-7 * max(1, float(before[v]))
                    assert line.reach_error <= 1e-6 * max(1, float(before[v]))


def check_local(graph, chosen):
    chosen = dict(chosen)
    teleport = chosen.pop("teleport", None)
    seeds = np.eye(len(graph))[0] if teleport is None else np.array(teleport)
    _, launch, P = solve(graph, teleport=seeds, **chosen)
    a = Fraction(chosen.get("damping", 0.85))
    T = oracles.exact_reach(P, a, launch)
    for tolerance in (LOOSE, 1e-13):
        near = influencegraph.local_scores(graph, seeds, tolerance=tolerance, **chosen)
        found = {line.account: line for line in near.top(len(near))}
        for v, exact in enumerate(T):
            if v in found:
                assert holds(found[v].lower, exact, found[v].upper)
                assert found[v].lower <= found[v].reach <= found[v].upper
            else:
                assert exact <= Fraction(near.elsewhere)
        off = sum(abs(T[v] - (Fraction(found[v].reach) if v in found else 0)) for v in range(len(T)))
        assert off * (1 - a) / len(T) <= Fraction(near.error)
        assert near.error <= tolerance


def check_arrivals(graph, chosen):
    chosen = dict(chosen)
    teleport = chosen.pop("teleport", None)
    given = None if teleport is None else np.array(teleport)
    _, launch, P = solve(graph, teleport=teleport, **chosen)
    damping, n = chosen.get("damping", 0.85), len(P)
    alone = [[Fraction(u == v) for v in range(n)] for u in range(n)]
    visits = [oracles.exact_reach(P, damping, each) for each in alone]
    for v in range(n):
        for tolerance in (LOOSE, 1e-13):
            found = influencegraph.who_reaches(graph, v, teleport=given, tolerance=tolerance, **chosen)
            lines = {line.account: line for line in found.top(n)}
            for u in range(n):
                exact = launch[u] * visits[u][v]
                if u in lines:
                    assert holds(lines[u].lower, exact, lines[u].upper)
                    assert lines[u].lower <= lines[u].attention <= lines[u].upper
                else:
                    assert exact <= Fraction(found.elsewhere)
            total = sum(launch[u] * visits[u][v] for u in range(n))
            assert holds(found.reach_lower, total, found.reach_upper)


@pytest.mark.parametrize("name", CASES)
def test_networks_of_four__all_is_inside(name):
    count, chosen = CASES[name]
    for number in np.random.default_rng(1).permutation(4096)[:count].tolist():
        graph = build(number)
        given = {**chosen, "teleport": np.array(chosen["teleport"])} if "teleport" in chosen else chosen
        scores = influencegraph.score(graph, **given)
        try:
            check_earned(scores, chosen)
            check_advice(scores, chosen)
            check_local(graph, chosen)
            check_arrivals(graph, chosen)
        except AssertionError as broken:
            broken.add_note(f"network {number}: {graph.to_arrays()}, {chosen}")
            raise


@hypothesis.settings(max_examples=30)
@hypothesis.given(follower_graphs(5), settings(), st.data())
def test_small_networks__all_is_inside(graph, chosen, data):
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    scores = influencegraph.score(graph, teleport=teleport, **chosen)
    if teleport is not None:
        chosen = {**chosen, "teleport": teleport.tolist()}
    check_earned(scores, chosen)
    check_advice(scores, chosen)
    check_local(graph, chosen)
    check_arrivals(graph, chosen)


@hypothesis.settings(max_examples=30)
@hypothesis.given(follower_graphs(5, weighted=False), settings(), st.data())
def test_weights_of_any_size__all_is_inside(graph, chosen, data):
    follower, followed, _ = graph.to_arrays()
    any_size = st.sampled_from(EXTREMES) | st.floats(0, allow_infinity=False)
    weights = data.draw(st.lists(any_size, min_size=len(follower), max_size=len(follower)))
    graph = graph.from_arrays(follower, followed, weights, labels=graph.labels)
    scores = influencegraph.score(graph, **chosen)
    check_earned(scores, chosen)
    check_local(graph, chosen)
    check_arrivals(graph, chosen)
    A, launch, P = solve(graph, **chosen)
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving")}
    for v in range(len(A)):
        for line in influencegraph.advise(scores, v, top=None).lines:
            after = A.copy()
            after[v, line.account] = 0
            Q = oracles.exact_transition(after, **worths)
            gain, moved = (
                oracles.exact_earned(Q, chosen["damping"], launch, v)
                - oracles.exact_earned(P, chosen["damping"], launch, v),
                oracles.exact_reach(Q, chosen["damping"], launch)[v]
                - oracles.exact_reach(P, chosen["damping"], launch)[v],
            )
            assert abs(Fraction(line.earned_change) - gain) <= Fraction(line.earned_error)
            assert abs(Fraction(line.reach_change) - moved) <= Fraction(line.reach_error)


@hypothesis.settings(max_examples=50)
@hypothesis.given(layered_graphs(5), settings(), st.sampled_from([0.5, 3.0]))
def test_layers__all_is_inside(case, chosen, half):
    graph, A, K = case
    position = graph.position_of.astype(int)
    followed = np.repeat(np.arange(len(A)), np.diff(graph.followers.indptr))
    K = np.zeros_like(K)
    K[position[graph.followers.indices], position[followed]] = count_engagement(graph, None, None)
    a, launch = chosen["damping"], oracles.exact_launch(len(A))

    def transition(*ended):
        left = [each.copy() for each in (A, K)]
        for each in left:
            each[ended] = 0
        return oracles.exact_engaged_transition(*left, engagement_half=half, **worths_of(chosen))

    P = transition([], [])
    T = oracles.exact_reach(P, a, launch)
    scores = influencegraph.score(graph, engagement_half=half, **chosen)
    found = influencegraph.earned_reach(scores, tolerance=1e-9)
    for v in range(len(A)):
        earned = oracles.exact_earned(P, a, launch, v)
        assert holds(found.lower[v], earned, found.upper[v])
        arrivals = influencegraph.who_reaches(graph, v, engagement_half=half, tolerance=1e-9, **chosen)
        assert holds(arrivals.reach_lower, T[v], arrivals.reach_upper)
        assert arrivals.reach_upper - arrivals.reach_lower < 1e-7
        for line in influencegraph.advise(scores, v, top=None, tolerance=1e-10).lines:
            Q = transition(v, line.account)
            gain = oracles.exact_earned(Q, a, launch, v) - earned
            moved = oracles.exact_reach(Q, a, launch)[v] - T[v]
            assert abs(Fraction(line.earned_change) - gain) <= Fraction(line.earned_error)
            assert abs(Fraction(line.reach_change) - moved) <= Fraction(line.reach_error)
            assert max(line.earned_error, line.reach_error) < 1e-5
    near = influencegraph.local_scores(
        graph, graph.labels.tolist(), engagement_half=half, tolerance=1e-9, **chosen
    )
    for line in near.top(len(A)):
        assert holds(line.lower, T[line.account], line.upper)
