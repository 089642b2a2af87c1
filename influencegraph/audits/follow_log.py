"""Logs of follows: who followed whom when, and until when.

A log is a table of events, each a time, a kind (``"follow"`` or ``"unfollow"``), a follower and a followed.
Read, it is a table of spells: from the moment of a follow to that of the unfollow after it, or to no end. A
follow of somebody who is followed already, and an unfollow of somebody who is not, say nothing new and are
dropped.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.events import read_columns
from influencegraph.labels import Labels
from influencegraph.moments import read_span
from influencegraph.numbering import number_labels
from influencegraph.settings import check_number

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

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
    log : mapping, data frame, tuple of four columns, or FollowLog
        Columns ``times`` (seconds, datetime64, dates or datetimes), ``kinds`` (``"follow"`` or
        ``"unfollow"``, 1 or -1, True or False), ``followers`` and ``followed`` (labels), rows in any order.
        Events of one pair at one time alternate, beginning with what is possible.

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
    moments, is_follow, followers, followed = read_columns(log)
    named = number_labels(followers, followed, None)
    follower, other = (column.positions().astype(np.int64) for column in (named.follower, named.followed))
    return _make_spells(named.accounts, moments, is_follow, follower, other)


def check_window(window: Any) -> float:
    """Return a span above 0 in seconds."""
    return check_number(
        "window", read_span("window", window), np.nextafter(0.0, 1.0), 1e300, "be above 0",
        "A day is 86400, or datetime.timedelta(days=1).",
    )  # fmt: skip


def _make_spells(
    accounts: Labels, times: Floats, is_follow: NDArray[np.bool_], follower: Ids, followed: Ids
) -> FollowLog:
    """Sort events by pair and time, drop those that change nothing, and pair up what is left."""
    last = float(times.max()) if len(times) else -np.inf
    others = np.flatnonzero(follower != followed)
    order = others[np.lexsort((is_follow[others], times[others], followed[others], follower[others]))]
    begins = find_pairs(follower[order], followed[order])
    order = order[_alternate(begins, times[order], is_follow[order])]
    times, is_follow, follower, followed = times[order], is_follow[order], follower[order], followed[order]
    says = is_follow.copy()
    says[1:] = np.where(begins[1:], is_follow[1:], is_follow[1:] != is_follow[:-1])
    times, is_follow, pair = times[says], is_follow[says], np.cumsum(begins)[says]
    stop = np.full(len(times), np.inf)
    goes_on = pair[1:] == pair[:-1]
    stop[:-1][goes_on] = times[1:][goes_on]
    columns = follower[says][is_follow], followed[says][is_follow], times[is_follow], stop[is_follow]
    return FollowLog(accounts, *columns, last)


def find_pairs(follower: Ids, followed: Ids) -> NDArray[np.bool_]:
    """Return where a pair has its first row, of rows sorted by pair."""
    begins = np.ones(len(follower), bool)
    begins[1:] = (follower[1:] != follower[:-1]) | (followed[1:] != followed[:-1])
    return begins


def _alternate(begins: NDArray[np.bool_], times: Floats, is_follow: NDArray[np.bool_]) -> Ids:
    """Let events of one pair at one time alternate, beginning with what is possible, whatever their order.

    Rows are sorted by pair, time and kind. Whether there is a follow before a moment, the last moment tells
    that has more events of one kind; before the first, there is one if it has more unfollows.
    """
    is_new = begins.copy()
    is_new[1:] |= times[1:] != times[:-1]
    moment = np.cumsum(is_new) - 1
    starts = np.flatnonzero(is_new)
    balance = np.bincount(moment, weights=2.0 * is_follow - 1.0, minlength=len(starts))
    numbers = np.arange(len(starts))
    opening = np.maximum.accumulate(np.where(begins[starts], numbers, 0))
    deciding = np.maximum.accumulate(np.where(balance != 0, numbers, -1))
    earlier = np.concatenate([[-1], deciding[:-1]])[: len(starts)]
    before = np.where(earlier >= opening, balance[earlier] > 0, balance[opening] < 0)
    n_unfollows = np.bincount(moment, weights=~is_follow, minlength=len(starts))
    rank = np.arange(len(times)) - starts[moment] - np.where(is_follow, n_unfollows[moment], 0)
    return np.lexsort((2 * rank + (is_follow == before[moment]), moment))
