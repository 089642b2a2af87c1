"""Dwell: what share of an account's follows it ended again within a short time.

By chance an account's follows last as all follows in the log do: the share of all of them that ended so
soon.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.audits.findings import Findings, Measure, Rule, Words, report, where
from influencegraph.audits.follow_log import DAY, check_window, read_log

AUDIT = "dwell"
RULE = Rule(value_min=0.3, ratio_min=2)
WORDS = Words(
    title="follows that it ended soon",
    evidence="Of {follows:,} follows it ended {ended:,} within {days:,.6g} days.",
    chance="expected if its follows lasted as all follows do",
    innocent="Curiosity, an event that is over, a feed that posts too much, or a clean-up ends follows, too.",
)
FOLLOWS_MIN = 20


def dwell(log: Any, *, window: Any = 7 * DAY, follows_min: int = FOLLOWS_MIN, rule: Rule = RULE) -> Findings:
    """Measure what share of its follows an account ended within `window`; O(events log events).

    Parameters
    ----------
    log : mapping, data frame, tuple of four columns, or FollowLog
        As `read_log` takes it.
    window : float > 0 or timedelta
        In seconds.
    follows_min : int
        Accounts with fewer follows are not measured. Follows so late that the window ends after the log are
        left out, unless they ended.
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> log = [0, 60, 90], ["follow", "unfollow", "follow"], ["ann", "ann", "bob"], ["bob", "bob", "ann"]
    >>> dwell(log, window=30, follows_min=1)["ann"][0].value
    0.0
    >>> dwell(log, window=60, follows_min=1)["ann"][0].value
    1.0
    """
    spells, window = read_log(log), check_window(window)
    soon = spells.stop - spells.start <= window
    known = soon | (spells.start + window <= spells.last)
    follows, ended = spells.count_by(spells.follower, known), spells.count_by(spells.follower, soon)
    enough, most = follows >= follows_min, np.maximum(follows, 1)
    usual = np.full(spells.n_accounts, ended.sum() / max(1, int(follows.sum())))
    facts = {"follows": follows, "ended": ended, "days": np.full(spells.n_accounts, window / DAY)}
    return report(
        spells.accounts,
        Measure(AUDIT, WORDS, rule, where(enough, ended / most), where(enough, usual), facts),
    )
