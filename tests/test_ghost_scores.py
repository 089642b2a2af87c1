"""What remembered returns do to scores: against dense and exact twins, and the theorems about them."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

from fractions import Fraction

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st
from test_ghosts import haunted_graphs

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument
from influencegraph.attention import Attention
from influencegraph.engagement import count_engagement
from influencegraph.ghosts import add_ghosts, count_contacts
from influencegraph.testing import follower_graphs, settings, teleports


@st.composite
def cases(draw, max_accounts=6, **more):
    """A haunted graph, sometimes with a layer; A, S, and the float64 K."""
    graph, S = draw(haunted_graphs(max_accounts, **more))
    n = graph.n_accounts
    A, K = graph.to_scipy().toarray(), np.zeros((n, n))
    if draw(st.booleans()):
        counts = st.integers(0, 9).map(float) | st.floats(0, 9, allow_subnormal=False)
        rows = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), counts), max_size=8))
        columns = [[row[i] for row in rows] for i in range(3)]
        graph = graph.with_layer("acts", *columns)
        position = graph.position_of.astype(int)
        followed = np.repeat(np.arange(n), np.diff(graph.followers.indptr))
        ends = position[graph.followers.indices], position[followed]
        K[ends] = count_engagement(graph, None, None)
    return graph, A, S, K


def worths_of(chosen):
    return {
        name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving") if name in chosen
    }


@hypothesis.given(cases(), settings(), st.data())
def test_score__equals_the_twin(case, chosen, data):
    graph, A, S, K = case
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    layout = data.draw(st.sampled_from(["auto", "pull", "partitioned"]))
    hypothesis.assume(layout != "partitioned" or graph.n_follows)
    scores = influencegraph.score(graph, teleport=teleport, tolerance=1e-13, layout=layout, **chosen)
    P = oracles.haunted_transition(A, S, K, **worths_of(chosen))
    launch = np.ones(len(A)) if teleport is None else len(A) * teleport / teleport.sum()
    damping = chosen["damping"]
    expected = np.linalg.solve(np.eye(len(A)) - damping * P.T, launch)
    np.testing.assert_allclose(scores.reach, expected, rtol=1e-9, atol=1e-12)
    dangles = (A + K).sum(axis=1) == 0
    lost = damping / len(A) * expected * (1 - P.sum(axis=1))
    assert scores.ledger.discounted == pytest.approx(lost[~dangles].sum(), abs=1e-11)
    (batched,) = influencegraph.score_batch(graph, [{"teleport": teleport, **chosen}], tolerance=1e-13)
    assert np.array_equal(
        batched.reach, influencegraph.score(graph, teleport=teleport, tolerance=1e-13, **chosen).reach
    )


@hypothesis.given(cases(5), settings(), st.sampled_from([1e-4, 1e-9, 2e-13]))
def test_score__holds_the_exact_solution_without_slack(case, chosen, tolerance):
    graph, A, S, K = case
    scores = influencegraph.score(graph, tolerance=tolerance, **chosen)
    P = oracles.exact_haunted_transition(A, S, K, **worths_of(chosen))
    exact = oracles.exact_reach(P, chosen["damping"], oracles.exact_launch(len(A)))
    for low, value, high in zip(scores.lower.tolist(), exact, scores.upper.tolist(), strict=True):
        assert Fraction(low) <= value <= Fraction(high)
    off = sum(abs(Fraction(x) - y) for x, y in zip(scores.reach.tolist(), exact, strict=True))
    assert off * (1 - Fraction(chosen["damping"])) / len(A) <= Fraction(scores.certificate.error)


@pytest.mark.parametrize("n", [3, 40, 3000])
def test_contacts__are_the_exact_sums_to_the_roundings_that_are_counted(n):
    rng = np.random.default_rng(n)
    strengths = np.exp(-rng.exponential(9, n))
    graph = FollowerGraph.from_arrays(np.arange(1, n + 1), np.zeros(n, int), labels=np.arange(n + 1))
    graph = add_ghosts(graph, np.stack([np.zeros(n, int), np.arange(1, n + 1)], axis=1), strengths)
    exact = 3 * sum(map(Fraction, strengths.tolist()))
    found = Fraction(count_contacts(graph)[graph.node_of[0]])
    assert abs(found - exact) <= exact * Fraction(3 + n * n * 2.0**-52) / 2**53


@hypothesis.given(cases(), settings())
def test_attention__is_that_of_the_twin(case, chosen):
    graph, A, S, K = case
    attention = Attention(graph, influencegraph.score(graph, **chosen).settings)
    found, again = np.zeros_like(A), np.zeros_like(A)
    position = graph.position_of.astype(int)
    for node in range(len(A)):
        into, out = attention.into(node), attention.out_of(node)
        found[position[into.nodes], position[node]] = into.passed
        again[position[node], position[out.nodes]] = out.passed
    expected = oracles.haunted_transition(A, S, K, **worths_of(chosen))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(again, expected, rtol=1e-12, atol=1e-15)


@hypothesis.given(cases(5), settings(), st.data())
def test_questions__are_those_of_the_twin(case, chosen, data):
    """Explanations, audiences, earned reach, and local scores follow the same P."""
    graph, A, S, K = case
    n, damping = len(A), chosen["damping"]
    P = oracles.haunted_transition(A, S, K, **worths_of(chosen))
    G = np.linalg.inv(np.eye(n) - damping * P)
    v = data.draw(st.integers(0, n - 1))
    scores = influencegraph.score(graph, tolerance=1e-12, **chosen)
    earned = influencegraph.earned_reach(scores, [v])
    expected = G.sum(axis=0)[v] / G[v, v]
    assert earned.lower[0] * (1 - 1e-9) <= expected <= earned.upper[0] * (1 + 1e-9)
    for line in influencegraph.local_scores(graph, [v], **chosen).top(n):
        assert line.lower * (1 - 1e-9) <= n * G[v, line.account] <= line.upper * (1 + 1e-9)
    for line in influencegraph.who_reaches(graph, v, **chosen).top(n):
        assert line.lower * (1 - 1e-9) <= G[line.account, v] <= line.upper * (1 + 1e-9)
    audience = influencegraph.audience(scores, v)
    assert audience.counted == pytest.approx(P.sum(axis=0)[v], abs=1e-12)
    why = influencegraph.explain_score(scores, v)
    assert why.launch + sum(each.reach for each in why.contributions) + why.unresolved == pytest.approx(
        why.reach, rel=1e-15
    )
    undivided = oracles.haunted_transition(A, S, K, 1.0, np.inf)[:, v]
    for each in why.contributions:
        given, u = damping * G.sum(axis=0)[each.account], each.account
        assert each.reach == pytest.approx(given * P[u, v], abs=1e-9)
        assert each.withheld + each.reach == pytest.approx(given * undivided[u], abs=1e-9)
        assert each.is_remembered == (S[u, v] > 0 and not each.is_mutual and each.theta < 1)


METHODS = [name for name in influencegraph.METHODS if name != "reach"]


@pytest.mark.parametrize("name", METHODS)
def test_other_methods__are_bit_equal_with_and_without(name):
    rng = np.random.default_rng(5)
    follower, followed = rng.integers(0, 60, (2, 500))
    graph = FollowerGraph.from_arrays(follower, followed, labels=np.arange(60))
    haunted = add_ghosts(graph, np.stack([followed, follower], axis=1), rng.random(500))
    assert len(haunted.ghosts) > 100
    seeds = {"teleport": [1, 2, 3]} if influencegraph.METHODS[name].seeds else {}
    one, other = (influencegraph.score(each, method=name, **seeds) for each in (graph, haunted))
    assert one.values.tobytes() == other.values.tobytes()
    if one.propagation is not None:
        assert one.lower.tobytes() == other.lower.tobytes()


def test_reach__without_any_discount_is_bit_equal_with_and_without():
    graph = FollowerGraph.from_arrays([1, 2, 3, 3], [2, 1, 1, 2])
    haunted = add_ghosts(graph, [[0, 2], [1, 2]], [1.0, 0.3])
    one, other = (
        influencegraph.score(each, mutual_worth=1, mutual_capacity=np.inf) for each in (graph, haunted)
    )
    assert one.upper.tobytes() == other.upper.tobytes()
    assert influencegraph.score(haunted).reach[0] < influencegraph.score(graph).reach[0]


def test_advice__knows_no_memory_and_refuses():
    graph = add_ghosts(FollowerGraph.from_arrays([1, 2, 3], [2, 1, 1]), [[0, 2]], [0.5])
    with pytest.raises(InvalidArgument, match="remembers 1 return that ended"):
        influencegraph.advise(influencegraph.score(graph), 1)


# ---- the theorems: docs/mathematics.md, section 5 ----


def earned(A, S, damping, **worths):
    G = np.linalg.inv(np.eye(len(A)) - damping * oracles.haunted_transition(A, S, **worths))
    return G.sum(axis=0) / np.diag(G)


def reach_of(A, S, damping, **worths):
    P = oracles.haunted_transition(A, S, **worths)
    return np.linalg.solve(np.eye(len(A)) - damping * P.T, np.ones(len(A)))


@hypothesis.given(haunted_graphs(), settings(), st.data())
def test_follow_back__never_pays_in_earned_reach_whatever_is_remembered(case, chosen, data):
    graph, S = case
    A = graph.to_scipy().toarray()
    one_way = np.argwhere((A > 0) & (A.T == 0))
    hypothesis.assume(len(one_way))
    u, v = data.draw(st.sampled_from(one_way.tolist()))
    after = A.copy()
    after[v, u] = 1.0
    before = earned(A, S, **chosen)[v]
    # Where v had ended it before, that is remembered on: beginning anew does not mend it.
    assert earned(after, S, **chosen)[v] <= before * (1 + 1e-12)
    # And v, who ends it again, has not gained over before the trade, however long ago that is.
    churned = S.copy()
    churned[u, v] = max(S[u, v], data.draw(st.floats(0, 1)))
    assert earned(A, churned, **chosen)[v] <= before * (1 + 1e-12)


@hypothesis.given(haunted_graphs(), settings(), st.data())
def test_time__lowers_nobody(case, chosen, data):
    graph, S = case
    A = graph.to_scipy().toarray()
    faded = S * data.draw(st.sampled_from([0.0, 0.5, 0.99]))
    for values in (reach_of, earned):
        assert np.all(values(A, faded, **chosen) >= values(A, S, **chosen) * (1 - 1e-12))
    if graph.ghosts is not None:
        pairs, strengths = influencegraph.ghosts.find_returns(graph)
        later = add_ghosts(FollowerGraph(**{**graph.__getstate__(), "ghosts": None}), pairs, strengths * 0.5)
        one, other = (influencegraph.score(each, **chosen) for each in (graph, later))
        assert np.all(other.upper >= one.lower)


@hypothesis.given(follower_graphs(), st.sampled_from([0.0, 0.5, 0.9]), st.data())
def test_churn__earns_what_the_mutual_follow_earned_as_long_as_it_is_remembered_in_full(graph, worth, data):
    """Without a capacity h is the same to the last digit: it ignores what v follows."""
    A = graph.to_scipy().toarray()
    mutual = np.argwhere((A > 0) & (A.T > 0))
    hypothesis.assume(len(mutual))
    u, v = data.draw(st.sampled_from(mutual.tolist()))
    ended, S = A.copy(), np.zeros_like(A)
    ended[v, u], S[u, v] = 0.0, 1.0
    options = {"damping": 0.85, "mutual_worth": worth, "mutual_capacity": np.inf}
    assert earned(ended, S, **options)[v] == pytest.approx(earned(A, 0 * S, **options)[v], rel=1e-10)


# ---- in words ----


def say(thing):
    return " ".join(str(thing).split())


def test_texts__tell_of_remembered_returns():
    """Eve was followed back by ann and by dan; she ended both. Bob is followed back to this day."""
    graph = FollowerGraph.from_arrays(
        ["ann", "dan", "bob", "eve"], ["eve", "eve", "eve", "bob"], labels=["ann", "bob", "dan", "eve"]
    )
    haunted = add_ghosts(graph, [[3, 0], [3, 2]], [1.0, 0.5])
    scores = influencegraph.score(haunted)
    why = influencegraph.explain_score(scores, "eve")
    found = {each.account: (round(each.theta, 9), each.is_remembered) for each in why.contributions}
    assert found == {
        "ann": (0.4, True), "dan": (0.85, True), "bob": (0.4, False)
    }  # fmt: skip
    text = say(why)
    assert "eve and 1 of its followers follow each other; such a follow counts 40%" in text
    assert (
        "eve once followed back 2 others; as long as that is remembered, such a follow counts less, "
        "which withheld 0.6375." in text
    )
    crowded = influencegraph.explain_score(influencegraph.score(haunted, mutual_capacity=2), "eve")
    assert "because they, with the room that ended ones take, are more than the 2 that" in say(crowded)
    assert (
        sum(each.withheld_by_capacity for each in crowded.contributions) == crowded.withheld_by_capacity > 0
    )
    alone = influencegraph.explain_score(
        influencegraph.score(add_ghosts(FollowerGraph.from_arrays([2], [1]), [[0, 1]], [1.0])), 1
    )
    assert "follow each other" not in say(alone)
    assert "1 once followed back 1 other; as long as" in say(alone)
    everybody = influencegraph.audience(scores)
    assert everybody.to_columns()["remembered"].tolist() == [0, 0, 0, 2]
    assert "1 of them followed back, 2 once" in say(everybody["eve"])
    told = (
        "counts at least 40% here, and those it followed back once count less as long as that is remembered"
    )
    assert told in say(everybody["eve"])
    assert "remembered" not in influencegraph.audience(influencegraph.score(graph)).to_columns()


def test_compare__tells_of_memory():
    graph = FollowerGraph.from_arrays(["ann", "bob"], ["eve", "eve"], labels=["ann", "bob", "eve"])
    fresh, old = (add_ghosts(graph, [[2, 0]], [s]) for s in (1.0, 0.25))
    churned = influencegraph.compare_scores(influencegraph.score(graph), influencegraph.score(fresh))
    assert "it followed back 1 follower (ann) and ended that, whose follow counts less for a while" in say(
        churned.explain("eve")
    )
    faded = influencegraph.compare_scores(influencegraph.score(fresh), influencegraph.score(old)).explain(
        "eve"
    )
    assert faded.parts["memory"] == pytest.approx(0.85 * (1 - 0.25 * (1 - 0.4 * (1 + 1.5 * 0.75)) - 0.4))
    assert faded.parts["follow_backs_ended"] == 0.0
    assert "that it once followed back 1 follower (ann) is fading, whose follow counts more" in say(faded)
    crowd = FollowerGraph.from_arrays([1, 2, 3, 0], [0, 0, 0, 3])
    full, half = (
        influencegraph.score(add_ghosts(crowd, [[0, 1], [0, 2]], [s, s]), mutual_capacity=1)
        for s in (1.0, 0.5)
    )
    change = influencegraph.compare_scores(full, half).explain(0)
    assert change.parts["crowding"] > 0
    assert change.after.remembered_contacts == 3.0
    assert "that it ended take up 3.0000 of its places, not 6.0000, and each contact counts more" in say(
        change
    )
