"""A log of follows and unfollows, replayed: who follows whom at its end, and which returns have ended.

Rules, none of which asks for the order of the rows:

- Events of one pair are replayed by time. Those of one pair at one time alternate, as many as can, beginning
  with what is possible: a follow and an unfollow on one day are a follow that began and ended where there was
  none before, and one that ended and began anew where there was one.
- A follow of a follow that exists changes nothing. Neither does an unfollow of one that does not, unless the
  pair begins with it: then the follow began before the log.
- Rows after `as_of` are left out, and their accounts do not exist by them.

All of these are counted (`EventReport`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.build_report import EventReport
from influencegraph.errors import InvalidArgument, describe_type, shorten
from influencegraph.ghosts import Returns, remember
from influencegraph.graph import FollowerGraph
from influencegraph.moments import read_span, read_time, read_times
from influencegraph.numbering import number_labels
from influencegraph.settings import check_number

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]

COLUMNS = ("times", "kinds", "followers", "followed")


class _Settled(NamedTuple):
    """What became of each pair, (k,) each: its number, whether it is a follow now, and when one last ended.

    `ended` is -inf where none did. `begun` and the rest count rows, as in `EventReport`.
    """

    pairs: NDArray[np.uint64]
    exists: Flags
    ended: Floats
    counts: dict[str, int]


def replay_log(log: Any, as_of: Any = None, memory: Any = None, labels: Any = None) -> FollowerGraph:
    """Return who follows whom at `as_of`; `FollowerGraph.from_events`. O(rows log rows).

    Parameters
    ----------
    log : tuple, mapping or data frame
        Four columns: times (seconds, datetime64, dates or datetimes), kinds ("follow" or "unfollow", 1 or -1,
        True or False), followers, followed. A tuple has them in this order, all others under these names.
        The order of the rows does not matter, and what became of them is in ``graph.report.events``.
    as_of : float or date, optional
        Later rows are left out; by default none are.
    memory : float or timedelta, optional
        A return that ended is remembered with strength ``exp(-age / memory)``: the follow that it returned
        counts less for so long, whether or not both existed at one time, and capacity is taken up, whether
        or not it began anew. Needs `as_of`; inf forgets nothing. By default nothing is remembered.
    labels : array-like, optional
        All accounts in the order wanted; by default those that occur, ascending.

    Raises
    ------
    InvalidFollows
        If a label is missing, of the wrong kind, or not among `labels`.
    InvalidArgument
        If anything else is not as above; of a row, it says which.

    Examples
    --------
    Ann follows bob, bob follows back, ann unfollows; ten days later two weeks' memory has half faded:

    >>> log = [0, 1, 2], ["follow", "follow", "unfollow"], ["ann", "bob", "ann"], ["bob", "ann", "bob"]
    >>> graph = FollowerGraph.from_events(log, as_of=12, memory=14)
    >>> graph
    FollowerGraph(2 accounts, 1 follow, 0 mutual pairs, 1 remembered return)
    >>> graph.ghosts.strengths.round(2).tolist()
    [0.49]
    >>> print(graph.report)
    3 events; follows begun: 2; ended: 1; 1 rows: 1 follows between 2 accounts; mutual pairs: 0
    """
    now, tau = _read_memory(as_of, memory)
    times, begins, followers, followed = read_columns(log)
    is_past = times <= now
    n_later = len(times) - int(np.count_nonzero(is_past))
    if n_later:
        times, begins = times[is_past], begins[is_past]
        followers, followed = _choose(followers, is_past), _choose(followed, is_past)
    named = number_labels(followers, followed, labels)
    ends = [column.positions().astype(np.uint64) for column in (named.follower, named.followed)]
    is_pair = ends[0] != ends[1]
    n = np.uint64(max(1, len(named.accounts)))
    pairs = ends[0] * n + ends[1]
    settled = _replay(pairs[is_pair], times[is_pair], begins[is_pair])
    follower, others = (each.astype(np.int64) for each in np.divmod(settled.pairs, n))
    exists = settled.exists
    built = build_graph(follower[exists], others[exists], None, np.arange(len(named.accounts)))
    counts = {"self_follows": len(is_pair) - int(np.count_nonzero(is_pair)), "later": n_later}
    report = EventReport(rows=len(is_pair) + n_later, **counts, **settled.counts)
    graph = replace(built, accounts=named.accounts, report=replace(built.report, events=report))
    if tau is None:
        return graph
    has_ended = settled.ended > -np.inf
    with np.errstate(over="ignore"):  # of an age: such returns are forgotten
        strengths = np.exp((settled.ended[has_ended] - now) / tau)
    return remember(graph, Returns(np.stack([follower[has_ended], others[has_ended]], axis=1), strengths))


def _replay(pairs: NDArray[np.uint64], times: Floats, begins: Flags) -> _Settled:
    """Replay the events of all pairs at once; O(rows log rows)."""
    order = _sort_events(pairs, times)
    pairs, times = pairs[order], times[order]
    is_first = np.ones(len(pairs), np.bool_)
    is_first[1:] = pairs[1:] != pairs[:-1]
    is_new = is_first.copy()
    is_new[1:] |= times[1:] != times[:-1]
    starts = np.flatnonzero(is_new)  # of moments: the events of one pair at one time
    sizes = np.diff(np.append(starts, len(pairs)))
    follows = np.diff(np.append(0, np.cumsum(begins[order]))[np.append(starts, len(pairs))])
    unfollows = sizes - follows
    moments = np.arange(len(starts))
    opens = is_first[starts]
    opening = np.maximum.accumulate(np.where(opens, moments, 0))
    # A moment with more of one kind decides; one with as many of both leaves things as they were.
    begun_before = (unfollows > follows)[opening]
    deciding = np.maximum.accumulate(np.where(follows != unfollows, moments, -1))
    after = np.where(deciding >= opening, (follows > unfollows)[deciding], begun_before)
    before = np.append(False, after[:-1])[: len(moments)]
    before[opens] = begun_before[opens]
    n_begun, n_ended = np.minimum(follows, unfollows + ~before), np.minimum(unfollows, follows + before)
    closing = np.append(np.flatnonzero(opens)[1:], len(starts))[: int(opens.sum())] - 1
    last_end = np.maximum.accumulate(np.where(n_ended > 0, moments, -1))
    has_ended = (last_end >= opening)[closing]
    ended = np.full(len(closing), -np.inf)
    ended[has_ended] = times[starts[last_end[closing][has_ended]]]
    counts = {
        "begun": n_begun.sum(),
        "ended": n_ended.sum(),
        "repeated": (follows - n_begun).sum(),
        "unmatched": (unfollows - n_ended).sum(),
        "begun_before": begun_before[opens].sum(),
    }
    return _Settled(
        pairs[starts[opens]], after[closing], ended, {name: int(count) for name, count in counts.items()}
    )


def _sort_events(pairs: NDArray[np.uint64], times: Floats) -> NDArray[np.intp]:
    """Return events by pair and by time, equal ones in any order; half as long as ``np.lexsort`` takes."""
    order = np.argsort(pairs)
    is_same = pairs[order[1:]] == pairs[order[:-1]]
    is_many = np.zeros(len(order), np.bool_)
    is_many[1:] = is_same
    is_many[:-1] |= is_same
    many = order[is_many]
    many = many[np.argsort(times[many])]
    order[is_many] = many[np.argsort(pairs[many], kind="stable")]
    return order


# ---- what comes in ----


def _read_memory(as_of: Any, memory: Any) -> tuple[float, float | None]:
    """Return the time up to which events count, in seconds, and tau."""
    if as_of is None:
        if memory is not None:
            raise InvalidArgument.because(
                f"memory is {memory!r}, and as_of is left out",
                "a return has an age at a time, and no clock is read here",
                "Give as_of as well; it may be the time of the last event.",
                name="as_of",
            )
        return np.inf, None
    remedy = "It is in seconds, or a date."
    now = check_number("as_of", read_time("as_of", as_of), -1e300, 1e300, "be a time", remedy)
    if memory is None:
        return now, None
    remedy = "It is in seconds, or a timedelta: after so long a return counts 37%."
    span = read_span("memory", memory)
    return now, check_number("memory", span, 2.0**-1022, np.inf, "be above 0, or inf", remedy)


def read_columns(log: Any) -> tuple[Floats, Flags, Any, Any]:
    """Return times in seconds, whether each row begins a follow, and the two columns of labels.

    Raises
    ------
    InvalidArgument
        If `log` is not what `replay_log` takes; of a row, it says which.
    """
    if isinstance(log, tuple | list):
        columns = list(log)
    elif isinstance(log, Mapping) or hasattr(log, "columns"):
        names = list(log if isinstance(log, Mapping) else log.columns)
        columns = [log[name] for name in COLUMNS if name in names]
    else:
        columns = []
    if len(columns) != len(COLUMNS):
        raise InvalidArgument.because(
            f"log is a {describe_type(log)}" + (f" of {len(columns)} columns" if columns else ""),
            f"it is four columns: {', '.join(COLUMNS)}",
            "Pass them as a tuple in this order, or as a dict or a data frame under these names.",
            name="log",
        )
    times, kinds = read_times("times", columns[0]), _read_kinds(columns[1])
    sizes = [len(column) for column in (times, kinds, *columns[2:])]
    if len(set(sizes)) > 1:
        lengths = ", ".join(f"{name} {size:,}" for name, size in zip(COLUMNS, sizes, strict=True))
        raise InvalidArgument.because(
            f"the columns differ in length: {lengths}", "each row is one entry in each", "Check the columns.",
            name="log",
        )  # fmt: skip
    return times, kinds, columns[2], columns[3]


def _read_kinds(kinds: Any) -> Flags:
    """Return True for each follow and False for each unfollow."""
    array = np.asarray(kinds)
    if array.ndim == 1 and array.dtype == np.bool_:
        return array
    if array.ndim == 1 and array.dtype.kind in "iuf":
        begins, is_known = array == 1, np.abs(array) == 1
    elif array.ndim == 1:
        values = array if array.dtype.kind == "U" else array.astype(object)
        begins, is_known = values == "follow", (values == "follow") | (values == "unfollow")
    else:
        begins, is_known = np.zeros(1, np.bool_), np.zeros(1, np.bool_)
    for row in np.flatnonzero(~is_known.astype(np.bool_))[:1].tolist():
        found = shorten(kinds) if array.ndim != 1 else f"{shorten(array.tolist()[row])} in row {row}"
        raise InvalidArgument.because(
            f"kinds is {found}", "a kind is 'follow' or 'unfollow', 1 or -1, or True or False",
            "Drop rows of other kinds, or rename them.", name="kinds", row=row,
        )  # fmt: skip
    flags: Flags = begins.astype(np.bool_)
    return flags


def _choose(column: Any, chosen: Flags) -> Any:
    """Return the rows of a column of labels that are `chosen`; a list keeps labels of two kinds apart."""
    array = np.asarray(column, object) if isinstance(column, list | tuple) else np.asarray(column)
    return array[chosen]
