"""Cores of the mutual follows: groups in which everybody has at least k mutual contacts within."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def peel_cores(followers, mutual_start, out_order, out_core):
    """Peel off whoever has fewest mutual contacts left, again and again; O(accounts + mutual follows).

    Batagelj and Zaversnik, *An O(m) algorithm for cores decomposition of networks*, 2003.

    Parameters
    ----------
    followers : Csr
        Rows ``[one-way | mutual]``.
    mutual_start : int64 (n_accounts,)
        Where each row's mutual followers begin.
    out_order : out, int64 (n_accounts,)
        The accounts as they went, `out_core` never falling.
    out_core : out, int64 (n_accounts,)
        The largest k such that the account is in a group in which all have k mutual contacts within.
    """
    n = mutual_start.size
    most = 0
    for v in range(np.uint64(n)):
        out_core[v] = followers.indptr[v + _ONE] - mutual_start[v]
        most = max(most, out_core[v])
    starts = np.zeros(most + 2, np.int64)
    for v in range(np.uint64(n)):
        starts[np.uint64(out_core[v]) + _ONE] += 1
    for k in range(np.uint64(most + 1)):
        starts[k + _ONE] += starts[k]
    cursor = starts[:-1].copy()
    place = np.empty(n, np.int64)
    for v in range(np.uint64(n)):
        place[v] = cursor[np.uint64(out_core[v])]
        cursor[np.uint64(out_core[v])] += 1
        out_order[np.uint64(place[v])] = v
    for i in range(np.uint64(n)):
        v = np.uint64(out_order[i])
        for e in range(np.uint64(mutual_start[v]), np.uint64(followers.indptr[v + _ONE])):
            w = np.uint64(followers.indices[e])
            if out_core[w] > out_core[v]:  # w moves to the front of those with as many, then has one less
                front = np.uint64(starts[np.uint64(out_core[w])])
                other = np.uint64(out_order[front])
                out_order[front], out_order[np.uint64(place[w])] = w, other
                place[other], place[w] = place[w], front
                starts[np.uint64(out_core[w])] += 1
                out_core[w] -= 1


@compiled
def _find(parent, v):
    """Return the root of `v`, and let half of those on the way point past their parents."""
    while np.uint64(parent[v]) != v:
        parent[v] = parent[np.uint64(parent[v])]
        v = np.uint64(parent[v])
    return v


@compiled
def join_cores(followers, mutual_start, order, core, out_within, out_size, out_pairs, out_contacts):
    """Describe the block of each account: who hangs together with it in the core that it is last in.

    O(mutual follows x log accounts) at most: accounts come back, innermost first, and blocks grow together.

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    order, core : int64 (n_accounts,)
        As by `peel_cores`.
    out_within : out, int64 (n_accounts,)
        Its mutual contacts in its block; 0 on entry.
    out_size, out_pairs, out_contacts : out, int64 (n_accounts,)
        Accounts in its block, mutual pairs within, and mutual contacts of all its accounts, others included.
    """
    n = mutual_start.size
    parent = np.full(n, -1, np.int64)
    size, pairs, contacts = np.ones(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    stop = np.uint64(n)
    while stop > 0:
        start = stop
        while start > 0 and core[np.uint64(order[start - _ONE])] == core[np.uint64(order[stop - _ONE])]:
            start -= _ONE
        for i in range(start, stop):
            v = np.uint64(order[i])
            parent[v] = v
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
        for i in range(start, stop):
            v = np.uint64(order[i])
            root = _find(parent, v)
            out_size[v], out_pairs[v], out_contacts[v] = size[root], pairs[root], contacts[root]
        stop = start
