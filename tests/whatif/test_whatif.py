"""Edits, how they are answered, and what is refused."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument, InvalidFollows, Scores, UnknownAccount
from influencegraph.ghosts import add_ghosts
from influencegraph.later import Later
from influencegraph.whatif import solution


def make_random(n, m, seed=0, weighted=False, labels=None):
    rng = np.random.default_rng(seed)
    follower, followed = rng.integers(0, n, m), (n * rng.random(m) ** 3).astype(int)
    back = rng.random(m) < 0.2
    ends = np.r_[follower, followed[back]], np.r_[followed, follower[back]]
    weights = rng.integers(1, 5, len(ends[0])).astype(float) if weighted else None
    return FollowerGraph.from_arrays(*ends, weights, labels=np.arange(n))


def list_follows(graph):
    follower, followed, weights = graph.to_arrays()
    values = [1.0] * graph.n_follows if weights is None else weights.tolist()
    return dict(zip(zip(follower.tolist(), followed.tolist(), strict=True), values, strict=True))


def assert_same_graph(one, other):
    assert one.labels.tolist() == other.labels.tolist()
    arrays = [
        (*graph.followers, graph.mutual_start, graph.out_degrees, graph.position_of, graph.node_of)
        for graph in (one, other)
    ]
    for left, right in zip(*arrays, strict=True):
        assert left.dtype == right.dtype
        assert np.array_equal(left, right)
    assert (one.follow_weights is None) == (other.follow_weights is None)
    assert one.follow_weights is None or np.array_equal(one.follow_weights, other.follow_weights)
    assert one.report == other.report


def assert_meet(one, other):
    """Both intervals hold the exact solution, so they meet; and totals are as near as both say."""
    assert one.labels.tolist() == other.labels.tolist()
    assert np.all((one.lower <= other.upper) & (other.lower <= one.upper))
    unit = (1 - one.settings.damping) / max(len(one), 1)
    off = np.abs(one.reach - other.reach).sum() * unit
    assert off <= one.certificate.error + other.certificate.error
    for name in ("kept", "discounted", "dangling"):
        slack = 10 * (one.certificate.error + other.certificate.error)
        assert getattr(one.ledger, name) == pytest.approx(getattr(other.ledger, name), abs=slack)


@pytest.fixture(scope="module")
def trio():
    return influencegraph.score(
        FollowerGraph.from_arrays(["ann", "bob", "cat", "dan"], ["bob", "ann", "bob", "cat"])
    )


@pytest.fixture(scope="module", params=["plain", "weighted", "layered"])
def middling(request):
    graph = make_random(20_000, 200_000, weighted=request.param == "weighted")
    if request.param == "layered":
        graph = lay_acts(graph, *graph.to_arrays()[:2])
    return influencegraph.score(graph, tolerance=1e-9)


def lay_acts(graph, follower, followed):
    """Return `graph` with acts along these follows, as many as their labels say."""
    counts = (7 * follower + 3 * followed) % 5
    return graph.with_layer("acts", follower, followed, counts, cap_per_pair=3)


# ---- what comes out ----


def test_what_if__leaves_what_it_came_from_alone(trio):
    plan = influencegraph.what_if(trio)
    other = plan.follow("cat", "ann")
    assert plan.score().graph.n_follows == 4
    assert other.score().graph.n_follows == 5
    assert trio.graph.n_follows == 4
    assert trio.work is None


def test_what_if__without_edits_is_the_same(trio):
    after = influencegraph.what_if(trio).score()
    assert np.array_equal(after.reach, trio.reach)
    assert after.work.path == "push"


def test_graph__is_the_one_built_anew(trio):
    plan = influencegraph.what_if(trio).follow(["dan", "eve"], "ann").unfollow("cat", "bob").remove(["bob"])
    after = plan.score()
    assert isinstance(after.__dict__["_graph"], Later)
    anew = FollowerGraph.from_arrays(["dan", "dan", "eve"], ["cat", "ann", "ann"])
    assert_same_graph(after.graph, anew)
    assert after.graph is after.graph
    assert_meet(after, influencegraph.score(anew))


def test_graph__isolated_accounts_stay(trio):
    after = influencegraph.what_if(trio).unfollow("dan", "cat").unfollow("cat", "bob").score()
    assert after.labels.tolist() == ["ann", "bob", "cat", "dan"]


def test_new_accounts__enter_in_canonical_order_or_behind_labels_of_ones_own():
    ends = [5, 1], [1, 5]
    ascending = influencegraph.score(FollowerGraph.from_arrays(*ends))
    given = influencegraph.score(FollowerGraph.from_arrays(*ends, labels=[5, 1]))
    for scores, labels in ((ascending, [1, 2, 3, 5]), (given, [5, 1, 2, 3])):
        after = influencegraph.what_if(scores).follow(3, 1).follow(np.int64(2), 5).score()
        assert after.labels.tolist() == labels
        assert_same_graph(after.graph, FollowerGraph.from_arrays([5, 1, 3, 2], [1, 5, 1, 5], labels=labels))


def test_weights__of_an_unweighted_network_become_weights(trio):
    after = influencegraph.what_if(trio).follow("cat", "ann", weight=3.0).score()
    anew = FollowerGraph.from_arrays(
        ["ann", "bob", "cat", "dan", "cat"], ["bob", "ann", "bob", "cat", "ann"], [1, 1, 1, 1, 3]
    )
    assert_same_graph(after.graph, anew)
    assert_meet(after, influencegraph.score(anew))


def test_weights__change_by_ending_a_follow_first():
    scores = influencegraph.score(FollowerGraph.from_arrays([1, 1, 2], [2, 3, 1], [1.0, 2.0, 1.0]))
    after = influencegraph.what_if(scores).unfollow(1, 2).follow(1, 2, weight=0.0).score()
    assert_meet(after, influencegraph.score(FollowerGraph.from_arrays([1, 1, 2], [2, 3, 1], [0.0, 2.0, 1.0])))


@pytest.mark.parametrize("scale", [1e-250, 1e250])
def test_weights__beyond_what_stands_side_by_side_are_solved_anew(scale):
    ends = [1, 1, 2], [2, 3, 1]
    scores = influencegraph.score(FollowerGraph.from_arrays(*ends, [scale, 2 * scale, 1.0]))
    after = influencegraph.what_if(scores).follow(3, 1, weight=scale).score()
    assert after.work.path == "solve"
    anew = FollowerGraph.from_arrays([*ends[0], 3], [*ends[1], 1], [scale, 2 * scale, 1.0, scale])
    assert_meet(after, influencegraph.score(anew))


def test_removed_account__named_again_is_a_new_one(trio):
    after = influencegraph.what_if(trio).remove("bob").follow("bob", "ann").score()
    anew = FollowerGraph.from_arrays(["bob", "dan"], ["ann", "cat"])
    assert_same_graph(after.graph, anew)
    assert_meet(after, influencegraph.score(anew))


def test_everybody_removed__leaves_nothing(trio):
    after = influencegraph.what_if(trio).remove(["ann", "bob", "cat", "dan"]).score()
    assert len(after) == 0
    assert after.graph.n_follows == 0
    again = influencegraph.what_if(after).follow(1, 2).score()
    assert again.reach.tolist() == [1.0, 1.85]


def test_launch__is_kept_unscaled(trio):
    scores = influencegraph.score(trio.graph, teleport={"ann": 3.0, "cat": 1.0})
    after = influencegraph.what_if(scores).follow("eve", "ann").remove("cat").score()
    assert after.launch.tolist() == [3.0, 0.0, 0.0, 0.0]
    assert sum(vars(after.ledger).values()) == pytest.approx(1)
    gone = influencegraph.what_if(after).remove("ann").score()
    assert np.all(gone.lower <= 0.0)
    assert np.all(gone.reach >= 0.0)
    assert gone.reach.sum() <= 3 / 0.15 * gone.certificate.error


def test_seeds_removed__rounding_is_counted_without_sign():
    graph = FollowerGraph.from_arrays([2, 3, 2], [3, 2, 1], labels=range(4))
    scores = influencegraph.score(graph, teleport=[3])
    after = influencegraph.what_if(scores).remove(3).score()
    for each in (after, influencegraph.what_if(after).follow(0, 1).score()):
        assert np.all(each.lower <= 0.0)
        assert np.all(each.reach >= 0.0)


def test_scale__a_frozen_one_stays_and_the_days_own_does_not(trio):
    frozen = influencegraph.Scale.from_scores(trio, name="today")
    scores = influencegraph.score(trio.graph, scale=frozen)
    assert influencegraph.what_if(scores).remove("dan").score().scale is frozen
    assert influencegraph.what_if(trio).remove("dan").score().scale.n_accounts == 3


def test_pagerank__is_edited_as_well(trio):
    scores = influencegraph.score(trio.graph, method="pagerank")
    after = influencegraph.what_if(scores).follow("dan", "ann").score()
    assert after.unit == scores.unit
    assert np.allclose(after.values, influencegraph.score(after.graph, method="pagerank").values, atol=1e-8)


def test_set__solves_from_the_vector_before(trio, middling):
    after = influencegraph.what_if(trio).set(mutual_worth=0.2, damping=0.5).follow("dan", "ann").score()
    assert after.work.path == "solve"
    assert after.settings.mutual_worth == 0.2
    assert_meet(after, influencegraph.score(after.graph, mutual_worth=0.2, damping=0.5))
    near = influencegraph.what_if(middling).set(mutual_capacity=140).score()
    assert_meet(near, influencegraph.score(middling.graph, mutual_capacity=140))
    cold = influencegraph.score(middling.graph, mutual_capacity=140).certificate.sweeps
    assert near.certificate.sweeps <= cold


def test_scores__are_pickled_and_saved_with_their_work(trio, tmp_path):
    after = influencegraph.what_if(trio).follow("dan", "ann").score()
    copy = pickle.loads(pickle.dumps(after))
    assert_same_graph(copy.graph, after.graph)
    assert copy.work == after.work
    after.save(tmp_path / "after.npz")
    loaded = Scores.load(tmp_path / "after.npz")
    assert loaded.graph is None
    assert loaded.work == after.work
    assert np.array_equal(loaded.reach, after.reach)
    again = influencegraph.what_if(loaded, graph=after.graph).unfollow("dan", "ann").score()
    assert_meet(again, trio)
    assert "follows visited of 5" in str(after.work)


# ---- which way ----


@pytest.mark.parametrize("tolerance", [1e-9, 1e-6])
def test_paths__all_agree_on_a_network_that_is_swept(middling, tolerance, monkeypatch):
    rng = np.random.default_rng(5)
    follows = list_follows(middling.graph)
    ended = [list(follows)[i] for i in rng.choice(len(follows), 3)]
    begun = [(int(a), int(b)) for a, b in rng.integers(0, 20_000, (3, 2)) if (a, b) not in follows and a != b]
    plan = influencegraph.what_if(middling).remove([19_017, 18_004]).follow(20_001, [5, 99])
    for pair in begun:
        plan = plan.follow(*pair) if not {19_017, 18_004} & set(pair) else plan
    for pair in ended:
        plan = plan.unfollow(*pair) if not {19_017, 18_004} & set(pair) else plan
    swept = plan.score(tolerance=tolerance)
    monkeypatch.setattr(solution, "VISITS_MAX", 10**4)
    pushed = plan.score(tolerance=tolerance)
    monkeypatch.setattr(solution, "VISITS_MAX", 0)
    monkeypatch.setattr(solution, "VISITS_FREE", 0)
    straight = plan.score(tolerance=tolerance, n_threads=1)
    monkeypatch.setattr(solution, "ROWS_MAX_SMALL", -(10**9))
    solved = plan.score(tolerance=tolerance)
    paths = [each.work.path for each in (pushed, straight, solved)]
    assert paths == ["push", "sweep", "solve"]
    anew = influencegraph.score(solved.graph)
    for each in (swept, pushed, straight, solved):
        assert each.certificate.converged
        assert_meet(each, anew)


def test_bits__do_not_depend_on_threads(middling):
    plan = influencegraph.what_if(middling).follow(19_000, 18_000).remove(3)
    one, other = (plan.score(n_threads=n) for n in (1, 2))
    for name in ("reach", "lower", "upper"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    assert one.certificate == other.certificate


@pytest.mark.parametrize("is_layered", [False, True])
def test_single_edits__the_median_visits_a_twentieth_of_the_follows(is_layered):
    graph = influencegraph.simulate_network(6_000, rng=1).graph
    if is_layered:
        follower, followed, _ = graph.to_arrays()
        counts = np.random.default_rng(2).integers(0, 4, len(follower))
        graph = graph.with_layer("acts", follower, followed, counts)
    scores = influencegraph.score(graph, tolerance=4e-6)
    assert graph.n_follows > 200_000
    rng = np.random.default_rng(0)
    follows = [*list_follows(graph)]
    shares, changes = [], []
    for number in range(40):
        plan = influencegraph.what_if(scores)
        follower, followed = follows[rng.integers(len(follows))]
        if number % 2:
            plan = plan.unfollow(follower, followed)
        else:
            stranger = next(
                x
                for x in rng.permutation(graph.labels)
                if x != follower and not graph.has_follow(follower, x)
            )
            plan, followed = plan.follow(follower, stranger), stranger
        after = plan.score()
        assert after.certificate.error <= scores.certificate.tolerance
        shares.append(after.work.share)
        changes.append(abs(after[followed].reach - scores[followed].reach))
    assert np.median(shares) <= 0.05
    assert np.min(shares) > 0
    assert np.count_nonzero(changes) == 40


def test_chain__uses_up_the_tolerance_and_makes_room_again():
    scores = influencegraph.score(make_random(3_000, 30_000), tolerance=1e-3)
    paths = []
    for account in range(40):
        before, scores = scores, influencegraph.what_if(scores).remove(2_999 - account).score()
        assert scores.certificate.converged
        assert scores.certificate.tolerance == before.certificate.tolerance
        paths.append(scores.work.path)
    assert {"push", "sweep"} <= set(paths)
    assert_meet(scores, influencegraph.score(scores.graph))


# ---- batches ----


def test_update__batches_of_any_size(middling):
    rng = np.random.default_rng(2)
    graph = middling.graph
    follower, followed, weights = graph.to_arrays()
    for count in (3, 20, 20_000):
        gone = rng.choice(graph.n_follows, count, replace=False)
        new = np.unique(rng.integers(0, 20_005, (count, 2)), axis=0)
        known = set(zip(follower.tolist(), followed.tolist(), strict=True))
        new = np.array([pair for pair in new.tolist() if tuple(pair) not in known and pair[0] != pair[1]])
        after = influencegraph.update(
            middling,
            added=(new[:, 0], new[:, 1], np.full(len(new), 2.0)),
            removed=(follower[gone], followed[gone]),
        )
        stays = np.delete(np.arange(graph.n_follows), gone)
        columns = np.append(follower[stays], new[:, 0]), np.append(followed[stays], new[:, 1])
        kept = np.ones(len(stays)) if weights is None else weights[stays]
        anew = FollowerGraph.from_arrays(
            *columns, np.append(kept, np.full(len(new), 2.0)), labels=after.labels
        )
        if graph.layers:
            anew = lay_acts(anew, follower[stays], followed[stays])
        assert_same_graph(after.graph, anew)
        assert_meet(after, influencegraph.score(anew))
        assert after.work.path == ("solve" if count == 20_000 else "sweep")


def test_update__changes_weights_of_follows_that_are_in_both(trio):
    after = influencegraph.update(
        trio, added=(["ann", "dan"], ["bob", "ann"], [2.0, 1.0]), removed=(["ann"], ["bob"])
    )
    assert list_follows(after.graph)["ann", "bob"] == 2.0
    assert_meet(after, influencegraph.score(after.graph))


def test_update__of_nothing_is_the_same(trio):
    assert np.array_equal(influencegraph.update(trio).reach, trio.reach)
    assert np.array_equal(influencegraph.update(trio, added=([], []), removed=([], [])).reach, trio.reach)


# ---- refused ----


def test_edits__that_make_no_sense_are_refused_when_they_are_written(trio):
    plan = influencegraph.what_if(trio)
    with pytest.raises(InvalidArgument, match="'ann' follows 'bob' already"):
        plan.follow("ann", "bob")
    with pytest.raises(InvalidArgument, match="'cat' follows 'dan' already"):
        plan.follow("cat", "dan").follow("cat", "dan")
    with pytest.raises(InvalidArgument, match="'ann' does not follow 'cat'"):
        plan.unfollow("ann", "cat")
    with pytest.raises(InvalidArgument, match="'ann' does not follow 'bob'"):
        plan.unfollow("ann", "bob").unfollow("ann", "bob")
    with pytest.raises(InvalidArgument, match="'ann' would follow itself"):
        plan.follow("ann", "ann")
    with pytest.raises(UnknownAccount, match="no account 'eve' among the 4"):
        plan.remove("eve")
    with pytest.raises(UnknownAccount, match="no account 'bob' among the 3"):
        plan.remove("bob").unfollow("ann", "bob")
    with pytest.raises(InvalidFollows, match="weight"):
        plan.follow("cat", "ann", weight=math.nan)
    for label in (7, None, "", "a\0", True, 2.5):
        with pytest.raises(InvalidFollows):
            plan.follow(label, "ann")


def test_edits__integer_labels_are_checked_as_well():
    plan = influencegraph.what_if(influencegraph.score(FollowerGraph.from_arrays([1], [2])))
    for label in ("1", True, 2.0, 2**63):
        with pytest.raises(InvalidFollows):
            plan.follow(label, 2)
    assert plan.follow(2**63 - 1, 1).score().labels.tolist() == [1, 2, 2**63 - 1]


def test_set__refuses_what_it_cannot_change(trio):
    with pytest.raises(InvalidArgument, match="changes damping, mutual_worth, mutual_capacity"):
        influencegraph.what_if(trio).set(teleport=None)
    with pytest.raises(InvalidArgument, match="damping"):
        influencegraph.what_if(trio).set(damping=1.0)
    plan = influencegraph.what_if(influencegraph.score(trio.graph, method="pagerank"))
    with pytest.raises(InvalidArgument, match="of method 'pagerank' it changes damping"):
        plan.set(mutual_worth=0.5)


def test_what_if__asks_for_scores_that_propagate_and_for_their_graph(trio, tmp_path):
    with pytest.raises(InvalidArgument, match="'followers'; a what-if needs a propagation method"):
        influencegraph.what_if(influencegraph.score(trio.graph, method="followers"))
    with pytest.raises(InvalidArgument, match="scores is a FollowerGraph"):
        influencegraph.what_if(trio.graph)
    trio.save(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match="Pass the graph that was scored as graph="):
        influencegraph.what_if(Scores.load(tmp_path / "scores.npz"))
    with pytest.raises(InvalidArgument, match="same accounts"):
        influencegraph.what_if(trio, graph=FollowerGraph.from_arrays(["ann"], ["bob"]))


def test_what_if__refuses_remembered_returns(trio):
    graph = add_ghosts(trio.graph, [[1, 2]], [0.5])  # bob followed cat back
    for ask in (influencegraph.what_if, influencegraph.update):
        with pytest.raises(InvalidArgument, match="remembers 1 return that ended"):
            ask(influencegraph.score(graph))


def test_update__refuses_what_does_not_fit(trio):
    update = influencegraph.update
    with pytest.raises(InvalidArgument, match="'ann' follows 'bob' already"):
        update(trio, added=(["dan", "ann"], ["ann", "bob"]))
    with pytest.raises(InvalidArgument, match="'ann' does not follow 'cat'"):
        update(trio, removed=(["ann"], ["cat"]))
    with pytest.raises(UnknownAccount, match="'eve'"):
        update(trio, removed=(["eve"], ["cat"]))
    with pytest.raises(InvalidArgument, match="'dan' -> 'ann' twice"):
        update(trio, added=(["dan", "dan"], ["ann", "ann"]))
    with pytest.raises(InvalidArgument, match="'dan' would follow itself"):
        update(trio, added=(["dan"], ["dan"]))
    with pytest.raises(InvalidFollows, match="labels of this graph are strings"):
        update(trio, added=([1], [2]))
    with pytest.raises(InvalidArgument, match="added is no 2 or 3 columns"):
        update(trio, added=[("ann", "bob", 1.0, 2.0)])
    with pytest.raises(InvalidFollows, match="weight"):
        update(trio, added=(["dan"], ["ann"], [-1.0]))


def test_not_converged__is_an_error_or_a_warning(trio):
    plan = influencegraph.what_if(trio).follow("dan", "ann")
    with pytest.raises(influencegraph.DidNotConverge, match="Rounding alone"):
        plan.score(tolerance=1e-18)
    with pytest.warns(influencegraph.InfluenceGraphWarning, match="certified error"):
        after = plan.score(tolerance=1e-18, not_converged="warn")
    assert not after.certificate.converged
