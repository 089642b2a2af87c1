"""Refollow loops: how often an account followed somebody again whom it had followed before.

By chance, whom an account follows is drawn by lot, x with the share q_x of all follows that x received;
then a follow is of somebody whom it has followed before, and left, with the chance

    sum of q_x over the follows that it had ended by then

and these chances add up over its follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.audits.findings import Findings, Floats, Measure, Rule, Words, report, where
from influencegraph.audits.follow_log import FollowLog, Ids, find_pairs, read_log

AUDIT = "refollows"
RULE = Rule(value_min=10, ratio_min=3)
WORDS = Words(
    title="follows of accounts that it had followed before",
    evidence="It followed {accounts:,} accounts {follows:,} times, one of them {most:,} times.",
    chance="expected if whom it follows were drawn by lot, as often as all follow them",
    innocent="A client that forgets, a block that was lifted, or a quarrel and its end make loops, too.",
    unit="count",
)


def refollows(log: Any, *, rule: Rule = RULE) -> Findings:
    """Count follows of accounts that were followed before; O(events log events).

    Parameters
    ----------
    log : mapping, data frame, tuple of four columns, or FollowLog
        As `read_log` takes it.
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> log = [0, 1, 2], ["follow", "unfollow", "follow"], ["ann"] * 3, ["bob"] * 3
    >>> refollows(log)["ann"][0].value
    1.0
    """
    spells = read_log(log)
    accounts, most = _count_pairs(spells)
    follows = spells.count_by(spells.follower)
    expected = _expect(spells)
    facts = {"accounts": accounts, "follows": follows, "most": most}
    enough = follows > 0
    return report(
        spells.accounts,
        Measure(AUDIT, WORDS, rule, where(enough, follows - accounts), where(enough, expected), facts),
    )


def _expect(log: FollowLog) -> Floats:
    """Add up, over the follows of each account, how likely they are to be of somebody whom it left before."""
    chance = log.count_by(log.followed)[log.followed] / max(1, len(log.followed))
    ended = np.flatnonzero(np.isfinite(log.stop))
    who = np.concatenate([log.follower[ended], log.follower])
    when = np.concatenate([log.stop[ended], log.start])
    is_start = np.arange(len(who)) >= len(ended)
    order = np.lexsort((is_start, when, who))
    who, is_start = who[order], is_start[order]
    left = np.cumsum(np.concatenate([chance[ended], np.zeros(len(chance))])[order])
    before = np.concatenate([[0.0], left])[np.searchsorted(who, np.arange(log.n_accounts))]
    weights = np.maximum(is_start * (left - before[who]), 0.0)
    expected: Floats = np.bincount(who, weights, log.n_accounts).astype(np.float64)
    return expected


def _count_pairs(log: FollowLog) -> tuple[Ids, Ids]:
    """Return how many accounts each one followed, and how often the one that it followed most often."""
    begins = find_pairs(log.follower, log.followed)
    times = np.diff(np.append(np.flatnonzero(begins), len(begins)))
    most = np.zeros(log.n_accounts, np.int64)
    np.maximum.at(most, log.follower[begins], times)
    return log.count_by(log.follower, begins), most
