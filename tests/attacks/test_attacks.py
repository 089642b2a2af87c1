"""What every attack obeys, on small networks of all kinds."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.attacks import ATTACKS, AttackOutcome
from influencegraph.errors import InfluenceGraphError, InvalidArgument, UnknownAccount
from influencegraph.ghosts import find_returns
from tests.attacks.differences import difference
from tests.attacks.networks import make_empty, networks

NETWORK = influencegraph.simulate_network(1_000, farm_size=20, ring_size=10)
each_attack = pytest.mark.parametrize("attack", ATTACKS)
EXAMPLES = 20  # of each attack
budgets = st.one_of(st.integers(0, 12), st.integers(0, 300))


def pairs_of(graph: FollowerGraph, positions: Any) -> set[Any]:
    return {tuple(pair) for pair in graph.labels[positions].tolist()}


def same(one: AttackOutcome, other: AttackOutcome) -> bool:
    columns = [(each.added, each.removed, each.gainers, each.payers, each.fakes) for each in (one, other)]
    alike = all(np.array_equal(mine, theirs) for mine, theirs in zip(*columns, strict=True))
    return alike and one.n_made == other.n_made and same_graph(one.graph, other.graph)


def same_graph(one: FollowerGraph, other: FollowerGraph) -> bool:
    mine, theirs = one.to_arrays(), other.to_arrays()
    weights = (mine.weights is None) == (theirs.weights is None)
    if weights and mine.weights is not None:
        weights = np.array_equal(mine.weights, theirs.weights)
    return weights and all(np.array_equal(a, b) for a, b in zip(mine[:2], theirs[:2], strict=True))


@each_attack
@settings(max_examples=EXAMPLES)
@given(graph=networks(), budget=budgets, seed=st.integers(0, 9))
def test_outcome__says_what_changed_to_the_follow(
    attack: str, graph: FollowerGraph, budget: int, seed: int
) -> None:
    outcome = ATTACKS[attack](graph, budget=budget, rng=seed)
    added, removed = difference(outcome)
    assert pairs_of(outcome.graph, outcome.added) == added
    assert pairs_of(outcome.graph, outcome.removed) == removed
    assert (len(outcome.added), len(outcome.removed)) == (len(added), len(removed))
    assert len(added) <= outcome.n_made <= budget
    assert outcome.attack == attack
    assert outcome.budget == budget
    assert outcome.before is graph


@each_attack
@settings(max_examples=EXAMPLES)
@given(graph=networks(), budget=budgets)
def test_outcome__leaves_accounts_where_they_were_and_puts_fakes_behind(
    attack: str, graph: FollowerGraph, budget: int
) -> None:
    outcome = ATTACKS[attack](graph, budget=budget)
    labels = outcome.graph.labels.tolist()
    assert labels[: len(graph)] == graph.labels.tolist()
    assert labels[len(graph) :] == outcome.fakes.tolist()
    assert len(set(labels)) == len(labels)
    assert outcome.graph.accounts.kind == graph.accounts.kind
    assert set(outcome.payers.tolist()) <= set(graph.labels.tolist())
    assert set(outcome.gainers.tolist()) <= set(labels)
    if not outcome.n_made:
        assert outcome.graph is graph
        assert not len(outcome.fakes)


@each_attack
@settings(max_examples=EXAMPLES)
@given(graph=networks(), budget=budgets)
def test_outcome__keeps_weights_acts_and_ghosts(attack: str, graph: FollowerGraph, budget: int) -> None:
    outcome = ATTACKS[attack](graph, budget=budget)
    before, after = graph.to_scipy(), outcome.graph.to_scipy()
    for matrix in (before, after):
        matrix.data += 1.0  # so that weights of 0 are seen
    shared = after[: len(graph), : len(graph)].toarray()
    expected = before.toarray()
    follower, followed = outcome.added.T
    old = (follower < len(graph)) & (followed < len(graph))
    expected[follower[old], followed[old]] = 2.0
    expected[tuple(outcome.removed.T)] = 0.0
    assert np.array_equal(shared, expected)
    assert (after.toarray()[follower, followed] == 2.0).all()
    if graph.layers and attack not in ("forged_engagement", "messias", "hijacked_account"):
        (layer,), (was,) = outcome.graph.layers, graph.layers
        assert layer.counts.sum() == was.counts.sum()
    gone = find_returns(graph).pairs.tolist()
    kept = find_returns(outcome.graph).pairs.tolist()
    taken = {tuple(pair) for pair in outcome.added.tolist()} | {
        tuple(pair[::-1]) for pair in outcome.removed.tolist()
    }
    assert {tuple(pair) for pair in gone} - taken <= {tuple(pair) for pair in kept}


@each_attack
@settings(max_examples=EXAMPLES)
@given(graph=networks(), budget=budgets, seed=st.integers(0, 9))
def test_same_seed__same_outcome(attack: str, graph: FollowerGraph, budget: int, seed: int) -> None:
    once, again = (ATTACKS[attack](graph, budget=budget, rng=seed) for _ in range(2))
    assert same(once, again)
    assert same(once, ATTACKS[attack](graph, budget=budget, rng=np.random.default_rng(seed)))


@each_attack
@settings(max_examples=EXAMPLES)
@given(graph=networks(), budget=budgets, chosen=st.sets(st.integers(0, 7)))
def test_among__is_who_may_gain_or_pay(
    attack: str, graph: FollowerGraph, budget: int, chosen: set[int]
) -> None:
    among = graph.labels[[number for number in sorted(chosen) if number < len(graph)]]
    outcome = ATTACKS[attack](graph, budget=budget, among=among)
    real = {*outcome.gainers.tolist(), *outcome.payers.tolist()} - set(outcome.fakes.tolist())
    assert real <= set(among.tolist())
    assert same(outcome, ATTACKS[attack](graph, budget=budget, among=among.tolist()[::-1]))


@each_attack
@pytest.mark.parametrize("budget", [0, 1, 2, 3, 50, 1_000])
def test_empty_network__has_room_for_fakes_only(attack: str, budget: int) -> None:
    outcome = ATTACKS[attack](make_empty(), budget=budget)
    assert outcome.n_made <= budget
    assert len(outcome.gainers) == len(outcome.fakes) == outcome.graph.n_accounts
    assert not len(outcome.payers)
    assert outcome.graph.n_follows == len(outcome.added)


@each_attack
def test_budget__is_spent_where_there_is_room(attack: str) -> None:
    outcome = ATTACKS[attack](NETWORK.graph, budget=3_000, among=NETWORK.members("organic"))
    expected = 201 if attack == "hijacked_account" else 2_800  # it follows a hundred fakes and stops
    assert expected <= outcome.n_made <= 3_000
    assert not set(outcome.gainers) & set(NETWORK.members("farm"))


@each_attack
def test_seeds__differ_in_whom_they_draw(attack: str) -> None:
    outcomes = [ATTACKS[attack](NETWORK.graph, budget=3_000, rng=seed) for seed in range(2)]
    only_fakes = attack in ("mutual_ring", "mutual_clique", "directed_ring")
    assert same(*outcomes) == only_fakes


@each_attack
@pytest.mark.parametrize("budget", [-1, 1.0, 0.5, True, "5", None, np.nan, 10**12])
def test_budget__of_no_such_number_is_refused(attack: str, budget: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"budget is .*; it must be an integer from 0 to 1,000,000,000"):
        ATTACKS[attack](NETWORK.graph, budget=budget)


@each_attack
def test_rng_and_among__are_checked(attack: str) -> None:
    run = ATTACKS[attack]
    with pytest.raises(InvalidArgument, match="rng is -1"):
        run(NETWORK.graph, budget=10, rng=-1)
    with pytest.raises(InvalidArgument, match="among is str; it is a list of labels"):
        run(NETWORK.graph, budget=10, among="organic-001")
    with pytest.raises(InvalidArgument, match="among is int"):
        run(NETWORK.graph, budget=10, among=7)
    with pytest.raises(UnknownAccount, match="no account 'nobody'"):
        run(NETWORK.graph, budget=10, among=["organic-001", "nobody"])


@pytest.mark.parametrize(
    ("attack", "option", "values"),
    [
        ("follow_pool", "density", [0, -0.5, 1.5, np.nan, "half", None]),
        ("forged_engagement", "density", [0, 1.5]),
        ("forged_engagement", "acts", [-1, 0.5]),
        ("mutual_ring", "neighbours", [0, -1, 1.5]),
        ("mutual_clique", "size", [1, 0, 2.0, None]),
        ("star_boosters", "mutuals", [-1, 0.5, None]),
        ("bought_followers", "celebrities", [-1, 101, 1.5]),
        ("bought_followers", "n_buyers", [0, -1]),
        ("follow_churn", "tries_each", [0, -1, 1.5]),
        ("follow_churn", "remembered", [-0.5, 1.5, np.nan]),
        ("directed_ring", "neighbours", [0, -1, 1.5, None]),
        ("sybil_region", "attack_edges", [-1, 0.5, None]),
        ("sybil_region", "density", [0, 2]),
        ("hijacked_account", "n_hijacked", [0, -1]),
        ("hijacked_account", "n_fakes", [-1, 0.5]),
        ("sabotage", "n_victims", [0, -1]),
        ("sabotage", "decoys", [-1, 101]),
        ("messias", "follows_a_day", [0, -1]),
        ("messias", "days", [0, 1.5]),
        ("messias", "acts", [-1]),
    ],
)
def test_options__out_of_range_are_refused_whatever_the_budget(
    attack: str, option: str, values: list[Any]
) -> None:
    for value in values:
        for budget in (0, 3, 500):
            with pytest.raises(InfluenceGraphError, match=f"^{option} is "):
                ATTACKS[attack](NETWORK.graph, budget=budget, **{option: value})


@each_attack
def test_each__has_a_section_of_documentation(attack: str) -> None:
    page = Path(influencegraph.__file__).parents[1] / "docs" / "attacks.md"
    assert f"\n## {attack}\n" in page.read_text("utf-8")


def test_attacks__are_those_written_down() -> None:
    assert list(ATTACKS) == [
        "follow_pool", "mutual_ring", "mutual_clique", "star_boosters", "star_boosters_camouflaged",
        "bought_followers", "follow_churn", "follow_churn_remembered", "directed_ring", "sybil_region",
        "hijacked_account", "forged_engagement", "sabotage", "messias",
    ]  # fmt: skip
