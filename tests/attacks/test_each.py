"""What each attack builds."""

from typing import Any

import numpy as np
import pytest

import influencegraph
from influencegraph import ATTACKS, AttackOutcome, FollowerGraph
from influencegraph.attacks.following_back import court, find_habits
from influencegraph.attacks.outcome import name_fakes
from influencegraph.ghosts import find_returns

NETWORK = influencegraph.simulate_network(2_000, farm_size=40, ring_size=20)
GRAPH, ORGANIC = NETWORK.graph, NETWORK.members("organic")
BUDGET = 4_000


def attack(name: str, graph: FollowerGraph = GRAPH, budget: int = BUDGET, **options: Any) -> AttackOutcome:
    among = ORGANIC if graph is GRAPH else None
    return ATTACKS[name](graph, budget=budget, among=among, rng=7, **options)


def links(outcome: AttackOutcome) -> np.ndarray[Any, Any]:
    """Return the follows of the network afterwards as a dense matrix of bool."""
    dense: np.ndarray[Any, Any] = outcome.graph.to_scipy().toarray() > 0
    return dense


def among_fakes(outcome: AttackOutcome) -> np.ndarray[Any, Any]:
    n = outcome.before.n_accounts
    assert not links(outcome)[n:, :n].any()
    assert not links(outcome)[:n, n:].any()
    return links(outcome)[n:, n:]


def test_mutual_ring__everybody_follows_everybody() -> None:
    inside = among_fakes(attack("mutual_ring", budget=39_999))
    assert inside.shape == (200, 200)
    assert np.array_equal(inside, ~np.eye(200, dtype=bool))


@pytest.mark.parametrize(("budget", "size", "contacts"), [(4_000, 500, 8), (72, 9, 8), (71, 8, 7)])
def test_mutual_ring__with_neighbours_is_a_circle(budget: int, size: int, contacts: int) -> None:
    inside = among_fakes(attack("mutual_ring", budget=budget, neighbours=4))
    assert inside.shape == (size, size)
    assert np.array_equal(inside, inside.T)
    assert (inside.sum(axis=0) == contacts).all()


def test_mutual_clique__is_many_small_ones() -> None:
    inside = among_fakes(attack("mutual_clique", size=5))
    assert np.array_equal(inside, np.kron(np.eye(200), ~np.eye(5, dtype=bool)).astype(bool))
    assert len(attack("mutual_clique", budget=13, size=5).fakes) == 4


def test_star_boosters__follow_the_boss_alone() -> None:
    outcome = attack("star_boosters")
    (boss,) = outcome.gainers
    assert outcome.graph.following_of(outcome.fakes[0]).tolist() == [boss]
    assert len(outcome.graph.followers_of(boss)) == len(GRAPH.followers_of(boss)) + BUDGET
    assert not len(outcome.payers)


def test_star_boosters__camouflaged_also_follow_each_other() -> None:
    outcome = attack("star_boosters_camouflaged")
    (boss,) = outcome.gainers
    assert outcome.attack == "star_boosters_camouflaged"
    assert len(outcome.fakes) == BUDGET // 11
    for fake in outcome.fakes:
        assert len(outcome.graph.mutuals_of(fake)) == 10
        assert set(outcome.graph.following_of(fake)) == {boss, *outcome.graph.mutuals_of(fake)}


def test_star_boosters__followed_back_cost_twice() -> None:
    outcome = attack("star_boosters", follow_back=True)
    (boss,) = outcome.gainers
    assert set(outcome.fakes) <= set(outcome.graph.mutuals_of(boss))
    assert len(outcome.fakes) == BUDGET // 2
    assert outcome.payers.tolist() == [boss]


def test_bought_followers__follow_buyers_and_celebrities() -> None:
    outcome = attack("bought_followers", n_buyers=2, celebrities=6)
    by_followers = np.argsort(-GRAPH.follower_counts, kind="stable")
    famous = set(GRAPH.labels[by_followers[:102]]) - set(outcome.gainers)
    assert len(outcome.fakes) == BUDGET // 8
    seen = set()
    for fake in outcome.fakes:
        followed = set(outcome.graph.following_of(fake))
        assert len(followed) == 8
        assert set(outcome.gainers) <= followed <= famous | set(outcome.gainers)
        seen |= followed
        assert not len(outcome.graph.followers_of(fake))
    assert len(seen) > 95


def test_follow_churn__leaves_what_was_returned() -> None:
    outcome = attack("follow_churn", tries_each=50)
    churners, payers = set(outcome.gainers), set(outcome.payers)
    assert len(churners) == BUDGET // 50
    ends = GRAPH.labels[outcome.added]
    assert set(ends[:, 0]) == payers
    assert set(ends[:, 1]) <= churners
    assert not len(outcome.removed)
    assert outcome.graph.report.mutual_pairs == GRAPH.report.mutual_pairs
    n_tries = outcome.n_made - len(ends)
    assert n_tries <= 50 * len(churners)
    assert 0.2 < len(ends) / n_tries < 0.8  # as often as those in the habit follow back


def test_follow_churn__remembered_leaves_ghosts() -> None:
    plain, remembered = attack("follow_churn"), attack("follow_churn_remembered")
    assert np.array_equal(plain.added, remembered.added)
    assert plain.graph.ghosts is None
    assert {*map(tuple, find_returns(remembered.graph).pairs)} == {*map(tuple, plain.added[:, ::-1])}
    assert remembered.graph.ghosts is not None
    assert (remembered.graph.ghosts.strengths == 1.0).all()
    faint = attack("follow_churn", remembered=0.25)
    assert faint.graph.ghosts is not None
    assert (faint.graph.ghosts.strengths == 0.25).all()


@pytest.mark.parametrize("real", [False, True])
def test_directed_ring__has_no_mutual_follow(real: bool) -> None:
    outcome = attack("directed_ring", real=real, neighbours=3)
    assert outcome.graph.report.mutual_pairs == GRAPH.report.mutual_pairs
    assert len(outcome.gainers) == BUDGET // 3
    assert outcome.payers.tolist() == (outcome.gainers.tolist() if real else [])
    if real:
        assert not len(outcome.fakes)
        return
    inside = among_fakes(outcome)
    assert (inside.sum(axis=0) == 3).all()
    assert all(np.array_equal(inside[i], np.roll(inside[0], i)) for i in (1, 2, 500))


@pytest.mark.parametrize(
    ("budget", "size", "each"), [(2, 0, 0), (3, 3, 1), (9, 9, 1), (10, 5, 2), (30, 10, 3)]
)
def test_directed_ring__takes_fewer_neighbours_where_there_is_no_room(
    budget: int, size: int, each: int
) -> None:
    outcome = attack("directed_ring", budget=budget, neighbours=3)
    assert (len(outcome.fakes), len(outcome.added)) == (size, size * each)


def test_sybil_region__is_entered_by_attack_edges_only() -> None:
    outcome = attack("sybil_region", attack_edges=30)
    n = GRAPH.n_accounts
    after = links(outcome)
    assert after[:n, n:].sum() == 30
    assert not after[n:, :n].any()
    assert set(outcome.payers) == set(outcome.graph.labels[:n][after[:n, n:].any(axis=1)])
    size = len(outcome.fakes)
    assert 0.24 < after[n:, n:].sum() / (size * (size - 1)) < 0.26
    assert outcome.fakes.tolist() == outcome.gainers.tolist()
    assert not links(attack("sybil_region", attack_edges=0))[:n, n:].any()
    assert attack("sybil_region", budget=60).n_made <= 60
    assert len(attack("sybil_region", budget=60).payers) > 0


def test_hijacked_account__follows_the_boss_and_fakes_who_do() -> None:
    outcome = attack("hijacked_account", n_hijacked=2, n_fakes=10)
    (boss,) = outcome.gainers
    fewest = np.sort(GRAPH.follower_counts[GRAPH.accounts.locate(list(ORGANIC))])[-100]
    assert len(outcome.payers) == 2
    for victim in outcome.payers:
        assert len(GRAPH.followers_of(victim)) >= fewest
        assert set(outcome.graph.following_of(victim)) == {boss, *outcome.fakes}
        assert set(GRAPH.followers_of(victim)) - set(outcome.payers) <= set(
            outcome.graph.followers_of(victim)
        )
    for fake in outcome.fakes:
        assert outcome.graph.following_of(fake).tolist() == [boss]
    bare = attack("hijacked_account", n_fakes=0)
    assert outcome.graph.following_of(outcome.payers[0]).tolist() != [boss]
    assert bare.graph.following_of(bare.payers[0]).tolist() == bare.gainers.tolist()


def test_forged_engagement__is_the_pool_with_acts() -> None:
    pool, forged = attack("follow_pool"), attack("forged_engagement", acts=5)
    assert np.array_equal(pool.added, forged.added)
    (layer,) = forged.graph.layers
    assert layer.name == "engagement"
    assert (layer.counts == 5).all()
    ends = forged.graph.followers.indices[layer.follows]
    assert set(forged.graph.labels[forged.graph.position_of[ends]]) == set(forged.gainers)
    assert layer.n_dropped == 0
    assert not attack("forged_engagement", acts=0).graph.layers


def test_forged_engagement__goes_where_acts_are_worth_most_at_the_latest_time() -> None:
    follows = GRAPH.to_arrays()
    some = slice(0, 500)
    times = np.arange(500.0)
    layered = GRAPH.with_layer(
        "likes", follows.follower[some], follows.followed[some], np.ones(500), times=times
    )
    layered = layered.with_layer(
        "replies", follows.follower[some], follows.followed[some], np.ones(500), weight=2.0, times=times
    )
    outcome = attack("forged_engagement", layered, acts=7)
    likes, replies = outcome.graph.layers
    assert likes.counts.sum() == 500
    forged = replies.counts == 7
    assert replies.counts[~forged].sum() == 500
    assert (replies.times[forged] == 499.0).all()
    assert forged.sum() >= outcome.n_made
    assert influencegraph.score(outcome.graph, half_life=100, as_of=499).certificate.converged


def test_sabotage__floods_those_who_follow_back() -> None:
    outcome = attack("sabotage", n_victims=4, decoys=12)
    habits = dict(zip(GRAPH.labels, find_habits(GRAPH), strict=True))
    assert len(outcome.fakes) == BUDGET // 20
    assert not len(outcome.gainers)
    assert len(outcome.payers) == 4
    for victim in outcome.payers:
        assert habits[victim] > 0.2
        flood = set(outcome.graph.mutuals_of(victim)) - set(GRAPH.mutuals_of(victim))
        assert flood == set(outcome.fakes)
    for fake in outcome.fakes:
        assert len(outcome.graph.following_of(fake)) == 16
        assert set(outcome.graph.followers_of(fake)) == set(outcome.payers)


def test_sabotage__lowers_its_victims_where_attention_starts_with_the_trusted() -> None:
    trusted = ORGANIC[::10].tolist()
    outcome = attack("sabotage", budget=20_000)
    before = influencegraph.score(GRAPH, teleport=trusted)
    after = influencegraph.score(outcome.graph, teleport=trusted)
    falls = [after[victim].upper < before[victim].lower for victim in outcome.payers]
    assert sum(falls) >= 9


def test_messias__bots_keep_what_they_follow_and_act_on_those_who_return() -> None:
    outcome = attack("messias", follows_a_day=10, days=40)
    bots = outcome.fakes
    assert len(bots) == BUDGET // 400
    tries = [len(outcome.graph.following_of(bot)) for bot in bots]
    assert max(tries) - min(tries) <= 1  # they take turns
    returned = {victim for bot in bots for victim in outcome.graph.mutuals_of(bot)}
    assert returned == set(outcome.payers)
    assert not outcome.graph.layers
    layered = GRAPH.with_layer("likes", [], [], [])
    (layer,) = attack("messias", layered, acts=4).graph.layers
    assert layer.counts.sum() == 4 * sum(
        len(attack("messias", layered).graph.mutuals_of(bot)) for bot in attack("messias", layered).fakes
    )


def test_find_habits__are_the_share_of_followers_followed() -> None:
    graph = FollowerGraph.from_arrays(["a", "b", "c", "c"], ["b", "a", "b", "a"], labels=["c", "b", "a", "d"])
    assert find_habits(graph).tolist() == [0.0, 0.5, 0.5, 0.0]


def test_court__tries_strangers_only_each_pair_once_and_pays_for_returns() -> None:
    everybody = np.arange(GRAPH.n_accounts)
    suitors = everybody[::100]
    alike = np.ones(len(everybody))
    made = court(GRAPH, np.random.default_rng(1), suitors, everybody, alike, 1_990, 3_000)
    assert made.n_made in (2_999, 3_000)
    pairs = [frozenset(pair) for pair in made.follows.tolist()]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
    dense = GRAPH.to_scipy().toarray() > 0
    for one, other in (made.follows.T, made.follows.T[::-1]):
        assert not dense[one, other].any()
    nothing = court(GRAPH, np.random.default_rng(1), suitors, everybody, 0 * alike, 5, 3_000)
    assert nothing.n_made == 0


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], [0, 1, 2]),
        ([5, 3], [6, 7, 8]),
        ([-7], [-6, -5, -4]),
        ([2**63 - 4], [2**63 - 3, 2**63 - 2, 2**63 - 1]),
        ([2**63 - 3], [0, 1, 2]),
        ([2**63 - 1, 1], [0, 2, 3]),
        (["ann", "fake-00001"], ["fake-00000", "fake-00002", "fake-00003"]),
    ],
)
def test_name_fakes__are_names_that_nobody_has(labels: list[Any], expected: list[Any]) -> None:
    graph = FollowerGraph.from_arrays(labels[:1], labels[1:2] or labels[:1], labels=labels or None)
    names = name_fakes(graph, 3)
    assert names.tolist() == expected
    assert names.dtype == (object if isinstance(expected[0], str) else np.int64)
    assert not len(name_fakes(graph, 0))
