"""The page on honesty, on folders made up here; and what is demanded of it, on the real ones."""

import gzip
import math
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.stats import spearmanr

import influencegraph
from benchmarks.lab import halves, honesty, rows, simulated
from benchmarks.lab.picture import draw_frontier
from influencegraph.lab.frontier import Frontier, Point

FOLLOWS = [(u, v) for u in range(1, 41) for v in range(1, 41) if u != v and (3 * u + v * v) % 7 < 3]
RATINGS = [(u, v, (u * v) % 11 - 3) for u in range(30) for v in range(30) if u != v and (u + 2 * v) % 5 < 2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("real")

    def write(name, lines, header):
        path = root / f"{name}.tsv.gz"
        path.parent.mkdir(exist_ok=True)
        text = "\n".join([header, *("\t".join(map(str, line)) for line in lines), ""])
        path.write_bytes(gzip.compress(text.encode()))

    people = "timme_politicians"
    write(f"{people}/follows", [(u, v, 1) for u, v in FOLLOWS], "#source\ttarget\tcount")
    for shift, name in enumerate(("retweet", "mention", "favorite")):
        acts = [(u, v, 1 + (u + v * v) % 9) for u, v in FOLLOWS if (u + v) % 3 == shift]
        write(f"{people}/{name}", acts, "#source\ttarget\tcount")
    named = [(i, f"handle{i}", f"Last{i}, First{i}", "I") for i in range(1, 41)]
    write(f"{people}/nodes", named, "#id\thandle\tname\tparty")
    write("bitcoin_otc/ratings", [(*each, 1.5) for each in RATINGS], "#source\ttarget\trating\ttime")
    write("bitcoin_otc/labels", [(u, 1 - 2 * (u % 2)) for u in range(0, 30, 3)] + [(99, 1)], "#user\tlabel")
    return root


def test_trust__positive_ratings_are_follows_and_everybody_is_there(folder):
    trust = rows.read_networks(folder).trust
    positive = [each for each in RATINGS if each[2] > 0]
    assert (trust.graph.n_accounts, trust.graph.n_follows) == (30, len(positive))
    assert trust.graph.labels[trust.fair].tolist() == [0, 6, 12, 18, 24]
    assert trust.graph.labels[trust.fraud].tolist() == [3, 9, 15, 21, 27]


def test_rows__are_correlations_and_an_auc_and_costs_are_paired(folder):
    networks = rows.read_networks(folder)
    followers = {
        "pagerank": lambda graph: -graph.follower_counts,
        "ours": lambda graph: graph.follower_counts,
    }
    judged = rows.judge_all(networks, followers, 50)
    graph = networks.people.graph
    for i, truth in enumerate(networks.truths().values()):
        assert judged.rows[1, i] == pytest.approx(spearmanr(graph.follower_counts, truth).statistic)
    counts = networks.trust.graph.follower_counts
    wins = np.subtract.outer(counts[networks.trust.fair], counts[networks.trust.fraud])
    assert judged.rows[1, 3] == pytest.approx(((wins > 0) + 0.5 * (wins == 0)).mean())
    assert judged.rows[0, 3] == pytest.approx(1 - judged.rows[1, 3])
    lost, low, high = judged.lost("ours", "pagerank")
    assert lost == pytest.approx(judged.rows[0].mean() - judged.rows[1].mean())
    assert low <= lost <= high
    assert judged.lost("ours", "ours").tolist() == [0, 0, 0]
    assert rows.judge(networks, followers["ours"]) == pytest.approx(judged.rows[1].mean())


def test_halves__mean_is_the_mean_of_the_kinds(folder):
    measured = halves.measure_halves(rows.read_networks(folder).people, 20)
    assert [each.kind for each in measured] == ["retweets", "mentions", "likes", "mean"]
    for name, values in measured[-1].spearman.items():
        assert np.allclose(values, np.mean([each.spearman[name] for each in measured[:-1]], axis=0))
    for each in measured:
        for name, (gain, low, high) in each.gains.items():
            assert gain == pytest.approx((each.spearman[halves.LAYERED] - each.spearman[name]).mean())
            assert low <= high


def make_point(method, worth, capacity, gain, accuracy, is_best=True):
    return Point(method, worth, capacity, gain, gain, gain, {200: gain}, accuracy, is_best)


POINTS = (
    make_point("pagerank", math.nan, math.nan, 3.6, 0.73),
    make_point("followers", math.nan, math.nan, 7.0, 0.74),
    make_point("reach(0.4, 150)", 0.4, 150.0, 1.4, 0.69),
    make_point("reach(0.4, inf)", 0.4, math.inf, 1.5, 0.68, is_best=False),
    make_point("reach(1, 150)", 1.0, 150.0, 3.0, 0.72),
)


def test_picture__is_xml_the_same_each_time_with_every_method():
    drawn = draw_frontier(POINTS, "reach(0.4, 150)", 1.25)
    assert drawn == draw_frontier(POINTS, "reach(0.4, 150)", 1.25)
    root = ElementTree.fromstring(drawn)
    words = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"pagerank", "followers", "default", "reach, worth 0.4", "reach, worth 1", "150"} <= words
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == 3 + 1  # a ring around the default


def test_page__has_numbers_that_are_measured(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(simulated, "N_ACCOUNTS", 600)
    monkeypatch.setattr(simulated, "N_SEEDS", 2)
    monkeypatch.setattr(simulated, "N_CASCADES", 10)
    monkeypatch.setattr(simulated, "BUDGETS", (200, 1_000))
    monkeypatch.setattr(simulated, "POOL_SIZES", (20, 45))
    for module in (honesty, rows):
        monkeypatch.setattr(module, "N_RESAMPLES", 20)
    simulated.draw_network.cache_clear()
    honesty.write_honesty(folder, tmp_path)
    simulated.draw_network.cache_clear()
    page = (tmp_path / "honesty.md").read_text("utf-8")
    ElementTree.parse(tmp_path / "honesty.svg")
    networks = rows.read_networks(folder)
    assert "40 US politicians" in page.replace("\n", " ")
    cost = rows.judge_all(networks, simulated.list_contestants(), 0)
    assert f"| {cost.rows[0].mean():.3f} |" in page
    assert "| `pagerank` | x" in page
    assert str(influencegraph.calibrate(networks.people.graph, networks.truths())) in page
    for title in ("In short", "With engagement layers", "The frontier", "Limits"):
        assert f"\n## {title}\n" in page
    assert "](honesty.svg)" in page


def test_short__says_where_something_beats_the_default(folder):
    networks = rows.read_networks(folder)
    judged = rows.judge_all(networks, simulated.list_contestants(), 5)
    layered = halves.measure_halves(networks.people, 5)
    told = list(honesty._tell_short(judged, layered, Frontier(POINTS)))
    assert "Nothing tried has as little gain" in told[-1]
    better = make_point("reach(0.25, 150)", 0.25, 150.0, 1.3, 0.7)
    beaten = make_point("reach(0.4, 150)", 0.4, 150.0, 1.4, 0.69, is_best=False)
    told = list(honesty._tell_short(judged, layered, Frontier((better, beaten, *POINTS[:2]))))
    assert "is not on the frontier: `reach(0.25, 150)` (x1.30, 0.700) gains no more" in told[-1]
    assert "**not within** the 1.25 asked" in " ".join(told)


@pytest.mark.realdata
def test_demanded__default_lacks_no_more_than_was_asked_of_it(realdata):
    """Asked was at most 0.035 of PageRank's mean; version 1 of the settings lacked more."""
    judged = rows.judge_all(rows.read_networks(realdata), simulated.list_contestants(), 200)
    lost, low, high = judged.lost("reach", "pagerank")
    assert lost == pytest.approx(0.035, abs=0.0005)
    assert lost <= honesty.COST_ASKED
    assert low < lost < high
    assert judged.lost("reach_version_1", "pagerank")[0] == pytest.approx(0.045, abs=0.001)


@pytest.mark.realdata
def test_demanded__with_engagement_layers_above_pagerank(realdata):
    for each in halves.measure_halves(rows.read_networks(realdata).people, 200):
        assert each.gains["PageRank"][1] > 0, each.kind
