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
from influencegraph.csr import Csr
from influencegraph.errors import InvalidFollows, describe_type, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.kernels import buckets as kernels
from influencegraph.kernels.buckets import Buckets, Rows
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.mutual import fill_rows
from influencegraph.numbering import Named, number_labels

Weights = NDArray[np.float64] | None

_BUCKETS = 1 << 10
"""Buckets at most: more of them would leave too little of the cache to each."""

_RUNS = 1 << 9
"""Kernels are called for this many blocks, or runs of buckets, at most. Ctrl-C waits for one of them: 4
million follows where there are 2 billion, unless one account has more."""


class ReadNotes(NamedTuple):
    """What a reader saw that the gate cannot know; it goes into the build report."""

    comments: int = 0
    ignored_columns: int = 0
    guesses: tuple[str, ...] = ()


_NOTHING = ReadNotes()


class _Collected(NamedTuple):
    """The follows in rows of the followed, in positions; and room for pairs, to be used again.

    `runs` cuts the rows into parts of about equal size.
    """

    following: Rows
    weights: Weights
    self_follows: int
    runs: list[tuple[int, int]]
    pairs: NDArray[np.uint64]
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
        graph = _arrange(named, collected, notes, crew)
        if graph is None:
            graph = _arrange(named, _merge(collected, crew), notes, crew)
        assert graph is not None
        return graph


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


def _room(size: int, weights: Weights) -> Weights:
    return None if weights is None else np.empty(size)


def _make_buckets(n: int, n_blocks: int, pairs: NDArray[np.uint64]) -> Buckets:
    """Return buckets of about equal ranges of `n` keys, for `n_blocks` blocks to be sorted into."""
    last = max(0, n - 1)
    shift = max(0, last.bit_length() - _BUCKETS.bit_length() + 1)
    n_buckets = (last >> shift) + 1
    bounds = np.zeros((n_blocks, n_buckets + 1), np.uint64)
    return Buckets(bounds, pairs, np.uint64(shift), np.zeros(n_buckets + 1, np.uint64))


def _sum_buckets(buckets: Buckets) -> None:
    """Fill in where each bucket begins, after all blocks are sorted."""
    np.cumsum((buckets.bounds[:, 1:] - buckets.bounds[:, :-1]).sum(axis=0), out=buckets.starts[1:])


def _cut(bounds: NDArray[Any], size: int, pieces: int) -> list[tuple[int, int]]:
    """Cut buckets, or rows, into at most so many runs of about equal size, given where each begins."""
    total = int(bounds[-1])
    n_runs = max(1, min(pieces, total // size))
    targets = np.linspace(0, total, n_runs + 1)[1:-1].astype(bounds.dtype)
    inner = np.searchsorted(bounds, targets).clip(max=len(bounds) - 1).tolist()
    return list(itertools.pairwise(sorted({0, *inner, len(bounds) - 1}))) or [(0, 0)]


def _collect(named: Named, weights: Weights, crew: Crew) -> _Collected:
    """Sort the follows by follower, and drop self-follows."""
    n, rows = len(named.accounts), len(named.follower)
    buckets, pair_weights = _bucket_follows(named, weights, crew)
    following = Rows(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(rows, np.uint32))
    kept_weights = _room(rows, weights)
    runs = _cut(buckets.starts, columns.BLOCK, _RUNS)
    self_follows = [0] * len(runs)

    def sort(run: int) -> None:
        first, last = map(np.uint64, runs[run])
        self_follows[run] = int(
            kernels.sort_buckets(buckets, pair_weights, first, last, *following, kept_weights)
        )

    crew.run(sort, range(len(runs)))
    shift = int(buckets.shift)
    row_runs = [(first << shift, min(last << shift, n)) for first, last in runs]
    collected = _Collected(following, kept_weights, sum(self_follows), row_runs, buckets.pairs, pair_weights)
    return collected if weights is None else _merge(collected, crew)


def _merge(collected: _Collected, crew: Crew) -> _Collected:
    """Merge repeated follows."""
    is_finite: list[bool] = []

    def merge(run: int) -> None:
        first, last = map(np.uint64, collected.runs[run])
        with np.errstate(over="ignore"):  # refused below
            _, fits = kernels.merge_rows(collected.following, collected.weights, first, last)
        is_finite.append(bool(fits))

    crew.run(merge, range(len(collected.runs)))
    if not all(is_finite):
        raise InvalidFollows.because(
            "the weights of a repeated follow add up to more than float64 holds",
            "weights are finite",
            "Divide all weights by a constant.",
        )
    return collected


def _bucket_follows(named: Named, weights: Weights, crew: Crew) -> tuple[Buckets, Weights]:
    """Put the rows of the input into buckets of followers."""
    n, rows = len(named.accounts), len(named.follower)
    blocks = columns.cut_blocks(rows, _RUNS)
    buckets = _make_buckets(n, len(blocks), np.empty(rows, np.uint64))
    pair_weights = _room(rows, weights)

    def sort(number: int) -> None:
        start, stop = blocks[number]
        kernels.bucket_follows(
            *named.follower.block(start, stop), *named.followed.block(start, stop),
            None if weights is None else weights[start:stop],
            np.uint64(start), buckets.shift, buckets.bounds[number], buckets.pairs, pair_weights,
        )  # fmt: skip

    crew.run(sort, range(len(blocks)))
    _sum_buckets(buckets)
    return buckets, pair_weights


def _bucket_entries(
    collected: _Collected, position_of: NDArray[np.uint32], indptr: NDArray[np.int64], crew: Crew
) -> Buckets:
    """Put the follows into buckets of followed accounts, their followers in the order of nodes."""
    blocks = _cut(indptr, columns.BLOCK, _RUNS)
    buckets = _make_buckets(len(position_of), len(blocks), collected.pairs)

    def sort(number: int) -> None:
        first, last = blocks[number]
        kernels.bucket_entries(
            collected.following, collected.weights, position_of[first:last], indptr[first : last + 1],
            np.uint64(first), buckets.shift, buckets.bounds[number], buckets.pairs, collected.pair_weights,
        )  # fmt: skip

    crew.run(sort, range(len(blocks)))
    _sum_buckets(buckets)
    return buckets


def _arrange(named: Named, collected: _Collected, notes: ReadNotes, crew: Crew) -> FollowerGraph | None:
    """Renumber the accounts hub-first, turn the follows around, and split each row of followers.

    Returns None where a follow is repeated: the order of the accounts is then another.
    """
    n, following = len(named.accounts), collected.following
    position_of, node_of = np.empty(n, np.uint32), np.empty(n, np.uint32)
    out_degrees, indptr = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    kernels.rank_degrees(following.degrees, position_of, node_of, out_degrees, indptr)
    buckets = _bucket_entries(collected, position_of, indptr, crew)
    runs = _cut(buckets.starts, columns.BLOCK, _RUNS)

    def count(run: int) -> None:
        kernels.count_pairs(buckets, *map(np.uint64, runs[run]), node_of, indptr)

    crew.run(count, range(len(runs)))
    np.cumsum(indptr, out=indptr)
    n_follows = int(indptr[-1])
    followers = Csr(indptr, np.empty(n_follows, np.uint32))
    weights = collected.pair_weights
    mutual_start, follow_weights = np.empty(n, np.int64), _room(n_follows, weights)

    repeated = [0] * len(runs)

    def fill(run: int) -> None:
        repeated[run] = fill_rows(
            buckets, weights, *map(np.uint64, runs[run]), following, collected.weights, position_of, node_of,
            indptr, mutual_start, followers.indices, follow_weights,
        )  # fmt: skip

    crew.run(fill, range(len(runs)))
    if any(repeated):
        return None
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
