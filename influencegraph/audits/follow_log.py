"""Logs of follows: who followed whom when, and until when.

A log is a table of events, each a time, a kind (``"follow"`` or ``"unfollow"``), a follower and a followed.
Read, it is a table of spells: from the moment of a follow to that of the unfollow after it, or to no end. A
follow of somebody who is followed already, and an unfollow of somebody who is not, say nothing new and are
dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.columns import Distinct, read_column
from influencegraph.errors import InvalidArgument, InvalidFollows, shorten
from influencegraph.kernels.jit import Crew
from influencegraph.labels import Labels, as_objects
from influencegraph.moments import read_span, read_times
from influencegraph.settings import check_number

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

COLUMNS = ("times", "kinds", "followers", "followed")
DAY = 86_400.0


class FollowLog(NamedTuple):
    """Spells of following, sorted by follower, followed and start. Arrays have shape (n_spells,).

    Attributes
    ----------
    accounts : Labels
    follower, followed : ndarray of int64
        Positions in ``accounts``.
    start, stop : ndarray of float64
        In seconds; `stop` is inf where the follow was not ended.
    last : float
        When the log ends; -inf where it is empty.
    """

    accounts: Labels
    follower: Ids
    followed: Ids
    start: Floats
    stop: Floats
    last: float

    @property
    def n_accounts(self) -> int:
        """How many accounts there are."""
        return len(self.accounts)

    def count_by(self, who: Ids, chosen: NDArray[np.bool_] | None = None) -> Ids:
        """Count rows for each account of `who`, those `chosen`."""
        rows = who if chosen is None else who[chosen]
        return np.bincount(rows, minlength=self.n_accounts)


def read_log(log: Any) -> FollowLog:
    """Read a log of follows and unfollows; O(events log events).

    Parameters
    ----------
    log : mapping, data frame, sequence of four columns, or FollowLog
        Columns ``times`` (seconds, datetime64, dates or datetimes), ``kinds`` (``"follow"`` or
        ``"unfollow"``), ``followers`` and ``followed`` (labels), in any order of rows; of rows at the same
        time, the later one is the later.

    Raises
    ------
    InvalidArgument
        If a column is missing, of another length, or holds no time or no kind.
    InvalidFollows
        If a label is missing or of another kind than the others.

    Examples
    --------
    >>> log = read_log(([0, 60, 90], ["follow", "follow", "unfollow"], ["a", "b", "a"], ["b", "a", "b"]))
    >>> log.start.tolist(), log.stop.tolist(), log.last
    ([0.0, 60.0], [90.0, inf], 90.0)
    """
    if isinstance(log, FollowLog):
        return log
    times, kinds, followers, followed = _find_columns(log)
    moments, is_follow = read_times("times", times), _read_kinds(kinds)
    accounts, follower, other = _read_labels(followers, followed)
    lengths = {len(column) for column in (moments, is_follow, follower, other)}
    if len(lengths) > 1:
        raise InvalidArgument.because(
            f"the columns of the log have {', '.join(f'{each:,}' for each in sorted(lengths))} rows",
            "each row is one entry in each", "Check the columns.", name="log",
        )  # fmt: skip
    return _make_spells(accounts, moments, is_follow, follower, other)


def check_window(window: Any) -> float:
    """Return a span above 0 in seconds."""
    return check_number(
        "window", read_span("window", window), np.nextafter(0.0, 1.0), 1e300, "be above 0",
        "A day is 86400, or datetime.timedelta(days=1).",
    )  # fmt: skip


def _find_columns(log: Any) -> list[Any]:
    if isinstance(log, Mapping) or hasattr(log, "columns"):
        names = list(log) if isinstance(log, Mapping) else list(log.columns)
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise InvalidArgument.because(
                f"the log has no column {missing[0]!r}", f"it has {', '.join(COLUMNS)}",
                f"Rename one of {shorten(names)}.", name="log",
            )  # fmt: skip
        return [log[name] for name in COLUMNS]
    columns = [] if isinstance(log, str | bytes) or not hasattr(log, "__iter__") else list(log)
    if len(columns) != len(COLUMNS):
        raise InvalidArgument.because(
            f"log is {shorten(log)}", f"it holds the columns {', '.join(COLUMNS)}",
            "Pass a dict of columns, or a data frame.", name="log",
        )  # fmt: skip
    return columns


def _read_kinds(kinds: Any) -> NDArray[np.bool_]:
    names = np.asarray(kinds).astype(str)
    is_follow: NDArray[np.bool_] = names == "follow"
    odd = np.flatnonzero(~is_follow & (names != "unfollow"))
    if odd.size:
        raise InvalidArgument.because(
            f"kinds in row {int(odd[0])} is {shorten(str(names[odd[0]]))}", "it is 'follow' or 'unfollow'",
            "Translate the kinds, or drop that row.", name="log", row=int(odd[0]),
        )  # fmt: skip
    return is_follow


def _read_labels(followers: Any, followed: Any) -> tuple[Labels, Ids, Ids]:
    """Return accounts, ascending, and the position of each label in both columns."""
    with Crew(1) as crew:
        ends = [read_column(followers, "followers", crew), read_column(followed, "followed", crew)]
    if isinstance(ends[0], Distinct) != isinstance(ends[1], Distinct) and all(map(_rows, ends)):
        raise InvalidFollows.because(
            "followers and followed are of two kinds", "all are integers, or all are strings",
            "Convert one of them.",
        )  # fmt: skip
    if isinstance(ends[0], Distinct) and isinstance(ends[1], Distinct):
        values = [[str(name) for name in end.values] for end in (ends[0], ends[1])]
        names = sorted({*values[0], *values[1]})
        place = {name: i for i, name in enumerate(names)}
        spread = [
            end.spread(np.array([place[name] for name in each], np.int64))
            for end, each in zip((ends[0], ends[1]), values, strict=True)
        ]
        return Labels(as_objects(names)), spread[0], spread[1]
    columns = [np.asarray(end).astype(np.int64) if _rows(end) else np.empty(0, np.int64) for end in ends]
    numbers = np.unique(np.concatenate(columns))
    return Labels(numbers), np.searchsorted(numbers, columns[0]), np.searchsorted(numbers, columns[1])


def _rows(end: Any) -> int:
    return len(end.codes) if isinstance(end, Distinct) else len(end)


def _make_spells(
    accounts: Labels, times: Floats, is_follow: NDArray[np.bool_], follower: Ids, followed: Ids
) -> FollowLog:
    """Sort events by pair and time, drop those that change nothing, and pair up what is left."""
    last = float(times.max()) if len(times) else -np.inf
    others = np.flatnonzero(follower != followed)
    order = others[np.lexsort((times[others], followed[others], follower[others]))]
    times, is_follow, follower, followed = times[order], is_follow[order], follower[order], followed[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (follower[1:] != follower[:-1]) | (followed[1:] != followed[:-1])
    says = is_follow.copy()
    says[1:] = np.where(begins[1:], is_follow[1:], is_follow[1:] != is_follow[:-1])
    times, is_follow, pair = times[says], is_follow[says], np.cumsum(begins)[says]
    stop = np.full(len(times), np.inf)
    goes_on = pair[1:] == pair[:-1]
    stop[:-1][goes_on] = times[1:][goes_on]
    columns = follower[says][is_follow], followed[says][is_follow], times[is_follow], stop[is_follow]
    return FollowLog(accounts, *columns, last)
