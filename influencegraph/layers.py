"""Layers of engagement: what accounts really did to those they follow, kept beside the follows.

A layer counts acts (retweets, replies, likes) of a follower on somebody it follows. Acts on others are
dropped and counted: a score is about attention along follows. What a layer is worth is decided when the
graph is scored (`influencegraph.engagement`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph import columns
from influencegraph.columns import Distinct, read_column
from influencegraph.csr import Csr
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lookup import find_entries
from influencegraph.moments import read_times
from influencegraph.settings import check_number

Floats = NDArray[np.float64]

_NAMES = ("sources", "targets", "counts", "times")
_MOST = 2.0**200
"""Of a count and of a weight, so that no sum of their products overflows."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Acts of one kind, each on an account that is followed.

    Attributes
    ----------
    name : str
    follows : ndarray of int64, shape (n_acts,)
        The follow along which each act went, as the graph's rows count them, ascending.
    counts : ndarray of float64, shape (n_acts,)
        How often; without times one for each follow.
    times : ndarray of float64, shape (n_acts,), or None
        When, in seconds.
    weight : float
        What one act is worth, in follows.
    cap_per_pair : float
        Acts of one account on another beyond so many count nothing.
    n_dropped : int
        Rows whose source does not follow its target.
    """

    name: str
    follows: NDArray[np.int64]
    counts: Floats
    times: Floats | None
    weight: float
    cap_per_pair: float
    n_dropped: int

    def __post_init__(self) -> None:
        for array in (self.follows, self.counts, self.times):
            if array is not None:
                array.flags.writeable = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # pickling drops the read-only flags

    def __repr__(self) -> str:
        acts = f"{self.counts.sum():,.6g} acts on {len(np.unique(self.follows)):,} follows"
        return f"Layer({self.name!r}, {acts}, weight {self.weight:g}, cap {self.cap_per_pair:g}" + (
            f", {self.n_dropped:,} rows dropped)" if self.n_dropped else ")"
        )


def add_layer(
    graph: FollowerGraph, name: str, sources: Any, targets: Any, counts: Any, weight: float,
    cap_per_pair: float, times: Any,
) -> FollowerGraph:  # fmt: skip
    """Return `graph` with one layer more; see `FollowerGraph.with_layer`."""
    _check_name(graph, name)
    left_out = "Leave it out for the default."
    weight = check_number("weight", weight, 0.0, _MOST, "be >= 0, and at most 2^200", left_out)
    cap = check_number(
        "cap_per_pair", cap_per_pair, math.nextafter(0.0, 1.0), math.inf, "be above 0, or inf", left_out
    )
    with Crew(1) as crew:
        ends = [
            read_column(column, side, crew) for side, column in (("sources", sources), ("targets", targets))
        ]
    positions = [_locate(graph, end, side) for end, side in zip(ends, _NAMES, strict=False)]
    amounts = _read_counts(counts)
    moments = None if times is None else read_times("times", times)
    columns = [*positions, amounts, *([] if moments is None else [moments])]
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{side} {len(column):,}" for side, column in zip(_NAMES, columns, strict=False))
        raise InvalidArgument.because(
            f"the columns differ in length: {lengths}", "each row is one entry in each", "Check the columns.",
            name="sources",
        )  # fmt: skip
    found = _find_follows(graph, *positions)
    layer = _make_layer(name, found, amounts, moments, weight, cap)
    return _split_anew(replace(graph, layers=(*graph.layers, layer)))


class Ends(NamedTuple):
    """Positions of the source and the target of each act, shape (n_acts,)."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]


def find_ends(graph: FollowerGraph, layer: Layer) -> Ends:
    """Return who acted on whom."""
    followed = np.searchsorted(graph.followers.indptr, layer.follows, side="right") - 1
    follower = graph.followers.indices[layer.follows]
    return Ends(graph.position_of[follower].astype(np.int64), graph.position_of[followed].astype(np.int64))


def lay_anew(graph: FollowerGraph, layers: Sequence[Layer], ends: Sequence[Ends]) -> FollowerGraph:
    """Return `graph`, which has none, with `layers`; acts go from and to the positions of `ends`.

    Acts that go along no follow of this graph are dropped, and counted with those dropped before.
    """
    laid = []
    for layer, (sources, targets) in zip(layers, ends, strict=True):
        found = _find_follows(graph, sources, targets)
        made = _make_layer(layer.name, found, layer.counts, layer.times, layer.weight, layer.cap_per_pair)
        laid.append(replace(made, n_dropped=made.n_dropped + layer.n_dropped))
    return _split_anew(replace(graph, layers=tuple(laid)))


def find_alive(graph: FollowerGraph) -> NDArray[np.bool_]:
    """Return which follows carry something, by their weight or by acts at any time, shape (n_follows,)."""
    if graph.follow_weights is None:
        return np.ones(graph.n_follows, np.bool_)
    return (graph.follow_weights > 0) | find_acted(graph)


def _find_follows(
    graph: FollowerGraph, sources: NDArray[np.int64], targets: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the follow between two positions each, -1 where there is none."""
    found = np.full(len(sources), -1, np.int64)
    known = (sources >= 0) & (targets >= 0)
    pairs = graph.node_of[np.stack([sources[known], targets[known]], axis=1)].astype(np.int64)
    places = np.empty(len(pairs), np.int64)
    find_entries(graph.followers, graph.mutual_start, pairs, places)
    found[known] = places
    return found


def _make_layer(
    name: str, found: NDArray[np.int64], amounts: Floats, moments: Floats | None, weight: float, cap: float
) -> Layer:
    """Sort acts by follow (and by time), and add up those of one follow, in no order of the caller's."""
    kept = found >= 0
    keys = [amounts[kept], found[kept]] if moments is None else [amounts[kept], moments[kept], found[kept]]
    order = np.lexsort(keys)
    follows, amounts = found[kept][order], amounts[kept][order]
    dropped = len(kept) - len(follows)
    if moments is not None:
        return Layer(name, follows, amounts, moments[kept][order], weight, cap, dropped)
    starts = np.flatnonzero(np.diff(follows, prepend=-1))
    sums = np.add.reduceat(amounts, starts) if len(starts) else amounts
    return Layer(name, follows[starts], sums, None, weight, cap, dropped)


def find_acted(graph: FollowerGraph) -> NDArray[np.bool_]:
    """Return along which follows there are acts that are worth something, however old; O(follows + acts)."""
    is_acted = np.zeros(graph.n_follows, np.bool_)
    for layer in graph.layers:
        worth = layer.weight * np.minimum(layer.counts, layer.cap_per_pair)
        is_acted[layer.follows[worth > 0]] = True
    return is_acted


def _split_anew(graph: FollowerGraph) -> FollowerGraph:
    """Part rows again where a follow of weight 0 came to carry something, and so may be mutual."""
    if graph.follow_weights is None:
        return graph
    is_alive = find_alive(graph)
    if np.array_equal(is_alive, graph.follow_weights > 0):
        return graph
    n = graph.n_accounts
    followed = np.repeat(np.arange(n, dtype=np.uint64), np.diff(graph.followers.indptr))
    follower = graph.followers.indices.astype(np.uint64)
    back = follower * np.uint64(n) + followed
    is_mutual = is_alive & np.isin(followed * np.uint64(n) + follower, back[is_alive])
    order = np.lexsort((follower, is_mutual, followed))
    new_place = np.empty(len(order), np.int64)
    new_place[order] = np.arange(len(order))
    counts = np.bincount(followed[is_mutual].astype(np.int64), minlength=n)
    indptr = graph.followers.indptr
    return replace(
        graph,
        followers=Csr(indptr, graph.followers.indices[order]),
        mutual_start=indptr[1:] - counts,
        follow_weights=graph.follow_weights[order],
        report=replace(graph.report, mutual_pairs=int(is_mutual.sum()) // 2),
        layers=tuple(_move(layer, new_place) for layer in graph.layers),
        ghosts=None if graph.ghosts is None else graph.ghosts.move(new_place),
    )


def _move(layer: Layer, new_place: NDArray[np.int64]) -> Layer:
    """Return `layer` for rows whose follows have moved."""
    follows = new_place[layer.follows]
    order = np.argsort(follows, kind="stable")
    times = None if layer.times is None else layer.times[order]
    return replace(layer, follows=follows[order], counts=layer.counts[order], times=times)


# ---- what comes in ----


def _check_name(graph: FollowerGraph, name: Any) -> None:
    names = [layer.name for layer in graph.layers]
    if not isinstance(name, str) or not name or name in names:
        raise InvalidArgument.because(
            f"name is {shorten(name)}",
            "it is a string that no other layer has"
            + (f"; there are {', '.join(map(shorten, names))}" if names else ""),
            "Choose another; rows of one kind of act go into one layer.",
            name="name",
            value=name,
        )


def _locate(graph: FollowerGraph, end: columns.Ends, side: str) -> NDArray[np.int64]:
    """Return the position of each row's label, -1 where there is no such account."""
    values = end.values if isinstance(end, Distinct) else end
    kind = "str" if isinstance(end, Distinct) else "int"
    if len(values) and len(graph.accounts) and kind != graph.accounts.kind:
        raise InvalidArgument.because(
            f"{side} holds labels of type {kind}",
            f"the accounts of this graph are of type {graph.accounts.kind}, and 1 and '1' are two accounts",
            f"Convert {side}.",
            name=side,
        )
    if not isinstance(end, Distinct):
        return graph.accounts.locate(end.astype(np.int64))
    places = graph.accounts.locate(list(values)) if len(values) else np.empty(0, np.int64)
    spread: NDArray[np.int64] = end.spread(places)
    return spread


def _read_counts(counts: Any) -> Floats:
    array = np.asarray(counts)
    if array.ndim == 1 and not array.size:
        return np.empty(0)
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise InvalidArgument.because(
            f"counts is {shorten(counts)}", "it is a column of numbers, one a row", "Convert it first.",
            name="counts",
        )  # fmt: skip
    numbers = array.astype(np.float64)
    bad = np.flatnonzero(~((numbers >= 0.0) & (numbers <= _MOST)))
    if bad.size:
        raise InvalidArgument.because(
            f"counts in row {bad[0]} is {numbers[bad[0]]}",
            "counts are finite and >= 0, and at most 2^200",
            "Drop that row, or fill it in.",
            name="counts",
            row=int(bad[0]),
        )
    return numbers
