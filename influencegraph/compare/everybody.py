"""All accounts' changes at once, by number: O(follows), in blocks of bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.compare.causes import CAUSES, OF_FOLLOWS, ORIGINS, POINT_CAUSES, split_follows
from influencegraph.compare.origins import Links, trace_back
from influencegraph.compare.points import find_points
from influencegraph.compare.snapshots import Match, Snapshot

Floats = NDArray[np.float64]
ByCause = dict[str, Floats]

_BLOCK = 1 << 18
"""Follows of both snapshots split at once: some 40 arrays of so many numbers."""


class Step(NamedTuple):
    """One step of the path: parts of the change of reach, (n,) each, and what followers' changes weigh."""

    parts: ByCause
    links: Links


def split_everybody(match: Match) -> list[Step]:
    """Split all changes along the path, step by step."""
    return [_split_step(one, other) for one, other in pairwise(match.snapshots)]


def add_steps(match: Match, steps: list[Step]) -> tuple[ByCause, ByCause]:
    """Return the parts of reach and those of score, added up along the path."""
    return _add(match, [step.parts for step in steps], CAUSES)


def trace_steps(match: Match, steps: list[Step]) -> tuple[ByCause, ByCause]:
    """Return what of reach and of score began with each cause, added up along the path."""
    traced = []
    for (one, other), step in zip(pairwise(match.snapshots), steps, strict=True):
        own = {cause: step.parts[cause] for cause in ORIGINS}
        damping = max(one.attention.damping, other.attention.damping)
        traced.append(trace_back(own, step.links, damping, other.reach - one.reach))
    return _add(match, traced, ORIGINS)


def _add(match: Match, steps: list[ByCause], causes: tuple[str, ...]) -> tuple[ByCause, ByCause]:
    everyone = np.arange(len(match.accounts))
    parts = {cause: np.zeros(len(everyone)) for cause in causes}
    points = {cause: np.zeros(len(everyone)) for cause in (*causes, *POINT_CAUSES[len(CAUSES) :])}
    for (one, other), step in zip(pairwise(match.snapshots), steps, strict=True):
        worth = find_points(one, other, everyone)
        for cause in causes:
            parts[cause] += step[cause]
            points[cause] += worth.per_account * step[cause]
        points["scale"] += worth.scale
        points["clipping"] += worth.clipping
    return parts, points


def _split_step(one: Snapshot, other: Snapshot) -> Step:
    n = len(one.reach)
    parts = {cause: np.zeros(n) for cause in OF_FOLLOWS}
    counts, followers, weights = np.zeros(n, np.int64), [], []
    for start, stop in _cut(one, other):
        pairs = split_follows(one, other, np.arange(start, stop))
        size = stop - start
        for cause, values in pairs.parts.items():
            parts[cause][start:stop] = np.bincount(pairs.rows, values, minlength=size)
        passes = pairs.through > 0.0
        counts[start:stop] = np.bincount(pairs.rows[passes], minlength=size)
        followers.append(pairs.followers[passes].astype(np.uint32))
        weights.append(pairs.through[passes])
    parts["launch"] = other.launch - one.launch
    parts["unresolved"] = (other.reach - one.reach) - sum(parts.values())
    nobody, nothing = np.empty(0, np.uint32), np.empty(0)
    links = Links(counts, np.concatenate([*followers, nobody]), np.concatenate([*weights, nothing]))
    return Step(parts, links)


def _cut(one: Snapshot, other: Snapshot) -> Iterator[tuple[int, int]]:
    """Yield ranges of numbers with about `_BLOCK` follows each, at least one account."""
    counts = np.zeros(len(one.reach), np.int64)
    for snapshot in (one, other):
        is_there = snapshot.node_of >= 0
        counts[is_there] += snapshot.graph.in_degrees[snapshot.node_of[is_there]]
    ends = np.cumsum(counts + 1)
    start = 0
    while start < len(ends):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _BLOCK, side="right")))
        yield start, stop
        start = stop
