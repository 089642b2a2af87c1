"""Logs by chance: the same accounts follow the same accounts as often, at other times."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.audits.follow_log import Floats, FollowLog, Ids, read_log


def shuffle_log(log: Any, rng: Any = 0, *, keep_pairs: bool = True) -> FollowLog:
    """Draw a log in which follows begin at times, and last for spans, dealt out by lot; O(events log events).

    Parameters
    ----------
    log : mapping, data frame, tuple of four columns, or FollowLog
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Whatever `numpy.random.default_rng` takes.
    keep_pairs : bool
        Who follows whom stays as it is. If not, that is dealt out as well: everybody follows as often, and is
        followed as often, save for those who would follow themselves.

    A follow of somebody who is followed at that time already is dropped. Spells may end after the log.

    Examples
    --------
    >>> log = [0, 60, 90], ["follow", "unfollow", "follow"], ["ann", "ann", "bob"], ["bob", "bob", "ann"]
    >>> by_chance = shuffle_log(log, 1)
    >>> sorted(by_chance.start.tolist()), sorted((by_chance.stop - by_chance.start).tolist())
    ([0.0, 90.0], [60.0, inf])
    """
    spells, generator = read_log(log), np.random.default_rng(rng)
    n = len(spells.follower)
    followed = spells.followed if keep_pairs else spells.followed[generator.permutation(n)]
    start = spells.start[generator.permutation(n)]
    stop = start + (spells.stop - spells.start)[generator.permutation(n)]
    kept = spells.follower != followed
    order = np.flatnonzero(kept)[np.lexsort((start[kept], followed[kept], spells.follower[kept]))]
    order = _drop_overlaps(order, spells.follower, followed, start, stop)
    return FollowLog(
        spells.accounts, spells.follower[order], followed[order], start[order], stop[order], spells.last
    )


def _drop_overlaps(order: Ids, follower: Ids, followed: Ids, start: Floats, stop: Floats) -> Ids:
    """Drop spells that begin while an earlier one between the same two lasts."""
    while True:
        one, next_one = order[:-1], order[1:]
        same = (follower[one] == follower[next_one]) & (followed[one] == followed[next_one])
        overlaps = same & (start[next_one] <= stop[one])
        if not overlaps.any():
            return order
        overlaps[1:] &= ~overlaps[:-1]  # what overlaps one that goes may stay
        order = order[~np.concatenate([[False], overlaps])]
