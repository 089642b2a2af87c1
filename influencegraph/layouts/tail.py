"""The tail: accounts that follow few, and the few follows among them.

An account that follows one or two others passes nearly all it gets on to each. Small groups of such
accounts that follow each other hold attention for long, and every solver that steps the whole network
together waits for them. So their own follows, at most 2 % of all, are repeated a few times in each step
(docs/decisions/0007).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels import mix
from influencegraph.kernels.jit import Crew
from influencegraph.layouts.vectors import Floats32

DEGREE_MAX = 16
"""Accounts that follow more than this are never in the tail."""
_ROWS = 1 << 16


class Rows(NamedTuple):
    """Rows of followers, each ``[one-way | mutual]`` with `middle` between; `weights` may be None."""

    indptr: NDArray[np.int64]
    middle: NDArray[np.int64]
    sources: NDArray[np.uint32]
    weights: Floats32 | None


class Tail(NamedTuple):
    """Follows within the tail.

    Attributes
    ----------
    accounts : ndarray of uint32, shape (n_rows,)
        Accounts that others of the tail follow, counted from its first.
    outer : Rows
        Their followers, counted from the tail's first account.
    inner : Rows
        Their followers among themselves, counted by row: all that a second repetition needs.
    """

    accounts: NDArray[np.uint32]
    outer: Rows
    inner: Rows


def find_split(graph: FollowerGraph, n_spreading: int, share_max: float, crew: Crew) -> int:
    """Return the first node of the tail: the longest tail that has few follows within; O(its follows).

    Out-degrees fall with the node number, so the tail is what lies behind some out-degree; at most
    `share_max` of all follows are within it.
    """
    degrees = graph.out_degrees[:n_spreading]
    ends = np.searchsorted(-degrees, -np.arange(DEGREE_MAX + 1), side="left")  # more than d: before ends[d]
    first = int(ends[DEGREE_MAX])
    cuts = np.unique([*range(first, n_spreading, _ROWS), n_spreading])
    counts = np.zeros((len(cuts), DEGREE_MAX + 1), np.int64)

    def work(i: int) -> None:
        mix.find_tail_follows(
            graph.followers,
            graph.out_degrees,
            cuts[i],
            cuts[i + 1],
            DEGREE_MAX,
            counts[i],
        )

    crew.run(work, range(len(cuts) - 1))
    within = np.cumsum(counts.sum(axis=0))
    degree = int(np.flatnonzero(within <= share_max * graph.n_follows)[-1])
    return int(ends[degree])


def cut_tail(graph: FollowerGraph, weights: Floats32 | None, split: int, n_spreading: int) -> Tail:
    """Copy the follows within the tail; O(follows of the tail)."""
    bounds = graph.followers.indptr
    size, n_accounts = int(bounds[n_spreading] - bounds[split]), n_spreading - split
    accounts, sources = np.empty(n_accounts, np.uint32), np.empty(size, np.uint32)
    indptr, middle = np.empty(n_accounts + 1, np.int64), np.empty(n_accounts + 1, np.int64)
    own = None if weights is None else np.empty(size, np.float32)
    n_rows = mix.cut_tail(
        graph.followers,
        graph.mutual_start,
        weights,
        split,
        n_spreading,
        accounts,
        indptr,
        middle,
        sources,
        own,
    )
    kept = int(indptr[n_rows])
    accounts = accounts[:n_rows].copy()
    outer = Rows(
        indptr[: n_rows + 1].copy(), middle[:n_rows].copy(), sources[:kept].copy(),
        None if own is None else own[:kept].copy(),
    )  # fmt: skip
    row_of = np.full(n_accounts, n_rows, np.uint32)
    row_of[accounts] = np.arange(n_rows, dtype=np.uint32)
    return Tail(accounts, outer, _keep(outer, row_of[outer.sources], n_rows))


def _keep(rows: Rows, sources: NDArray[np.uint32], limit: int) -> Rows:
    """Keep the follows whose new source is below `limit`."""
    kept = sources < limit
    before = np.concatenate([[0], np.cumsum(kept)])
    weights = None if rows.weights is None else rows.weights[kept]
    return Rows(before[rows.indptr], before[rows.middle], sources[kept], weights)
