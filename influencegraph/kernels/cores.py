"""Cores of the mutual follows: groups in which everybody has at least k mutual contacts within."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def line_up(core, first, last, cursor, out_place, out_order):
    """Put accounts `first` to `last` behind others with as many contacts; O(accounts).

    Parameters
    ----------
    core : int64 (n_accounts,)
        Mutual contacts of each.
    cursor : int64 (most contacts + 1,)
        The next place of those with so many; advanced.
    out_place, out_order : out, int64 (n_accounts,)
        Where each account is, and who is there.
    """
    for v in range(np.uint64(first), np.uint64(last)):
        place = cursor[np.uint64(core[v])]
        cursor[np.uint64(core[v])] += 1
        out_place[v] = place
        out_order[np.uint64(place)] = v


@compiled
def peel_cores(followers, mutual_start, first, budget, starts, place, order, core):
    """Peel off whoever has fewest mutual contacts left, from place `first` on; O(budget + one account's).

    Batagelj and Zaversnik, *An O(m) algorithm for cores decomposition of networks*, 2003.

    Parameters
    ----------
    followers : Csr
        Rows ``[one-way | mutual]``.
    mutual_start : int64 (n_accounts,)
        Where each row's mutual followers begin.
    budget : int
        Mutual follows and accounts to look at before returning.
    starts : int64 (most contacts + 1,)
        Where those with so many contacts left begin; changed.
    place, order : int64 (n_accounts,)
        As by `line_up`, and changed: in the end `order` is that of leaving, and `core` never falls along it.
    core : int64 (n_accounts,)
        Contacts left; in the end the largest k such that the account is in a group in which all have k mutual
        contacts within.

    Returns
    -------
    int
        The place to go on from.
    """
    i = np.uint64(first)
    while i < np.uint64(order.size) and budget > 0:
        v = np.uint64(order[i])
        for e in range(np.uint64(mutual_start[v]), np.uint64(followers.indptr[v + _ONE])):
            w = np.uint64(followers.indices[e])
            if core[w] > core[v]:  # w moves to the front of those with as many, then has one less
                front = np.uint64(starts[np.uint64(core[w])])
                other = np.uint64(order[front])
                order[front], order[np.uint64(place[w])] = w, other
                place[other], place[w] = place[w], front
                starts[np.uint64(core[w])] += 1
                core[w] -= 1
        budget -= 1 + followers.indptr[v + _ONE] - mutual_start[v]
        i += _ONE
    return np.int64(i)


@compiled
def _find(parent, v):
    """Return the root of `v`, and let half of those on the way point past their parents."""
    while np.uint64(parent[v]) != v:
        parent[v] = parent[np.uint64(parent[v])]
        v = np.uint64(parent[v])
    return v


@compiled
def join_core(followers, mutual_start, order, core, first, last, budget, out_within, blocks):
    """Let accounts from place `first` on, all of one core, join the blocks of those that left after them.

    O(budget + one account's mutual follows x log accounts).

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    order, core : int64 (n_accounts,)
        As by `peel_cores`.
    last : int
        Behind the places of that core.
    budget : int
        Mutual follows and accounts to look at before returning.
    out_within : out, int64 (n_accounts,)
        Mutual contacts of each in its block; 0 on entry.
    blocks : int64 (4, n_accounts)
        Parents, -1 of who has not come back, and of each root the accounts, mutual pairs and mutual contacts
        of its block; changed.

    Returns
    -------
    int
        The place to go on from.
    """
    parent, size, pairs, contacts = blocks[0], blocks[1], blocks[2], blocks[3]
    i = np.uint64(first)
    while i < np.uint64(last) and budget > 0:
        v = np.uint64(order[i])
        parent[v] = v
        size[v] = 1
        contacts[v] = followers.indptr[v + _ONE] - mutual_start[v]
        for e in range(np.uint64(mutual_start[v]), np.uint64(followers.indptr[v + _ONE])):
            w = np.uint64(followers.indices[e])
            out_within[v] += np.int64(core[w] >= core[v])
            if parent[w] < 0:
                continue
            one, other = _find(parent, v), _find(parent, w)
            if one != other:
                if size[one] < size[other]:
                    one, other = other, one
                parent[other] = one
                size[one] += size[other]
                pairs[one] += pairs[other]
                contacts[one] += contacts[other]
            pairs[one] += 1
        budget -= 1 + followers.indptr[v + _ONE] - mutual_start[v]
        i += _ONE
    return np.int64(i)


@compiled
def describe_blocks(order, first, last, blocks, out_size, out_pairs, out_contacts):
    """Write what the blocks of accounts from place `first` to `last` are by now; O(accounts).

    Parameters
    ----------
    order : int64 (n_accounts,)
    blocks
        As `join_core` left it when all of that core had come back.
    out_size, out_pairs, out_contacts : out, int64 (n_accounts,)
        Accounts, mutual pairs within, and mutual contacts of all accounts, others included.
    """
    for i in range(np.uint64(first), np.uint64(last)):
        v = np.uint64(order[i])
        root = _find(blocks[0], v)
        out_size[v], out_pairs[v], out_contacts[v] = blocks[1, root], blocks[2, root], blocks[3, root]
