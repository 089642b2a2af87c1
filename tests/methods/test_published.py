"""What was published, and graphs whose scores are formulas."""

import math

import numpy as np
import oracles
import pytest

import influencegraph
from influencegraph import DidNotConverge, FollowerGraph, InvalidArgument, score
from influencegraph.methods import hitting_time
from influencegraph.methods.tweepcred import find_cut
from influencegraph.scores import MissingField

A = 0.85


def make(*follows):
    """A graph of follows such as "AB": A follows B."""
    return FollowerGraph.from_arrays([each[0] for each in follows], [each[1] for each in follows])


def make_star(n):
    """Everybody follows account 0."""
    return FollowerGraph.from_arrays(np.arange(1, n), np.zeros(n - 1, np.int64))


def make_cycle(n):
    return FollowerGraph.from_arrays(np.arange(n), (np.arange(n) + 1) % n)


def values_of(graph, method, **given):
    scores = score(graph, method=method, tolerance=1e-12, **given)
    return dict(zip(scores.labels.tolist(), scores.values.tolist(), strict=True))


# ---- trustrank ----


def test_trustrank__figure_2_of_the_paper():
    """Seeds 2 and 4 of seven pages: t* = [0, .18, .12, .15, .13, .05, .05]."""
    graph = make("12", "23", "24", "32", "45", "56", "57", "63")
    found = values_of(graph, "trustrank", teleport=["2", "4"])
    assert list(found.values()) == pytest.approx([0, 0.18, 0.12, 0.15, 0.13, 0.05, 0.05], abs=0.005)


def test_trustrank__mining_of_massive_datasets():
    """Leskovec, Rajaraman, Ullman, example 5.10: damping 0.8, teleport to B and D."""
    graph = make("AB", "AC", "AD", "BA", "BD", "CA", "DB", "DC")
    found = values_of(graph, "trustrank", damping=0.8, teleport=["B", "D"])
    assert list(found.values()) == pytest.approx([54 / 210, 59 / 210, 38 / 210, 59 / 210])


def test_trustrank__certified():
    scores = score(make("AB", "BC", "CB", "DA"), method="trustrank", teleport={"A": 3, "D": 1})
    assert scores.values.tolist() == pytest.approx((scores.reach * (1 - A) / 4).tolist())
    exact = score(scores.graph, method="trustrank", teleport={"A": 3, "D": 1}, tolerance=1e-13).values
    assert np.abs(scores.values - exact).sum() <= scores.certificate.error
    assert scores.ledger.kept == pytest.approx(scores.values.sum())


# ---- tunkrank ----


@pytest.mark.parametrize("p", [0.05, 0.5, 0.85])
def test_tunkrank__closed_forms(p):
    star, cycle = make_star(9), make_cycle(5)
    assert values_of(star, "tunkrank", damping=p)[0] == pytest.approx(8)
    assert values_of(cycle, "tunkrank", damping=p)[0] == pytest.approx(1 / (1 - p))
    path = FollowerGraph.from_arrays(np.arange(9), np.arange(1, 10))
    expected = [sum(p**i for i in range(k)) for k in range(10)]
    assert list(values_of(path, "tunkrank", damping=p).values()) == pytest.approx(expected)


def test_tunkrank__is_reach_without_discount():
    scores = score(make("AB", "BA", "CB", "DC"), method="tunkrank", damping=0.3)
    plain = score(scores.graph, damping=0.3, mutual_worth=1, mutual_capacity=math.inf)
    assert scores.reach.tobytes() == plain.reach.tobytes()
    assert scores.values.tolist() == pytest.approx(((plain.reach - 1) / 0.3).tolist())
    assert scores.value_column == "value"
    assert list(scores.to_columns())[:3] == ["account", "value", "reach"]


def test_tunkrank__where_nobody_passes_anything_on():
    with pytest.raises(InvalidArgument, match="above 0 for tunkrank") as caught:
        score(make("AB"), method="tunkrank", damping=0)
    assert caught.value.name == "damping"


# ---- collusionrank ----


def test_collusionrank__closed_forms():
    """A spammer with k followers who follow nobody else: -(1 - a), and -a (1 - a)/k each."""
    found = values_of(make_star(6), "collusionrank", teleport=[0])
    assert found[0] == pytest.approx(-(1 - A))
    assert list(found.values())[1:] == pytest.approx([-A * (1 - A) / 5] * 5)
    innocent = values_of(make_star(6), "collusionrank", teleport=[1])
    assert list(innocent.values()) == [0, pytest.approx(-(1 - A)), 0, 0, 0, 0]
    assert not np.signbit(next(iter(innocent.values())))


def test_collusionrank__the_worst_rank_is_the_spammers():
    scores = score(make("AS", "BS", "SA", "CA", "DC"), method="collusionrank", teleport=["S"])
    assert scores["S"].rank == 5
    assert scores["C"].value < scores["D"].value < 0
    assert scores.share.sum() == pytest.approx(1)
    with pytest.raises(MissingField, match="share of the blame"):
        _ = scores.reach


# ---- leaderrank ----


@pytest.mark.parametrize("n", [2, 5, 40])
def test_leaderrank__closed_forms(n):
    star = list(values_of(make_star(n), "leaderrank").values())
    assert star == pytest.approx([n * (n + 3) / (5 * n - 1)] + [4 * n / (5 * n - 1)] * (n - 1))
    ring = FollowerGraph.from_arrays(np.arange(n + 1), (np.arange(n + 1) + 1) % (n + 1))
    assert list(values_of(ring, "leaderrank").values()) == pytest.approx([1.0] * (n + 1))


def test_leaderrank__walk_of_the_paper():
    """Steps from one unit each and an empty ground, as the paper says it, come to the same."""
    graph = make("AB", "AC", "BC", "CA", "DC", "DA", "EA", "BE")
    links = np.zeros((6, 6))
    links[:5, :5] = graph.to_scipy().toarray()
    links[:5, 5] = links[5, :5] = 1
    s = np.array([1.0] * 5 + [0.0])
    for _ in range(500):
        s = s @ (links / links.sum(axis=1, keepdims=True))
    assert list(values_of(graph, "leaderrank").values()) == pytest.approx((s[:5] + s[5] / 5).tolist())


# ---- articlerank ----


def test_articlerank__documented_by_neo4j():
    """Neo4j Graph Data Science, ArticleRank: eight pages. It stops at a change of 1e-7."""
    graph = make(
        "HA", "HP", "HL", "AH", "PH", "LH", "L1", "L2", "L3", "L4", "1H", "2H", "3H", "4H"
    )  # fmt: skip
    found = values_of(graph, "articlerank")
    assert found["H"] == pytest.approx(0.5607071761939444, abs=1e-6)
    assert [found["A"], found["P"], found["L"]] == pytest.approx([0.250337073634706] * 3, abs=1e-6)
    assert [found[each] for each in "1234"] == pytest.approx([0.18152391630760797] * 4, abs=1e-6)


def test_articlerank__papers_tested_by_neotypes():
    """Seven papers, in hundredths of the sum."""
    graph = make(
        "10", "20", "21", "30", "31", "32", "40", "41", "42", "43", "51", "54", "61", "64"
    )  # fmt: skip
    share = score(graph, method="articlerank").share
    assert np.rint(100 * share)[[0, 1, 4, 2, 3]].tolist() == [22, 20, 14, 13, 11]


# ---- hits and salsa ----


def test_hits__mining_of_massive_datasets():
    """Leskovec, Rajaraman, Ullman, example 5.15; they scale the largest to 1."""
    graph = make("AB", "AC", "AD", "BA", "BD", "CE", "DB", "DC")
    values = score(graph, method="hits").values
    assert (values / values.max()).tolist() == pytest.approx([0.2087, 1, 1, 0.7913, 0], abs=5e-5)
    hubs = score(FollowerGraph.from_scipy(graph.to_scipy().T), method="hits").values
    assert (hubs / hubs.max()).tolist() == pytest.approx([1, 0.3583, 0, 0.7165, 0], abs=5e-5)


def test_hits__communities_that_tie_share_as_they_start():
    """Three follow one, and one follows three: both leading eigenvalues are 3."""
    graph = make("aX", "bX", "cX", "dU", "dV", "dW")
    found = values_of(graph, "hits")
    assert [found[each] for each in "XUVW"] == pytest.approx([0.5, 1 / 6, 1 / 6, 1 / 6])


def test_hits__communities_that_nearly_tie_do_not_settle():
    graph = FollowerGraph.from_arrays([1, 3], [2, 4], weights=[1.0, 0.9999])
    with pytest.raises(DidNotConverge, match=r"after 1,000 sweeps values move by .* to go; tolerance"):
        score(graph, method="hits")


def make_communities():
    """Four who all follow the same four, and eight followers of one account (Lempel & Moran's TKC effect)."""
    knit = [(u, v) for u in range(4) for v in range(10, 14)]
    return FollowerGraph.from_arrays(*zip(*knit, *((u, 30) for u in range(20, 28)), strict=True))


def test_salsa__is_no_prey_to_a_tightly_knit_community():
    graph = make_communities()
    hits, salsa = (score(graph, method=method) for method in ("hits", "salsa"))
    assert hits[30].value < 1e-9
    assert salsa[30].value == pytest.approx(1 / 5)
    assert [salsa[v].value for v in range(10, 14)] == pytest.approx([1 / 5] * 4)


def test_salsa__is_weighted_in_degree_in_one_part():
    graph = FollowerGraph.from_arrays([1, 1, 2, 3], [2, 3, 3, 2], weights=[1.0, 2.0, 5.0, 8.0])
    assert score(graph, method="salsa").values.tolist() == pytest.approx([0, 9 / 16, 7 / 16])


# ---- tweepcred ----


@pytest.mark.parametrize("n", [10, 1000, 100_000])
def test_tweepcred__of_accounts_all_alike(n):
    graph = FollowerGraph.from_arrays([], [], labels=np.arange(n))
    assert set(score(graph, method="tweepcred").values) == {min(100.0, round(130 - 5.21 * math.log(n)))}


def make_follower_of_many(following, n=4000):
    """Account 0 follows `following` of n accounts, and five follow it."""
    others = np.arange(1, following + 1)
    return FollowerGraph.from_arrays(
        np.r_[np.zeros(following, np.int64), n - 5 + np.arange(5)],
        np.r_[others, np.zeros(5, np.int64)],
        labels=np.arange(n),
    )


def test_tweepcred__cliff_at_2500_followings():
    """One follow more costs a factor of 50, which is 5.21 ln 50 = 20 points."""
    below, above = (score(make_follower_of_many(k), method="tweepcred")[0].value for k in (2500, 2501))
    assert below - above == pytest.approx(5.21 * math.log(50), abs=1.01)
    assert find_cut(np.array([2500, 2501]), np.array([5, 5])).tolist() == [1, pytest.approx(50)]


def test_tweepcred__published_cut():
    following, followers = np.array([3000, 3000, 10_000]), np.array([3000, 6000, 9000])
    by_hand = [math.exp(3 * (r - 0.6) * math.log(math.log(f))) for r, f in zip(
        ((1 + following) / (1 + followers)).tolist(), following.tolist(), strict=True)]  # fmt: skip
    assert find_cut(following, followers).tolist() == pytest.approx([min(max(x, 1), 50) for x in by_hand])


def test_tweepcred__twin_beyond_the_cliff():
    graph = make_follower_of_many(2600, 2700)
    assert score(graph, method="tweepcred").values.tolist() == oracles.tweepcred(
        graph.to_scipy().toarray()
    ).tolist()  # fmt: skip


# ---- hitting time ----


@pytest.mark.parametrize("n", [3, 7])
def test_hitting_time__closed_forms(n):
    assert values_of(make_cycle(n), "hitting_time")[0] == pytest.approx((1 - A**n) / (n * (1 - A)))
    assert values_of(make_star(n), "hitting_time")[0] == pytest.approx((1 + A * (n - 1)) / n)


def test_hitting_time__theorem_1_of_the_paper():
    """The expected time to hit v with restarts is (1 - h)/(h alpha), alpha = 1 - damping."""
    graph = make("AB", "AC", "BC", "CA", "DC", "DA", "BD")
    matrix = graph.to_scipy().toarray()
    n, restart = 4, 0.15
    walk = (1 - restart) * matrix / matrix.sum(axis=1, keepdims=True) + restart / n
    found = values_of(graph, "hitting_time")
    for v in range(n):
        others = [u for u in range(n) if u != v]
        times = np.linalg.solve(np.eye(n - 1) - walk[np.ix_(others, others)], np.ones(n - 1))
        h = found["ABCD"[v]]
        assert times.sum() / n == pytest.approx((1 - h) / (h * restart))


def test_hitting_time__own_follows_change_nothing():
    base = ["AB", "CB", "DC", "AC"]
    alone = values_of(make(*base), "hitting_time")["B"]
    for own in (["BA"], ["BC"], ["BA", "BC", "BD"]):
        assert values_of(make(*base, *own), "hitting_time")["B"] == pytest.approx(alone)


def test_hitting_time__is_reach_over_visits():
    graph = make("AB", "BA", "CB", "DC", "AC")
    visits = np.diag(oracles.walks(graph.to_scipy().toarray(), mutual_worth=1, mutual_capacity=math.inf))
    reach = score(graph, method="pagerank", tolerance=1e-12).reach
    assert list(values_of(graph, "hitting_time").values()) == pytest.approx((reach / visits / 4).tolist())


def test_hitting_time__is_the_earned_reach_of_pagerank():
    graph = make("AB", "BA", "CB", "DC", "AC", "CA")
    scores = score(graph, method="pagerank", teleport={"A": 1, "D": 3}, tolerance=1e-12)
    earned = influencegraph.earned_reach(scores, tolerance=1e-10)
    found = values_of(graph, "hitting_time", teleport={"A": 1, "D": 3})
    assert list(found.values()) == pytest.approx((earned.values / 4).tolist())


def test_questions__of_trustrank_and_tunkrank_are_those_of_their_reach():
    graph = make("AB", "BA", "CB", "DC", "AC")
    for method, given in (("trustrank", {"teleport": ["A"]}), ("tunkrank", {})):
        scores = score(graph, method=method, **given)
        why = influencegraph.explain_score(scores, "B")
        assert why.reach == scores["B"].reach
        assert why.withheld == 0
        assert influencegraph.audience(scores, "B").reach == scores["B"].reach


def test_hitting_time__parts_are_inverted_a_few_at_a_time(monkeypatch):
    pairs = np.arange(60)
    graph = FollowerGraph.from_arrays(
        np.r_[pairs, pairs, 200, 201, 202], np.r_[pairs ^ 1, (pairs + 2) % 60, 201, 202, 200]
    )
    cycles = FollowerGraph.from_arrays(pairs, 3 * (pairs // 3) + (pairs + 1) % 3)
    whole = [score(each, method="hitting_time").values for each in (graph, cycles)]
    monkeypatch.setattr(hitting_time, "_AT_ONCE", 20)
    parts = [score(each, method="hitting_time").values for each in (graph, cycles)]
    for one, other in zip(whole, parts, strict=True):
        assert one.tolist() == pytest.approx(other.tolist(), rel=1e-12)


def test_hitting_time__refuses_a_network_too_large(monkeypatch):
    monkeypatch.setattr(hitting_time, "LARGEST_PART", 4)
    score(make_star(100), method="hitting_time")
    score(make_cycle(4), method="hitting_time")
    with pytest.raises(InvalidArgument, match="5 accounts of this network all reach each other") as caught:
        score(make_cycle(5), method="hitting_time")
    assert caught.value.name == "method"
