"""What the lab demands of us in the simulated network, against bounds that are proved, and the page on it."""

import math
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest

import influencegraph
from benchmarks.lab import __main__ as command
from benchmarks.lab import measuring, robustness
from benchmarks.lab.demands import DEMANDS, Demand
from influencegraph import LabRecords, coalition_bound, ring_cap, run_lab, trade_cap
from influencegraph.attacks import ATTACKS
from influencegraph.lab.records import MEASURES, Estimate, Record

METHODS = ("reach", "reach_strict", "reach_trusted", "pagerank")
OURS = {(each.attack, each.budget) for each in DEMANDS}


def run(n_networks):
    found = LabRecords(())
    for seed in range(n_networks):
        network = influencegraph.simulate_network(measuring.N_ACCOUNTS, farm_size=0, ring_size=0, rng=seed)
        for attack, budget in [*sorted(OURS), ("follow_churn", 80_000)]:
            found += run_lab(
                network.graph, METHODS, [attack], [budget], rng=seed, n_seeds=1,
                honest=network.members("organic"), trusted=measuring.TRUSTED,
            )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def two():
    return run(2)


def check_demands(records):
    for demand in DEMANDS:
        estimate = demand.find(records)
        assert demand.low * (1 - 1e-5) <= estimate.mean <= demand.high * (1 + 1e-5), (demand, estimate)


def check_memory(records):
    """Remembered returns take from churn what trading loses, half by default, or more."""
    gains = {
        (attack, method): records.select(attack=attack, method=method).estimate("amplification").mean - 1
        for attack in ("follow_churn", "follow_churn_remembered")
        for method in METHODS
    }
    for method, left in (("reach", 0.5), ("reach_strict", 0.0)):
        assert gains["follow_churn_remembered", method] <= left * gains["follow_churn", method]
    assert gains["follow_churn_remembered", "pagerank"] == gains["follow_churn", "pagerank"]


def test_demands__hold_in_two_networks(two):
    check_demands(two)
    check_memory(two)


@pytest.mark.slow
def test_demands__hold_in_ten_networks():
    found = run(10)
    check_demands(found)
    check_memory(found)
    for demand in DEMANDS:
        assert demand.judge(demand.find(found)) == "met", demand


def test_demands__are_judged_by_mean_and_interval():
    demand = Demand("", "reach", "follow_pool", 1, 0.0, 1.25)
    assert demand.judge(Estimate(1.2, 1.19, 1.21, 10)) == "met"
    assert demand.judge(Estimate(1.24, 1.2, 1.28, 10)) == "met by the mean, not by its whole interval"
    assert demand.judge(Estimate(1.3, 1.2, 1.4, 10)) == "**not met**"
    assert demand.judge(Estimate(1.2, math.nan, math.nan, 1)) == "met"


def test_ring_cap__bounds_what_rings_and_cliques_gain():
    graph = influencegraph.simulate_network(1_000, farm_size=0, ring_size=0).graph
    methods = ["reach", "reach_strict", "pagerank"]
    for attack, size in (("mutual_ring", None), ("mutual_clique", 10)):
        found = run_lab(graph, methods, [attack], [2_000, 40_000], n_seeds=1)
        for each in found.records:
            worth = {"reach": 0.4, "reach_strict": 0.0, "pagerank": 1.0}[each.method]
            capacity = math.inf if each.method == "pagerank" else 150
            settings = {"mutual_worth": worth, "mutual_capacity": capacity}
            # They give nothing outside.
            cap = ring_cap({**settings, "mutual_giving": 0.0}, size or each.n_gainers)
            assert each.amplification == pytest.approx(cap, rel=1e-4)
            assert each.amplification <= ring_cap(settings) * (1 + 1e-5)


@pytest.mark.parametrize("attack", list(ATTACKS))
@pytest.mark.parametrize("options", [{}, {"mutual_worth": 0.0}, {"method": "pagerank"}])
def test_coalition_bound__no_attack_gains_more(attack, options):
    network = influencegraph.simulate_network(800, farm_size=0, ring_size=0)
    outcome = ATTACKS[attack](network.graph, budget=3_000, among=network.members("organic"))
    involved = np.concatenate([outcome.gainers, outcome.payers, outcome.fakes])
    coalition = list(dict.fromkeys(involved.tolist()))
    seeds = network.members("organic")[:30].tolist()
    for teleport in [None] if options.get("method") else [None, seeds]:
        scores = influencegraph.score(outcome.graph, teleport=teleport, **options)
        bound = coalition_bound(scores, coalition)
        assert 0 <= bound.reach <= bound.reach_max
        earned = influencegraph.earned_reach(scores, coalition[0])
        assert earned.lower.max() <= bound.hits_upper


@pytest.mark.parametrize("budget", [10_000, 40_000])
def test_trade_cap__bounds_what_traders_get_from_each_other(budget):
    network = influencegraph.simulate_network(2_000, farm_size=0, ring_size=0)
    graph = ATTACKS["follow_pool"](network.graph, budget=budget, among=network.members("organic")).graph
    scores = influencegraph.score(graph)
    follows = graph.rows_by_position()[0]
    follower = np.repeat(np.arange(len(graph)), np.diff(follows.indptr))
    followed = follows.indices.astype(np.int64)
    n = len(graph)
    is_mutual = np.isin(follower * n + followed, followed * n + follower)
    following = np.bincount(follower, minlength=n)
    each = 0.85 * scores.reach[follower] / np.maximum(following[follower], 1)
    one_way = np.bincount(followed[~is_mutual], each[~is_mutual], n)
    mutuals = np.bincount(followed[is_mutual], minlength=n)
    given = np.bincount(follower[~is_mutual], minlength=n) / np.maximum(following, 1)
    counted = (np.minimum(1, 0.4 * (1 + 1.5 * given))[follower] * each)[is_mutual]
    room = np.minimum(1, 150 / np.maximum(mutuals, 1))
    from_trades = room * np.bincount(followed[is_mutual], counted, n)
    assert scores.reach == pytest.approx(1 + one_way + from_trades, rel=1e-6)
    largest = ((1 + one_way) / np.maximum(following, 1))[mutuals > 0].max()
    caps = np.array([trade_cap(scores.settings, int(m)) for m in mutuals.tolist()]) * largest
    assert np.all(from_trades <= caps * (1 + 1e-9))


def test_measuring__goes_on_from_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "BUDGETS", (300,))
    told = []
    monkeypatch.setattr(measuring, "say", told.append)
    found = measuring.measure(tmp_path / "records.csv", n_networks=2, n_accounts=500)
    assert found.distinct("seed") == [0, 1]
    assert measuring.read(tmp_path / "records.csv") == found
    with open(tmp_path / "records.csv", encoding="utf-8") as file:
        lines = file.readlines()
    (tmp_path / "part.csv").write_text("".join(lines[:100]), "utf-8")
    assert measuring.measure(tmp_path / "part.csv", n_networks=2, n_accounts=500) == found
    assert len(told) == 2 * 2 * len(ATTACKS)


def draw_records(attacks=tuple(ATTACKS), budgets=measuring.BUDGETS):
    """Return records of every attack and method, with numbers drawn at random, and none where none are."""
    rng = np.random.default_rng(0)
    methods = [*robustness.METHODS, "collusionrank"]
    drawn = []
    for attack, budget, seed, method in product(attacks, budgets, range(3), methods):
        numbers = {name: float(rng.uniform(0.5, 5)) for name in MEASURES}
        if method == "collusionrank":
            numbers |= {"amplification": math.nan, "gain": math.nan}
        drawn.append(Record(attack, method, budget, seed, 12_000, 350_000, 10, 10, budget, **numbers))
    return LabRecords(tuple(drawn))


def draw_doses():
    drawn = draw_records(map(str, measuring.DOSES), [measuring.DOSE_BUDGET])
    return LabRecords(tuple(each for each in drawn.records if each.method in ("reach", "pagerank")))


def test_doses__many_tries_gain_more_than_few():
    found = measuring.measure_doses(n_networks=1, n_accounts=2_000)
    ours = found.select(method="reach")
    few, many = (ours.select(attack=tries).estimate("amplification").mean for tries in ("50", "400"))
    assert 1 < few < many


def test_page__is_written_with_its_pictures_and_the_same_bytes_again(tmp_path):
    pages = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        robustness.write_robustness(draw_records(), draw_doses(), tmp_path / name)
        files = ("robustness.md", "robustness.svg", "robustness_costs.svg")
        pages.append([(tmp_path / name / file).read_bytes() for file in files])
    assert pages[0] == pages[1]
    page = pages[0][0].decode()
    assert "nan" not in page
    assert page.count("| pool of 400 real accounts") == 3
    assert "3 simulated networks of 12,000 accounts" in page
    for attack in ATTACKS:
        assert f"| `{attack}` |" in page
    assert max(len(line) for line in page.splitlines() if not line.startswith("|")) <= 110
    for picture in pages[0][1:]:
        assert ElementTree.fromstring(picture).tag.endswith("svg")


def test_command__writes_the_page_where_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "measure", lambda records: draw_records())
    monkeypatch.setattr(command, "measure_doses", draw_doses)
    monkeypatch.setattr("sys.argv", ["benchmarks.lab", "--docs", str(tmp_path)])
    command.main()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "robustness.md", "robustness.svg", "robustness_costs.svg",
    ]  # fmt: skip
