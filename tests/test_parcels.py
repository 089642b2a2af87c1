"""Flat networks at once: attention sent in eight bits, of which nothing is lost."""

from __future__ import annotations

import hypothesis
import numpy as np
import pytest
import scipy.sparse
from hypothesis import strategies as st
from layouts.test_layouts import check_agreement, to_bytes
from test_batch import check_alike, check_exactly, draw_cases
from test_staged import make_circle, make_flat

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.kernels import vector
from influencegraph.kernels.jit import Crew
from influencegraph.layouts import flat as flatness
from influencegraph.layouts import partitioned, prepare
from influencegraph.layouts.lanes import pays_to_share
from influencegraph.solvers import flat, together
from influencegraph.solvers.cases import LaneSettings
from influencegraph.solvers.parcels import Parcels
from influencegraph.testing import follower_graphs

CASES = [
    {},
    {"mutual_worth": 1.0, "mutual_capacity": np.inf},
    {"mutual_worth": 0.0},
    {"damping": 0.5, "mutual_capacity": 2},
    {"damping": 0.0},
    {"teleport": [3, 7, 11]},
    {"method": "pagerank", "teleport": {5: 2.0, 800: 0.25}},
    {"mutual_giving": 4.0, "mutual_worth": 0.3},
    {"method": "pagerank", "teleport": [1]},
    {"damping": 0.99},
    {"mutual_giving": 0.0},
]


def make_celebrities(n, degree=16, seed=5):
    """Everybody follows as many, two thirds of them among a hundred; a tenth of accounts follow nobody."""
    rng = np.random.default_rng(seed)
    follower = np.repeat(np.arange(n - n // 10), degree)
    famous = rng.random(len(follower)) < 2 / 3
    followed = np.where(famous, rng.integers(0, 100, len(follower)), rng.integers(0, n, len(follower)))
    return FollowerGraph.from_arrays(follower, followed, labels=range(n))


@pytest.fixture(autouse=True)
def lanes(monkeypatch):
    """Solve in lanes whatever the size."""
    monkeypatch.setattr(together, "pays_to_share", lambda graph: True)


@pytest.fixture
def spy(monkeypatch):
    """How many lanes `FlatLanes` left to be solved alone, of each group."""
    left = []

    class Spy(flat.FlatLanes):
        def solve(self, effort):
            found = super().solve(effort)
            left.append(sum(each is None for each in found))
            return found

    monkeypatch.setattr(together, "FlatLanes", Spy)
    return left


@pytest.fixture(scope="module", params=[make_flat, make_celebrities])
def graph(request):
    return request.param(30_000)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-9, 1e-12])
def test_parcels__equal_one_by_one(graph, tolerance, spy):
    batch = influencegraph.score_batch(graph, CASES, tolerance=tolerance)
    if tolerance > 1e-12:  # which is beyond sums of a hundred that everybody follows
        assert spy == [0, 0]
    for case, scores in zip(CASES, batch, strict=True):
        alone = influencegraph.score(graph, tolerance=tolerance, **case)
        assert scores.settings == alone.settings
        check_alike(scores, alone, tolerance)


@pytest.mark.parametrize("tolerance", [1e-6, 1e-9])
def test_parcels__take_a_few_sweeps_more_than_float32(tolerance, spy):
    """Eight bits leave some hundredths of what is sent, where a sweep leaves a seventh."""
    network = make_flat(70_000)
    worths = [{"mutual_worth": worth} for worth in np.linspace(0, 1, 8)]
    batch = influencegraph.score_batch(network, worths, tolerance=tolerance)
    alone = [influencegraph.score(network, tolerance=tolerance, **case) for case in worths]
    assert spy == [0]
    most = max(scores.certificate.sweeps for scores in alone)
    assert batch[0].certificate.sweeps <= most + 2


def test_parcels__one_seed_each_converges(graph, spy):
    """All attention starts at one account: amounts range over many powers of 2."""
    cases = [{"teleport": [seed]} for seed in (0, 1, 99, 20_000, 25_000, 26_999, 29_999)]
    for case, scores in zip(cases, influencegraph.score_batch(graph, cases), strict=True):
        check_agreement(scores, influencegraph.score(graph, **case))
    assert spy == [0]


def test_parcels__give_way_where_the_network_converges_slowly(spy):
    """Its out-degrees look flat, but attention stays near where it starts."""
    circle = make_circle(20_000)
    cases = [{"teleport": [0]}, {"method": "pagerank", "teleport": [5]}, {}]
    for case, scores in zip(cases, influencegraph.score_batch(circle, cases), strict=True):
        check_agreement(scores, influencegraph.score(circle, **case))
        assert scores.certificate.error <= 1e-9


def test_parcels__a_tolerance_near_rounding_is_met_alone(graph):
    for scores in influencegraph.score_batch(
        graph, [{}, {"damping": 0.5}, {"mutual_worth": 0}], tolerance=1.2e-13
    ):
        assert scores.certificate.error <= 1.2e-13


@pytest.mark.parametrize("cell", [1 << 20, 5000])
def test_parcels__same_bytes_for_any_number_of_threads(graph, cell, monkeypatch):
    monkeypatch.setattr(partitioned, "_CELL", cell)
    found = []
    for n_threads in (1, 2, 4, 8):
        graph.prepared.clear()
        found.append([*map(to_bytes, influencegraph.score_batch(graph, CASES[:5], n_threads=n_threads))])
    assert all(each == found[0] for each in found)
    graph.prepared.clear()


@pytest.mark.parametrize("max_sweeps", [1, 2, 3, 5])
def test_parcels__stopped_early_warn_or_raise(graph, max_sweeps):
    with pytest.raises(influencegraph.DidNotConverge):
        influencegraph.score_batch(graph, CASES[:3], max_sweeps=max_sweeps)
    with pytest.warns(influencegraph.InfluenceGraphWarning, match="not"):
        batch = influencegraph.score_batch(graph, CASES[:3], max_sweeps=max_sweeps, not_converged="warn")
    for case, scores in zip(CASES[:3], batch, strict=True):
        assert not scores.certificate.converged
        check_agreement(scores, influencegraph.score(graph, tolerance=1e-12, **case))


def test_parcels__progress_ends_below_the_tolerance(graph):
    seen = []
    batch = influencegraph.score_batch(graph, [{}] * 3, progress=seen.append)
    assert seen[-1].error <= seen[-1].tolerance == 1e-9
    assert [each.sweeps for each in seen] == list(range(1, batch[0].certificate.sweeps + 1))


@hypothesis.given(follower_graphs(9, weighted=False), st.data())
def test_parcels__hold_the_exact_solution_of_any_network(graph, data):
    hypothesis.assume(np.count_nonzero(graph.out_degrees) >= flatness.FLAT_STAGES)
    cases = draw_cases(data, graph)
    tolerance = data.draw(st.sampled_from([1e-4, 1e-9, 1e-13]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flatness, "FLAT", 2.0)
        batch = influencegraph.score_batch(graph, cases, tolerance=tolerance)
    for case, scores in zip(cases, batch, strict=True):
        check_exactly(scores, graph, case, tolerance)


@pytest.mark.parametrize("sweeps", [1, 2, 5])
def test_parcels__nothing_is_lost(sweeps):
    """What is left is the launch and all that arrives, less what was sent, whatever was rounded."""
    network, rng = make_celebrities(3000), np.random.default_rng(0)
    n, followers = int(np.count_nonzero(network.out_degrees)), network.followers
    rows = scipy.sparse.csr_array((np.ones(network.n_follows), followers.indices, followers.indptr))[:n, :n]
    weights = np.where(network.out_degrees > 0, network.out_degrees, np.inf)
    launch, damping = rng.random((n, 8)).astype(np.float32), np.linspace(0.2, 0.9, 8)
    chosen = np.ones((5, 8), np.float32)
    chosen[0], chosen[2], chosen[4] = damping, 1e30, 0.0
    settings = LaneSettings(chosen.ravel(), np.ones(n, np.float32), np.empty(0, np.float32))
    with Crew(2) as crew:
        prepared = prepare(network, None, weights, "partitioned", crew)
        assert prepared.is_flat
        columns = tuple(np.ascontiguousarray(launch.T.astype(float)))
        parcels = Parcels(network, prepared, settings, columns, crew)
        unseen = parcels._begin(crew)
        for _ in range(sweeps):
            changed, unseen = parcels._sweep(parcels._take(unseen), crew)
    sent, left = (np.concatenate(each).reshape(n, 8).astype(float) for each in (parcels._sent, parcels._left))
    numbers = vector._widen(parcels._parcels).reshape(n, 8) * parcels._lane[0].astype(float)
    # An account has read what stages before its own sent last, and not yet what its own and later ones did.
    starts = [each.first for each in parcels._stages]
    stage = np.searchsorted(starts, np.arange(n), side="right")
    unread = rows.multiply(stage[:, np.newaxis] <= stage)
    arrived = damping * (rows @ (sent / weights[:n, np.newaxis]) - unread @ numbers)
    lost = parcels._asked * launch + arrived - sent - left
    assert np.abs(lost).max() <= 1e-6 * np.abs(sent).max()
    assert np.all(np.abs(left).sum(axis=0) <= changed / 8)


def test_numbers_of_eight_bits__are_rounded_to_the_nearest():
    numbers = np.arange(256, dtype=np.uint8)
    values = vector._widen(numbers)
    assert values.max() == vector.TINY_MAX == -values.min()
    kept = np.flatnonzero((numbers & 127) >= 4)
    assert np.array_equal(vector._round(values[kept]), numbers[kept])
    rng = np.random.default_rng(0)
    signs, sizes = rng.choice([-1, 1], 5000), np.exp2(rng.uniform(-126, -95.2, 5000))
    asked = np.minimum(sizes, vector.TINY_MAX).astype(np.float32) * signs.astype(np.float32)
    found = vector._widen(vector._round(asked))
    nearest = values[kept][np.abs(values[kept][None, :] - asked[:, None]).argmin(axis=1)]
    assert np.array_equal(np.abs(found - asked), np.abs(nearest - asked))
    assert np.all(np.abs(found - asked) <= np.abs(asked) / 8)
    beyond = np.array([0, 2.0**-128, -(2.0**-130), 1, -1, np.inf], np.float32)
    assert vector._widen(vector._round(beyond)).tolist() == [
        0,
        0,
        0,
        *(vector.TINY_MAX * np.array([1, -1, 1])),
    ]


def test_flat_networks__are_solved_in_lanes(monkeypatch):
    monkeypatch.setattr(partitioned, "_FOLLOWS_MIN", 0)
    network = make_flat(20_000)
    follower, followed, _ = network.to_arrays()
    assert pays_to_share(network)
    assert not pays_to_share(network.from_arrays(follower, followed, np.ones(len(follower))))
    monkeypatch.setattr(partitioned, "_FOLLOWS_MIN", network.n_follows + 1)
    assert not pays_to_share(network)
