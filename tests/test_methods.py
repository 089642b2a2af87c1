"""METHODS and the arguments of `score`."""

import inspect
import math

import numpy as np
import pytest

from influencegraph import (
    METHODS,
    DidNotConverge,
    FollowerGraph,
    InfluenceGraphWarning,
    InvalidArgument,
    Scale,
    score,
)  # fmt: skip

GRAPH = FollowerGraph.from_arrays(["ann", "bob", "cat", "dan"], ["bob", "ann", "bob", "cat"])


def test_methods__by_name_and_unit():
    assert {name: method.unit for name, method in METHODS.items()} == {
        "reach": "accounts reached",
        "pagerank": "share of all attention",
        "followers": "followers",
        "one_way_followers": "one-way followers",
        "trustrank": "share of the trust given out",
        "tunkrank": "expected readers",
        "hitting_time": "probability of being reached",
        "collusionrank": "share of the blame, negative",
        "tweepcred": "points from 0 to 100",
        "leaderrank": "times the average account",
        "articlerank": "ArticleRank points",
        "hits": "share of all authority",
        "salsa": "share of all authority",
    }


def seeds_for(method, *labels):
    """A teleport, for the methods that cannot do without."""
    return None if METHODS[method].seeds is None else list(labels)


ALONE = {
    "reach": 1.0, "pagerank": 1.0, "trustrank": 0.15, "hitting_time": 1.0, "collusionrank": -0.15,
    "tweepcred": 100.0, "leaderrank": 1.0, "articlerank": 0.15,
}  # fmt: skip
"""What one account alone scores; 0 by all other methods."""


def test_followers__count_and_one_way_followers_count():
    assert score(GRAPH, method="followers").values.tolist() == [1, 2, 1, 0]
    assert score(GRAPH, method="one_way_followers").values.tolist() == [0, 1, 1, 0]


def test_one_way_followers__of_a_ring_are_none():
    one, other = np.triu_indices(6, 1)
    ring = FollowerGraph.from_arrays(np.r_[one, other], np.r_[other, one])
    assert score(ring, method="one_way_followers").values.tolist() == [0.0] * 6


def test_pagerank__is_reach_without_discount_as_a_share():
    plain = score(GRAPH, mutual_worth=1, mutual_capacity=math.inf)
    pagerank = score(GRAPH, method="pagerank")
    assert pagerank.reach.tobytes() == plain.reach.tobytes()
    assert pagerank.values.sum() == pytest.approx(1.0)
    assert pagerank.share.tolist() == pytest.approx(pagerank.values.tolist())


@pytest.mark.parametrize(
    ("method", "setting", "value"),
    [
        ("pagerank", "mutual_worth", 0.3),
        ("pagerank", "mutual_capacity", 7),
        ("followers", "damping", 0.5),
        ("followers", "teleport", ["ann"]),
        ("followers", "mutual_worth", 0.1),
        ("one_way_followers", "mutual_worth", 1.0),
        ("one_way_followers", "mutual_capacity", 1),
        ("one_way_followers", "teleport", ["ann"]),
    ],
)
def test_methods__refuse_a_setting_they_do_not_use(method, setting, value):
    with pytest.raises(InvalidArgument, match=f"method '{method}' does not use it") as caught:
        score(GRAPH, method=method, **{setting: value})
    assert caught.value.name == setting


def test_methods__accept_the_values_they_fix():
    assert score(GRAPH, method="pagerank", mutual_worth=1, mutual_capacity=math.inf).method == "pagerank"


def test_arguments__are_the_same_names_and_defaults_as_written():
    parameters = inspect.signature(score).parameters
    assert {name: parameter.default for name, parameter in list(parameters.items())[1:]} == {
        "method": "reach", "damping": 0.85, "mutual_worth": 0.4, "mutual_capacity": 150, "teleport": None,
        "tolerance": 1e-9, "max_sweeps": 1000, "not_converged": "error", "scale": None, "n_threads": None,
        "progress": None, "layout": "auto", "engagement_half": 3, "half_life": None, "as_of": None,
        "mutual_giving": 1.5, "topics": None,
    }  # fmt: skip
    assert all(each.kind is each.KEYWORD_ONLY for each in list(parameters.values())[1:])


NOT_NUMBERS = ["x", None, math.nan, [1], b"1", 1j, "0.5", object()]
BAD = {
    "damping": [1.0, 1.5, -0.2, math.inf, *NOT_NUMBERS],
    "mutual_worth": [-0.1, 1.1, -math.inf, *NOT_NUMBERS],
    "mutual_capacity": [0, -1, -math.inf, *NOT_NUMBERS],
    "tolerance": [0, -1, math.inf, *NOT_NUMBERS],
    "max_sweeps": [0, -1, 1.5, True, None, "3"],
    "n_threads": [0, -1, 1.5, True, "3"],
    "not_converged": ["ignore", None, True, 1, ["error"]],
    "progress": ["yes", 1, False, []],
    "method": ["Reach", "", None, 3, b"reach", ["reach"], {}],
    "scale": ["2026", 5, GRAPH],
}
TABLE = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), TABLE, ids=[f"{name}={value!r:.20}" for name, value in TABLE])
def test_arguments__bad_ones_are_refused_in_one_line(name, value):
    with pytest.raises(InvalidArgument) as caught:
        score(GRAPH, **{name: value})
    message = str(caught.value)
    assert message.isprintable()
    assert message.startswith(f"{name} is ")
    assert "; " in message
    assert ". " in message
    assert (caught.value.name, caught.value.value) == (name, value) or value != value  # noqa: PLR0124,RUF100


@pytest.mark.parametrize("graph", [None, "follows.tsv", [(1, 2)], np.eye(2)])
def test_arguments__what_is_no_graph_is_refused(graph):
    with pytest.raises(InvalidArgument, match="it is a FollowerGraph"):
        score(graph)


def test_arguments__of_numpy_and_of_ints_are_numbers():
    wanted = score(GRAPH, damping=0.5, mutual_worth=0.0, mutual_capacity=2.0).reach.tolist()
    again = score(GRAPH, damping=np.float64(0.5), mutual_worth=0, mutual_capacity=np.int32(2))
    assert again.reach.tolist() == wanted
    assert score(GRAPH, damping=0).reach.tolist() == [1.0] * 4


def test_progress__is_called_after_each_sweep():
    seen = []
    scores = score(GRAPH, progress=seen.append)
    assert [each.sweeps for each in seen] == list(range(1, scores.certificate.sweeps + 1))
    assert seen[-1].error <= seen[-1].tolerance == 1e-9


def test_progress__draws_nothing_where_there_is_no_terminal(capsys):
    score(GRAPH, progress=True)
    assert capsys.readouterr() == ("", "")


def test_not_converged__is_an_error_or_a_warning():
    with pytest.raises(DidNotConverge, match="after 2 sweeps") as caught:
        score(GRAPH, max_sweeps=2)
    assert caught.value.sweeps == 2
    assert caught.value.error > caught.value.tolerance
    with pytest.warns(InfluenceGraphWarning, match="after 2 sweeps") as warned:
        scores = score(GRAPH, max_sweeps=2, not_converged="warn")
    assert warned[0].filename == __file__
    assert not scores.certificate.converged
    exact = score(GRAPH).reach
    assert ((scores.lower <= exact) & (exact <= scores.upper)).all()


def test_not_converged__a_tolerance_below_rounding_says_so():
    with pytest.raises(DidNotConverge, match="Rounding alone"):
        score(GRAPH, tolerance=1e-30)


# ---- graphs at the edge ----


@pytest.mark.parametrize("method", METHODS)
def test_graphs__empty_and_of_one_account(method):
    empty = FollowerGraph.from_arrays([], [])
    assert score(empty, method=method, teleport=seeds_for(method)).values.tolist() == []
    alone = score(FollowerGraph.from_arrays([3], [3]), method=method, teleport=seeds_for(method, 3))
    assert alone.values.tolist() == [pytest.approx(ALONE.get(method, 0.0))]
    assert alone[3].rank == alone[3].rank_worst == 1


@pytest.mark.parametrize("method", METHODS)
def test_graphs__where_nobody_gives_attention(method):
    graphs = [
        FollowerGraph.from_arrays([], [], labels=[1, 2, 3]),
        FollowerGraph.from_arrays([1, 2, 3], [2, 3, 1], weights=[0, 0, 0]),
    ]
    for graph in graphs:
        values = score(graph, method=method, teleport=seeds_for(method, 1, 2, 3)).values
        assert np.isfinite(values).all()
        assert len(set(values.tolist())) == 1
    assert score(graphs[1]).ledger.dangling == pytest.approx(0.85)


@pytest.mark.parametrize(
    "weights",
    [[1.7e308] * 4, [5e-324] * 4, [1.7e308, 5e-324, 1.7e308, 5e-324], [5e-324, 1.7e308, 1.0, 5e-324]],
)
def test_weights__at_the_ends_of_float64_are_right(weights):
    graph = FollowerGraph.from_arrays([1, 1, 2, 3], [2, 3, 3, 1], weights=weights)
    scores = score(graph, mutual_worth=0.5, mutual_giving=0)
    w = [weights[0] / max(weights[:2]), weights[1] / max(weights[:2])]
    share = [each / sum(w) for each in w]
    step = np.array([[0, 0, 0.85], [0.85 * share[0], 0, 0], [0.85 * share[1] * 0.5, 0.85, 0]])
    step[0, 2] *= 0.5  # 1 and 3 follow each other
    exact = np.linalg.solve(np.eye(3) - step, np.ones(3))
    np.testing.assert_allclose(scores.reach, exact, atol=1e-7)
    assert scores.certificate.converged


def test_weights__scaled_alike_give_the_same_bytes():
    columns = [1, 1, 2, 3], [2, 3, 3, 1]
    base = score(FollowerGraph.from_arrays(*columns, weights=[1.0, 2.0, 3.0, 0.5])).reach
    for factor in (2.0**300, 2.0**-300, 4.0):
        scaled = [factor * weight for weight in (1.0, 2.0, 3.0, 0.5)]
        assert score(FollowerGraph.from_arrays(*columns, weights=scaled)).reach.tobytes() == base.tobytes()


def test_settings__say_what_was_asked():
    scores = score(GRAPH, damping=0.5, teleport=["ann"])
    assert str(scores.settings) == (
        "reach(damping=0.5, mutual_worth=0.4, mutual_capacity=150, mutual_giving=1.5, teleport given)"
    )
    assert isinstance(scores.scale, Scale)
