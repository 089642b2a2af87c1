"""The one gate: edge arrays in, checked FollowerGraph out.

Every reader and every constructor ends here, and nothing behind it checks again. O(follows + accounts):
follows are sorted by counting, by follower and then by followed (`kernels.buckets`). Between the two,
self-follows and repeated follows drop out and accounts are numbered anew, those who follow most first;
each row of followers is split into one-way and mutual ones while it is at hand. Blocks and buckets depend
on the follows alone, so the bytes are the same for any number of threads (docs/decisions/0004).
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph import columns
from influencegraph.build_report import BuildReport
from influencegraph.errors import InvalidFollows, describe_type, shorten
from influencegraph.graph import Csr, FollowerGraph
from influencegraph.kernels import buckets as kernels
from influencegraph.kernels.buckets import Buckets, Rows
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.mutual import fill_rows
from influencegraph.numbering import Named, number_labels

Weights = NDArray[np.float64] | None
Counts = NDArray[np.uint64]

_BUCKETS = 1 << 10
"""Buckets at most: more of them would leave too little of the cache to each."""

_ITEMS = 64
_ITEM_MAX = 1 << 22
"""Buckets are handed to threads in this many runs of about equal size, or of this many follows where that
is less; a kernel's call is no longer, for Ctrl-C, unless one account has more followers."""


class ReadNotes(NamedTuple):
    """What a reader saw that the gate cannot know; it goes into the build report."""

    comments: int = 0
    ignored_columns: int = 0
    guesses: tuple[str, ...] = ()


_NOTHING = ReadNotes()


class _Collected(NamedTuple):
    """Each follow once, in rows of the followed, in positions."""

    following: Rows
    weights: Weights
    self_follows: int
    pairs: Counts
    pair_weights: Weights


def build_graph(
    follower: Any,
    followed: Any,
    weights: Any = None,
    labels: Any = None,
    notes: ReadNotes = _NOTHING,
    n_threads: int | None = None,
) -> FollowerGraph:
    """Build a graph from columns of labels.

    Parameters
    ----------
    follower, followed : array-like or Coded, shape (rows,)
        Labels: integers or strings.
    weights : array-like, shape (rows,), optional
        Finite and >= 0.
    labels : array-like, optional
        All accounts in the order wanted.
    notes : ReadNotes
        What the reader has to say.
    n_threads : int, optional
        By default all processors; the graph does not depend on it.

    Raises
    ------
    InvalidFollows
        If labels or weights cannot be believed.
    """
    with Crew(n_threads or available_threads()) as crew:
        named = number_labels(follower, followed, labels, crew)
        row_weights = check_weights(weights, len(named.follower))
        collected = _collect(named, row_weights, crew)
        return _arrange(named, collected, notes, crew)


def check_weights(weights: Any, rows: int) -> Weights:
    """Return `weights` as a float64 array of shape (rows,), or None; refuse what is no weight."""
    if weights is None:
        return None
    array = np.asarray(weights)
    if array.shape != (rows,):
        raise InvalidFollows.because(
            f"weights has shape {array.shape}", f"there are {rows:,} follows", "Pass one weight per row."
        )
    if array.dtype.kind not in "iuf":
        if array.size == 0:
            return np.empty(0, np.float64)
        raise InvalidFollows.because(
            f"weights is a {describe_type(array)}", "weights are numbers", "Convert them to float64."
        )
    values = np.ascontiguousarray(array, np.float64).view()
    values.flags.writeable = False  # numba compiles writable and read-only arrays separately
    for start in range(0, rows, columns.BLOCK):
        piece = values[start : start + columns.BLOCK]
        bad = np.flatnonzero(~(np.isfinite(piece) & (piece >= 0)))
        if bad.size:
            row, value = start + int(bad[0]), piece[bad[0]].item()
            raise InvalidFollows.because(
                f"the weight in row {row} is {shorten(value)}",
                "weights are finite and >= 0",
                "Drop the row, or give the follow a weight.",
                row=row,
                value=value,
            )
    return values


def _starts(counts: NDArray[Any]) -> NDArray[np.int64]:
    indptr = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=indptr[1:])
    return indptr


def _room(size: int, weights: Weights) -> Weights:
    return None if weights is None else np.empty(size)


def _shift(n: int) -> np.uint64:
    """Return how many low bits of a position lie within a bucket."""
    return np.uint64(max(0, (n - 1).bit_length() - _BUCKETS.bit_length() + 1))


def _cut(counts: Counts) -> tuple[Counts, Counts]:
    """Return where each bucket begins, and each block within each bucket, from counts by block and bucket."""
    before = np.zeros(counts.size + 1, np.uint64)
    np.cumsum(counts.T.ravel(), out=before[1:])
    cursors = np.ascontiguousarray(before[:-1].reshape(counts.T.shape).T)
    return np.append(before[:: len(counts)][: counts.shape[1]], before[-1:]), cursors


def _runs(bounds: NDArray[Any]) -> list[tuple[int, int]]:
    """Cut buckets, or rows, into runs of about equal size, given where each begins."""
    total = int(bounds[-1])
    n_runs = max(1, min(_ITEMS, total // columns.BLOCK * 2), total // _ITEM_MAX)
    targets = np.linspace(0, total, n_runs + 1)[1:-1].astype(bounds.dtype)
    inner = np.searchsorted(bounds, targets).clip(max=len(bounds) - 1).tolist()
    edges = sorted({0, *inner, len(bounds) - 1})
    return list(itertools.pairwise(edges)) or [(0, 0)]


def _collect(named: Named, weights: Weights, crew: Crew) -> _Collected:
    """Sort the follows by follower; merge and drop what is no follow of its own."""
    n, rows = len(named.accounts), len(named.follower)
    shift = _shift(n)
    buckets, pair_weights = _bucket_follows(named, weights, shift, crew)
    following = Rows(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(rows, np.uint32))
    kept_weights = _room(rows, weights)
    found: list[tuple[int, int, float]] = []
    runs = _runs(buckets.bounds)

    def make(run: int) -> None:
        first, last = map(np.uint64, runs[run])
        with np.errstate(over="ignore"):  # refused below
            found.append(kernels.make_rows(buckets, pair_weights, first, last, *following, kept_weights))

    crew.run(make, range(len(runs)))
    if any(largest == np.inf for _, _, largest in found):
        raise InvalidFollows.because(
            "the weights of a repeated follow add up to more than float64 holds",
            "weights are finite",
            "Divide all weights by a constant.",
        )
    self_follows = sum(selves for selves, _, _ in found)
    return _Collected(following, kept_weights, int(self_follows), buckets.pairs, pair_weights)


def _bucket_follows(named: Named, weights: Weights, shift: np.uint64, crew: Crew) -> tuple[Buckets, Weights]:
    """Put the rows of the input into buckets of followers."""
    n, rows = len(named.accounts), len(named.follower)
    blocks = range(max(1, -(-rows // columns.BLOCK)))
    counts = np.zeros((len(blocks), (max(n, 1) - 1 >> int(shift)) + 1), np.uint64)

    def count(block: int) -> None:
        kernels.count_keys(*named.follower.block(block), shift, counts[block])

    crew.run(count, blocks)
    bounds, cursors = _cut(counts)
    pairs, pair_weights = np.empty(rows, np.uint64), _room(rows, weights)

    def scatter(block: int) -> None:
        ends = (*named.follower.block(block), *named.followed.block(block))
        row_weights = (
            None if weights is None else weights[block * columns.BLOCK : (block + 1) * columns.BLOCK]
        )
        kernels.scatter_follows(*ends, row_weights, shift, cursors[block], pairs, pair_weights)

    crew.run(scatter, blocks)
    return Buckets(bounds, shift, pairs), pair_weights


def _bucket_entries(
    collected: _Collected, position_of: NDArray[np.uint32], indptr: NDArray[np.int64], crew: Crew
) -> tuple[Buckets, Weights]:
    """Put the follows into buckets of followed accounts, their followers in the order of nodes."""
    following, n = collected.following, len(position_of)
    shift = _shift(n)
    runs = _runs(indptr)
    counts = np.zeros((len(runs), (max(n, 1) - 1 >> int(shift)) + 1), np.uint64)

    def count(run: int) -> None:
        first, last = runs[run]
        kernels.count_entries(following, position_of[first:last], shift, counts[run])

    crew.run(count, range(len(runs)))
    bounds, cursors = _cut(counts)
    pairs, weights = collected.pairs, collected.pair_weights  # their work is done: room for the next

    def scatter(run: int) -> None:
        first, last = runs[run]
        rows = position_of[first:last]
        node = np.uint64(first)
        kernels.scatter_entries(following, collected.weights, rows, node, shift, cursors[run], pairs, weights)

    crew.run(scatter, range(len(runs)))
    return Buckets(bounds, shift, pairs), weights


def _arrange(named: Named, collected: _Collected, notes: ReadNotes, crew: Crew) -> FollowerGraph:
    """Renumber the accounts hub-first, turn the follows around, and split each row of followers."""
    n, following = len(named.accounts), collected.following
    position_of, node_of = np.empty(n, np.uint32), np.empty(n, np.uint32)
    kernels.rank_degrees(following.degrees, position_of, node_of)
    out_degrees = following.degrees[position_of]
    out_indptr = _starts(out_degrees)
    n_follows = int(out_indptr[-1])
    buckets, weights = _bucket_entries(collected, position_of, out_indptr, crew)
    del out_indptr
    runs = _runs(buckets.bounds)
    in_degrees = np.zeros(n, np.int64)

    def count(run: int) -> None:
        kernels.count_rows(buckets, *map(np.uint64, runs[run]), in_degrees)

    crew.run(count, range(len(runs)))
    followers = Csr(_starts(in_degrees[position_of]), np.empty(n_follows, np.uint32))
    mutual_start, follow_weights = np.empty(n, np.int64), _room(n_follows, weights)

    def fill(run: int) -> None:
        fill_rows(
            buckets, weights, *map(np.uint64, runs[run]), following, collected.weights, position_of, node_of,
            followers.indptr, mutual_start, followers.indices, follow_weights,
        )  # fmt: skip

    crew.run(fill, range(len(runs)))
    report = BuildReport(
        rows=len(named.follower),
        follows=n_follows,
        duplicates=len(named.follower) - n_follows - collected.self_follows,
        self_follows=collected.self_follows,
        accounts=n,
        mutual_pairs=int((followers.indptr[1:] - mutual_start).sum()) // 2,
        comments=notes.comments,
        ignored_columns=notes.ignored_columns,
        guesses=notes.guesses,
    )
    return FollowerGraph(
        followers, mutual_start, follow_weights, out_degrees, named.accounts, position_of, node_of, report
    )
