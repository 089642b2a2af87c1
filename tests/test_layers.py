"""Layers of engagement: what counts, what is spared, what is refused; against twins, dense and exact."""

from __future__ import annotations

import copy
import datetime
import pickle
from fractions import Fraction

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.attention import Attention
from influencegraph.engagement import count_engagement
from influencegraph.layers import count_received, find_ends, leave_out
from influencegraph.testing import follower_graphs, settings, teleports

ANY_COUNT = st.integers(0, 30).map(float) | st.floats(0, 40, allow_subnormal=False)


@st.composite
def layered_graphs(draw, max_accounts=6, **more):
    """A graph with one or two layers, acts on strangers among them; and the dense k of both together."""
    graph = draw(follower_graphs(max_accounts, **more))
    n = graph.n_accounts
    A = graph.to_scipy().toarray()  # noqa: N806 - the mathematics' letter
    follows = np.zeros((n, n), bool)
    follows[graph.to_scipy().nonzero()] = True
    csr, _ = graph.rows_by_position()
    follows[np.repeat(np.arange(n), np.diff(csr.indptr)), csr.indices] = True
    K = np.zeros((n, n))  # noqa: N806 - the mathematics' letter
    for name in draw(st.sampled_from([["acts"], ["acts", "likes"]])):
        rows = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), ANY_COUNT), max_size=12))
        weight, cap = draw(st.sampled_from([(1.0, 20.0), (0.25, 3.0), (2.0, np.inf), (0.0, 1.0)]))
        sources, targets, counts = map(list, zip(*rows, strict=True)) if rows else ([], [], [])
        graph = graph.with_layer(name, sources, targets, counts, weight=weight, cap_per_pair=cap)
        C = np.zeros((n, n))  # noqa: N806 - counts
        np.add.at(C, (sources, targets), counts)
        np.add(K, weight * np.minimum(np.where(follows, C, 0.0), cap), out=K)
    return graph, A, K


def worths_of(chosen):
    return {
        name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving") if name in chosen
    }


@hypothesis.given(layered_graphs(), settings(), st.sampled_from([0.5, 3.0, np.inf]), st.data())
def test_score__equals_the_twin(case, chosen, half, data):
    graph, A, K = case  # noqa: N806 - the mathematics' letters
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    layout = data.draw(st.sampled_from(["auto", "pull"]))
    scores = influencegraph.score(
        graph, teleport=teleport, engagement_half=half, tolerance=1e-13, layout=layout, **chosen
    )
    P = oracles.engaged_transition(A, K, engagement_half=half, **worths_of(chosen))  # noqa: N806
    launch = np.ones(len(A)) if teleport is None else len(A) * teleport / teleport.sum()
    damping = chosen.get("damping", 0.85)
    expected = np.linalg.solve(np.eye(len(A)) - damping * P.T, launch)
    np.testing.assert_allclose(scores.reach, expected, rtol=1e-9, atol=1e-12)
    dangles = (A + K).sum(axis=1) == 0
    lost = damping / len(A) * expected * (1 - P.sum(axis=1))
    assert scores.ledger.discounted == pytest.approx(lost[~dangles].sum(), abs=1e-11)
    assert scores.ledger.dangling == pytest.approx(lost[dangles].sum(), abs=1e-11)


@hypothesis.given(layered_graphs(5), settings(), st.sampled_from([1e-4, 1e-9, 1e-13]))
def test_score__holds_the_exact_solution_without_slack(case, chosen, tolerance):
    graph, A, K = case  # noqa: N806 - the mathematics' letters
    scores = influencegraph.score(graph, tolerance=tolerance, not_converged="error", **chosen)
    # k is a float64 argument: as it was computed.
    k = count_engagement(graph, None, None)
    position = graph.position_of.astype(int)
    followed = np.repeat(np.arange(len(A)), np.diff(graph.followers.indptr))
    found = np.zeros_like(K)
    found[position[graph.followers.indices], position[followed]] = k
    np.testing.assert_allclose(found, K, rtol=1e-14)
    P = oracles.exact_engaged_transition(A, found, **worths_of(chosen))  # noqa: N806
    damping = chosen.get("damping", 0.85)
    exact = oracles.exact_reach(P, damping, oracles.exact_launch(len(A)))
    for low, value, high in zip(scores.lower.tolist(), exact, scores.upper.tolist(), strict=True):
        assert Fraction(low) <= value <= Fraction(high)
    off = sum(abs(Fraction(x) - y) for x, y in zip(scores.reach.tolist(), exact, strict=True))
    error = Fraction(scores.certificate.error)
    assert off * (1 - Fraction(damping)) / len(A) <= error
    _, kept, lost = oracles.exact_ledger(P, damping, exact)
    gives = (A + found).any(axis=1).tolist()
    discounted = sum((each for each, gave in zip(lost, gives, strict=True) if gave), Fraction(0))
    assert abs(Fraction(scores.ledger.kept) - kept) <= error
    assert abs(Fraction(scores.ledger.discounted) - discounted) * (1 - Fraction(damping)) <= error


@hypothesis.given(layered_graphs(), settings())
def test_attention__is_that_of_the_twin(case, chosen):
    graph, A, K = case  # noqa: N806 - the mathematics' letters
    attention = Attention(graph, influencegraph.score(graph, **chosen).settings)
    expected = oracles.engaged_transition(A, K, **worths_of(chosen))
    found, again = np.zeros_like(A), np.zeros_like(A)
    position = graph.position_of.astype(int)
    for node in range(len(A)):
        into, out = attention.into(node), attention.out_of(node)
        found[position[into.nodes], position[node]] = into.passed
        again[position[node], position[out.nodes]] = out.passed
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=0)
    np.testing.assert_allclose(again, expected, rtol=1e-13, atol=0)


def test_engagement__spares_friends_and_not_a_pool():
    """Of two pairs of mutual contacts, only the one that talks keeps its worth."""
    graph = FollowerGraph.from_arrays(["ann", "bob", "eve", "fay"], ["bob", "ann", "fay", "eve"])
    layered = graph.with_layer("replies", ["ann", "bob"], ["bob", "ann"], [50, 50], cap_per_pair=20)
    reach = influencegraph.score(layered).reach
    assert reach[0] == pytest.approx(1 / (1 - 0.85 * (0.4 + 0.6 * 20 / 23)))
    assert reach[2] == pytest.approx(1 / (1 - 0.85 * 0.4))


@hypothesis.given(layered_graphs(weighted=False), settings(), st.data())
def test_engagement__on_a_follow_that_holds_all_attention_never_lowers(case, chosen, data):
    """Mathematics 3.10: reach rises with e where weights stay as they are."""
    graph, A, _ = case  # noqa: N806 - the mathematics' letters
    single = [u for u in range(len(A)) if (A[u] > 0).sum() == 1]
    hypothesis.assume(single)
    u = data.draw(st.sampled_from(single))
    v = int(np.flatnonzero(A[u])[0])
    more = graph.with_layer("more", [u], [v], [7])
    before = influencegraph.score(graph, tolerance=1e-12, **chosen)
    after = influencegraph.score(more, tolerance=1e-12, **chosen)
    assert np.all(after.upper >= before.lower)


@hypothesis.given(layered_graphs(), settings(), st.sampled_from([0.1, 1, 7, 1000]), st.data())
def test_engagement__with_a_follow_that_counts_at_least_the_damping_never_lowers(case, chosen, more, data):
    """In u's row, v gains ``theta mu (1 - w/W)`` or more; others lose as much, at most a of it from v."""
    graph, _, _ = case
    rows = graph.to_arrays()
    hypothesis.assume(len(rows.follower))
    i = data.draw(st.integers(0, len(rows.follower) - 1))
    u, v = [rows.follower[i]], [rows.followed[i]]
    options = {"tolerance": 1e-12, **chosen, "damping": 0.85}
    deep = graph.with_layer("deep", u, v, [20])  # theta is 20/23 or more
    before = influencegraph.score(deep, **options)
    after = influencegraph.score(deep.with_layer("more", u, v, [more], cap_per_pair=np.inf), **options)
    assert after.upper[v[0]] >= before.lower[v[0]]


@hypothesis.given(layered_graphs(), settings(), st.data())
def test_engagement__a_new_one_way_follower_never_lowers(case, chosen, data):
    graph, A, _ = case  # noqa: N806 - the mathematics' letters
    rows = graph.to_arrays()
    n = len(A)
    strangers = [
        (u, v)
        for u in range(n)
        for v in range(n)
        if u != v and not graph.has_follow(u, v) and not graph.has_follow(v, u)
    ]
    idle = [(u, v) for u, v in strangers if not graph.following_of(u).size]
    hypothesis.assume(idle)
    u, v = data.draw(st.sampled_from(idle))
    weights = None if rows.weights is None else np.append(rows.weights, 1.0)
    grown = FollowerGraph.from_arrays(
        np.append(rows.follower, u), np.append(rows.followed, v), weights, labels=graph.labels
    )
    for layer in graph.layers:
        followed = np.repeat(np.arange(n), np.diff(graph.followers.indptr))[layer.follows]
        follower = graph.followers.indices[layer.follows]
        labels = graph.labels[graph.position_of]
        grown = grown.with_layer(
            layer.name, labels[follower], labels[followed], layer.counts,
            weight=layer.weight, cap_per_pair=layer.cap_per_pair,
        )  # fmt: skip
    before = influencegraph.score(graph, tolerance=1e-12, **chosen)
    after = influencegraph.score(grown, tolerance=1e-12, **chosen)
    assert after.upper[v] >= before.lower[v]


def test_layer__rows_of_a_pair_add_up_in_any_order():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1])
    rng = np.random.default_rng(0)
    counts = rng.random(50)
    orders = [rng.permutation(50) for _ in range(5)]
    found = {
        graph.with_layer("acts", [1] * 50, [2] * 50, counts[order]).layers[0].counts.tobytes()
        for order in orders
    }
    assert len(found) == 1


def test_layer__acts_on_strangers_are_dropped_and_counted():
    graph = FollowerGraph.from_arrays([1, 2, 3], [2, 1, 2])
    layered = graph.with_layer("acts", [1, 2, 9, 1, 1], [2, 3, 1, 8, 1], [1, 2, 3, 4, 5])
    layer = layered.layers[0]
    assert (layer.counts.tolist(), layer.n_dropped) == ([1.0], 4)
    assert "4 rows dropped" in repr(layer)


def test_layer__of_nothing_changes_nothing():
    graph = FollowerGraph.from_arrays(["a", "b"], ["b", "a"])
    layered = graph.with_layer("acts", [], [], [])
    plain = influencegraph.score(graph, tolerance=1e-13).reach
    np.testing.assert_allclose(influencegraph.score(layered, tolerance=1e-13).reach, plain, rtol=1e-12)
    empty = FollowerGraph.from_arrays([], []).with_layer("acts", [], [], [])
    assert len(influencegraph.score(empty)) == 0


def test_layer__makes_a_follow_of_weight_0_carry_something_and_mutual():
    graph = FollowerGraph.from_arrays([1, 2, 3], [2, 1, 1], [0.0, 1.0, 1.0])
    assert graph.mutual_counts.sum() == 0
    layered = graph.with_layer("likes", [3], [1], [1]).with_layer("acts", [1], [2], [6])
    assert layered.report.mutual_pairs == 1
    assert layered.mutuals_of(1).tolist() == [2]
    assert [layer.counts.tolist() for layer in layered.layers] == [[1.0], [6.0]]
    A, K = np.zeros((3, 3)), np.zeros((3, 3))  # noqa: N806 - the mathematics' letters
    A[1, 0] = A[2, 0] = 1
    K[0, 1], K[2, 0] = 6, 1
    expected = np.linalg.solve(np.eye(3) - 0.85 * oracles.engaged_transition(A, K).T, np.ones(3))
    np.testing.assert_allclose(influencegraph.score(layered).reach, expected, rtol=1e-8)


@hypothesis.given(layered_graphs())
def test_leave_out__is_the_graph_before_the_layer(case):
    graph = case[0]
    bare = leave_out(graph, {layer.name for layer in graph.layers})
    rows = bare.to_arrays()
    built = FollowerGraph.from_arrays(rows.follower, rows.followed, rows.weights, labels=bare.labels)
    assert not bare.layers
    for name in ("follow_weights", "mutual_start"):
        assert np.array_equal(getattr(bare, name), getattr(built, name))
    assert np.array_equal(bare.followers.indices, built.followers.indices)
    assert bare.report.mutual_pairs == built.report.mutual_pairs
    first = graph.layers[0]
    again = leave_out(graph, {layer.name for layer in graph.layers[1:]})
    assert [layer.name for layer in again.layers] == [first.name]
    assert np.array_equal(
        influencegraph.score(leave_out(graph, set())).reach, influencegraph.score(graph).reach
    )


@hypothesis.given(layered_graphs())
def test_received__is_what_followers_did(case):
    graph = case[0]
    for layer in graph.layers:
        ends = find_ends(graph, layer)
        sums = [layer.counts[ends.targets == v].sum() for v in range(len(graph))]
        assert count_received(graph, layer) == pytest.approx(sums)


def test_fading__counts_half_for_each_half_life():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1])
    timed = graph.with_layer("acts", [1, 1, 2], [2, 2, 1], [4, 8, 2], times=[0.0, 100.0, 50.0])
    assert sorted(count_engagement(timed, 50.0, 100.0).tolist()) == [1.0, 9.0]
    assert sorted(count_engagement(timed, None, None).tolist()) == [2.0, 12.0]
    fresh = influencegraph.score(timed, half_life=50, as_of=100)
    late = influencegraph.score(timed, half_life=50, as_of=1e6)
    assert fresh.settings.half_life == 50.0
    assert late.reach[0] == pytest.approx(influencegraph.score(graph).reach[0])
    assert fresh.reach[0] > late.reach[0]


def test_fading__takes_dates():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1])
    days = np.array(["2026-01-01", "2026-01-08"], "datetime64[D]")
    timed = graph.with_layer("acts", [1, 2], [2, 1], [4, 4], times=days)
    week = datetime.timedelta(days=7)
    by_date = influencegraph.score(timed, half_life=week, as_of=np.datetime64("2026-01-08"))
    assert np.array_equal(
        by_date.reach, influencegraph.score(timed, half_life=week, as_of=datetime.date(2026, 1, 8)).reach
    )
    assert by_date.settings.as_of == 1767830400.0
    assert by_date.settings.half_life == 7 * 86400.0
    by_span = influencegraph.score(timed, half_life=np.timedelta64(7, "D"), as_of=1767830400.0)
    assert by_span.settings == by_date.settings


BAD = [
    ({"name": ""}, "name is ''"),
    ({"name": "acts"}, "there are 'acts'"),
    ({"counts": [-1.0]}, "counts in row 0 is -1.0"),
    ({"counts": [np.nan]}, "counts in row 0 is nan"),
    ({"counts": [1e300]}, "counts in row 0 is 1e.300; counts are finite and >= 0, and at most 2.200"),
    ({"counts": [True]}, "a column of numbers"),
    ({"counts": 3}, "a column of numbers"),
    ({"counts": ["3"]}, "a column of numbers"),
    ({"counts": [1, 2]}, "differ in length: sources 1, targets 1, counts 2"),
    ({"weight": -1}, "weight is -1"),
    ({"weight": np.inf}, "weight is inf"),
    ({"weight": 1e300}, "weight is 1e.300"),
    ({"cap_per_pair": np.nan}, "cap_per_pair is nan"),
    ({"cap_per_pair": 0}, "cap_per_pair is 0"),
    ({"sources": ["1"]}, "sources holds labels of type str"),
    ({"times": [np.nan]}, "times in row 0 is nan"),
    ({"times": [1, 2]}, "differ in length: sources 1, targets 1, counts 1, times 2"),
    ({"times": np.array(["NaT"], "datetime64[s]")}, "times in row 0 is missing"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_layer__bad_input_is_refused(change, message):
    graph = FollowerGraph.from_arrays([1, 2], [2, 1]).with_layer("acts", [1], [2], [1])
    given = {"name": "more", "sources": [1], "targets": [2], "counts": [1], **change}
    with pytest.raises(influencegraph.InvalidArgument, match=message):
        graph.with_layer(**given)
    assert len(graph.layers) == 1


def test_layer__of_the_largest_acts_there_can_be_has_finite_scores():
    graph = FollowerGraph.from_arrays([1, 2, 3], [2, 1, 1], [1.7e308, 5e-324, 0.0])
    most = {"cap_per_pair": np.inf, "weight": 2.0**200}
    layered = graph.with_layer("acts", [1, 1, 2, 3], [2, 2, 1, 1], [2.0**200] * 4, **most)
    for half in (5e-324, 3, 1.7e308):
        scores = influencegraph.score(layered, engagement_half=half)
        rho, k = 0.4, [Fraction(2) ** 401, Fraction(2) ** 400]
        spared = [float(each / (each + Fraction(half))) for each in k]
        ahead, back = (0.85 * (rho + (1 - rho) * each) for each in spared)
        first = (1 + back + 0.85) / (1 - ahead * back)
        assert scores.reach[0] == pytest.approx(first)
        assert np.all(scores.lower <= scores.reach)
        assert np.all(scores.reach <= scores.upper)


@pytest.mark.filterwarnings("error")
def test_fading__to_nothing_leaves_a_follow_of_weight_0_with_nothing():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1], [0.0, 1.0])
    timed = graph.with_layer("acts", [1], [2], [1], times=[0])
    for half_life in (1, 5e-324):
        assert influencegraph.score(timed, half_life=half_life, as_of=1e9).reach[1] == 1.0
    tiny = graph.with_layer("acts", [1], [2], [1e-300], weight=1e-300)
    assert tiny.report.mutual_pairs == 0
    assert influencegraph.score(tiny).reach[0] == pytest.approx(1.85)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"half_life": 3}, "Give both, or neither"),
        ({"as_of": 3}, "Give both, or neither"),
        ({"half_life": 0, "as_of": 3}, "half_life is 0"),
        ({"half_life": 3, "as_of": 3}, "layer 'acts' has no times"),
        ({"half_life": 3, "as_of": 3, "method": "followers"}, "does not use it"),
        ({"engagement_half": 0}, "engagement_half is 0"),
        ({"engagement_half": 2, "method": "pagerank"}, "does not use it"),
    ],
)
def test_settings__that_mean_nothing_are_refused(chosen, message):
    graph = FollowerGraph.from_arrays([1, 2], [2, 1]).with_layer("acts", [1], [2], [1])
    with pytest.raises(influencegraph.InvalidArgument, match=message):
        influencegraph.score(graph, **chosen)


def test_settings__of_engagement_need_a_layer_and_no_act_of_the_future():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1])
    with pytest.raises(influencegraph.InvalidArgument, match="no layer of engagement"):
        influencegraph.score(graph, engagement_half=2)
    timed = graph.with_layer("acts", [1], [2], [1], times=[10])
    with pytest.raises(influencegraph.InvalidArgument, match="no act lies in the future"):
        influencegraph.score(timed, half_life=3, as_of=9)
    assert influencegraph.score(graph).settings.engagement_half is None
    assert influencegraph.score(timed).settings.engagement_half == 3.0


@pytest.mark.parametrize("weights", [None, [1.0, 0.5, 2.0]])
def test_layers__are_saved_pickled_and_read_only(tmp_path, weights):
    graph = FollowerGraph.from_arrays(["a", "b", "c"], ["b", "a", "a"], weights)
    layered = graph.with_layer("acts", ["a", "c"], ["b", "a"], [3, 2.5], weight=0.5, cap_per_pair=np.inf)
    layered = layered.with_layer("likes", ["b", "b"], ["a", "a"], [1, 2], times=[5.0, 4.0])
    layered.save(tmp_path / "graph.npz")
    copies = (
        FollowerGraph.load(tmp_path / "graph.npz"),
        pickle.loads(pickle.dumps(layered)),
        copy.copy(layered),
        layered.link({}),
    )
    for each in copies:
        assert repr(each) == repr(layered)
        assert repr(each.layers) == repr(layered.layers)
        for mine, other in zip(each.layers, layered.layers, strict=True):
            assert np.array_equal(mine.follows, other.follows)
            assert not mine.counts.flags.writeable
        assert np.array_equal(influencegraph.score(each).reach, influencegraph.score(layered).reach)
        with pytest.raises(influencegraph.InvalidArgument, match="has no times"):
            influencegraph.score(each, half_life=2, as_of=6)


def test_layers__follow_linked_accounts():
    graph = FollowerGraph.from_arrays(["bob@x", "bob@y", "ann@x"], ["ann@x", "ann@y", "bob@x"])
    layered = graph.with_layer("acts", ["bob@x", "bob@y", "bob@x"], ["ann@x", "ann@y", "cat"], [1, 2, 4])
    linked = layered.link({"ann": ["ann@x", "ann@y"], "bob": ["bob@x", "bob@y"]})
    assert linked.layers[0].counts.tolist() == [3.0]
    assert linked.layers[0].n_dropped == 1
    expected = FollowerGraph.from_arrays(["bob", "ann"], ["ann", "bob"])
    expected = expected.with_layer("acts", ["bob"], ["ann"], [3])
    assert np.array_equal(influencegraph.score(linked).reach, influencegraph.score(expected).reach)


def test_score__layers_at_size_agree_over_layouts_and_threads():
    rng = np.random.default_rng(1)
    follower, followed = rng.integers(0, 4000, 40_000), (4000 * rng.random(40_000) ** 2).astype(int)
    graph = FollowerGraph.from_arrays(follower, followed)
    layered = graph.with_layer("acts", follower[::3], followed[::3], rng.integers(0, 9, len(follower[::3])))
    found = [influencegraph.score(layered, n_threads=n, tolerance=1e-10) for n in (1, 2, 4)]
    assert len({scores.reach.tobytes() for scores in found}) == 1
    plain = influencegraph.score(layered, tolerance=1e-13)
    assert np.all((found[0].lower <= plain.upper) & (plain.lower <= found[0].upper))
    other = influencegraph.score(layered, mutual_worth=0.1)
    again = influencegraph.score(layered, tolerance=1e-10)
    assert again.reach.tobytes() == found[0].reach.tobytes()
    assert other.reach.sum() < again.reach.sum()
    batch = influencegraph.score_batch(layered, [{}, {"mutual_worth": 0.1}, {"engagement_half": 1}])
    assert np.array_equal(batch[1].reach, other.reach)


@hypothesis.given(layered_graphs(5), settings(), st.data())
def test_questions__about_layers_are_those_of_the_twin(case, chosen, data):
    """Local scores, earned reach and advice follow the same P."""
    graph, A, K = case  # noqa: N806 - the mathematics' letters
    n, damping = len(A), chosen.get("damping", 0.85)
    P = oracles.engaged_transition(A, K, **worths_of(chosen))  # noqa: N806
    G = np.linalg.inv(np.eye(n) - damping * P)  # noqa: N806
    account = data.draw(st.integers(0, n - 1))
    scores = influencegraph.score(graph, tolerance=1e-12, **chosen)
    earned = influencegraph.earned_reach(scores, [account])
    expected = G.sum(axis=0)[account] / G[account, account]
    assert earned.lower[0] * (1 - 1e-9) <= expected <= earned.upper[0] * (1 + 1e-9)
    local = influencegraph.local_scores(graph, [account], **chosen)
    for line in local.top(n):
        exact = n * G[account, line.account]
        assert line.lower * (1 - 1e-9) <= exact <= line.upper * (1 + 1e-9)
    for line in influencegraph.advise(scores, account).lines:
        ended_a, ended_k = A.copy(), K.copy()
        ended_a[account, line.account] = ended_k[account, line.account] = 0
        ended = oracles.engaged_transition(ended_a, ended_k, **worths_of(chosen))
        after = np.linalg.inv(np.eye(n) - damping * ended)
        change = after.sum(axis=0)[account] - G.sum(axis=0)[account]
        assert abs(line.reach_change - change) <= line.reach_error + 1e-7 * n
