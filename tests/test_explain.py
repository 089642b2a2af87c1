"""Explanations: parts sum to the whole, and each is what the dense twin says."""

import math
import pickle

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import (
    FollowerGraph,
    InvalidArgument,
    Scores,
    UnknownAccount,
    explain_score,
    score,
    simulate_network,
)
from influencegraph.explain.contributions import Contribution, Contributions, add_up
from influencegraph.testing import follower_graphs, settings, teleports

GRAPH = FollowerGraph.from_arrays(
    ["ann", "cat", "dan", "gus", "bob", "dan", "eve", "fay"],
    ["bob", "bob", "bob", "bob", "dan", "ann", "fay", "eve"],
)
SCORES = score(GRAPH)
NUMBERS = ("reach", "withheld", "withheld_by_capacity", "dilution", "theta", "follower_reach")


def check_sums(why):
    """The published parts sum to the published whole, to one rounding of the remainder."""
    amounts = [each.reach for each in why.contributions]
    total = math.fsum((why.launch, *amounts, why.unresolved))
    assert abs(total - why.reach) <= math.ulp(why.reach) / 2
    assert abs(why.unresolved) <= why.unresolved_max
    assert amounts == sorted(amounts, reverse=True)
    for name in ("withheld", "withheld_by_capacity"):
        whole = math.fsum(getattr(each, name) for each in why.contributions)
        assert getattr(why, name) == pytest.approx(whole, rel=1e-15)
    assert why.withheld_by_capacity <= why.withheld * (1 + 1e-15)


@st.composite
def scored(draw):
    graph = draw(follower_graphs(max_accounts=7))
    chosen = draw(settings())
    teleport = draw(st.one_of(st.none(), teleports(graph.n_accounts)))
    return graph, chosen, score(graph, teleport=teleport, **chosen)


@given(scored())
def test_explanation__equals_the_dense_twin_and_sums_to_the_reach(drawn):
    graph, chosen, scores = drawn
    A = graph.to_scipy().toarray()  # noqa: N806 - the letter of docs/mathematics.md
    twin = oracles.contributions(A, scores.reach, **chosen)
    weights = A.sum(axis=1)
    for v in range(graph.n_accounts):
        why = explain_score(scores, v)
        check_sums(why)
        found = np.zeros((3, graph.n_accounts))
        for each in why.contributions:
            u = each.account
            found[:, u] = each.reach, each.withheld, each.withheld_by_capacity
            assert each.follower_reach == scores.reach[u]
            assert each.is_mutual == (A[u, v] > 0 and A[v, u] > 0)
            assert each.dilution == pytest.approx(A[u, v] / weights[u] if weights[u] else 0.0, rel=1e-14)
        for mine, theirs in zip(found, twin, strict=True):
            np.testing.assert_allclose(mine, theirs[:, v], rtol=1e-12, atol=1e-12)
        assert {each.account for each in why.contributions} == set(graph.followers_of(v).tolist())
        assert why.launch == scores.launch[v]
        assert (why.reach, why.score, why.rank) == (scores[v].reach, scores[v].score, scores[v].rank)
        assert why.mutual_contacts == len(graph.mutuals_of(v))


@given(scored())
def test_through__sums_to_the_contribution_however_far_back(drawn):
    _, _, scores = drawn
    for account in scores:
        why = explain_score(scores, account)
        for each in why.contributions:
            via = why.through(each.account)
            check_sums(via)
            assert via.reach == each.reach
            assert via.path == (each.account,)
            own = explain_score(scores, each.account)
            for part, whole in zip(via.contributions, own.contributions, strict=True):
                assert part.reach == pytest.approx(whole.reach * via.passed_on, rel=1e-13, abs=1e-300)
            for further in via.contributions[:2]:
                check_sums(via.through(further.account))


@given(scored(), st.data())
def test_explanation__with_redacted_followers_still_sums(drawn, data):
    graph, _, scores = drawn
    hidden = data.draw(st.lists(st.sampled_from(graph.labels.tolist()), unique=True))
    shown = scores.redact(hidden)
    for account in shown:
        why, whole = explain_score(shown, account), explain_score(scores, account)
        check_sums(why)
        assert [each for each in whole.contributions if each.account not in hidden] == [
            each for each in why.contributions if each.account is not None
        ]
        lines = [each for each in why.contributions if each.account is None]
        kept_out = [each for each in whole.contributions if each.account in hidden]
        assert len(lines) == bool(kept_out)
        for line in lines:
            assert line.reach == math.fsum(each.reach for each in kept_out)
            assert math.isnan(line.dilution)
        for name in ("reach", "score", "rank", "launch", "withheld", "n_accounts"):
            assert getattr(why, name) == pytest.approx(getattr(whole, name), rel=1e-15)
        for each in why.contributions:
            if each.account is not None:
                check_sums(why.through(each.account))


def test_capacity__its_part_is_what_an_unlimited_one_would_let_through():
    friends = [f"friend{i}" for i in range(8)]
    graph = FollowerGraph.from_arrays(["bob"] * 8 + friends, friends + ["bob"] * 8)
    why = explain_score(score(graph, mutual_capacity=2), "bob")
    friend = why.contributions[0]
    assert friend.theta == 0.1
    assert friend.withheld == pytest.approx(0.9 * 0.85 * friend.follower_reach)
    assert friend.withheld_by_capacity == pytest.approx((0.4 - 0.1) * 0.85 * friend.follower_reach)
    assert why.withheld_by_capacity == pytest.approx(8 * friend.withheld_by_capacity)
    assert explain_score(score(graph, mutual_capacity=8), "bob").withheld_by_capacity == 0.0


def test_pagerank__withholds_nothing():
    scores = score(GRAPH, method="pagerank")
    why = explain_score(scores, "bob")
    check_sums(why)
    assert why.withheld == 0.0
    assert {each.theta for each in why.contributions} == {1.0}
    assert "withheld" not in str(why).split("\n\n")[0]


def test_account_that_nobody_follows__has_its_launch():
    why = explain_score(SCORES, "cat")
    assert (why.reach, why.launch, list(why.contributions), why.unresolved) == (1.0, 1.0, [], 0.0)
    assert why.top == []
    assert why.rest.n_followers == 0
    assert why.to_columns()["account"].tolist() == []
    assert "0.0000 arrives from 0 followers" in str(why)


def test_rough_scores__their_interval_still_bounds_what_is_unresolved():
    network = simulate_network(500, farm_size=10, ring_size=5, rng=1)
    with pytest.warns(UserWarning, match="after 2 sweeps"):
        scores = score(network.graph, max_sweeps=2, not_converged="warn")
    for account in scores.labels[:50].tolist():
        check_sums(explain_score(scores, account))


def test_contributions__are_a_sequence_of_records_largest_first():
    why = explain_score(SCORES, "bob")
    all_of_them = list(why.contributions)
    assert [each.account for each in all_of_them] == ["ann", "cat", "gus", "dan"]
    assert len(why.contributions) == 4
    assert why.contributions[0] == all_of_them[0]
    assert why.contributions[-1] == all_of_them[-1]
    assert why.contributions[1:3] == all_of_them[1:3]
    assert all_of_them[3] in why.contributions
    assert isinstance(all_of_them[0], Contribution)
    assert repr(why.contributions).startswith("Contributions of 4 followers, ")
    with pytest.raises(IndexError):
        why.contributions[4]
    for name, values in why.to_columns().items():
        assert values.tolist() == [getattr(each, name) for each in all_of_them]
        assert not values.flags.writeable
    frame = why.to_pandas()
    assert frame.index.tolist() == ["ann", "cat", "gus", "dan"]
    assert frame["reach"].tolist() == [each.reach for each in all_of_them]
    assert why.contribution_of("dan") == all_of_them[3]


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=30), st.integers(0, 31))
def test_top__without_sorting_is_the_top_of_the_sorted(amounts, n):
    def make():
        count = len(amounts)
        positions = np.arange(count)[::-1].copy()
        columns = {name: np.array(amounts, np.float64) for name in NUMBERS}
        columns["is_mutual"] = np.zeros(count, np.bool_)
        return Contributions(np.arange(count), positions, columns)

    contributions = make()
    top, rest = contributions.top(n), contributions.beyond(n)
    ordered = list(make())
    assert top == ordered[:n]
    assert rest.n_followers == len(ordered[n:])
    assert rest.reach == math.fsum(each.reach for each in ordered[n:])


@given(st.lists(st.floats(-1e10, 1e10), max_size=300))
def test_add_up__is_the_exact_sum_rounded(values):
    array = np.array(values, np.float64)
    assert add_up(array) == pytest.approx(math.fsum(values), rel=1e-15, abs=1e-20)


def test_top__is_how_many_the_text_lists():
    why = explain_score(SCORES, "bob", top=1)
    assert [each.account for each in why.top] == ["ann"]
    assert why.rest.n_followers == 3
    assert "3 others" in str(why)
    assert "gus" not in str(why)
    assert len(why.contributions) == 4
    assert "4 others" in str(explain_score(SCORES, "bob", top=0))
    for wrong in (-1, True, 1.5, "3"):
        with pytest.raises(InvalidArgument, match="top is"):
            explain_score(SCORES, "bob", top=wrong)


def test_loaded_scores__ask_for_the_graph_and_check_it(tmp_path):
    SCORES.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match="Pass the graph that was scored as graph="):
        explain_score(loaded, "bob")
    again = explain_score(loaded, "bob", graph=GRAPH)
    assert str(again) == str(explain_score(SCORES, "bob"))
    columns = GRAPH.to_arrays()
    others = {
        "accounts": FollowerGraph.from_arrays(["ann"], ["bob"]),
        "other labels": FollowerGraph.from_arrays(
            columns.follower, columns.followed, labels=GRAPH.labels[::-1].copy()
        ),
        "misses the reach": FollowerGraph.from_arrays(
            columns.follower[1:], columns.followed[1:], labels=GRAPH.labels
        ),
        "graph is": "follows.tsv",
    }
    for message, graph in others.items():
        with pytest.raises(InvalidArgument, match=message):
            explain_score(loaded, "bob", graph=graph)


def test_errors__say_what_to_use_instead():
    with pytest.raises(InvalidArgument, match="method='reach' or method='pagerank'"):
        explain_score(score(GRAPH, method="followers"), "bob")
    with pytest.raises(InvalidArgument, match=r"influencegraph\.score\(graph\) makes them"):
        explain_score(GRAPH, "bob")
    with pytest.raises(UnknownAccount, match="no account 'zoe'"):
        explain_score(SCORES, "zoe")
    why = explain_score(SCORES, "bob")
    with pytest.raises(InvalidArgument, match="'eve' does not follow 'bob'"):
        why.through("eve")
    with pytest.raises(UnknownAccount):
        why.through("zoe")
    with pytest.raises(InvalidArgument, match="'ann' does not follow 'dan'"):
        why.through("dan").through("ann")


def test_redacted__accounts_are_unknown_and_named_nowhere():
    shown = SCORES.redact(["ann"])
    with pytest.raises(UnknownAccount):
        explain_score(shown, "ann")
    why = explain_score(shown, "bob")
    with pytest.raises(UnknownAccount):
        why.through("ann")
    assert "(redacted)" in str(why)
    assert "3 followers and those redacted" in str(why)
    assert "ann" not in str(why)
    assert why.to_columns()["account"].tolist() == [None, "cat", "gus", "dan"]
    assert b"ann" not in pickle.dumps(why)
    with pytest.raises(InvalidArgument, match="Ask it before saving"):
        explain_score(pickle.loads(pickle.dumps(shown)), "bob")


def test_pickled__is_the_same_record_without_its_graph():
    why = explain_score(SCORES, "bob")
    again = pickle.loads(pickle.dumps(why))
    assert str(again) == str(why)
    assert list(again.contributions) == list(why.contributions)
    with pytest.raises(InvalidArgument, match="Call explain_score again"):
        again.through("ann")


def test_large_labels_and_integers__come_back_as_python_integers():
    graph = FollowerGraph.from_arrays([2**62, 5], [5, -1])
    why = explain_score(score(graph), np.int64(-1))
    assert type(why.account) is int
    assert [type(each.account) for each in why.contributions] == [int]
    assert why.through(5).contributions[0].account == 2**62


def test_explain__engagement_spares_a_part_and_leaves_the_capacity_its_own():
    follower, followed = ["ann", "cat", "bob", "bob"], ["bob", "bob", "ann", "cat"]
    graph = FollowerGraph.from_arrays(follower, followed)
    layered = graph.with_layer("likes", ["ann"], ["bob"], [3])
    scores = score(layered, mutual_capacity=1)
    why = explain_score(scores, "bob")
    ann = why.contribution_of("ann")
    assert ann.theta == pytest.approx(0.2 + 0.8 * 0.5)
    assert why.contribution_of("cat").theta == pytest.approx(0.2)
    for each in why.contributions:
        full = each.reach + each.withheld
        without_capacity = full * (0.4 + 0.6 * (0.5 if each.account == "ann" else 0.0))
        assert each.withheld_by_capacity == pytest.approx(without_capacity - each.reach)
    assert math.fsum(
        [why.launch, *(each.reach for each in why.contributions), why.unresolved]
    ) == pytest.approx(scores["bob"].reach, rel=1e-15)
