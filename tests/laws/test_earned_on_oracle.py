"""The rows of earned reach h (docs/mathematics.md, section 3), on the dense twin for now."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import hypothesis
import numpy as np
import oracles
from hypothesis import strategies as st

from influencegraph.testing import follower_graphs, settings, teleports
from influencegraph.testing.model import count_hits, find_launch, make_model

SLACK = 1e-9


@st.composite
def cases(draw, weighted=None, min_accounts=2):
    """A dense matrix, settings, and two accounts."""
    graph = draw(follower_graphs(6, weighted, min_accounts=min_accounts))
    n = graph.n_accounts
    chosen = draw(settings())
    if draw(st.booleans()):
        chosen["teleport"] = draw(teleports(n))
    u = draw(st.integers(0, n - 1))
    v = draw(st.integers(0, n - 2))
    return graph.to_scipy().toarray(), chosen, u, v + (v >= u), draw(st.sampled_from((1.0, 0.5, 40.0)))


def earned(A, chosen):
    return oracles.earned_reach(A, **chosen)


def follow(A, u, v, weight):
    after = A.copy()
    after[u, v] = weight
    return after


def at_most(left, right):
    assert np.all(left <= right + SLACK * max(1.0, np.max(np.abs(right))))


@hypothesis.given(cases(), st.randoms(use_true_random=False))
def test_earned__relabelling(case, random):
    A, chosen, *_ = case
    order = random.sample(range(len(A)), len(A))
    moved = dict(chosen)
    if "teleport" in chosen:
        moved["teleport"] = chosen["teleport"][order]
    np.testing.assert_allclose(earned(A[np.ix_(order, order)], moved), earned(A, chosen)[order], atol=SLACK)


@hypothesis.given(cases())
def test_earned__times_own_visits_is_reach(case):
    A, chosen, *_ = case
    worths = {name: chosen[name] for name in ("damping", "mutual_worth", "mutual_capacity", "mutual_giving")}
    visits = np.diag(oracles.walks(A, **worths))
    np.testing.assert_allclose(earned(A, chosen) * visits, oracles.reach(A, **chosen), atol=SLACK)


@hypothesis.given(cases())
def test_earned__between_one_and_all_accounts(case):
    A, chosen, *_ = case
    chosen.pop("teleport", None)
    values = earned(A, chosen)
    at_most(1.0, values)
    at_most(values, float(len(A)))


@hypothesis.given(cases(), st.tuples(st.floats(0, 1), st.floats(0, 1)), st.sampled_from((0.5, 1.0, 2.0)))
def test_earned__rises_with_worth_and_capacity(case, worths, capacity):
    A, chosen, *_ = case
    low, high = (earned(A, {**chosen, "mutual_worth": worth}) for worth in sorted(worths))
    at_most(low, high)
    small, large = (earned(A, {**chosen, "mutual_capacity": each}) for each in (capacity, 2 * capacity))
    at_most(small, large)


@hypothesis.given(cases())
def test_earned__following_back_never_raises_own(case):
    A, chosen, u, v, weight = case
    before = follow(follow(A, u, v, weight), v, u, 0.0)
    at_most(earned(follow(before, v, u, 1.0), chosen)[v], earned(before, chosen)[v])


@hypothesis.given(cases())
def test_earned__own_new_or_heavier_follow_never_raises_own(case):
    A, chosen, u, v, weight = case
    at_most(earned(follow(A, v, u, A[v, u] + weight), chosen)[v], earned(A, chosen)[v])


@hypothesis.given(cases())
def test_earned__unfollowing_never_lowers_own(case):
    A, chosen, u, v, weight = case
    before = follow(A, v, u, weight)
    at_most(earned(before, chosen)[v], earned(follow(before, v, u, 0.0), chosen)[v])


@hypothesis.given(cases())
def test_earned__one_way_follower_never_lowers(case):
    A, chosen, u, v, weight = case
    before = follow(A, v, u, 0.0)
    after = follow(before, u, v, before[u, v] + weight)
    old, new = earned(before, chosen)[v], earned(after, chosen)[v]
    at_most(old, new)
    passes = oracles.reach(before, **chosen)[u] * chosen["damping"] * (1 - chosen["damping"])
    if before[u, v] == 0 and passes * weight / after[u].sum() > 1e-4 * new:
        assert new > old


@hypothesis.given(cases())
def test_earned__trade_gains_at_most_worth_times_the_genuine_follow(case):
    A, chosen, u, v, weight = case
    before = follow(follow(A, u, v, 0.0), v, u, 0.0)
    genuine = follow(before, u, v, weight)
    trade = follow(genuine, v, u, 1.0)
    base, traded, followed = (earned(each, chosen) for each in (before, trade, genuine))
    at_most(traded[v] - base[v], oracles.regard(trade, **chosen)[u] * (followed[v] - base[v]))


@hypothesis.given(cases())
def test_earned__strict_trade_raises_neither_side_nor_anybody(case):
    A, chosen, u, v, weight = case
    chosen["mutual_worth"] = 0.0
    before = follow(follow(A, u, v, 0.0), v, u, 0.0)
    after = follow(follow(before, u, v, weight), v, u, 1.0)
    at_most(earned(after, chosen), earned(before, chosen))


@hypothesis.given(cases(weighted=False))
def test_earned__followed_back_lowers_iff_a_short_cycle_exists(case):
    A, chosen, u, v, _ = case
    chosen["mutual_capacity"] = np.inf
    before = follow(follow(A, v, u, 1.0), u, v, 0.0)
    model = make_model(before, chosen)
    stake = chosen["damping"] * chosen["mutual_worth"] - model.arrivals[u, v]
    moved = earned(follow(before, u, v, 1.0), chosen)[v] - earned(before, chosen)[v]
    hypothesis.assume(abs(stake) > 1e-6 and oracles.reach(before, **chosen)[u] > 0)
    assert (moved < 0) == (stake < 0)


@hypothesis.given(cases(), st.data())
def test_earned__coalition(case, data):
    A, chosen, *_ = case
    members = sorted(data.draw(st.sets(st.integers(0, len(A) - 1), min_size=1)))
    hits = count_hits(make_model(A, chosen), find_launch(len(A), chosen), members)
    at_most(earned(A, chosen)[members], hits)


@hypothesis.given(cases())
def test_earned__clique_at_most_its_reach(case):
    A, chosen, *_ = case
    at_most(earned(A, chosen), oracles.reach(A, **chosen))


@hypothesis.given(cases())
def test_earned__gain_of_ending_a_mutual_follow(case):
    """Section 4: at capacity inf the advice is exact, at finite capacity a lower bound."""
    A, chosen, u, v, weight = case
    before = follow(follow(A, u, v, weight), v, u, 1.0)
    model, values = make_model(before, chosen), oracles.reach(before, **chosen)
    gain = chosen["damping"] * (1 - model.theta[u, v]) * model.shares[u, v]
    gain *= values[u] - values[v] * model.visits[v, u] / model.visits[v, v]
    moved = earned(follow(before, v, u, 0.0), chosen)[v] - earned(before, chosen)[v]
    at_most(gain, moved)
    if np.isinf(chosen["mutual_capacity"]):
        at_most(moved, gain)
