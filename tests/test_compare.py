"""Comparisons: parts sum to the change, each is what the dense twin says, and swapping turns every sign."""

import math
import pickle
from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import (
    FollowerGraph,
    InvalidArgument,
    Scale,
    Scores,
    UnknownAccount,
    compare_scores,
    score,
    simulate_network,
)
from influencegraph.compare.causes import CAUSES, OF_FOLLOWS, POINT_CAUSES
from influencegraph.ghosts import add_ghosts, find_returns
from influencegraph.testing import follower_graphs, settings, teleports

SWAPPED = {
    "follows_gained": "follows_lost",
    "follows_lost": "follows_gained",
    "follow_backs_made": "follow_backs_ended",
    "follow_backs_ended": "follow_backs_made",
}
ROUNDING = 1e-13
"""More than roundings of the few dozen parts, relative to the reach they are parts of."""


@st.composite
def snapshots(draw, max_accounts=6):
    """Scores of a small network whose labels are in some order; sometimes with seeds, layers or a scale."""
    graph = draw(follower_graphs(max_accounts))
    n = graph.n_accounts
    if draw(st.booleans()):
        arrays = graph.to_arrays()
        order = draw(st.permutations(range(n)))
        graph = FollowerGraph.from_arrays(arrays.follower, arrays.followed, arrays.weights, labels=order)
    layered = draw(st.sampled_from([False, False, True]))
    if layered:
        ends = st.integers(0, n - 1)
        rows = draw(st.lists(st.tuples(ends, ends, st.integers(0, 9)), max_size=12))
        columns = map(list, zip(*rows, strict=True)) if rows else ([], [], [])
        graph = graph.with_layer("acts", *columns)
    if draw(st.sampled_from([False, False, True])):
        ends, strength = st.integers(0, n - 1), st.sampled_from([1.0, 0.5, 0.125])
        rows = draw(st.lists(st.tuples(ends, ends, strength), max_size=12))
        graph = add_ghosts(graph, [row[:2] for row in rows], [row[2] for row in rows])
    given_settings = draw(settings())
    if layered:
        given_settings["engagement_half"] = draw(st.sampled_from([3.0, 1.0]))
    elif draw(st.sampled_from([False, False, True])):
        return score(graph, method="pagerank", damping=given_settings["damping"])
    teleport = draw(st.none() | teleports(n))
    given_settings["mutual_giving"] = draw(st.sampled_from([0.0, 0.0, 1.0, 2.5]))
    return score(graph, teleport=teleport, **given_settings)


@st.composite
def pairs(draw):
    """Two snapshots; sometimes of the same graph, under other settings."""
    before = draw(snapshots())
    if not draw(st.sampled_from([True, False, False])):
        return before, draw(snapshots())
    half = {"engagement_half": draw(st.sampled_from([3.0, 0.5]))} if before.graph.layers else {}
    giving = draw(st.sampled_from([0.0, 0.0, 1.0, 2.5]))
    return before, score(before.graph, **{**draw(settings()), "mutual_giving": giving}, **half)


def check_sums(change):
    size = change.before.reach + change.after.reach
    total = math.fsum(change.parts.values())
    assert total == pytest.approx(change.after.reach - change.before.reach, abs=ROUNDING * (1 + size))
    points = math.fsum(change.points.values())
    weight = sum(map(abs, change.points.values()))
    assert points == pytest.approx(change.score_change, abs=ROUNDING * (1 + weight))
    assert tuple(change.parts) == CAUSES
    assert tuple(change.points) == POINT_CAUSES
    assert abs(change.parts["unresolved"]) <= change.unresolved_max + ROUNDING * (1 + size)
    assert change.lower <= change.change <= change.upper


class Twin:
    """A scored network as dense matrices under its labels."""

    def __init__(self, scores):
        graph, self.settings = scores.graph, scores.settings
        self.labels = graph.labels.tolist()
        self.reach = dict(zip(self.labels, scores.reach.tolist(), strict=True))
        self.launch = dict(zip(self.labels, scores.launch.tolist(), strict=True))
        self.mutual = {v: graph.mutuals_of(v).tolist() for v in self.labels}
        self.followers = {v: graph.followers_of(v).tolist() for v in self.labels}
        columns = graph.to_arrays()
        follows = list(zip(columns.follower.tolist(), columns.followed.tolist(), strict=True))
        base = [1.0] * len(follows) if columns.weights is None else columns.weights.tolist()
        acts = dict.fromkeys(follows, 0.0)
        for layer in graph.layers:
            label = graph.labels[graph.position_of]
            rows = np.repeat(np.arange(len(label)), np.diff(graph.followers.indptr))
            sums = np.bincount(layer.follows, layer.counts, minlength=len(follows))
            for u, v, k in zip(label[graph.followers.indices], label[rows], sums, strict=True):
                acts[u, v] += min(float(k), layer.cap_per_pair)
        self.acts = acts
        self.weights = {pair: w + acts[pair] for pair, w in zip(follows, base, strict=True)}
        pairs, strengths = find_returns(graph)
        ends = [tuple(graph.labels[pair].tolist()) for pair in pairs]
        self.strengths = {(u, v): s for (v, u), s in zip(ends, strengths.tolist(), strict=True)}
        self.contacts = {v: float(len(self.mutual[v])) for v in self.labels}
        for (u, v), s in self.strengths.items():
            is_mutual = u in self.mutual[v]
            self.contacts[v] += max(3 * s - is_mutual, 0) * (self.weights[u, v] > 0)
        self.sums = dict.fromkeys(self.labels, 0.0)
        self.given = dict.fromkeys(self.labels, 0.0)
        for (u, v), w in self.weights.items():
            self.sums[u] += w
            self.given[u] += w * (1.0 - self.returned(u, v))

    @property
    def looks(self):
        """Whether what followers give matters."""
        return bool(self.settings.mutual_giving) and 0.0 < self.settings.mutual_worth < 1.0

    def returned(self, u, v):
        return 1.0 if u in self.mutual[v] else self.strengths.get((u, v), 0.0)

    def follow(self, u, v, half, other):
        """damping, what theta is made of, w/W and T; None where u does not follow v."""
        if v not in self.followers or u not in self.followers[v]:
            return None
        own = self.settings
        giver = self if self.looks or u not in other.sums else other
        g = giver.given[u] / giver.sums[u] if giver.sums[u] and (self.looks or other.looks) else 0.0
        inner = (
            self.returned(u, v), own.mutual_worth, own.mutual_giving or 0.0, g, own.mutual_capacity,
            self.contacts[v], self.acts[u, v], half,
        )  # fmt: skip
        dilution = self.weights[u, v] / self.sums[u] if self.sums[u] else 0.0
        return own.damping, inner, dilution, self.reach[u]

    def carried(self, follow):
        damping, inner, dilution, reach = follow
        return damping * oracles.theta_of(*inner) * dilution * reach


def split_by_twin(before, after, account):
    """All causes but the unresolved one, from the dense twins."""
    one, other = Twin(before), Twin(after)
    halves = [each.settings.engagement_half for each in (one, other)]
    known = [half for half in halves if half is not None] or [1.0]
    halves = [known[0] if half is None else half for half in halves]
    parts = dict.fromkeys(CAUSES, 0.0)
    del parts["unresolved"]
    parts["launch"] = other.launch.get(account, 0.0) - one.launch.get(account, 0.0)
    for u in {*one.followers.get(account, ()), *other.followers.get(account, ())}:
        had, has = one.follow(u, account, halves[0], other), other.follow(u, account, halves[1], one)
        if had is None:
            parts["follows_gained"] += other.carried(has)
        elif has is None:
            parts["follows_lost"] -= one.carried(had)
        else:
            damping, theta, dilution, followers = oracles.split_follow(had, has)
            turned = (u in one.mutual[account], u in other.mutual[account])
            back = {(0, 1): "follow_backs_made", (1, 0): "follow_backs_ended"}.get(turned, "memory")
            giving = "giving" if one.returned(u, account) == other.returned(u, account) else back
            names = (
                back, "mutual_worth", "mutual_giving", giving, "mutual_capacity", "crowding", "engagement",
                "engagement_half",
            )  # fmt: skip
            for name, part in zip(names, theta, strict=True):
                parts[name] += part
            parts["damping"] += damping
            parts["dilution"] += dilution
            parts["followers"] += followers
    return parts


@given(pairs())
def test_change__equals_the_dense_twin_and_sums(drawn):
    before, after = drawn
    comparison = compare_scores(before, after)
    assert set(comparison.labels.tolist()) == {*before, *after}
    for account in comparison.labels.tolist():
        change = comparison.explain(account)
        check_sums(change)
        size = change.before.reach + change.after.reach
        for cause, part in split_by_twin(before, after, account).items():
            assert change.parts[cause] == pytest.approx(part, abs=1e-11 * (1 + size)), cause
        for state, scores in ((change.before, before), (change.after, after)):
            assert state.is_there == (account in scores)
            if state.is_there:
                line = scores[account]
                assert (state.reach, state.score, state.lower) == (line.reach, line.score, line.lower)
                assert state.mutual_contacts == len(scores.graph.mutuals_of(account))
            else:
                assert (state.reach, state.score, state.launch) == (0.0, 0.0, 0.0)


@given(pairs())
def test_everybody__is_each_account(drawn):
    before, after = drawn
    comparison = compare_scores(before, after)
    columns = comparison.to_columns()
    assert len(comparison) == len(columns["account"])
    for place, account in enumerate(columns["account"].tolist()):
        change = comparison.explain(account)
        size = change.before.reach + change.after.reach
        for cause in CAUSES:
            assert comparison.parts[cause][place] == pytest.approx(
                change.parts[cause], abs=ROUNDING * (1 + size)
            )
        for cause in POINT_CAUSES:
            weight = 1 + sum(map(abs, change.points.values()))
            assert comparison.points[cause][place] == pytest.approx(
                change.points[cause], abs=100 * ROUNDING * weight
            )
        assert columns["change"][place] == change.change
        assert comparison.score_change[place] == change.score_change
        assert comparison.is_new[place] == (not change.before.is_there)
        assert comparison.is_gone[place] == (not change.after.is_there)
        assert comparison.has_moved[place] == change.has_moved
    for cause, found in comparison.causes.items():
        assert found.total == pytest.approx(math.fsum(comparison.parts[cause]), abs=1e-10)
        assert found.moved == pytest.approx(math.fsum(np.abs(comparison.parts[cause])), abs=1e-10)
    assert sum(found.n_mainly for found in comparison.causes.values()) == comparison.has_moved.sum()


@given(snapshots(), snapshots())
def test_swapping_the_snapshots__turns_every_sign(before, after):
    there, back = compare_scores(before, after), compare_scores(after, before)
    for account in there.labels.tolist():
        one, other = there.explain(account), back.explain(account)
        size = one.before.reach + one.after.reach
        for cause in CAUSES:
            turned = -other.parts[SWAPPED.get(cause, cause)]
            assert one.parts[cause] == pytest.approx(turned, abs=ROUNDING * (1 + size)), cause
        weight = 1 + sum(map(abs, one.points.values()))
        for cause in POINT_CAUSES:
            turned = -other.points[SWAPPED.get(cause, cause)]
            assert one.points[cause] == pytest.approx(turned, abs=100 * ROUNDING * weight), cause


@given(st.lists(snapshots(5), min_size=2, max_size=4))
def test_path__totals_add_up_and_so_do_its_causes(path):
    whole = compare_scores(path)
    direct = compare_scores(path[0], path[-1])
    steps = [compare_scores(one, other) for one, other in pairwise(path)]
    for account in whole.labels.tolist():
        change = whole.explain(account)
        check_sums(change)
        known = [step.explain(account) for step in steps if account in step]
        size = 1 + sum(each.before.reach + each.after.reach for each in known)
        for cause in CAUSES:
            added = math.fsum(each.parts[cause] for each in known)
            assert change.parts[cause] == pytest.approx(added, abs=ROUNDING * size)
        weight = 1 + sum(abs(part) for each in known for part in each.points.values())
        for cause in POINT_CAUSES:
            added = math.fsum(each.points[cause] for each in known)
            assert change.points[cause] == pytest.approx(added, abs=100 * ROUNDING * weight)
        if account in direct:
            assert math.fsum(each.change for each in known) == pytest.approx(
                direct.explain(account).change, abs=ROUNDING * size
            )
        place = whole.labels.tolist().index(account)
        assert whole.parts["followers"][place] == pytest.approx(
            change.parts["followers"], abs=ROUNDING * size
        )


@given(pairs())
def test_origins__equal_the_dense_twin_and_sum(drawn):
    before, after = drawn
    one, other = Twin(before), Twin(after)
    half = next(
        (each.settings.engagement_half for each in (before, after) if each.settings.engagement_half), 1.0
    )
    comparison = compare_scores(before, after)
    labels = comparison.labels.tolist()
    K = np.zeros((len(labels), len(labels)))  # noqa: N806 - the mathematics' letter
    for i, u in enumerate(labels):
        for j, v in enumerate(labels):
            had = one.follow(u, v, one.settings.engagement_half or half, other)
            has = other.follow(u, v, other.settings.engagement_half or half, one)
            if had and has:
                sides = [(a, oracles.theta_of(*inner), d, reach) for a, inner, d, reach in (had, has)]
                K[i, j] = oracles.weigh(lambda a, theta, d, reach: a * theta * d * reach, *sides, 3)
    size = 1 + np.abs(comparison.change).sum()
    for cause, origin in comparison.origins.items():
        expected = np.linalg.solve(np.eye(len(labels)) - K.T, comparison.parts[cause])
        np.testing.assert_allclose(
            origin, expected, atol=1e-9 * size / (1 - K.sum(axis=1).max()), err_msg=cause
        )
    assert "followers" not in comparison.origins
    np.testing.assert_allclose(sum(comparison.origins.values()), comparison.change, atol=ROUNDING * size)
    points = comparison.origin_points
    weight = 1 + np.sum([np.abs(each) for each in points.values()], axis=0)
    assert (np.abs(sum(points.values()) - comparison.score_change) <= 1e-11 * weight).all()
    added = {cause: values.sum() for cause, values in comparison.origins.items()}
    assert comparison.traced_causes == pytest.approx(added, abs=1e-9 * size)
    for place, account in enumerate(labels):
        change = comparison.explain(account, trace=True)
        known = {cause: values[place] for cause, values in comparison.origins.items()}
        assert change.origins == pytest.approx(known, abs=1e-9 * size)
        known = {cause: values[place] for cause, values in points.items()}
        assert change.origin_points == pytest.approx(known, abs=1e-7 * size)
        assert math.fsum(change.origins.values()) == pytest.approx(change.change, abs=ROUNDING * size)
        assert math.fsum(change.origin_points.values()) == pytest.approx(
            change.score_change, abs=1e-11 * weight[place]
        )
        assert comparison.explain(account).origins is None


def test_origins__of_settings_alone_are_settings():
    graph = simulate_network(n_accounts=500, farm_size=40, ring_size=10, rng=3).graph
    comparison = compare_scores(score(graph, mutual_worth=1.0), score(graph))
    found = comparison.causes
    assert found["followers"].total < 0
    assert comparison.traced_causes["mutual_worth"] == pytest.approx(comparison.change.sum(), rel=1e-6)
    np.testing.assert_allclose(comparison.origins["mutual_worth"], comparison.change, atol=1e-5)
    assert sum(comparison.traced_causes.values()) == pytest.approx(comparison.change.sum())


@given(snapshots(), snapshots())
def test_followers__sum_to_the_causes(before, after):
    comparison = compare_scores(before, after)
    for account in comparison.labels.tolist():
        change = comparison.explain(account)
        sizes = [abs(each.after - each.before) for each in change.followers]
        assert sizes == sorted(sizes, reverse=True)
        for cause in OF_FOLLOWS:
            total = math.fsum(each.parts[cause] for each in change.followers)
            assert total == pytest.approx(change.parts[cause], abs=ROUNDING * (1 + sum(sizes)))
        for each in change.followers:
            amount = math.fsum(each.parts.values())
            assert amount == pytest.approx(
                each.after - each.before, abs=1e-12 * (1 + each.before + each.after)
            )
        columns = change.to_columns()
        assert columns["account"].tolist() == [each.account for each in change.followers]
        assert columns["dilution"].tolist() == [each.parts["dilution"] for each in change.followers]


@given(snapshots())
def test_the_same_scores__have_not_changed(scores):
    comparison = compare_scores(scores, scores)
    assert not comparison.has_moved.any()
    assert comparison.movers() == ([], [])
    for account in comparison.labels.tolist():
        change = comparison.explain(account)
        assert set(change.parts.values()) == {0.0}
        assert set(change.points.values()) == {0.0}
        assert "did not move" in str(change)


# ---- single causes ----

PEOPLE = ["ann", "bob", "cat", "dan", "eve"]


def network(*follows, **given_settings):
    pairs = [follow.split(">") for follow in follows]
    graph = FollowerGraph.from_arrays(*zip(*pairs, strict=True), labels=PEOPLE)
    return score(graph, tolerance=1e-13, **given_settings)


def causes_of(before, after, account):
    """Causes with a part, by size."""
    parts = compare_scores(before, after).explain(account).parts
    return sorted((cause for cause, part in parts.items() if abs(part) > 1e-9), key=lambda c: -abs(parts[c]))


def test_each_cause__by_itself():
    base = network("ann>bob", "cat>bob")
    giver = network("ann>bob", "bob>ann", "ann>cat"), network("ann>bob", "bob>ann", "ann>cat", "ann>dan")
    assert set(causes_of(*giver, "bob")) == {"dilution", "followers", "giving"}
    less = network("ann>bob", "bob>ann", "ann>cat", mutual_giving=1)
    assert set(causes_of(giver[0], less, "bob")) == {"mutual_giving", "followers"}
    assert causes_of(base, network("ann>bob", "cat>bob", "dan>bob"), "bob") == ["follows_gained"]
    assert causes_of(base, network("ann>bob"), "bob") == ["follows_lost"]
    assert causes_of(base, network("ann>bob", "cat>bob", "cat>eve"), "bob") == ["dilution"]
    assert causes_of(base, network("ann>bob", "cat>bob", "dan>cat"), "bob") == ["followers"]
    assert causes_of(base, network("ann>bob", "cat>bob", damping=0.5), "bob") == ["damping"]
    returned = network("ann>bob", "cat>bob", "bob>cat")
    assert causes_of(base, returned, "bob") == ["follow_backs_made", "followers"]
    assert causes_of(returned, base, "bob") == ["follow_backs_ended", "followers"]
    seeded = network("ann>bob", "cat>bob", teleport=["dan", "bob"])
    assert "launch" in causes_of(base, seeded, "bob")
    star = [f"{friend}>bob" for friend in PEOPLE if friend != "bob"]
    back = [f"bob>{friend}" for friend in PEOPLE if friend != "bob"]
    crowd = {capacity: network(*star, *back, mutual_capacity=capacity) for capacity in (1, 4, math.inf)}
    assert causes_of(crowd[1], crowd[4], "bob") == ["mutual_capacity", "followers"]
    assert causes_of(crowd[4], crowd[math.inf], "bob") == []
    fewer = network(*star[:-1], *back[:-1], mutual_capacity=1)
    assert "crowding" in causes_of(fewer, crowd[1], "bob")
    assert compare_scores(fewer, crowd[1]).explain("bob").parts["crowding"] < 0
    worthless = network(*star, *back, mutual_worth=0)
    assert causes_of(crowd[4], worthless, "bob") == ["mutual_worth", "followers"]


def test_pagerank__is_reach_at_worth_1_without_capacity():
    before = network("ann>bob", "bob>ann", "cat>bob", method="pagerank")
    after = network("ann>bob", "bob>ann", "cat>bob", mutual_capacity=math.inf)
    comparison = compare_scores(before, after)
    assert comparison.settings_changed == {
        "method": ("pagerank", "reach"), "mutual_worth": (1.0, 0.4), "mutual_giving": (None, 1.5)
    }  # fmt: skip
    assert set(causes_of(before, after, "bob")) == {"mutual_worth", "followers"}


def test_engagement__that_fades_is_a_cause():
    pairs = (["ann", "bob", "cat"], ["bob", "ann", "bob"])
    quiet = FollowerGraph.from_arrays(*pairs).with_layer("likes", ["ann"], ["bob"], [0])
    loud = FollowerGraph.from_arrays(*pairs).with_layer("likes", ["ann"], ["bob"], [9])
    parts = compare_scores(score(quiet), score(loud)).explain("bob").parts
    assert parts["engagement"] > 0
    assert parts["engagement_half"] == 0
    parts = compare_scores(score(loud), score(loud, engagement_half=30)).explain("bob").parts
    assert parts["engagement_half"] < 0
    assert parts["engagement"] == 0


# ---- points ----


def test_points__by_the_logarithmic_mean():
    before, after = network("ann>bob"), network("ann>bob", "cat>bob", "dan>cat")
    change = compare_scores(before, after).explain("bob")
    old, new = change.before.reach, change.after.reach
    mean = (new - old) / math.log(new / old)
    for cause, part in change.parts.items():
        assert change.points[cause] == pytest.approx(part * 100 / math.log(5) / mean, rel=1e-9, abs=1e-12)
    assert change.points["scale"] == change.points["clipping"] == 0


def test_points__of_another_scale_are_a_cause():
    before = network("ann>bob")
    scale = Scale(50, before.settings, "of fifty")
    after = score(before.graph, scale=scale, tolerance=1e-13)
    comparison = compare_scores(before, after)
    change = comparison.explain("bob")
    assert change.change == 0
    assert (
        change.points["scale"]
        == change.score_change
        == pytest.approx(after["bob"].score - before["bob"].score)
    )
    assert str(change).startswith(
        "bob's score fell 22.5 points, from 38.2 to 15.7, because the scale now spans"
    )
    assert "scale, in accounts: 5 -> 50 (of fifty)" in str(comparison)


def test_points__beyond_the_ends_of_the_scale_are_clipped():
    loop = network("ann>bob", "bob>cat", "cat>ann")
    change = compare_scores(network("ann>bob"), loop).explain("ann")
    assert loop["ann"].is_clipped
    assert change.points["clipping"] < 0
    assert change.points["followers"] + change.points["follows_gained"] > 100 - 1e-9
    seeded = network("ann>bob", teleport=["dan"])
    check_sums(compare_scores(network("ann>bob"), seeded).explain("ann"))
    change = compare_scores(network("ann>bob", "cat>bob", "bob>ann", teleport=["dan", "cat"]), loop).explain(
        "eve"
    )
    assert change.score_change == 0
    check_sums(change)


# ---- accounts that come and go ----


def test_new_and_gone__accounts_count_as_having_no_reach():
    before = score(FollowerGraph.from_arrays(["ann", "old"], ["bob", "bob"]))
    after = score(FollowerGraph.from_arrays(["ann", "new", "bob"], ["bob", "bob", "new"]))
    comparison = compare_scores(before, after)
    assert comparison.labels.tolist() == ["ann", "bob", "new", "old"]
    assert comparison.is_new.tolist() == [False, False, True, False]
    assert comparison.is_gone.tolist() == [False, False, False, True]
    new, old = comparison.explain("new"), comparison.explain("old")
    assert new.change == after["new"].reach
    assert old.change == -before["old"].reach
    assert new.parts["launch"] == 1
    assert old.parts == {**dict.fromkeys(CAUSES, 0.0), "launch": -1.0}
    assert str(new).startswith("new is new, with a reach of ")
    assert str(old).startswith("old is gone, and had a reach of 1.0000 and a score of 0.0")
    parts = comparison.explain("bob").parts
    assert parts["follows_lost"] == -0.85
    assert parts["follows_gained"] > 0


def test_path__through_a_snapshot_without_the_account():
    full = score(FollowerGraph.from_arrays(["ann", "cat"], ["bob", "bob"]))
    part = score(FollowerGraph.from_arrays(["ann"], ["bob"]))
    comparison = compare_scores([part, full, part])
    change = comparison.explain("cat")
    assert change.change == 0
    assert str(change) == "cat is neither in the first nor in the last snapshot."
    bob = comparison.explain("bob")
    assert bob.parts["follows_gained"] == 0.85
    assert bob.parts["follows_lost"] == -0.85
    assert [each.account for each in bob.followers] == ["ann", "cat"]
    assert str(comparison).startswith("Of 3 accounts, 0 rose and 0 fell in reach.")


def test_empty__networks_compare():
    nobody = score(FollowerGraph.from_arrays([], []))
    comparison = compare_scores(nobody, nobody)
    assert len(comparison) == 0
    assert str(comparison) == "Of 0 accounts, 0 rose and 0 fell in reach."
    somebody = score(FollowerGraph.from_arrays([1], [2]))
    assert len(compare_scores(somebody, score(FollowerGraph.from_arrays([3], [4])))) == 4


# ---- the network ----


def test_movers__rose_and_fell_most():
    network_ = simulate_network(n_accounts=500, farm_size=40, ring_size=10, rng=3)
    before, after = (score(network_.graph, mutual_worth=worth, mutual_giving=0) for worth in (1.0, 0.2))
    comparison = compare_scores(before, after)
    movers = comparison.movers(3)
    assert movers.up == []
    change = after.reach - before.reach
    worst = np.argsort(change)[:3]
    assert [each.account for each in movers.down] == network_.graph.labels[worst].tolist()
    for each, place in zip(movers.down, worst, strict=True):
        why = comparison.explain(each.account)
        assert each.change == change[place] == why.change
        assert each.points == why.score_change
        assert each.cause == min(why.parts, key=why.parts.get)
        assert each.part == pytest.approx(why.parts[each.cause])
    by_score = comparison.movers(5, by="score").down
    assert [each.points for each in by_score] == sorted(comparison.score_change)[:5]
    assert len(comparison.movers(10**6).down) == int((comparison.has_moved).sum())
    text = str(comparison)
    assert "mutual_worth: 1 -> 0.2" in text
    assert "Fell most:" in text
    assert "Rose most:" not in text
    for wrong in ({"n": -1}, {"n": True}, {"n": 1.5}, {"by": "rank"}):
        with pytest.raises(InvalidArgument, match=r"(n|by) is"):
            comparison.movers(**wrong)
    assert repr(comparison) == f"Comparison({len(before)} accounts, 2 snapshots)"
    frame = comparison.to_pandas()
    assert frame.index.tolist() == network_.graph.labels.tolist()
    assert frame["change"].to_numpy() == pytest.approx(frame[list(CAUSES)].sum(axis=1).to_numpy(), abs=1e-9)
    assert comparison.explain(movers.down[0].account).to_pandas().shape[1] == 2 + len(OF_FOLLOWS)


def test_blocks__do_not_change_what_is_found(monkeypatch):
    network_ = simulate_network(n_accounts=500, farm_size=40, ring_size=10, rng=1)
    columns = network_.graph.to_arrays()
    fewer = FollowerGraph.from_arrays(columns.follower[:-200], columns.followed[:-200])
    before, after = score(network_.graph), score(fewer, mutual_worth=0.4)
    whole = compare_scores(before, after).parts
    monkeypatch.setattr("influencegraph.compare.everybody._BLOCK", 50)
    for cause, values in compare_scores(before, after).parts.items():
        assert values.tolist() == whole[cause].tolist()


# ---- what is asked for and refused ----


def test_loaded_scores__ask_for_graphs_and_check_them(tmp_path):
    before, after = network("ann>bob"), network("ann>bob", "cat>bob")
    after.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match="snapshot 1 carries no graph"):
        compare_scores(before, loaded)
    found = compare_scores(before, loaded, graphs=(None, after.graph)).explain("bob")
    assert found.parts == compare_scores(before, after).explain("bob").parts
    with pytest.raises(InvalidArgument, match="moves these scores"):
        compare_scores(before, loaded, graphs=(None, before.graph))
    for wrong in ([None], before.graph, 3):
        with pytest.raises(InvalidArgument, match="one for each of the 2 snapshots"):
            compare_scores(before, loaded, graphs=wrong)


def test_errors__say_what_to_pass():
    before, counted = network("ann>bob"), network("ann>bob", method="followers")
    with pytest.raises(InvalidArgument, match="method='reach' or method='pagerank'"):
        compare_scores(before, counted)
    with pytest.raises(InvalidArgument, match="1 and '1' are two accounts"):
        compare_scores(before, score(FollowerGraph.from_arrays([1], [2])))
    with pytest.raises(InvalidArgument, match="there is one snapshot"):
        compare_scores(before)
    with pytest.raises(InvalidArgument, match="the list has 1 snapshots"):
        compare_scores([before])
    with pytest.raises(InvalidArgument, match="before is a list and after is given"):
        compare_scores([before, before], before)
    with pytest.raises(InvalidArgument, match="before is a str"):
        compare_scores("before.tsv")
    with pytest.raises(InvalidArgument, match=r"influencegraph\.score\(graph\) makes them"):
        compare_scores(before, before.graph)
    comparison = compare_scores(before, before)
    assert "ann" in comparison
    assert "zoe" not in comparison
    with pytest.raises(UnknownAccount):
        comparison.explain("zoe")


def test_redacted__accounts_are_named_nowhere_and_sums_stay():
    before = network("ann>bob", "cat>bob", "dan>ann")
    after = network("ann>bob", "eve>bob", "dan>cat")
    whole, shown = (
        compare_scores(before, after),
        compare_scores(before.redact(["cat"]), after.redact(["eve"])),
    )
    assert shown.labels.tolist() == ["ann", "bob", "dan"]
    for hidden in ("cat", "eve"):
        with pytest.raises(UnknownAccount):
            shown.explain(hidden)
    change = shown.explain("bob")
    assert change.parts == whole.explain("bob").parts
    assert {each.account for each in change.followers} == {None, "ann"}
    for text in (str(change), str(shown), repr(shown.movers())):
        assert "cat" not in text
        assert "eve" not in text
    assert "(redacted)" in str(change)
    assert len(shown.to_columns()["follows_gained"]) == 3
    assert shown.causes["followers"] == whole.causes["followers"]
    assert b"eve" not in pickle.dumps(change)
    with pytest.raises(InvalidArgument, match="holds redacted accounts"):
        pickle.dumps(shown)
    again = pickle.loads(pickle.dumps(whole))
    assert str(again) == str(whole)


def test_integer_labels__come_back_as_python_integers():
    before = score(FollowerGraph.from_arrays([2**62, 5], [5, -1]))
    after = score(FollowerGraph.from_arrays([2**62, 5, 7], [5, -1, -1]))
    change = compare_scores(before, after).explain(np.int64(-1))
    assert type(change.account) is int
    assert [type(each.account) for each in change.followers] == [int, int]
    assert {each.account for each in change.followers} == {5, 7}
