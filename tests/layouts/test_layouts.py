"""Layouts hold every follow once, and solve to the same scores within the certificates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st

import influencegraph
from influencegraph import layouts
from influencegraph.kernels.arrange import _LONG, MARK, RUN_MIN
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.partition import SPAN, SPREAD
from influencegraph.layouts import copies, lanes, partitioned, prepare
from influencegraph.layouts.tail import DEGREE_MAX
from influencegraph.testing import follower_graphs, settings, teleports

LAYOUTS = ("pull", "partitioned")
each_layout = pytest.mark.parametrize("layout", LAYOUTS)


def make_skewed(n_accounts, rows, seed=0, **more):
    """Few follow many and are followed by many; a fifth is returned; some accounts follow nobody."""
    rng = np.random.default_rng(seed)
    follower = (n_accounts * rng.random(rows) ** 4).astype(np.int64)
    followed = (0.8 * n_accounts * rng.random(rows) ** 3).astype(np.int64)
    back = rng.random(rows) < 0.1
    order = rng.permutation(n_accounts)
    return influencegraph.FollowerGraph.from_arrays(
        order[np.concatenate([follower, followed[back]])],
        order[np.concatenate([followed, follower[back]])],
        **more,
    )


@pytest.fixture(scope="module")
def skewed():
    return make_skewed(3 * SPREAD + 100, 400_000)


def follows_of(graph):
    """Every follow between those who follow somebody: (follower, followed, is mutual), in node numbers."""
    followers, n = graph.followers, graph.n_accounts
    followed = np.repeat(np.arange(n), np.diff(followers.indptr))
    mutual = np.arange(graph.n_follows) >= graph.mutual_start[followed]
    found = np.stack([followers.indices.astype(np.int64), followed, mutual])
    return found[:, graph.out_degrees[followed] > 0]


def spell_out(partition, spread=SPREAD):
    """The follows of a partition's cells, one by one."""
    found = []
    for cell in partition.cells:
        start = 0
        lengths = cell.lengths.tolist()
        assert len(cell.ends) == 2 * len(cell.run_blocks)
        for run, target in enumerate(cell.run_targets.tolist()):
            half = int(np.searchsorted(cell.ends, run, side="right"))
            block = int(cell.run_blocks[half // 2])
            for place in cell.places[start : start + lengths[run]].tolist():
                found.append((block * spread + place, partition.first + target, half % 2))
            start += lengths[run]
        assert start == len(cell.places)
        assert all(length >= RUN_MIN for length in lengths)
        for each in np.split(np.minimum(cell.lengths, _LONG), cell.ends):
            assert np.all(np.diff(each.astype(int)) >= 0)
        message = -1
        for i, target in enumerate(cell.targets.tolist()):
            is_mutual = i >= cell.mutual_targets
            message += target >= MARK
            assert (message >= cell.mutual_sources) == is_mutual
            found.append((int(cell.sources[message]), partition.first + target % MARK, int(is_mutual)))
        assert message == len(cell.sources) - 1
        for each in np.split(cell.sources.astype(np.int64), [cell.mutual_sources]):
            assert np.all(np.diff(each) > 0)
    return found


@pytest.mark.parametrize("cell", [1 << 20, 5000])
def test_partitioned__holds_every_follow_once(skewed, cell, monkeypatch):
    monkeypatch.setattr(partitioned, "_CELL", cell)
    n = int((skewed.out_degrees > 0).sum())
    with Crew(2) as crew:
        layout = partitioned.PartitionedLayout(skewed, None, (0, SPAN + 7, n), crew)
    partitions = [each for stage in layout._stages for each in stage]
    assert [each.first for each in partitions[1:]] == [each.last for each in partitions[:-1]]
    assert partitions[0].first == 0
    assert partitions[-1].last == n
    found = sorted(follow for each in partitions for follow in spell_out(each))
    assert found == sorted(map(tuple, follows_of(skewed).T.tolist()))
    assert any(len(cell.places) for each in partitions for cell in each.cells)
    assert (max(len(each.cells) for each in partitions) > 1) == (cell == 5000)


def test_lanes__hold_every_follow_once(skewed):
    n = int((skewed.out_degrees > 0).sum())
    with Crew(2) as crew:
        layout = lanes.LaneLayout(skewed, (0, 5000, n), crew)
    found = [
        follow
        for stage in layout._stages
        for each in stage
        for follow in spell_out(each, 1 << lanes.SHAPE.spread_bits)
    ]
    assert sorted(found) == sorted(map(tuple, follows_of(skewed).T.tolist()))


def rows_of(rows):
    return [
        (row, source, int(i >= rows.middle[row]))
        for row in range(len(rows.middle))
        for i, source in enumerate(rows.sources.tolist())
        if rows.indptr[row] <= i < rows.indptr[row + 1]
    ]


def test_tail__holds_the_follows_within_it_once(monkeypatch):
    monkeypatch.setitem(layouts.TAIL_SHARE, "pull", 0.1)
    graph = make_skewed(4000, 9000)
    with Crew(1) as crew:
        prepared = prepare(
            graph, None, np.where(graph.out_degrees > 0, graph.out_degrees, np.inf), "pull", crew
        )
    split, n, tail = prepared.split, prepared.n_spreading, prepared.tail
    assert 0 < split < n
    assert np.all(graph.out_degrees[split:n] <= DEGREE_MAX)
    followers, followed, mutual = follows_of(graph)
    within = (followers >= split) & (followed >= split)
    assert 0 < within.sum() <= 0.1 * graph.n_follows
    expected = sorted(zip(*(each[within].tolist() for each in (followed, followers, mutual)), strict=True))
    accounts = tail.accounts.tolist()
    outer = [(accounts[row] + split, source + split, mutual) for row, source, mutual in rows_of(tail.outer)]
    assert sorted(outer) == expected
    inner = [(accounts[row] + split, accounts[s] + split, mutual) for row, s, mutual in rows_of(tail.inner)]
    assert sorted(inner) == [each for each in expected if each[1] - split in set(accounts)]
    assert 0 < len(inner) < len(outer)
    rows = {row for row, _, _ in rows_of(tail.inner)}
    assert rows == set(range(len(tail.inner.middle)))
    core = [follow for follow in rows_of(tail.inner) if follow[1] in rows]
    assert sorted(rows_of(tail.core)) == sorted(core)
    assert {row for row, _, _ in core} == set(range(len(tail.core.middle)))
    assert 0 < len(core) < len(inner)


def solve(graph, **chosen):
    return influencegraph.score(graph, **chosen)


def check_agreement(one, other):
    assert np.all((one.lower <= other.upper) & (other.lower <= one.upper))
    off = np.abs(one.reach - other.reach).sum() * (1 - one.settings.damping) / len(one)
    assert off <= one.certificate.error + other.certificate.error


@each_layout
@hypothesis.given(chosen=settings(), data=st.data())
def test_score__every_layout_holds_the_solution(layout, chosen, data):
    graph = data.draw(follower_graphs(12))
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    tolerance = data.draw(st.sampled_from([1e-4, 1e-7, 1e-12]))
    scores = solve(graph, layout=layout, teleport=teleport, tolerance=tolerance, **chosen)
    worths = {name: value for name, value in chosen.items() if name != "damping"}
    exact = oracles.reach(
        graph.to_scipy().toarray(),
        chosen.get("damping", 0.85),
        None if teleport is None else teleport,
        **worths,
    )
    slack = 1e-9 * (1 + exact)
    assert np.all((scores.lower <= exact + slack) & (exact <= scores.upper + slack))
    assert scores.certificate.error <= tolerance
    assert abs(scores.ledger.unresolved) <= scores.certificate.error


@each_layout
@pytest.mark.parametrize("worth", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("tolerance", [1e-6, 1e-9, 1e-13])
def test_score__layouts_agree_with_plain_steps(layout, worth, tolerance, skewed):
    small = make_skewed(1500, 12_000, seed=1)
    plain = solve(small, mutual_worth=worth, tolerance=1e-13)
    check_agreement(plain, solve(small, mutual_worth=worth, tolerance=tolerance, layout=layout))
    check_agreement(
        solve(skewed, mutual_worth=worth, tolerance=1e-12, layout="pull"),
        solve(skewed, mutual_worth=worth, tolerance=tolerance, layout=layout),
    )


def test_score__weights_of_any_size_are_solved():
    rng = np.random.default_rng(3)
    graph = make_skewed(800, 9000, weights=None)
    follower, followed, _ = graph.to_arrays()
    weights = np.exp(rng.normal(0, 60, len(follower))) * (rng.random(len(follower)) < 0.95)
    weighted = graph.from_arrays(follower, followed, weights)
    for tolerance in (1e-6, 1e-12):
        check_agreement(solve(weighted, tolerance=1e-13), solve(weighted, tolerance=tolerance, layout="pull"))


@each_layout
def test_prepare__has_a_place_for_all_who_follow_whatever_it_weighs(layout):
    graph = influencegraph.FollowerGraph.from_arrays(
        [0, 0, 1, 1, 2], [1, 2, 0, 2, 0], [1.0, 1.0, 3.0, 1.0, 0.0]
    )
    scores = solve(graph, layout=layout)
    prepared = graph.prepared[f"layout {layout}"][1]
    assert prepared.n_spreading == 3 > graph.followers.indices.max()
    check_agreement(scores, solve(graph, tolerance=1e-13))


def to_bytes(scores):
    return b"".join(each.tobytes() for each in (scores.reach, scores.lower, scores.upper)), scores.ledger


@each_layout
@pytest.mark.parametrize("cell", [1 << 20, 5000])
def test_score__same_bytes_for_any_number_of_threads(layout, cell, skewed, monkeypatch):
    monkeypatch.setattr(partitioned, "_CELL", cell)
    found = []
    for n_threads in (1, 2, 4, 8):
        skewed.prepared.clear()
        found.append(to_bytes(solve(skewed, n_threads=n_threads, layout=layout)))
        assert to_bytes(solve(skewed, n_threads=9 - n_threads, layout=layout)) == found[0]
    assert all(each == found[0] for each in found)
    skewed.prepared.clear()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("cell", [1 << 20, 5000])
def test_copies__change_no_byte(weighted, cell, skewed, monkeypatch):
    monkeypatch.setattr(partitioned, "_CELL", cell)
    graph = skewed
    if weighted:
        follower, followed, _ = skewed.to_arrays()
        graph = skewed.from_arrays(follower, followed, np.arange(1.0, len(follower) + 1))
    graph.prepared.clear()
    expected = to_bytes(solve(graph, layout="partitioned"))
    monkeypatch.setattr(copies, "ACCOUNTS_MIN", 0)
    monkeypatch.setattr(partitioned, "AMOUNTS_MIN", 0)
    gaps = [0.0]
    for _ in range(2):  # all cells at first, then those that are sparser than half of them
        monkeypatch.setattr(copies, "GAP_MIN", np.median(gaps))
        graph.prepared.clear()
        assert to_bytes(solve(graph, layout="partitioned")) == expected
        layout = graph.prepared["layout partitioned"][1].layout
        cells = [each for stage in layout._stages for part in stage for each in part.cells]
        cells = [each for each in cells if len(each.sources)]
        gaps = [
            sum(int(np.ptp(kind)) + 1 for kind in np.split(each.sources, [each.mutual_sources]) if len(kind))
            / len(each.sources)
            for each in cells
        ]
        copied = [each.first_copy >= 0 for each in cells]
        assert copied == [gap >= copies.GAP_MIN for gap in gaps]
        n_copied = sum(len(each.sources) for each, is_copied in zip(cells, copied, strict=True) if is_copied)
        assert layout.count_copies(1) == n_copied
        assert layout.n_bytes >= sum(each.n_bytes for each in cells) + 2 * n_copied
    assert any(copied)
    assert not all(copied)
    graph.prepared.clear()


@each_layout
def test_score__several_threads_share_one_layout(layout, skewed):
    expected = to_bytes(solve(skewed, layout=layout))
    with ThreadPoolExecutor(4) as pool:
        for scores in pool.map(lambda _: solve(skewed, layout=layout), range(8)):
            assert to_bytes(scores) == expected


@each_layout
@pytest.mark.parametrize("max_sweeps", [1, 2, 3, 5])
def test_score__stopped_early_is_certified_all_the_same(layout, max_sweeps, skewed):
    exact = solve(skewed, tolerance=1e-12)
    with pytest.warns(influencegraph.InfluenceGraphWarning, match=f"after {max_sweeps} sweep"):
        scores = solve(skewed, layout=layout, max_sweeps=max_sweeps, not_converged="warn", tolerance=1e-12)
    assert scores.certificate.sweeps == max_sweeps
    check_agreement(scores, exact)


@each_layout
def test_score__progress_counts_every_sweep(layout, skewed):
    seen = []
    scores = solve(skewed, layout=layout, progress=seen.append)
    assert [each.sweeps for each in seen] == list(range(1, scores.certificate.sweeps + 1))
    assert seen[-1].error <= seen[-1].tolerance == 1e-9
    assert seen[-1].error < seen[0].error


@each_layout
def test_score__groups_that_follow_only_each_other_do_not_slow_it_down(layout):
    """Pairs of accounts with one follow each: plain steps shrink their error by 0.85 only."""
    rng = np.random.default_rng(5)
    n, pairs = 20_000, 4000
    left = np.arange(n, n + pairs)
    graph = influencegraph.FollowerGraph.from_arrays(
        np.concatenate([rng.integers(0, n, 400_000), left, left + pairs]),
        np.concatenate([rng.integers(0, n, 400_000), left + pairs, left]),
    )
    scores = solve(graph, mutual_worth=1, mutual_capacity=np.inf, layout=layout)
    assert scores.certificate.sweeps < 40


def test_layout__what_there_is_none_of_is_refused(skewed):
    with pytest.raises(
        influencegraph.InvalidArgument, match="layout is 'fast'; it must be one of auto, pull"
    ):
        solve(skewed, layout="fast")


@pytest.mark.parametrize("cell", [1 << 20, 5000])
def test_partitioned__keeps_each_weight_with_its_follow(skewed, cell, monkeypatch):
    monkeypatch.setattr(partitioned, "_CELL", cell)
    n = int((skewed.out_degrees > 0).sum())
    weights = np.random.default_rng(0).random(skewed.n_follows).astype(np.float32)
    with Crew(2) as crew:
        layout = partitioned.PartitionedLayout(skewed, weights, (0, SPAN + 7, n), crew)
    found = [
        (*follow, weight)
        for stage in layout._stages
        for each in stage
        for cell_ in each.cells
        for follow, weight in zip(
            spell_out(each._replace(cells=[cell_])),
            [*cell_.place_weights.tolist(), *cell_.target_weights.tolist()],
            strict=True,
        )
    ]
    kept = skewed.out_degrees[np.repeat(np.arange(skewed.n_accounts), np.diff(skewed.followers.indptr))] > 0
    expected = [
        (*follow, weight)
        for follow, weight in zip(follows_of(skewed).T.tolist(), weights[kept].tolist(), strict=True)
    ]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("tolerance", [1e-6, 1e-9, 1e-13])
def test_score__weighted_networks_agree_over_layouts(tolerance):
    graph = make_skewed(3 * SPREAD + 100, 400_000)
    follower, followed, _ = graph.to_arrays()
    rng = np.random.default_rng(2)
    weighted = graph.from_arrays(
        follower, followed, rng.integers(0, 9, len(follower)) * rng.random(len(follower))
    )
    pulled = solve(weighted, tolerance=1e-13, layout="pull")
    found = [
        to_bytes(solve(weighted, tolerance=tolerance, layout="partitioned", n_threads=n)) for n in (1, 2, 4)
    ]
    assert all(each == found[0] for each in found)
    check_agreement(pulled, solve(weighted, tolerance=tolerance, layout="partitioned"))
