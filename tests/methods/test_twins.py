"""Every method against its slow twin, and what all methods have in common."""

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st

from influencegraph import METHODS, DidNotConverge, FollowerGraph, InvalidArgument, score, score_batch
from influencegraph.testing import follower_graphs, teleports

TIGHT = 1e-12
MORE = [
    "trustrank", "tunkrank", "hitting_time", "collusionrank", "tweepcred", "leaderrank", "articlerank",
    "hits", "salsa",
]  # fmt: skip


def draw_settings(method, graph, data):
    chosen, free = {}, METHODS[method].free
    if "damping" in free:
        chosen["damping"] = data.draw(st.sampled_from((0.85, 0.5, 0.95, 0.1)))
    if "teleport" in free:
        seeds = teleports(graph.n_accounts)
        chosen["teleport"] = data.draw(st.none() | seeds if METHODS[method].seeds is None else seeds)
    return chosen


def find_twin(method, graph, **chosen):
    return getattr(oracles, method)(graph.to_scipy().toarray(), **chosen)


@pytest.mark.parametrize("method", [method for method in MORE if method != "hits"])
@hypothesis.settings(max_examples=60)
@hypothesis.given(graph=follower_graphs(), data=st.data())
def test_method__slow_twin(method, graph, data):
    chosen = draw_settings(method, graph, data)
    scores = score(graph, method=method, tolerance=TIGHT, **chosen)
    np.testing.assert_allclose(scores.values, find_twin(method, graph, **chosen), rtol=1e-9, atol=1e-9)
    assert scores.unit == METHODS[method].unit
    assert scores.rank.tolist() == (np.argsort(np.argsort(-scores.values, kind="stable")) + 1).tolist()


@hypothesis.given(follower_graphs())
def test_hits__slow_twin(graph):
    matrix = graph.to_scipy().toarray()
    sizes = np.linalg.eigvalsh(matrix.T @ matrix)
    lower = sizes[sizes <= sizes[-1] * (1 - 1e-9)]
    hypothesis.assume(not lower.size or lower[-1] < 0.97 * sizes[-1])  # else it takes too many steps
    values = score(graph, method="hits", tolerance=1e-11).values
    np.testing.assert_allclose(values, oracles.hits(matrix), atol=1e-9)


def draw_large(rng, weighted):
    """30,000 accounts, 90,000 follows, labels scattered: enough for threads, and for the fast layouts."""
    follower, followed = (30_000 * rng.random((2, 90_000)) ** 1.3).astype(np.int64)
    weights = rng.uniform(1, 2, size=follower.size) if weighted else None
    return FollowerGraph.from_arrays(follower * 7919, followed * 7919, weights)


@pytest.mark.parametrize("weighted", [False, True])
def test_method__of_many_accounts_and_threads(weighted):
    graph = draw_large(np.random.default_rng(5), weighted)
    seeds = np.zeros(graph.n_accounts)
    seeds[::1000] = 1
    matrix = graph.to_scipy()
    out = matrix.sum(axis=1)
    passed = matrix.multiply(1 / np.where(out > 0, out, 1)[:, None]).tocsr().T
    into = matrix.sum(axis=0)
    back = matrix.T.multiply(1 / np.where(into > 0, into, 1)[:, None]).tocsr().T
    t = seeds / seeds.sum()
    wanted = {
        "trustrank": lambda x: 0.85 * (passed @ x) + 0.15 * t,
        "tunkrank": lambda x: passed @ (1 + 0.85 * x),
        "collusionrank": lambda x: 0.85 * (back @ x) - 0.15 * t,
        "hits": lambda x: (lambda a: a / a.sum())(matrix.T @ (matrix @ x)),
    }
    for method, step in wanted.items():
        given = {"teleport": seeds} if METHODS[method].seeds else {}
        runs = [score(graph, method=method, n_threads=n, **given) for n in (1, 2, 3)]
        assert len({run.values.tobytes() for run in runs}) == 1
        assert np.abs(step(runs[0].values) - runs[0].values).sum() < 1e-9 * max(1, runs[0].values.sum())
    for method in ("leaderrank", "articlerank", "salsa"):
        runs = [score(graph, method=method, n_threads=n).values for n in (1, 2, 3)]
        assert len({run.tobytes() for run in runs}) == 1
    assert score(graph, method="leaderrank").values.sum() == pytest.approx(graph.n_accounts)


# ---- accounts and graphs at the edge ----


@pytest.mark.parametrize("method", MORE)
def test_method__isolated_accounts_labels_and_repeated_rows(method):
    follower, followed = ["b", "c", "b", "d"], ["c", "b", "c", "c"]
    text = FollowerGraph.from_arrays(follower, followed, labels=["z", "b", "c", "d"])
    numbers = FollowerGraph.from_arrays([2, 3, 4], [3, 2, 3], labels=[9, 2, 3, 4])
    given = [{"teleport": [one]} if METHODS[method].seeds else {} for one in ("c", 3)]
    first, second = score(text, method=method, **given[0]), score(numbers, method=method, **given[1])
    assert first.values.tobytes() == second.values.tobytes()
    assert first["z"].value == first.values[0] == min(first.values) or method == "collusionrank"


@pytest.mark.parametrize("method", MORE)
@pytest.mark.parametrize("weights", [[1.7e308] * 4, [5e-324] * 4, [1.7e308, 5e-324, 1.7e308, 1.0]])
def test_method__weights_at_the_ends_of_float64(method, weights):
    graph = FollowerGraph.from_arrays([1, 1, 2, 3], [2, 3, 3, 1], weights=weights)
    given = {"teleport": [3]} if METHODS[method].seeds else {}
    values = score(graph, method=method, **given).values
    assert np.isfinite(values).all()
    scaled = [max(weight / max(weights), 1e-30) for weight in weights]  # hardly anything, but a follow
    like = FollowerGraph.from_arrays([1, 1, 2, 3], [2, 3, 3, 1], weights=scaled)
    twin = find_twin(method, like, **({"teleport": np.array([0.0, 0.0, 1.0])} if given else {}))
    np.testing.assert_allclose(values, twin, atol=1e-6)


# ---- settings ----

UNUSED = [
    (method, setting)
    for method in MORE
    for setting in ("damping", "mutual_worth", "mutual_capacity", "mutual_giving", "teleport")
    if setting not in METHODS[method].free
]


@pytest.mark.parametrize(("method", "setting"), UNUSED)
def test_method__refuses_a_setting_it_does_not_use(method, setting):
    graph = FollowerGraph.from_arrays([1, 2], [2, 3])
    given = {"teleport": [1]} if METHODS[method].seeds else {}
    value = {"damping": 0.3, "mutual_worth": 0.25, "mutual_capacity": 7, "mutual_giving": 1, "teleport": [1]}[
        setting
    ]
    with pytest.raises(InvalidArgument, match=f"method '{method}' does not use it") as caught:
        score(graph, method=method, **{**given, setting: value})
    assert caught.value.name == setting


@pytest.mark.parametrize(
    ("method", "who"), [("trustrank", "known to be good"), ("collusionrank", "spammers")]
)
def test_method__asks_for_the_seeds_it_starts_at(method, who):
    graph = FollowerGraph.from_arrays([1, 2], [2, 3])
    with pytest.raises(InvalidArgument, match=f"teleport is None; .* starts at .*{who}") as caught:
        score(graph, method=method)
    assert caught.value.name == "teleport"


@pytest.mark.parametrize("method", MORE)
def test_method__batch_is_the_same(method):
    graph = FollowerGraph.from_arrays([1, 2, 3, 4], [2, 3, 1, 1])
    case = {"method": method} | ({"teleport": [1]} if METHODS[method].seeds else {})
    batch = score_batch(graph, [case, {}])[0]
    assert batch.values.tolist() == pytest.approx(score(graph, **case).values.tolist(), abs=1e-8)
    assert (batch.propagation is None) == (METHODS[method].read is None)


@pytest.mark.parametrize("method", ["leaderrank", "articlerank", "hits", "hitting_time", "tunkrank"])
def test_method__not_converged_is_an_error_or_a_warning(method):
    graph = FollowerGraph.from_arrays([1, 2, 3, 4, 4, 5], [2, 3, 1, 1, 5, 4])
    with pytest.raises(DidNotConverge, match="after 2 sweeps") as caught:
        score(graph, method=method, max_sweeps=2)
    assert caught.value.sweeps == 2
    assert caught.value.error > caught.value.tolerance
    with pytest.warns(UserWarning, match="after 2 sweeps") as warned:
        values = score(graph, method=method, max_sweeps=2, not_converged="warn").values
    assert warned[0].filename == __file__
    assert np.isfinite(values).all()


@pytest.mark.parametrize("method", ["leaderrank", "articlerank"])
def test_method__a_tolerance_below_rounding_says_so(method):
    graph = FollowerGraph.from_arrays([1, 2, 3, 4], [2, 3, 1, 1])
    with pytest.raises(DidNotConverge, match="Rounding alone"):
        score(graph, method=method, tolerance=1e-30)


@pytest.mark.parametrize("method", ["leaderrank", "articlerank", "hits"])
def test_method__progress_is_called_after_each_sweep(method):
    seen = []
    score(FollowerGraph.from_arrays([1, 2, 3, 4], [2, 3, 1, 1]), method=method, progress=seen.append)
    assert [each.sweeps for each in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].error <= seen[-1].tolerance == 1e-9


@pytest.mark.parametrize("weights", [None, [0.5, 0.0, 2.0, 1.0, 3.0]])
@pytest.mark.parametrize("method", MORE)
def test_method__layers_of_engagement_are_in_the_weights(method, weights):
    follower, followed = [1, 2, 3, 4, 3], [2, 1, 1, 3, 4]
    graph = FollowerGraph.from_arrays(follower, followed, weights)
    layered = graph.with_layer("acts", [1, 2, 4], [2, 1, 3], [3, 1, 7], weight=0.5, times=[10.0, 0.0, 10.0])
    base, given = np.array(weights or [1.0] * 5), {"teleport": [1]} if METHODS[method].seeds else {}
    for fading, acts in (
        ({}, [1.5, 0.5, 0, 3.5, 0]),
        ({"half_life": 10, "as_of": 10}, [1.5, 0.25, 0, 3.5, 0]),
    ):
        flat = FollowerGraph.from_arrays(follower, followed, base + acts)
        expected = score(flat, method=method, tolerance=TIGHT, **given).values
        found = score(layered, method=method, tolerance=TIGHT, **given, **fading).values
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
