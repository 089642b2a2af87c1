"""The one gate: edge arrays in, checked FollowerGraph out.

Every reader and every constructor ends here, and nothing behind it checks again. O(follows + accounts):
rows are sorted by counting, twice (by followed, then by follower), which brings repeated follows
together; then accounts are numbered anew, those who follow most first, and each row of followers is
split into one-way and mutual ones.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build_report import BuildReport
from influencegraph.errors import InvalidFollows, describe_type, shorten
from influencegraph.graph import Csr, FollowerGraph
from influencegraph.kernels.mutual import split_rows
from influencegraph.kernels.order import merge_duplicates, place_by_key, transpose
from influencegraph.labels import Labels, Positions, number_labels

Weights = NDArray[np.float64] | None


class ReadNotes(NamedTuple):
    """What a reader saw that the gate cannot know; it goes into the build report."""

    comments: int = 0
    ignored_columns: int = 0
    guesses: tuple[str, ...] = ()


_NOTHING = ReadNotes()


def build_graph(
    follower: Any, followed: Any, weights: Any = None, labels: Any = None, notes: ReadNotes = _NOTHING
) -> FollowerGraph:  # fmt: skip
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

    Raises
    ------
    InvalidFollows
        If labels or weights cannot be believed.
    """
    accounts, sources, targets = number_labels(follower, followed, labels)
    row_weights = check_weights(weights, sources.size)
    following, kept_weights, self_follows, duplicates = _collect(len(accounts), sources, targets, row_weights)
    return _arrange(accounts, following, kept_weights, sources.size, self_follows, duplicates, notes)


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
    values = array.astype(np.float64)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        row = int(bad[0])
        raise InvalidFollows.because(
            f"the weight in row {row} is {shorten(values[row].item())}",
            "weights are finite and >= 0",
            "Drop the row, or give the follow a weight.",
            row=row,
            value=values[row].item(),
        )
    return values


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    indptr = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=indptr[1:])
    return indptr


def _like(weights: Weights) -> Weights:
    return None if weights is None else np.empty_like(weights)


def _collect(
    n: int, sources: Positions, targets: Positions, weights: Weights
) -> tuple[Csr, Weights, int, int]:
    """Sort the follows by follower and followed; merge and drop what is no follow of its own."""
    by_target = Csr(_starts(np.bincount(targets, minlength=n)), np.empty(sources.size, np.uint32))
    target_weights = _like(weights)
    place_by_key(targets, sources, weights, by_target.indptr[:-1].copy(), by_target.indices, target_weights)
    by_source = Csr(_starts(np.bincount(sources, minlength=n)), np.empty(sources.size, np.uint32))
    source_weights = _like(weights)
    everyone = np.arange(n, dtype=np.uint32)
    cursor = by_source.indptr[:-1].copy()
    transpose(by_target, target_weights, everyone, None, None, cursor, by_source.indices, source_weights)
    indptr = np.empty(n + 1, np.int64)
    with np.errstate(over="ignore"):  # refused below
        self_follows, duplicates = merge_duplicates(
            by_source.indptr, by_source.indices, source_weights, indptr
        )
    n_follows = int(indptr[-1])
    if source_weights is not None:
        source_weights = source_weights[:n_follows]
        if not np.isfinite(source_weights).all():
            raise InvalidFollows.because(
                "the weights of a repeated follow add up to more than float64 holds",
                "weights are finite",
                "Divide all weights by a constant.",
            )
    kept = Csr(indptr, by_source.indices[:n_follows])
    return kept, source_weights, int(self_follows), int(duplicates)


def _arrange(
    accounts: Labels,
    following: Csr,
    weights: Weights,
    rows: int,
    self_follows: int,
    duplicates: int,
    notes: ReadNotes,
) -> FollowerGraph:
    """Renumber the accounts hub-first, turn the follows around, and split each row of followers."""
    n, n_follows = len(accounts), following.indices.size
    out_degrees = np.diff(following.indptr)
    position_of = np.argsort(-out_degrees, kind="stable").astype(np.uint32)
    node_of = np.empty(n, np.uint32)
    node_of[position_of] = np.arange(n, dtype=np.uint32)
    in_degrees = np.bincount(following.indices, minlength=n)
    followers = Csr(_starts(in_degrees[position_of]), np.empty(n_follows, np.uint32))
    follow_weights = _like(weights)
    cursor = followers.indptr[:-1].copy()
    transpose(following, weights, position_of, node_of, node_of, cursor, followers.indices, follow_weights)
    mutual_start = np.empty(n, np.int64)
    split_rows(followers, follow_weights, following, weights, node_of, position_of, mutual_start)
    report = BuildReport(
        rows=rows,
        follows=n_follows,
        duplicates=duplicates,
        self_follows=self_follows,
        accounts=n,
        mutual_pairs=int((followers.indptr[1:] - mutual_start).sum()) // 2,
        comments=notes.comments,
        ignored_columns=notes.ignored_columns,
        guesses=notes.guesses,
    )
    return FollowerGraph(
        followers=followers,
        mutual_start=mutual_start,
        follow_weights=follow_weights,
        out_degrees=out_degrees[position_of],
        accounts=accounts,
        position_of=position_of,
        node_of=node_of,
        report=report,
    )
