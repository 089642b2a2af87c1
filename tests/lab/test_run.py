"""The lab's runner: what it records, what it refuses, and that it can be interrupted."""

import csv
import math
from functools import partial

import numpy as np
import pytest

import influencegraph
from influencegraph import LabRecords, run_lab
from influencegraph.attacks import ATTACKS
from influencegraph.attacks.outcome import carry_out
from influencegraph.errors import InvalidArgument, UnknownAccount
from influencegraph.lab.contestants import Contestant, make_contestants

NETWORK = influencegraph.simulate_network(600, farm_size=0, ring_size=0, rng=4)
GRAPH = NETWORK.graph
NOBODY = np.empty(0, np.int64)


def followers(graph):
    return graph.follower_counts


@pytest.fixture(scope="module")
def everything():
    return run_lab(GRAPH, budgets=(400, 1_500), n_seeds=2, honest=NETWORK.members("organic"), trusted=30)


def test_records__are_whole_and_in_order(everything):
    assert everything.distinct("attack") == list(ATTACKS)
    methods = [*make_contestants(trusted=GRAPH.labels[:1]), "collusionrank"]
    assert everything.distinct("method") == methods
    assert len(everything) == len(ATTACKS) * 2 * 2 * len(methods)
    assert [each.key for each in everything.records] == [
        (attack, method, budget, seed)
        for attack in ATTACKS
        for budget in (400, 1_500)
        for seed in (0, 1)
        for method in methods
    ]


def test_records__numbers_lie_where_they_can(everything):
    for each in everything.records:
        assert each.n_made <= each.budget
        for value in (each.percentile_before, each.percentile_after):
            assert math.isnan(value) or 0 <= value <= 100
        assert math.isnan(each.auc) or 0 <= each.auc <= 1
        assert math.isnan(each.auc) or each.method in (
            "reach",
            "reach_strict",
            "reach_trusted",
            "collusionrank",
        )
        assert 0 <= each.displaced <= 100
        assert math.isnan(each.rank_after) or 1 <= each.rank_after <= each.n_accounts + each.n_fakes
        assert math.isnan(each.amplification) or each.amplification >= 0
        if not each.n_fakes:
            assert math.isnan(each.gain_per_fake)
            same = (each.amplification, each.amplification_launching)
            assert same[0] == same[1] or np.isnan(same).all()


def test_records__nothing_is_gained_by_what_fakes_launch_where_it_does_not_count(everything):
    for attack in ("star_boosters", "bought_followers"):
        for method in ("reach", "reach_strict", "pagerank", "tunkrank"):
            found = everything.select(attack=attack, method=method)
            assert found.estimate("amplification").mean == pytest.approx(1.0, abs=1e-5)
            assert found.estimate("amplification_launching").mean > 2
        for method in ("trustrank", "reach_trusted"):
            found = everything.select(attack=attack, method=method)
            assert found.estimate("amplification_launching").mean == pytest.approx(1.0, abs=1e-5)


def test_run__the_same_arguments_give_the_same_records_and_any_attack_can_be_repeated(everything):
    again = run_lab(
        GRAPH, ["reach"], ["follow_pool"], [1_500], n_seeds=2, honest=NETWORK.members("organic"), trusted=30
    )
    assert again == everything.select(attack="follow_pool", budget=1_500, method="reach")
    one = run_lab(
        GRAPH,
        ["reach"],
        ["follow_pool"],
        1_500,
        rng=1,
        n_seeds=1,
        honest=NETWORK.members("organic"),
        trusted=NETWORK.members("celebrity"),
    )
    among = NETWORK.members("organic")
    outcome = ATTACKS["follow_pool"](GRAPH, budget=1_500, rng=1, among=among)
    before, after = (influencegraph.score(graph, tolerance=1e-8) for graph in (GRAPH, outcome.graph))
    positions = [GRAPH.accounts.position(each) for each in outcome.gainers]
    record = one.records[0]
    assert record.value_before == before.reach[positions].sum()
    assert record.value_after == after.reach[positions].sum()
    assert record.amplification == after.reach[positions].sum() / before.reach[positions].sum()
    shares = after.share[positions].sum() / before.share[positions].sum()
    assert record.share_amplification == pytest.approx(shares)


def test_run__trusted_accounts_are_not_recruited():
    seen = {}

    def watch(graph, *, budget, rng, among):
        seen["among"] = set(among)
        return ATTACKS["follow_pool"](graph, budget=budget, rng=rng, among=among)

    organic = NETWORK.members("organic")
    run_lab(
        GRAPH, {"mine": followers}, {"watched": watch}, [200], n_seeds=1, honest=organic, trusted=organic[:50]
    )
    assert seen["among"] == set(organic[50:])


def test_run__goes_on_where_it_was_interrupted():
    told = []

    def stop(progress):
        told.append(progress)
        if progress.done == 3:
            raise KeyboardInterrupt

    calls = []

    def counted(graph):
        calls.append(graph)
        return followers(graph)

    plan = {
        "methods": {"mine": counted},
        "attacks": ["follow_pool", "mutual_ring"],
        "budgets": [100, 200],
        "n_seeds": 2,
    }
    whole = run_lab(GRAPH, **plan)
    calls.clear()
    with pytest.raises(KeyboardInterrupt):
        run_lab(GRAPH, **plan, progress=stop)
    found = told[-1].records
    assert (told[-1].done, told[-1].total, len(found)) == (3, 8, 3)
    assert (told[-1].attack, told[-1].budget, told[-1].seed) == ("follow_pool", 200, 0)
    calls.clear()
    assert run_lab(GRAPH, **plan, resume=found) == whole
    assert len(calls) == 1 + 5
    calls.clear()
    assert run_lab(GRAPH, **plan, resume=whole) == whole
    assert not calls


def test_run__resumed_with_more_methods_runs_these_alone():
    first = run_lab(GRAPH, ["pagerank"], ["follow_pool"], [200], n_seeds=1)
    both = run_lab(GRAPH, ["pagerank", "followers"], ["follow_pool"], [200], n_seeds=1, resume=first)
    assert both == run_lab(GRAPH, ["pagerank", "followers"], ["follow_pool"], [200], n_seeds=1)
    other = influencegraph.simulate_network(500, farm_size=0, ring_size=0).graph
    with pytest.raises(InvalidArgument, match="resume is of a network of 600 accounts"):
        run_lab(other, resume=first)


def test_records__go_into_a_file_and_come_back(tmp_path, everything):
    everything.to_csv(tmp_path / "lab.csv")
    with open(tmp_path / "lab.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    back = LabRecords.from_columns({name: [row[name] for row in rows] for name in rows[0]})
    assert back == everything
    frame = everything.to_pandas().reset_index()
    assert LabRecords.from_columns(frame) == everything
    assert list(frame.columns) == list(everything.to_columns())
    assert len(frame) == len(everything)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (
            lambda graph: np.ones(3),
            "method 'mine' returned a float64 array of shape (3,); it returns numbers of shape (600,)",
        ),
        (lambda graph: None, "method 'mine' returned a None"),
        (
            lambda graph: np.full(len(graph), np.nan),
            "method 'mine' gave 600 accounts no finite number, 'celebrity' among them",
        ),
        (lambda graph: ["a"] * len(graph), "method 'mine' returned a list"),
        (lambda graph: [[1], [1, 2]], "method 'mine' returned a list"),
    ],
)
def test_methods__that_return_no_values_are_named(returned, said):
    with pytest.raises(InvalidArgument) as caught:
        run_lab(GRAPH, {"mine": returned}, ["follow_pool"], [200], n_seeds=1)
    assert said in str(caught.value)
    assert caught.value.method == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"methods": ["pagerang"]}, "methods is 'pagerang'; it must be names among reach, reach_strict"),
        ({"methods": {"mine": 3}}, "methods is 'mine'"),
        ({"methods": []}, "methods is []"),
        ({"attacks": "pool"}, "attacks is 'pool'; it must be names among follow_pool"),
        ({"budgets": []}, "budgets is []"),
        ({"budgets": [5, 5]}, "budgets is [5, 5]"),
        ({"budgets": [-1]}, "budgets is -1"),
        ({"n_seeds": 0}, "n_seeds is 0"),
        ({"rng": None}, "rng is None"),
        ({"honest": "ann"}, "honest is"),
        ({"trusted": 0}, "trusted is 0"),
        ({"progress": 3}, "progress is 3"),
        ({"resume": [1]}, "resume is [1]"),
        ({"attacks": {"none": lambda graph, **_: None}}, "attack 'none' returned a None"),
    ],
)
def test_run__refuses_what_it_cannot_read(arguments, said):
    with pytest.raises(InvalidArgument) as caught:
        run_lab(
            GRAPH, **{"methods": ["followers"], "attacks": ["follow_pool"], "budgets": [100], **arguments}
        )
    assert said in str(caught.value)


def test_run__unknown_accounts_are_named():
    for name in ("honest", "trusted"):
        with pytest.raises(UnknownAccount, match="'zoe'"):
            run_lab(GRAPH, **{name: ["zoe"]})
    with pytest.raises(UnknownAccount, match="'zoe'"):
        run_lab(GRAPH, ["collusionrank"], ["follow_pool"], [100], spammers=["zoe"])


def test_collusionrank__starts_at_the_spammers_it_is_told():
    def tell(outcome, generator):
        return outcome.gainers[:2]

    seen = [
        run_lab(GRAPH, ["collusionrank"], ["follow_pool"], [400], n_seeds=1, spammers=spammers)
        for spammers in (tell, NETWORK.members("celebrity"), None)
    ]
    assert seen[0] != seen[1]
    assert seen[2] != seen[1]
    assert seen[0].records[0].auc > 0.9
    assert all(math.isnan(each.records[0].amplification) for each in seen)


@pytest.mark.parametrize("budget", [0, 1])
def test_run__attacks_that_come_to_nothing_have_no_numbers(budget):
    found = run_lab(GRAPH, attacks=["follow_pool", "mutual_ring", "sabotage"], budgets=[budget], n_seeds=1)
    for each in found.records:
        assert each.n_made <= budget
        assert math.isnan(each.auc) or each.n_gainers
        assert each.displaced == 0
        assert math.isnan(each.amplification) or each.amplification == pytest.approx(1, abs=1e-6)


def test_run__integer_labels_and_a_graph_with_layers():
    rng = np.random.default_rng(0)
    follower, followed = rng.integers(0, 80, (2, 900))
    graph = influencegraph.FollowerGraph.from_arrays(follower, followed)
    columns = graph.to_arrays()
    graph = graph.with_layer(
        "acts", columns.follower[::3], columns.followed[::3], np.ones(len(columns.follower[::3]))
    )
    found = run_lab(graph, attacks=["follow_pool", "star_boosters", "mutual_ring"], budgets=[200], n_seeds=1)
    assert len(found) == 3 * 10
    amplification = found.select(attack="star_boosters", method="reach").estimate("amplification").mean
    assert amplification == pytest.approx(1.0, abs=1e-5)


def test_new_gainers__a_bigger_network_around_an_isolated_ring_has_the_closed_form():
    found = run_lab(GRAPH, ["reach", "reach_strict", "pagerank"], ["mutual_ring"], [1_500], n_seeds=1)
    for each in found.records:
        worth = {"reach": 0.4, "reach_strict": 0.0, "pagerank": 1.0}[each.method]
        capacity = math.inf if each.method == "pagerank" else 150
        settings = {"mutual_worth": worth, "mutual_capacity": capacity, "mutual_giving": 0.0}
        cap = influencegraph.ring_cap(settings, each.n_gainers)
        assert each.amplification == pytest.approx(cap, rel=1e-4)
        assert each.value_per_gainer == pytest.approx(cap, rel=1e-4)
        assert math.isnan(each.rank_before)
        assert math.isnan(each.percentile_before)
        assert each.value_before == 0


def test_new_gainers__what_enters_from_outside_is_no_gain():
    def admired(graph, *, budget, rng, among):
        fake = np.array([graph.n_accounts])
        added = np.stack([np.arange(50), np.full(50, graph.n_accounts)], axis=1)
        return carry_out(graph, "admired", budget, gainers=fake, payers=NOBODY, added=added, n_fakes=1)

    found = run_lab(GRAPH, ["reach", "pagerank", "trustrank"], {"admired": admired}, [50], n_seeds=1)
    for each in found.records:
        assert each.amplification == pytest.approx(1.0, rel=1e-6)
        assert each.share_amplification > 0


def test_contestants__are_called_as_any_method_is():
    ours = make_contestants(trusted=GRAPH.labels[:3], spammers=GRAPH.labels[:3])
    assert all(isinstance(each, Contestant) for each in ours.values())
    for each in ours.values():
        assert each(GRAPH).shape == (600,)
    found = run_lab(GRAPH, {"mine": ours["pagerank"]}, ["star_boosters"], [100], n_seeds=1)
    theirs = run_lab(GRAPH, ["pagerank"], ["star_boosters"], [100], n_seeds=1)
    assert found.records[0].amplification == theirs.records[0].amplification
    foreign = run_lab(GRAPH, {"mine": partial(followers)}, ["star_boosters"], [100], n_seeds=1)
    assert foreign.records[0].amplification == foreign.records[0].amplification_launching > 1
