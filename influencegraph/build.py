"""The one gate: edge arrays in, checked FollowerGraph out.

Every reader and every constructor ends here, and nothing behind it checks again. O(follows + accounts):
follows are sorted by counting, by follower and then by followed (`kernels.buckets`). Between the two,
self-follows and repeated follows drop out and accounts are numbered anew, those who follow most first;
each row of followers is split into one-way and mutual ones while it is at hand. Until then an account goes
by its code: its position among all, or, of dense integers, its distance from the least, and then some
codes may be nobody's. Blocks and buckets depend on the follows alone, so the bytes are the same for any
number of threads (docs/decisions/0004).
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
from influencegraph.kernels.ranks import count_degrees, drop_absent, list_degrees, place_codes, rank_degrees
from influencegraph.labels import Labels
from influencegraph.numbering import Numbered, number_codes, refuse_strangers

Weights = NDArray[np.float64] | None

_BUCKETS = 1 << 9
"""Buckets at most, where the number is free: more of them would leave too little of the cache to each."""

_NARROW = 1 << 12
"""Buckets at most where so many let a pair fit into 32 bits."""

_RUNS = 1 << 9
"""Kernels are called for this many blocks of rows, or runs of buckets, at most. Ctrl-C waits for one of them:
4 million follows where there are 2 billion, unless one account has more."""


class ReadNotes(NamedTuple):
    """What a reader saw that the gate cannot know; it goes into the build report."""

    comments: int = 0
    ignored_columns: int = 0
    guesses: tuple[str, ...] = ()


_NOTHING = ReadNotes()


class _Collected(NamedTuple):
    """The follows in rows of the followed, in codes; and room for pairs, where it can be used again.

    `runs` cuts the rows into parts of about equal size; `occurs` tells which codes follow somebody,
    themselves included, where some may be nobody's.
    """

    following: Rows
    weights: Weights
    occurs: NDArray[np.bool_] | None
    self_follows: int
    runs: list[tuple[int, int]]
    pairs: NDArray[Any] | None
    pair_weights: Weights


class _Ranked(NamedTuple):
    """Accounts and their nodes: what is kept of them, and codes for as long as follows go by them.

    `indptr` tells where the row of each node begins.
    """

    accounts: Labels
    position_of: NDArray[np.uint32]
    node_of: NDArray[np.uint32]
    out_degrees: NDArray[np.int64]
    code_of: NDArray[np.uint32]
    node_of_code: NDArray[np.uint32]
    indptr: NDArray[np.int64]


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
        named = number_codes(follower, followed, labels, crew)
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


def _is_narrow(n_codes: int, n_others: int) -> bool:
    """Return whether a pair fits into 32 bits: the other end, and the code within its bucket."""
    low_bits = max(0, n_others - 1).bit_length()
    return max(0, n_codes - 1) >> max(0, 32 - low_bits) < _NARROW


def _make_buckets(
    n_codes: int, n_others: int, bases: list[int], rows: int, pairs: NDArray[Any] | None = None
) -> Buckets:
    """Return buckets of about equal ranges of codes, for a block of each base to be sorted into.

    The other ends are fewer than `n_others` above it. `pairs` is used again where it is as wide as needed.
    """
    last, low_bits = max(0, n_codes - 1), max(0, n_others - 1).bit_length()
    shift = max(0, last.bit_length() - _BUCKETS.bit_length() + 1)
    is_narrow = _is_narrow(n_codes, n_others)
    if is_narrow:
        shift = min(shift, 32 - low_bits)
    n_buckets, dtype = (last >> shift) + 1, np.dtype(np.uint32 if is_narrow else np.uint64)
    return Buckets(
        np.zeros((len(bases), n_buckets + 1), np.uint64),
        pairs if pairs is not None and pairs.dtype == dtype else np.empty(rows, dtype),
        np.uint64(shift),
        np.uint64(low_bits),
        np.array(bases, np.uint64),
        np.zeros(n_buckets + 1, np.uint64),
    )


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


def _collect(named: Numbered, weights: Weights, crew: Crew) -> _Collected:
    """Sort the follows by follower, and drop self-follows."""
    n, rows = named.n_codes, len(named.follower)
    buckets, pair_weights = _bucket_follows(named, weights, crew)
    occurs = np.empty(n, np.bool_) if named.accounts is None else None
    following = Rows(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(rows, np.uint32))
    kept_weights = _room(rows, weights)
    runs = _cut(buckets.starts, columns.BLOCK, _RUNS)
    self_follows = [0] * len(runs)

    def sort(run: int) -> None:
        first, last = map(np.uint64, runs[run])
        self_follows[run] = int(
            kernels.sort_buckets(buckets, pair_weights, first, last, *following, kept_weights, occurs)
        )

    crew.run(sort, range(len(runs)))
    shift = int(buckets.shift)
    row_runs = [(first << shift, min(last << shift, n)) for first, last in runs]
    is_fit = buckets.pairs.dtype == np.uint32 or not _is_narrow(n, columns.BLOCK)
    pairs = buckets.pairs if is_fit else None  # narrow ones follow, and wide ones are twice as large
    n_selves = sum(self_follows)
    collected = _Collected(following, kept_weights, occurs, n_selves, row_runs, pairs, pair_weights)
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


def _bucket_follows(named: Numbered, weights: Weights, crew: Crew) -> tuple[Buckets, Weights]:
    """Put the rows of the input into buckets of followers."""
    n, rows = named.n_codes, len(named.follower)
    blocks = columns.cut_blocks(rows, _RUNS)
    buckets = _make_buckets(n, n, [0] * len(blocks), rows)
    pair_weights = _room(rows, weights)
    are_within = [True] * len(blocks)

    def sort(number: int) -> None:
        start, stop = blocks[number]
        are_within[number] = kernels.bucket_follows(
            *named.follower.block(start, stop), *named.followed.block(start, stop),
            None if weights is None else weights[start:stop], np.uint64(n), np.uint64(start),
            buckets.shift, buckets.low_bits, buckets.bounds[number], buckets.pairs, pair_weights,
        )  # fmt: skip

    crew.run(sort, range(len(blocks)))
    if not all(are_within):
        refuse_strangers(named)
    _sum_buckets(buckets)
    return buckets, pair_weights


def _bucket_entries(
    collected: _Collected, code_of: NDArray[np.uint32], indptr: NDArray[np.int64], crew: Crew
) -> Buckets:
    """Put the follows into buckets of followed accounts, their followers in the order of nodes."""
    n_spreading = int(np.searchsorted(indptr, indptr[-1]))
    blocks = _cut(indptr[: n_spreading + 1], columns.BLOCK, len(indptr))  # small ones: few rows need few bits
    most = max(last - first for first, last in blocks)
    bases = [first for first, _ in blocks]
    buckets = _make_buckets(len(code_of), most, bases, int(indptr[-1]), collected.pairs)

    def sort(number: int) -> None:
        first, last = blocks[number]
        kernels.bucket_entries(
            collected.following, collected.weights, code_of[first:last], indptr[first : last + 1],
            buckets.shift, buckets.low_bits, buckets.bounds[number], buckets.pairs, collected.pair_weights,
        )  # fmt: skip

    crew.run(sort, range(len(blocks)))
    _sum_buckets(buckets)
    return buckets


def _rank(named: Numbered, collected: _Collected, crew: Crew) -> tuple[_Ranked, Buckets]:
    """Give accounts their numbers, hub-first, and turn the follows around."""
    n = named.n_codes
    code_of, node_of = np.empty(n, np.uint32), np.empty(n, np.uint32)
    out_degrees, indptr = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    degrees = collected.following.degrees
    starts = count_degrees(degrees)
    numbering = rank_degrees, (degrees, starts, code_of, node_of)
    listing = list_degrees, (starts, out_degrees, indptr)
    crew.run(lambda task: task[0](*task[1]), (numbering, listing))
    buckets = _bucket_entries(collected, code_of, indptr, crew)
    runs = _cut(buckets.starts, columns.BLOCK, _RUNS)

    def count(run: int) -> None:
        kernels.count_pairs(buckets, *map(np.uint64, runs[run]), node_of, indptr)

    crew.run(count, range(len(runs)))
    if named.accounts is not None:
        np.cumsum(indptr, out=indptr)
        return _Ranked(named.accounts, code_of, node_of, out_degrees, code_of, node_of, indptr), buckets
    places = np.empty(n, np.uint32)
    size = place_codes(collected.occurs, node_of, indptr, places)
    labels = np.empty(size, np.int64)
    kept = np.empty(size, np.uint32), np.empty(size, np.uint32)
    drop_absent(
        collected.occurs, places, named.follower.low, code_of, node_of, out_degrees, indptr, labels, *kept
    )
    ranked = _Ranked(
        Labels(labels), *kept, out_degrees[:size].copy(),
        code_of[:size], node_of, np.cumsum(indptr[: size + 1]),
    )  # fmt: skip
    return ranked, buckets


def _arrange(named: Numbered, collected: _Collected, notes: ReadNotes, crew: Crew) -> FollowerGraph | None:
    """Renumber the accounts, turn the follows around, and split each row of followers.

    Returns None where a follow is repeated: the order of the accounts is then another.
    """
    ranked, buckets = _rank(named, collected, crew)
    runs = _cut(buckets.starts, columns.BLOCK, _RUNS)
    indptr, weights = ranked.indptr, collected.pair_weights
    n_follows = int(indptr[-1])
    followers = Csr(indptr, np.empty(n_follows, np.uint32))
    mutual_start, follow_weights = np.empty(len(indptr) - 1, np.int64), _room(n_follows, weights)
    n_mutual, repeated = [0] * len(runs), [0] * len(runs)

    def fill(run: int) -> None:
        n_mutual[run], repeated[run] = fill_rows(
            buckets, weights, *map(np.uint64, runs[run]), collected.following, collected.weights,
            ranked.code_of, ranked.node_of_code, indptr, mutual_start, followers.indices, follow_weights,
        )  # fmt: skip

    crew.run(fill, range(len(runs)))
    if any(repeated):
        return None
    report = BuildReport(
        rows=len(named.follower),
        follows=n_follows,
        duplicates=len(named.follower) - n_follows - collected.self_follows,
        self_follows=collected.self_follows,
        accounts=len(ranked.accounts),
        mutual_pairs=int(sum(n_mutual)) // 2,
        comments=notes.comments,
        ignored_columns=notes.ignored_columns,
        guesses=notes.guesses,
    )
    return FollowerGraph(
        followers, mutual_start, follow_weights, ranked.out_degrees, ranked.accounts, ranked.position_of,
        ranked.node_of, report,
    )  # fmt: skip
