"""Who follows whom inside a group: follows as positions, shape (k, 2), follower and followed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from influencegraph.edits.changes import find_follows
from influencegraph.graph import FollowerGraph

Ids = NDArray[np.int64]


def link_all(members: Ids) -> Ids:
    """Let everybody follow everybody else."""
    size = len(members)
    codes = np.arange(size * max(size - 1, 0))
    ends = _split_ordered(codes, size)
    return members[ends]


def link_circle(members: Ids, neighbours: int) -> Ids:
    """Let each follow the next `neighbours` on a circle, fewer than there are members."""
    size = len(members)
    follower = np.repeat(np.arange(size), neighbours)
    followed = follower + np.tile(np.arange(1, neighbours + 1), size)
    ends = np.stack([follower, followed % max(size, 1)], axis=1)
    return members[ends]


def link_each(followers: Ids, followed: Ids) -> Ids:
    """Let each of `followers` follow each of `followed`."""
    return np.stack([np.repeat(followers, len(followed)), np.tile(followed, len(followers))], axis=1)


def draw_some(generator: np.random.Generator, followers: Ids, followed: Ids, each: int) -> Ids:
    """Let each of `followers` follow `each` of `followed`, drawn at random; at most all of them."""
    if not each:
        return np.empty((0, 2), np.int64)
    drawn = np.argsort(generator.random((len(followers), len(followed))), axis=1)[:, :each]
    return np.stack([np.repeat(followers, each), followed[drawn].ravel()], axis=1)


def draw_pairs(generator: np.random.Generator, members: Ids, count: int) -> Ids:
    """Draw `count` pairs of members, each at most once, in one direction."""
    size = len(members)
    starts = np.concatenate([[0], np.cumsum(np.arange(size - 1, 0, -1))])[:size]
    codes = np.sort(generator.choice(size * (size - 1) // 2, count, replace=False))
    one = np.searchsorted(starts, codes, side="right") - 1
    ends: Ids = np.stack([one, codes - starts[one] + one + 1], axis=1)
    return members[ends]


def draw_follows(generator: np.random.Generator, members: Ids, count: int) -> Ids:
    """Draw `count` follows between members, each at most once."""
    size = len(members)
    codes = np.sort(generator.choice(size * (size - 1), count, replace=False))
    ends = _split_ordered(codes, size)
    return members[ends]


def _split_ordered(codes: Ids, size: int) -> Ids:
    """Return the ordered pair of different numbers below `size` that each code stands for."""
    one, other = np.divmod(codes, max(size - 1, 1))
    return np.stack([one, other + (other >= one)], axis=1)


def both_ways(pairs: Ids) -> Ids:
    """Return `pairs` and their opposites."""
    return np.concatenate([pairs, pairs[:, ::-1]])


def are_there(graph: FollowerGraph, follows: Ids) -> NDArray[np.bool_]:
    """Return which of `follows` exist; accounts beyond those of `graph` are fakes, and have none yet."""
    known = (follows < graph.n_accounts).all(axis=1)
    found = np.zeros(len(follows), bool)
    found[known] = find_follows(graph, follows[known]) >= 0
    return found
