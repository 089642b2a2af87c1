"""Flat networks: stages stepped one after the other reach the same scores, in few sweeps, or give way."""

from __future__ import annotations

import hypothesis
import numpy as np
import pytest
import scipy.sparse
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.layouts import flat as flatness
from influencegraph.solvers import accelerated, scale, solve, staged
from influencegraph.testing import follower_graphs, settings, teleports
from tests import oracles

each_layout = pytest.mark.parametrize("layout", ["pull", "partitioned"])


def make_flat(n, degree=16, returned=0.2, seed=3):
    """Everybody follows `degree` others at random; some of these follow back."""
    rng = np.random.default_rng(seed)
    follower, followed = np.repeat(np.arange(n), degree), rng.integers(0, n, n * degree)
    back = rng.random(n * degree) < returned
    return FollowerGraph.from_arrays(
        np.concatenate([follower, followed[back]]), np.concatenate([followed, follower[back]]),
        labels=range(n),
    )  # fmt: skip


def make_circle(n, degree=16):
    """Everybody follows the next `degree` others: attention that starts somewhere stays near for long."""
    follower = np.repeat(np.arange(n), degree)
    return FollowerGraph.from_arrays(
        follower, (follower + np.tile(np.arange(1, degree + 1), n)) % n, labels=range(n)
    )


@pytest.fixture(scope="module")
def flat():
    return make_flat(70_000)


def solve_in_float64(graph, damping=0.85, launch=None, mutual_worth=0.4, mutual_giving=1.5):
    """Plain steps, as the README's formula reads."""
    matrix = scipy.sparse.csr_array(graph.to_scipy())
    mutual = matrix.multiply(matrix.T)
    degrees = np.maximum(1, matrix.sum(axis=1))
    regard = np.minimum(1, mutual_worth * (1 + mutual_giving * (1 - mutual.sum(axis=1) / degrees)))
    room = np.minimum(1, 150 / np.maximum(1, mutual.sum(axis=0)))
    counted = mutual.multiply(room[None, :]).multiply(regard[:, None])
    passed = (matrix - mutual + counted).tocsr().T
    launch = np.ones(graph.n_accounts) if launch is None else launch
    reach = launch
    for _ in range(250):
        reach = launch + damping * (passed @ (reach / degrees))
    return reach


@pytest.fixture
def spy(monkeypatch):
    """What `settle` returned."""
    found = []

    def settle(*given):
        found.append(staged.settle(*given))
        return found[-1]

    monkeypatch.setattr(accelerated, "settle", settle)
    return found


@each_layout
@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-10])
@pytest.mark.parametrize("worth", [0.0, 0.4, 1.0])
def test_settle__is_certified_in_few_sweeps(flat, layout, tolerance, worth, spy):
    scores = influencegraph.score(flat, mutual_worth=worth, tolerance=tolerance, layout=layout)
    assert spy[0].is_enough
    assert spy[0].sweeps <= 9
    exact = solve_in_float64(flat, mutual_worth=worth)
    assert scores.certificate.error <= tolerance
    assert 0.15 * np.abs(scores.reach - exact).sum() <= scores.certificate.error * len(scores) * (1 + 1e-9)
    assert np.all((scores.lower <= exact * (1 + 1e-12)) & (exact <= scores.upper * (1 + 1e-12)))


def test_settle__takes_fewer_sweeps_than_mixing(flat, monkeypatch):
    found = {}
    for name, limit in (("staged", flatness.FLAT), ("mixed", 0.0)):
        monkeypatch.setattr(flatness, "FLAT", limit)
        flat.prepared.clear()
        found[name] = influencegraph.score(flat, method="pagerank", tolerance=1e-6).certificate.sweeps
    flat.prepared.clear()
    assert found["staged"] <= found["mixed"]


def test_settle__begins_with_what_followers_would_pass_on(flat, monkeypatch):
    found, guess = {}, staged.kernels.guess_followers

    def guess_nothing(*given):
        launched, _ = guess(*given)
        given[-1][given[-3] : given[-2]] = 0.0
        return launched, 0.0

    for name, kernel in (("guessed", guess), ("launch", guess_nothing)):
        monkeypatch.setattr(staged.kernels, "guess_followers", kernel)
        scores = [influencegraph.score(flat, tolerance=tolerance) for tolerance in (1e-3, 1e-4, 1e-5, 1e-6)]
        found[name] = sum(each.certificate.sweeps for each in scores)
    assert found["guessed"] <= found["launch"] - 4


@each_layout
@pytest.mark.parametrize("method", ["pagerank", "reach"])
def test_settle__corrects_in_fewer_sweeps_than_mixing(flat, layout, method, spy, monkeypatch):
    corrected = influencegraph.score(flat, method=method, tolerance=1e-12, layout=layout)
    assert len(spy) == 2  # one correction
    assert all(each.is_enough for each in spy)
    monkeypatch.setattr(solve, "Whole", lambda *_: None)
    mixed = influencegraph.score(flat, method=method, tolerance=1e-12, layout=layout)
    assert corrected.certificate.sweeps <= mixed.certificate.sweeps - 2
    assert np.abs(corrected.reach - mixed.reach).sum() <= 2e-12 / 0.15 * len(corrected)


@pytest.mark.parametrize(("worth", "tolerance"), [(0.4, 1e-7), (0.2, 1e-7)])
def test_scale__is_set_before_a_correction(flat, worth, tolerance, monkeypatch):
    after = influencegraph.score(flat, mutual_worth=worth, tolerance=tolerance).certificate.sweeps
    monkeypatch.setattr(solve, "WORTHWHILE_FLAT", scale.WORTHWHILE)
    before = influencegraph.score(flat, mutual_worth=worth, tolerance=tolerance).certificate.sweeps
    assert after < before


@each_layout
def test_settle__gives_way_where_attention_stays_near(layout, spy):
    graph = make_circle(40_000)
    scores = influencegraph.score(graph, teleport=range(50), tolerance=1e-9, layout=layout)
    assert not spy[0].is_enough
    assert spy[0].sweeps <= 6
    launch = np.where(np.arange(40_000) < 50, 40_000 / 50, 0.0)
    exact = solve_in_float64(graph, launch=launch)
    assert scores.certificate.error <= 1e-9
    assert 0.15 * np.abs(scores.reach - exact).sum() <= 1e-9 * len(scores)


@each_layout
def test_settle__same_bytes_for_any_number_of_threads(flat, layout):
    found = set()
    for n_threads in (1, 2, 4, 8):
        flat.prepared.clear()
        scores = influencegraph.score(flat, layout=layout, n_threads=n_threads)
        found.add(b"".join(each.tobytes() for each in (scores.reach, scores.lower, scores.upper)))
    assert len(found) == 1


@pytest.mark.parametrize("max_sweeps", [1, 2, 4])
def test_settle__stopped_early_is_certified_all_the_same(flat, max_sweeps):
    with pytest.warns(influencegraph.InfluenceGraphWarning, match=f"after {max_sweeps} sweep"):
        scores = influencegraph.score(flat, max_sweeps=max_sweeps, not_converged="warn", tolerance=1e-12)
    exact = solve_in_float64(flat)
    assert scores.certificate.sweeps == max_sweeps
    assert 0.15 * np.abs(scores.reach - exact).sum() <= scores.certificate.error * len(scores)


def test_settle__progress_counts_every_sweep():
    seen = []
    graph = make_circle(40_000)
    scores = influencegraph.score(graph, teleport=range(50), layout="pull", progress=seen.append)
    assert [each.sweeps for each in seen] == list(range(1, scores.certificate.sweeps + 1))


@each_layout
@hypothesis.given(chosen=settings(), data=st.data())
def test_settle__any_network_may_be_taken_for_a_flat_one(layout, chosen, data):
    graph = data.draw(follower_graphs(12))
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    tolerance = data.draw(st.sampled_from([1e-4, 1e-7, 1e-12]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flatness, "FLAT", 2.0)
        scores = influencegraph.score(graph, layout=layout, teleport=teleport, tolerance=tolerance, **chosen)
    worths = {name: value for name, value in chosen.items() if name != "damping"}
    exact = oracles.reach(graph.to_scipy().toarray(), chosen.get("damping", 0.85), teleport, **worths)
    slack = 1e-9 * (1 + exact)
    assert np.all((scores.lower <= exact + slack) & (exact <= scores.upper + slack))
    assert scores.certificate.error <= tolerance


@pytest.mark.parametrize(
    ("degree", "is_flat"),
    [(16, True), (11, False)],  # 1 / 16 and 1 / 11 are below and above 0.3^2
)
def test_prepare__flat_is_who_follows_many(degree, is_flat):
    graph = make_circle(20_000, degree)
    influencegraph.score(graph, layout="partitioned")
    prepared = graph.prepared["layout partitioned"][1]
    assert prepared.is_flat == is_flat
    assert prepared.stages == ((0, 5_000, 10_000, 15_000, 20_000) if is_flat else (0, prepared.split))


@each_layout
@pytest.mark.parametrize("method", ["pagerank", "reach"])
def test_settle__corrects_nothing_where_nothing_is_launched(flat, layout, method):
    follower, followed, _ = flat.to_arrays()
    nobody = len(flat)  # who is followed, and follows nobody
    graph = influencegraph.FollowerGraph.from_arrays(
        np.append(follower, 0), np.append(followed, nobody), labels=range(nobody + 1)
    )
    with pytest.warns(influencegraph.InfluenceGraphWarning, match="the certified error"):
        scores = influencegraph.score(
            graph, method=method, teleport=[nobody], tolerance=1e-17, not_converged="warn", layout=layout
        )
    assert scores.reach[nobody] == pytest.approx(nobody + 1)
    assert not scores.reach[:nobody].any()
