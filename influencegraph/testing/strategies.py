"""Small follower networks and settings, drawn so that the discount matters.

Three examples in ten at least have mutual follows, two in ten bind the capacity, two in ten have an
account that follows nobody; tests/laws/test_strategies.py measures it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.testing.model import make_graph

_NONE, _ALONG, _BACK, _BOTH = (0, 0), (1, 0), (0, 1), (1, 1)
_MOODS = (
    (_NONE, _NONE, _NONE, _NONE, _ALONG, _BACK, _BOTH),
    (_NONE, _ALONG, _BACK, _BOTH),
    (_NONE, _BOTH, _BOTH, _ALONG, _BACK),
)
"""What two accounts may be to each other: mostly strangers, anything, mostly friends."""

DAMPINGS = (0.85, 0.5, 0.95, 0.0)
CAPACITIES = (150.0, 1.0, 0.5, 1.5, 2.0, math.inf)
GIVING = (1.5, 0.0, 0.5, 6.0)


def follower_graphs(
    max_accounts: int = 8, weighted: bool | None = None, *, min_accounts: int = 1
) -> SearchStrategy[FollowerGraph]:
    """Return a strategy of follower networks labelled 0, 1, 2, ...

    Parameters
    ----------
    max_accounts, min_accounts : int
        Of accounts; isolated ones included.
    weighted : bool, optional
        True gives weights from 0 to 1000 (a follow of weight 0 exists and carries nothing), False
        none; by default both kinds occur.

    Examples
    --------
    >>> from hypothesis import given
    >>> from influencegraph.testing import follower_graphs
    >>> @given(follower_graphs(max_accounts=4))
    ... def check_size(graph):
    ...     assert 1 <= graph.n_accounts <= 4
    >>> check_size()
    """
    if not 1 <= min_accounts <= max_accounts:
        raise InvalidArgument.out_of_range(
            "max_accounts", max_accounts, f"be at least {max(1, min_accounts)}", "8 is the default."
        )
    return _draw_graph(min_accounts, max_accounts, weighted)


@st.composite
def _draw_graph(draw: DrawFn, low: int, high: int, weighted: bool | None) -> FollowerGraph:
    n = draw(st.integers(low, high))
    other, one = np.tril_indices(n, -1)  # fewer accounts have the first of these pairs, which helps shrinking
    mood = draw(st.sampled_from(_MOODS))
    ties = draw(_lists(st.sampled_from(mood), one.size))
    matrix = np.zeros((n, n))
    if ties:
        matrix[one, other], matrix[other, one] = np.array(ties).T
    if weighted is None:
        weighted = draw(st.booleans())
    if not weighted:
        return make_graph(matrix, weighted=False)
    follower, followed = np.nonzero(matrix)
    weights = np.array(draw(_lists(_weights(), follower.size)), np.float64)
    return FollowerGraph.from_arrays(follower, followed, weights, labels=np.arange(n))


def layered_graphs(max_accounts: int = 6, weighted: bool | None = None) -> SearchStrategy[FollowerGraph]:
    """Return a strategy of follower networks with one or two layers of engagement, whose acts have times.

    Most follows have acts, between 0 and 100 seconds; some acts are between strangers, some worth nothing,
    and caps bind.

    Examples
    --------
    >>> from hypothesis import given
    >>> from influencegraph.testing import layered_graphs
    >>> @given(layered_graphs(max_accounts=4))
    ... def check_layers(graph):
    ...     assert 1 <= len(graph.layers) <= 2
    >>> check_layers()
    """
    return _draw_layers(follower_graphs(max_accounts, weighted, min_accounts=min(2, max_accounts)))


@st.composite
def _draw_layers(draw: DrawFn, graphs: SearchStrategy[FollowerGraph]) -> FollowerGraph:
    graph = draw(graphs)
    follows = np.stack(graph.to_arrays()[:2], axis=1)
    account = st.integers(0, graph.n_accounts - 1)
    counts = st.one_of(st.integers(1, 9).map(float), st.sampled_from((0.0, 0.0, 0.5, 30.0)))
    for name in draw(st.sampled_from((("acts",), ("acts",), ("acts", "likes")))):
        others = draw(st.lists(st.tuples(account, account), max_size=4))
        ends = np.concatenate([follows, np.array(others, np.int64).reshape(-1, 2)])
        weight, cap = draw(st.sampled_from(((1.0, 20.0), (0.25, 3.0), (2.0, math.inf), (0.0, 1.0))))
        graph = graph.with_layer(
            name,
            ends[:, 0],
            ends[:, 1],
            np.array(draw(_lists(counts, len(ends))), np.float64),
            weight=weight,
            cap_per_pair=cap,
            times=np.array(draw(_lists(st.integers(0, 100), len(ends))), np.float64),
        )
    return graph


def engagement_settings() -> SearchStrategy[dict[str, float]]:
    """Return a strategy of settings of graphs with layers, as keywords of `score`.

    `engagement_half`, and in half of them `half_life` and `as_of`, which is 100.

    Examples
    --------
    >>> from hypothesis import given
    >>> from influencegraph.testing import engagement_settings
    >>> @given(engagement_settings())
    ... def check_half(chosen):
    ...     assert chosen["engagement_half"] > 0
    >>> check_half()
    """
    halves = st.fixed_dictionaries({"engagement_half": st.sampled_from((3.0, 0.5, 20.0))})
    fading = st.fixed_dictionaries(
        {
            "engagement_half": st.sampled_from((3.0, 0.5)),
            "half_life": st.sampled_from((10.0, 1000.0)),
            "as_of": st.just(100.0),
        }
    )
    return st.one_of(halves, fading)


def _weights() -> SearchStrategy[float]:
    eighths = st.integers(1, 40).map(lambda count: count / 8)
    return st.one_of(st.just(1.0), eighths, eighths, st.sampled_from((1000.0, 0.001, 0.0)))


def _lists(elements: SearchStrategy[Any], size: int) -> SearchStrategy[list[Any]]:
    return st.lists(elements, min_size=size, max_size=size)


def settings() -> SearchStrategy[dict[str, float]]:
    """Return a strategy of settings, as keywords of `score`.

    These are `damping`, `mutual_worth`, `mutual_capacity` and `mutual_giving`. Capacities of 0.5, 1 and 2
    bind even in small networks.

    Examples
    --------
    >>> from hypothesis import given
    >>> from influencegraph.testing import settings
    >>> @given(settings())
    ... def check_ranges(chosen):
    ...     assert 0 <= chosen["damping"] < 1 and 0 <= chosen["mutual_worth"] <= 1
    >>> check_ranges()
    """
    worths = st.one_of(
        st.sampled_from((0.4, 0.0, 1.0)), st.integers(0, 100).map(lambda percent: percent / 100)
    )
    return st.fixed_dictionaries(
        {
            "damping": st.sampled_from(DAMPINGS),
            "mutual_worth": worths,
            "mutual_capacity": st.sampled_from(CAPACITIES),
            "mutual_giving": st.sampled_from(GIVING),
        }
    )


def teleports(n_accounts: int) -> SearchStrategy[NDArray[np.float64]]:
    """Return a strategy of teleport weights, shape (n_accounts,): zeros among them, never all zero.

    Examples
    --------
    >>> from hypothesis import given
    >>> from influencegraph.testing import teleports
    >>> @given(teleports(3))
    ... def check_some_attention_starts(teleport):
    ...     assert teleport.shape == (3,) and teleport.sum() > 0
    >>> check_some_attention_starts()
    """
    counts = _lists(st.integers(0, 3), n_accounts)
    return st.tuples(counts, st.integers(0, n_accounts - 1)).map(_ensure_positive)


EventLog = tuple[list[float], list[str], list[int], list[int]]


def event_logs(max_accounts: int = 4, max_events: int = 24) -> SearchStrategy[EventLog]:
    """Return a strategy of logs for `FollowerGraph.from_events`: times, kinds, followers, followed.

    Times are 0, 0.5, ... 8, so that many are equal; accounts are 0, 1, 2, ... Rows are in no order, and some
    contradict each other: follows of whom is followed, unfollows of whom is not, follows of oneself.

    Examples
    --------
    >>> from hypothesis import given
    >>> from influencegraph import FollowerGraph
    >>> from influencegraph.testing import event_logs
    >>> @given(event_logs())
    ... def check_rows(log):
    ...     assert FollowerGraph.from_events(log).report.events.rows == len(log[0])
    >>> check_rows()
    """
    account = st.integers(0, max_accounts - 1)
    time = st.integers(0, 16).map(lambda half: half / 2)
    kind = st.sampled_from(("follow", "follow", "unfollow"))
    rows = st.lists(st.tuples(time, kind, account, account), max_size=max_events)
    return rows.map(_turn)


def _turn(rows: list[tuple[float, str, int, int]]) -> EventLog:
    times, kinds = [row[0] for row in rows], [row[1] for row in rows]
    return times, kinds, [row[2] for row in rows], [row[3] for row in rows]


def _ensure_positive(drawn: tuple[list[int], int]) -> NDArray[np.float64]:
    weights = np.array(drawn[0], np.float64)
    if not weights.any():
        weights[drawn[1]] = 1.0
    return weights
