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
_ALIKE = 63
"""Rows of more follows of a kind than this count as alike."""


class Rows(NamedTuple):
    """Rows of followers, each ``[one-way | mutual]`` with `middle` between; `weights` may be None."""

    indptr: NDArray[np.int64]
    middle: NDArray[np.int64]
    sources: NDArray[np.uint32]
    weights: Floats32 | None


class Tail(NamedTuple):
    """Follows within the tail: what one step after the other has to look at, less and less.

    Attributes
    ----------
    accounts : ndarray of uint32, shape (n_rows,)
        Accounts that others of the tail follow, counted from its first. Those of `core` come first, then
        the other ones of `inner`; rows that most repetitions read alike lie together, because the processor
        foresees their ends then.
    outer : Rows
        Their followers, counted from the tail's first account.
    inner : Rows
        Their followers among themselves, counted by row: all that a second repetition needs. Only rows that
        have any.
    core : Rows
        Followers among the rows of `inner`: all that later ones need. Only rows that have any.
    """

    accounts: NDArray[np.uint32]
    outer: Rows
    inner: Rows
    core: Rows

    def at(self, repetition: int) -> Rows:
        """Return the rows that this repetition changes; the first is 0."""
        return (self.outer, self.inner, self.core)[min(repetition, 2)]


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
    return _arrange(accounts, outer, n_accounts)


def _arrange(accounts: NDArray[np.uint32], outer: Rows, n_accounts: int) -> Tail:
    """Order the rows by how many repetitions may change them."""
    n_rows = len(accounts)
    row_of = np.full(n_accounts, n_rows, np.uint32)
    row_of[accounts] = np.arange(n_rows, dtype=np.uint32)
    source_rows = row_of[outer.sources]
    within = _count(outer, source_rows < n_rows)
    is_inner = np.append(within.any(axis=0), False)
    deep = _count(outer, is_inner[source_rows])
    is_core = deep.any(axis=0)
    lengths = np.where(is_core, deep, np.where(is_inner[:-1], within, _count(outer, None)))
    one_way, mutual = np.minimum(lengths, _ALIKE).astype(np.uint16)
    order = np.argsort(
        ((2 - is_inner[:-1].astype(np.uint16) - is_core) << 12) | (one_way << 6) | mutual, kind="stable"
    )
    accounts, outer = accounts[order], _select(outer, order)
    row_of[accounts] = np.arange(n_rows, dtype=np.uint32)
    n_inner, n_core = int(is_inner.sum()), int(is_core.sum())
    inner = _head(outer, n_inner)
    inner = _keep(inner, row_of[inner.sources], n_rows)
    core = _head(inner, n_core)
    return Tail(accounts, outer, inner, _keep(core, core.sources, n_inner))


def _count(rows: Rows, marked: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Return how many follows, or marked ones, each row has: one-way, and mutual, (2, n_rows)."""
    starts, middle, ends = rows.indptr[:-1], rows.middle, rows.indptr[1:]
    if marked is not None:
        before = np.concatenate([[0], np.cumsum(marked)])
        starts, middle, ends = before[starts], before[middle], before[ends]
    return np.stack([middle - starts, ends - middle])


def _select(rows: Rows, order: NDArray[np.int64]) -> Rows:
    """Return the rows in another order."""
    starts, sizes = rows.indptr[:-1][order], np.diff(rows.indptr)[order]
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    places = np.repeat(starts - indptr[:-1], sizes) + np.arange(indptr[-1])
    weights = None if rows.weights is None else rows.weights[places]
    return Rows(indptr, indptr[:-1] + (rows.middle[order] - starts), rows.sources[places], weights)


def _head(rows: Rows, n_rows: int) -> Rows:
    """Return the first rows."""
    kept = int(rows.indptr[n_rows])
    weights = None if rows.weights is None else rows.weights[:kept]
    return Rows(rows.indptr[: n_rows + 1], rows.middle[:n_rows], rows.sources[:kept], weights)


def _keep(rows: Rows, sources: NDArray[np.uint32], limit: int) -> Rows:
    """Keep the follows whose new source is below `limit`."""
    kept = sources < limit
    before = np.concatenate([[0], np.cumsum(kept)])
    weights = None if rows.weights is None else rows.weights[kept]
    return Rows(before[rows.indptr], before[rows.middle], sources[kept], weights)
