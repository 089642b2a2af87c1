"""Refollow loops: how often an account followed somebody again whom it had followed before.

By chance, k follows of accounts drawn by lot, x with the share q_x of all follows that x received, repeat
about

    k (k - 1) / 2  x  sum of q_x^2

of themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.audits.findings import Findings, Measure, Rule, Words, report, where
from influencegraph.audits.follow_log import FollowLog, Ids, read_log

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
    log : mapping, data frame, sequence of four columns, or FollowLog
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
    received = spells.count_by(spells.followed) / max(1, len(spells.follower))
    expected = np.minimum(follows * (follows - 1) / 2 * np.sum(received**2), np.maximum(follows - 1, 0))
    facts = {"accounts": accounts, "follows": follows, "most": most}
    enough = follows > 0
    return report(
        spells.accounts,
        Measure(AUDIT, WORDS, rule, where(enough, follows - accounts), where(enough, expected), facts),
    )


def _count_pairs(log: FollowLog) -> tuple[Ids, Ids]:
    """Return how many accounts each one followed, and how often the one that it followed most often."""
    begins = np.ones(len(log.follower), bool)
    begins[1:] = (log.follower[1:] != log.follower[:-1]) | (log.followed[1:] != log.followed[:-1])
    times = np.diff(np.append(np.flatnonzero(begins), len(begins)))
    most = np.zeros(log.n_accounts, np.int64)
    np.maximum.at(most, log.follower[begins], times)
    return log.count_by(log.follower, begins), most
