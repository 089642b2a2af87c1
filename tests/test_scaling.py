"""Multiples of a vector: their steps hold to the rounding that is claimed, and save sweeps."""

from __future__ import annotations

from fractions import Fraction

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.layouts import flat as flatness
from influencegraph.settings import Settings
from influencegraph.solvers import scale, solve
from influencegraph.solvers.solve import Stepper
from influencegraph.solvers.transition import make_transition
from influencegraph.testing import follower_graphs
from tests import oracles


@pytest.fixture(scope="module")
def flat():
    """Everybody follows 16 others at random, and is followed by about as many."""
    rng = np.random.default_rng(3)
    n = 4000
    followed = np.concatenate([rng.choice(n - 1, 16, replace=False) for _ in range(n)])
    follower = np.repeat(np.arange(n), 16)
    return FollowerGraph.from_arrays(follower, followed + (followed >= follower), labels=range(n))


def exact_step(graph, transition, launch, reach):
    passed = oracles.exact_transition(
        graph.to_scipy().toarray()[np.ix_(graph.position_of, graph.position_of)],
        mutual_worth=0.5, mutual_capacity=2.0, mutual_giving=1.0,
    )  # fmt: skip
    a, n = Fraction(transition.damping), len(reach)
    values = [Fraction(each) for each in reach.tolist()]
    arrives = [sum((passed[u][v] * values[u] for u in range(n)), Fraction(0)) for v in range(n)]
    return [Fraction(start) + a * amount for start, amount in zip(launch, arrives, strict=True)]


@hypothesis.given(follower_graphs(6), st.floats(0.5, 2.0), st.integers(0, 2**32 - 1))
def test_scale_step__is_the_step_of_the_multiple(graph, factor, seed):
    n = graph.n_accounts
    transition = make_transition(graph, Settings("reach", 0.85, 0.5, 2.0, mutual_giving=1.0))
    launch, reach = np.random.default_rng(seed).random((2, n))
    stepped, before = np.empty(n), reach.copy()
    with Crew(1) as crew:
        stepper = Stepper(transition, None, launch, crew)
        stepper.step(reach, stepped)
        roundings = transition.round_more(scale.ROUNDINGS).roundings
        sums = scale.scale_step(launch, roundings, factor, n, reach, stepped, crew)
    assert np.array_equal(reach, factor * before)
    operations = roundings.counts + roundings.more + 1
    assert sums == pytest.approx((np.abs(stepped - reach).sum(), (operations * stepped).sum()))
    for v, exact in enumerate(exact_step(graph, transition, launch.tolist(), reach)):
        assert abs(Fraction(stepped[v]) - exact) <= Fraction(operations[v] * stepped[v]) / 2**53


def test_find_factor__finds_what_was_multiplied(flat):
    transition = make_transition(flat, influencegraph.score(flat).settings)
    launch = np.ones(len(flat))
    reach = influencegraph.score(flat, tolerance=1e-13).reach[flat.position_of] * (1 + 1e-5)
    stepped = np.empty(len(flat))
    with Crew(2) as crew:
        stepper = Stepper(transition, None, launch, crew)
        stepper.step(reach, stepped)
        assert scale.find_factor(launch, reach, stepped, crew) == pytest.approx(1 - 1e-5, abs=1e-8)
        noise = 1e-5 * (-1.0) ** np.arange(len(flat))
        assert scale.find_factor(launch, reach, reach + noise, crew) is None


@pytest.mark.parametrize("layout", ["pull", "partitioned"])
@pytest.mark.parametrize("method", ["pagerank", "reach"])
def test_score__scaling_saves_sweeps_where_accounts_are_alike(flat, layout, method, monkeypatch):
    monkeypatch.setattr(flatness, "FLAT", 0.0)  # staged steps have the scale right to begin with
    flat.prepared.clear()
    exact = influencegraph.score(flat, method=method, tolerance=1e-13)
    scaled = influencegraph.score(flat, method=method, tolerance=2e-7, layout=layout)
    assert np.all((scaled.lower <= exact.upper) & (exact.lower <= scaled.upper))
    off = np.abs(scaled.share - exact.share).sum()
    assert off <= scaled.certificate.share_error + exact.certificate.share_error
    monkeypatch.setattr(solve, "find_factor", lambda *_: None)
    plain = influencegraph.score(flat, method=method, tolerance=2e-7, layout=layout)
    flat.prepared.clear()
    assert scaled.certificate.sweeps < plain.certificate.sweeps
