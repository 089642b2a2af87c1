"""Follows answered at once: what share of an account's contacts followed each other within a short time.

A *contact* of v is somebody whom v followed or who followed v, ever. It is answered if the second of the
two followed the first within the window, whoever was first. By chance, the same pairs following each other
at times drawn from the log's, a pair that both follow is within the window as often as any two follows are:

    (contacts that both follow) / contacts x (share of pairs of follows no further apart than the window)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.audits.findings import Findings, Floats, Measure, Rule, Words, report, where
from influencegraph.audits.follow_log import DAY, FollowLog, check_window, find_pairs, read_log

AUDIT = "answered"
RULE = Rule(value_min=0.5, ratio_min=3)
WORDS = Words(
    title="contacts that were answered at once",
    evidence=(
        "Of {contacts:,} accounts that it followed or that followed it, {both:,} followed back, {fast:,} of "
        "them within {hours:,.6g} hours."
    ),
    chance="expected at times drawn from the log, between the same accounts",
    innocent=(
        "People who have just met follow each other within the hour, and some look at every new follower "
        "at once."
    ),
)
CONTACTS_MIN = 20


def answered(log: Any, *, window: Any = DAY, contacts_min: int = CONTACTS_MIN, rule: Rule = RULE) -> Findings:
    """Measure what share of an account's contacts were answered within `window`; O(events log events).

    Parameters
    ----------
    log : mapping, data frame, tuple of four columns, or FollowLog
        As `read_log` takes it.
    window : float > 0 or timedelta
        In seconds.
    contacts_min : int
        Accounts with fewer contacts are not measured. Contacts so late that their answer may come after
        the log's end are left out.
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> log = [0, 60, 100_000], ["follow"] * 3, ["ann", "bob", "cat"], ["bob", "ann", "bob"]
    >>> answered(log, window=3600, contacts_min=1)["ann"][0].value
    1.0
    """
    spells, window = read_log(log), check_window(window)
    one, other, gap = _pair_up(spells)
    known = (gap <= window) | (one[1] + window <= spells.last)
    low, high = one[0][known].astype(np.int64), other[known]
    n = spells.n_accounts

    def count(chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.bincount(low[chosen], minlength=n) + np.bincount(high[chosen], minlength=n)

    contacts, both = count(np.ones(len(low), bool)), count(np.isfinite(gap[known]))
    fast = count(gap[known] <= window)
    share = _share_near(spells.start, window)
    enough, most = contacts >= contacts_min, np.maximum(contacts, 1)
    facts = {"contacts": contacts, "both": both, "fast": fast, "hours": np.full(n, window / 3600)}
    return report(
        spells.accounts,
        Measure(AUDIT, WORDS, rule, where(enough, fast / most), where(enough, both / most * share), facts),
    )


def _pair_up(log: FollowLog) -> tuple[tuple[Floats, Floats], np.ndarray[Any, np.dtype[np.int64]], Floats]:
    """Return one end and the time of the first follow, the other end, and the time to the answer, or inf."""
    low, high = np.minimum(log.follower, log.followed), np.maximum(log.follower, log.followed)
    is_up = log.follower == low
    order = np.lexsort((log.start, high, low))
    low, high, is_up, start = low[order], high[order], is_up[order], log.start[order]
    begins = find_pairs(low, high)
    firsts = np.flatnonzero(begins)
    pair = np.cumsum(begins) - 1
    answers = is_up != is_up[firsts][pair]
    first_answer = np.full(len(firsts), np.inf)
    np.minimum.at(first_answer, pair[answers], start[answers])
    return (low[firsts].astype(np.float64), start[firsts]), high[firsts], first_answer - start[firsts]


def _share_near(times: Floats, window: float) -> float:
    """Return the share of pairs of `times` that are no further apart than `window`."""
    n, times = len(times), np.sort(times)
    if n < 2:
        return 0.0
    after = np.searchsorted(times, times + window, side="right") - np.arange(1, n + 1)
    return float(after.sum() / (n * (n - 1) / 2))
