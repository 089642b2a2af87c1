"""Attention in circles: cycles u -> v -> w -> u of three follows, none of which is returned.

An account that follows o accounts one-way and is followed one-way by i others has o i pairs of them, and a
cycle for each pair in which the one followed follows the follower. What is measured is the share of pairs
with a cycle. By chance, everybody keeping its numbers, F one-way follows in all, there are

    (sum of o_w over its follows w) (sum of i_u over its followers u) / F

cycles. A ring whose members return no follow evades the discount, and is full of them.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from influencegraph.audits.findings import Findings, Ids, Measure, Rule, Words, report, where
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.cycles import count_cycles

AUDIT = "cycles"
RULE = Rule(value_min=0.05, ratio_min=3)
WORDS = Words(
    title="pairs of a follow and a follower that close a cycle",
    evidence=(
        "It follows {follows:,} accounts that do not follow it, and {followers:,} follow it that it does not "
        "follow: in {cycles:,} of the pairs of these the first follows the second."
    ),
    chance="expected of as many one-way followers and follows",
    innocent="Colleagues and fans of one thing close such circles without knowing of each other.",
)
PAIRS_MIN = 400
"""Of a follow and a follower; fewer close by a handful of accounts."""
_BLOCK = 1 << 16
"""Follows of the rows that one call of the kernel reads."""


def cycles(graph: FollowerGraph, *, pairs_min: int = PAIRS_MIN, rule: Rule = RULE) -> Findings:
    """Measure how often an account's one-way follows and followers close a cycle of three; O(follows^1.5).

    Parameters
    ----------
    graph : FollowerGraph
    pairs_min : int
        Accounts with fewer pairs of a one-way follow and a one-way follower are not measured.
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3, 4], [2, 3, 1, 1])
    >>> cycles(graph, pairs_min=1).measures["cycles"].values.tolist()
    [0.5, 1.0, 1.0, nan]
    """
    follower, followed = _list_one_way(graph)
    n = graph.n_accounts
    follows, followers = np.bincount(follower, minlength=n), np.bincount(followed, minlength=n)
    counts = _count(follower, followed, follows + followers)
    onward = np.bincount(follower, weights=follows[followed], minlength=n)
    before = np.bincount(followed, weights=followers[follower], minlength=n)
    pairs = follows * followers
    expected = np.minimum(onward * (before / max(1, len(follower))), pairs) / np.maximum(pairs, 1)
    values, enough = counts / np.maximum(pairs, 1), pairs >= max(1, pairs_min)
    facts = {"follows": follows, "followers": followers, "cycles": counts}
    at = graph.node_of
    return report(
        graph.accounts,
        Measure(
            AUDIT, WORDS, rule, where(enough, values)[at], where(enough, expected)[at],
            {name: each[at] for name, each in facts.items()},
        ),
    )  # fmt: skip


def _list_one_way(graph: FollowerGraph) -> tuple[Ids, Ids]:
    """Return follower and followed of each follow that is not returned, in nodes."""
    rows = np.repeat(np.arange(graph.n_accounts), graph.in_degrees)
    one_way: NDArray[np.bool_] = np.arange(graph.n_follows) < graph.mutual_start[rows]
    return graph.followers.indices[one_way].astype(np.int64), rows[one_way]


def _count(follower: Ids, followed: Ids, degrees: Ids) -> Ids:
    """Count cycles through each account: rows list who has more follows, so that none is long."""
    n = len(degrees)
    place = np.empty(n, np.int64)
    place[np.argsort(degrees, kind="stable")] = np.arange(n)
    early, late = np.minimum(place[follower], place[followed]), np.maximum(place[follower], place[followed])
    is_onward = place[follower] == early
    order = np.argsort(early, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(early, minlength=n))])
    ends = (2 * late + is_onward)[order].astype(np.uint64)
    counts, seen = np.zeros(n, np.int64), np.zeros(n, np.uint8)
    cuts = np.searchsorted(starts, np.arange(_BLOCK, len(ends), _BLOCK))
    bounds = np.unique(np.concatenate([[0], cuts, [n]])).astype(np.uint64)
    for first, last in itertools.pairwise(bounds):
        count_cycles(starts, ends, first, last, seen, counts)
    return counts[place]
