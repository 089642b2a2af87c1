"""Edited scores against exact rationals, with no slack, whichever way they were found."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

from fractions import Fraction

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st

import influencegraph
from influencegraph.engagement import count_engagement
from influencegraph.testing import (
    engagement_settings,
    follower_graphs,
    layered_graphs,
    settings,
    teleports,
)
from influencegraph.whatif import solution

NAMES = [*range(6), 10]
"""Accounts 0 to 4 may exist, the others are new."""


@st.composite
def scripts(draw):
    """Pairs to be toggled, with weights, and accounts to be removed on the way."""
    pair = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda ends: ends[0] != ends[1])
    toggle = st.tuples(st.just("toggle"), pair, st.sampled_from([1.0, 1.0, 0.0, 2.5]))
    remove = st.tuples(st.just("remove"), st.sampled_from(NAMES), st.none())
    return draw(st.lists(st.one_of(toggle, toggle, toggle, remove), min_size=1, max_size=5))


def play(scores, script):
    """Return the what-if, and its follows, their engagement and the launch by label, kept in dicts."""
    graph = scores.graph
    follows = dict(zip(list_pairs(graph), weigh(graph), strict=True))
    engaged, ended = read_engagement(graph, scores.settings), {}
    accounts = set(scores.labels.tolist())
    exact = dict(zip(scores.labels.tolist(), scores.launch.tolist(), strict=True))
    new = 1.0 if scores.settings.teleport == "uniform" else 0.0
    plan = influencegraph.what_if(scores)
    for kind, what, weight in script:
        if kind == "remove" and what in accounts:
            plan = plan.remove(what)
            accounts.remove(what)
            follows, engaged, ended = (
                {pair: each for pair, each in some.items() if what not in pair}
                for some in (follows, engaged, ended)
            )
            exact.pop(what)
        elif kind == "toggle" and what in follows:
            plan = plan.unfollow(*what)
            del follows[what]
            ended[what] = engaged.pop(what, 0.0)
        elif kind == "toggle":
            plan = plan.follow(*what, weight=weight)
            follows[what] = weight
            engaged[what] = ended.pop(what, 0.0)  # what ended and begins again has only changed its weight
            for end in what:
                exact.setdefault(end, new)
                accounts.add(end)
    return plan, follows, engaged, exact


def list_pairs(graph):
    return [*zip(*(column.tolist() for column in graph.to_arrays()[:2]), strict=True)]


def read_engagement(graph, chosen):
    """Return k of each follow, as it was computed."""
    followed = np.repeat(np.arange(graph.n_accounts), np.diff(graph.followers.indptr))
    names = graph.labels[graph.position_of]
    pairs = zip(names[graph.followers.indices].tolist(), names[followed].tolist(), strict=True)
    k = count_engagement(graph, chosen.half_life, chosen.as_of)
    return dict(zip(pairs, k.tolist(), strict=True))


def weigh(graph):
    weights = graph.to_arrays().weights
    return [1.0] * graph.n_follows if weights is None else weights.tolist()


def solve_exactly(labels, follows, engaged, launch, chosen):
    """Return weights, P and the exact solution."""
    place = {label: i for i, label in enumerate(labels)}
    A, K = np.zeros((len(labels), len(labels))), np.zeros((len(labels), len(labels)))
    for some, matrix in ((follows, A), (engaged, K)):
        for (follower, followed), value in some.items():
            matrix[place[follower], place[followed]] = value
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving")}
    half = Fraction(chosen.get("engagement_half", 3))
    P = oracles.exact_haunted_transition(A, np.zeros_like(A), K, **worths, half=half)
    return A + K, P, oracles.exact_reach(P, chosen["damping"], [Fraction(launch[label]) for label in labels])


def check(after, follows, engaged, launch, chosen):
    labels = after.labels.tolist()
    assert labels == sorted(launch)
    assert after.launch.tolist() == [launch[label] for label in labels]
    A, P, T = solve_exactly(labels, follows, engaged, launch, chosen)
    n, a = len(labels), Fraction(chosen["damping"])
    certificate = after.certificate
    lower, found, upper = (
        [Fraction(x) for x in each.tolist()] for each in (after.lower, after.reach, after.upper)
    )
    for v in range(n):
        assert lower[v] <= T[v] <= upper[v]
        assert lower[v] <= found[v] <= upper[v]
        assert abs(found[v] - T[v]) <= certificate.reach_error_max
    off = sum(abs(x - y) for x, y in zip(found, T, strict=True)) * (1 - a)
    assert off <= certificate.error * n
    if n:
        # What a further what-if rests on: the certificate bounds the residual as well.
        stepped = [
            Fraction(launch[labels[v]]) + a * sum(P[u][v] * found[u] for u in range(n)) for v in range(n)
        ]
        assert sum(abs(x - y) for x, y in zip(stepped, found, strict=True)) <= Fraction(certificate.error) * n
    check_ledger(after, A, P, T, a)
    if sum(T):
        shares = [exact / sum(T) for exact in T]
        off = sum(abs(Fraction(x) - exact) for x, exact in zip(after.share.tolist(), shares, strict=True))
        assert off <= certificate.share_error


def check_ledger(after, A, P, T, a):
    n, ledger = len(T), after.ledger
    launched = sum(Fraction(x) for x in after.launch.tolist())
    if not launched:
        return
    error = Fraction(after.certificate.error) * n / launched + Fraction(1, 10**14)
    lost = [a * T[u] * (1 - sum(P[u])) / launched for u in range(n)]
    dangling = sum((lost[u] for u in range(n) if not A[u].any()), Fraction(0))
    assert abs(Fraction(ledger.kept) - sum(T) * (1 - a) / launched) <= error
    assert abs(Fraction(ledger.dangling) - dangling) <= error * a / (1 - a)
    assert abs(Fraction(ledger.discounted) - (sum(lost) - dangling)) <= error / (1 - a)
    assert abs(ledger.unresolved) <= error
    assert sum(vars(ledger).values()) == pytest.approx(1, abs=1e-15)


TOLERANCES = st.sampled_from([1e-9, 1e-6, 1e-3, 0.05, 1e-13])
PATHS = {"push": {}, "sweep": {"VISITS_FREE": 0, "VISITS_MAX_SMALL": 0}, "solve": {"ROWS_MAX_SMALL": -1}}


@pytest.mark.filterwarnings("ignore::influencegraph.InfluenceGraphWarning")
@pytest.mark.parametrize("graphs", [follower_graphs(4), layered_graphs(4)], ids=["plain", "layered"])
@pytest.mark.parametrize("path", PATHS)
@hypothesis.settings(max_examples=150)
@hypothesis.given(settings(), scripts(), TOLERANCES, st.data())
def test_what_if__contains_the_exact_solution(path, graphs, chosen, script, tolerance, data):
    graph = data.draw(graphs)
    chosen["mutual_giving"] = data.draw(st.sampled_from([0.0, 0.7, 1.5, 4.0]))
    if graph.layers:
        chosen = {**chosen, **data.draw(engagement_settings())}
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    effort = {"tolerance": tolerance, "not_converged": "warn"}
    scores = influencegraph.score(graph, teleport=teleport, **effort, **chosen)
    plan, *expected = play(scores, script)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PATHS[path].items():
            patch.setattr(solution, name, value)
        after = plan.score(not_converged="warn")
        assert (after.work.path == "solve") == (path == "solve" or not len(after))
        check(after, *expected, chosen)
        assert after.certificate.converged or tolerance < 1e-12
        again, *expected = play(after, data.draw(scripts()))
        check(again.score(not_converged="warn"), *expected, chosen)
