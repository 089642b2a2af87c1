"""Bursts: the most follows that an account made within any stretch of time.

By chance k follows fall on times drawn from the log's, of which a share p comes within the window after a
moment, on average. As many as c fall into one window in half of the cases at most where k P(Bin(k - 1, p)
>= c - 1) is below a half; expected is one less than the first such c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.audits.findings import Findings, Floats, Ids, Measure, Rule, Words, report, where
from influencegraph.audits.follow_log import DAY, check_window, read_log
from influencegraph.kernels.bursts import find_bursts

AUDIT = "bursts"
RULE = Rule(value_min=30, ratio_min=3)
WORDS = Words(
    title="most follows in a short time",
    evidence="Of {follows:,} follows it made {burst:,} within {hours:,.6g} hours.",
    chance="expected at times drawn from the log",
    innocent="A new account, an address book or a recommended list comes with many follows at once.",
    unit="count",
)


def bursts(log: Any, *, window: Any = DAY, rule: Rule = RULE) -> Findings:
    """Find the most follows that an account made within `window`; O(events log events).

    Parameters
    ----------
    log : mapping, data frame, tuple of four columns, or FollowLog
        As `read_log` takes it.
    window : float > 0 or timedelta
        In seconds.
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> log = [0, 50, 100, 900], ["follow"] * 4, ["ann"] * 4, ["bob", "cat", "dan", "eve"]
    >>> bursts(log, window=100)["ann"][0].value
    3.0
    """
    spells, window = read_log(log), check_window(window)
    follows = spells.count_by(spells.follower)
    starts = np.concatenate([[0], np.cumsum(follows)])
    order = np.lexsort((spells.start, spells.follower))
    most = np.zeros(spells.n_accounts, np.int64)
    find_bursts(starts, spells.start[order], window, most)
    times = np.sort(spells.start)
    after = np.searchsorted(times, times + window, side="right") - np.arange(1, len(times) + 1)
    expected = _expect(follows, float(after.mean() / len(times)) if len(times) else 0.0)
    enough = follows > 0
    hours = np.full(spells.n_accounts, window / 3600)
    facts = {"follows": follows, "burst": most, "hours": hours}
    return report(
        spells.accounts, Measure(AUDIT, WORDS, rule, where(enough, most), where(enough, expected), facts)
    )


def _expect(follows: Ids, share: float) -> Floats:
    """Return the burst to be expected of each number of follows, by bisection."""
    from scipy.special import bdtrc

    counts, places = np.unique(follows, return_inverse=True)
    low, high = np.minimum(counts, 1), counts.copy()  # a burst of `low` is likely, one above `high` never
    while np.any(low < high):
        middle = (low + high + 1) // 2
        more = np.maximum(counts - 1, 0)
        likely = counts * bdtrc(np.maximum(middle - 2.0, -1.0), more, share) >= 0.5
        likely |= middle <= 1
        low, high = np.where(likely, middle, low), np.where(likely, high, middle - 1)
    expected: Floats = low[places].astype(np.float64)
    return expected
