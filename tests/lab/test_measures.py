"""What is measured, against slow twins and by hand."""

import math

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, t

import influencegraph
from influencegraph import FollowerGraph, LabRecords
from influencegraph.attacks.outcome import carry_out
from influencegraph.errors import InvalidArgument
from influencegraph.lab.agreement import classify, separate
from influencegraph.lab.contestants import Contestant, make_contestants, withhold_share
from influencegraph.lab.measures import assign_roles, match, measure
from influencegraph.lab.records import COLUMNS, Record, estimate_mean
from influencegraph.lab.standing import enter, stand, stand_after
from influencegraph.testing import follower_graphs
from influencegraph.testing.model import read_weights

NOBODY = np.empty(0, np.int64)
OURS = make_contestants(trusted=[0], spammers=[0])


@given(follower_graphs(), st.data())
def test_enter__is_launch_and_what_comes_from_outside(graph, data):
    n, matrix = graph.n_accounts, read_weights(graph)
    members = np.array(sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1))))
    scores = influencegraph.score(graph, tolerance=1e-10)
    others = np.setdiff1d(np.arange(n), members)
    arrives = oracles.contributions(matrix, oracles.reach(matrix))[0]
    expected = len(members) + arrives[np.ix_(others, members)].sum()
    assert enter(scores, members) == pytest.approx(expected, rel=1e-6)


@given(follower_graphs())
def test_withheld__is_the_share_that_the_discount_takes(graph):
    matrix = read_weights(graph)
    reach = oracles.reach(matrix)
    arrives, withheld, _ = oracles.contributions(matrix, reach)
    full = (arrives + withheld).sum(axis=0)
    expected = np.divide(withheld.sum(axis=0), full, out=np.zeros(len(full)), where=full > 0)
    found = withhold_share(influencegraph.score(graph, tolerance=1e-10))
    assert found == pytest.approx(expected, abs=1e-6)


def separate_values(ours, theirs):
    classes = classify(np.concatenate([ours, theirs]))
    return separate(classes[: len(ours)], classes[len(ours) :])


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_separate__is_the_share_of_pairs_in_order(suspects, innocents):
    pairs = [1.0 if s > i else 0.5 if s == i else 0.0 for s in suspects for i in innocents]
    assert separate_values(suspects, innocents) == pytest.approx(np.mean(pairs))
    ranks = rankdata(np.concatenate([suspects, innocents]))[: len(suspects)]
    k = len(suspects)
    assert separate_values(suspects, innocents) == pytest.approx(
        (ranks.sum() - k * (k + 1) / 2) / (k * len(innocents))
    )


def test_separate__nobody_tells_nothing():
    assert math.isnan(separate_values([], [1.0]))
    assert math.isnan(separate_values([1.0], []))


@given(follower_graphs(max_accounts=8, min_accounts=4), st.integers(1, 3))
def test_match__each_gainer_has_the_account_most_like_it_of_those_left(graph, k):
    n = graph.n_accounts
    values = influencegraph.score(graph).reach
    chosen, candidates = np.arange(k), np.arange(k, n)
    some, matched = match(graph, values, chosen, candidates)
    assert len(some) == len(matched) == min(k, n - k)
    assert len(set(matched)) == len(matched)
    assert set(matched) <= set(candidates)
    columns = [graph.follower_counts, [len(graph.following_of(each)) for each in graph.labels], values]
    places = np.array([(rankdata(column) - 0.5) / n for column in columns]).T
    left = list(candidates)
    for one, other in zip(some, matched, strict=True):
        distances = {each: ((places[one] - places[each]) ** 2).sum() for each in left}
        assert distances[other] <= min(distances.values()) + 1e-12
        left.remove(other)


def test_match__of_many_takes_some():
    graph = influencegraph.simulate_network(1_000, farm_size=0, ring_size=0).graph
    some, matched = match(graph, np.ones(1_000), np.arange(450), np.arange(450, 1_000))
    assert some.tolist() == list(range(0, 450, 3))
    assert len(set(matched)) == 150


@pytest.fixture
def boosted():
    """Of five accounts, 0 is followed by 1 and 2, and then by two fakes as well."""
    graph = FollowerGraph.from_arrays([1, 2, 3, 4], [0, 0, 4, 3], labels=np.arange(5))
    added = np.array([[5, 0], [6, 0]])
    return carry_out(graph, "boost", 2, gainers=np.array([0]), payers=NOBODY, added=added, n_fakes=2)


def test_standing__fakes_launch_nothing_where_honest_attention_is_counted(boosted):
    for name, before, launching in (("reach", 2.7, 4.4), ("pagerank", 2.7, 4.4), ("tunkrank", 2.0, 4.0)):
        was = stand(name, OURS[name], boosted.before)
        after = stand_after(name, OURS[name], boosted.graph, was)
        assert was.amounts[0] == pytest.approx(before)
        assert after.amounts[0] == pytest.approx(launching)
        assert after.honest[0] == pytest.approx(before)
    for name in ("trustrank", "reach_trusted"):  # all attention starts at 0
        was = stand(name, OURS[name], boosted.before)
        after = stand_after(name, OURS[name], boosted.graph, was)
        assert was.amounts[0] == pytest.approx(5)
        assert after.amounts[0] == after.honest[0] == pytest.approx(5)
        assert after.scores.reach[0] == pytest.approx(7)
    was = stand("followers", OURS["followers"], boosted.before)
    assert stand_after("followers", OURS["followers"], boosted.graph, was).honest[0] == 4


def test_measures__by_hand(boosted):
    before = stand("pagerank", OURS["pagerank"], boosted.before)
    after = stand_after("pagerank", OURS["pagerank"], boosted.graph, before)
    roles = assign_roles(boosted, np.arange(5))
    assert (roles.gainers.tolist(), roles.are_new, roles.others.tolist()) == ([0], False, [1, 2, 3, 4])
    found = measure(boosted, roles, before, after, np.arange(7.0))
    pair = 1 / 0.15
    total = 2.7 + 2 + 2 * pair
    assert found["value_before"] == pytest.approx(2.7)
    assert found["value_launching"] == pytest.approx(4.4)
    assert found["amplification"] == pytest.approx(1.0)
    assert found["amplification_launching"] == pytest.approx(4.4 / 2.7)
    assert found["share_amplification"] == pytest.approx(4.4 / (total + 3.7) / (2.7 / total))
    assert (found["rank_before"], found["rank_after"]) == (3, 3)
    assert (found["percentile_before"], found["percentile_after"]) == (50, 50)
    assert found["gain"] == pytest.approx(0, abs=1e-6)
    assert found["displaced"] == 0
    assert found["collateral"] == pytest.approx(0, abs=1e-6)
    assert found["auc"] == 0  # 0 shows less of it than anybody


def test_measures__victims_stand_in_where_nobody_gains():
    graph = FollowerGraph.from_arrays([1, 2], [0, 0], labels=np.arange(4))
    outcome = carry_out(graph, "spite", 1, gainers=NOBODY, payers=np.array([0]), added=np.array([[0, 3]]))
    roles = assign_roles(outcome, np.arange(4))
    assert roles.gainers.tolist() == [0]
    assert roles.others.tolist() == [1, 2, 3]


def test_top_100__those_who_fall_out_are_counted():
    graph = FollowerGraph.from_arrays([0], [1], labels=np.arange(300))
    outcome = carry_out(
        graph, "climb", 1, gainers=np.arange(200, 230), payers=NOBODY, added=np.array([[5, 200]])
    )
    up = np.arange(300.0)[::-1]
    before = stand("m", lambda graph: up, graph)
    raised = up.copy()
    raised[200:230] = 1_000
    after = stand("m", lambda graph: raised, outcome.graph)
    found = measure(outcome, assign_roles(outcome, np.arange(300)), before, after, None)
    assert found["displaced"] == 30
    assert found["rank_after"] == 1
    assert found["percentile_after"] == pytest.approx(95)
    assert math.isnan(found["auc"])


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=12), st.sampled_from([0.5, 0.9, 0.95]))
def test_estimate__is_students_interval(values, confidence):
    found = estimate_mean(np.array(values), confidence)
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert found.n == len(values)
    if error > 1e-9:
        low, high = t.interval(confidence, len(values) - 1, np.mean(values), error)
        assert (found.mean, found.low, found.high) == pytest.approx((np.mean(values), low, high))


def make_record(attack="pool", method="reach", seed=0, **numbers):
    filled = dict.fromkeys(COLUMNS[4:], 1) | numbers
    return Record(attack, method, 100, seed, **filled)


def test_summary__leaves_out_nan_and_gives_one_seed_no_interval():
    found = LabRecords(
        (
            make_record(seed=0, amplification=2.0),
            make_record(seed=1, amplification=math.nan),
            make_record(seed=2, amplification=4.0),
            make_record(method="hits", amplification=5.0),
        )
    )
    first, second = found.summarise("amplification").lines
    assert first[:3] == ("pool", 100, "reach")
    assert (first[3].mean, first[3].n) == (3.0, 2)
    assert first[3].low < 3 < first[3].high
    assert (second[3].mean, second[3].n) == (5.0, 1)
    assert math.isnan(second[3].low)
    columns = found.summarise("gain").to_columns()
    assert columns["mean"].tolist() == [1.0, 1.0]
    assert columns["method"].tolist() == ["reach", "hits"]
    assert LabRecords(()).summarise().to_columns()["mean"].tolist() == []


def test_records__compare_add_and_refuse():
    one, other = LabRecords((make_record(auc=math.nan),)), LabRecords((make_record(seed=1),))
    assert one == LabRecords((make_record(auc=math.nan),))
    assert one != other
    assert one != 3
    assert len(one + other) == 2
    for call, said in (
        (lambda: one.select(colour="red"), "column is 'colour'"),
        (lambda: one.estimate("seed"), "measure is 'seed'"),
        (lambda: one.estimate("gain", confidence=1.0), "confidence is 1.0"),
        (lambda: LabRecords.from_columns({"attack": ["pool"]}), "there is no column 'method'"),
        (lambda: LabRecords.from_columns({**one.to_columns(), "budget": ["many"]}), "cannot be read"),
        (lambda: LabRecords.from_columns({**one.to_columns(), "budget": [1, 2]}), "cannot be read"),
    ):
        with pytest.raises(InvalidArgument) as caught:
            call()
        assert said in str(caught.value)


def test_contestants__say_which_of_them_claim_detection():
    claims = {name for name, each in OURS.items() if each.claims_detection}
    assert claims == {"reach", "reach_strict", "reach_trusted", "collusionrank"}
    graph = FollowerGraph.from_arrays([1, 2, 0], [0, 0, 1])
    blame = Contestant({"method": "collusionrank", "teleport": [0]})
    assert blame.find_evidence(blame.score(graph)) == pytest.approx(-blame(graph))


@pytest.mark.parametrize("settings", [{}, {"mutual_giving": 0.0}, {"method": "pagerank"}, {"damping": 0.5}])
def test_stand_after__leaves_out_what_fakes_launch_under_the_settings_of_the_method(settings):
    graph = influencegraph.FollowerGraph.from_arrays([0, 1, 1, 2], [1, 0, 2, 0])
    outcome = carry_out(
        graph, "boost", 4, gainers=np.array([0]), payers=np.array([], int), n_fakes=2,
        added=np.array([[3, 0], [4, 0], [0, 3], [3, 4]]),
    )  # fmt: skip
    method = Contestant(settings)
    after = stand_after("ours", method, outcome.graph, stand("ours", method, graph))
    launch = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    alone = influencegraph.score(outcome.graph, teleport=launch, **settings).propagation.reach * (3 / 5)
    assert after.honest == pytest.approx(alone, abs=1e-6)
    assert after.amounts[0] > after.honest[0] + 0.1
