"""A change of attention is passed on by the accounts that hold most of it, one at a time (signed push).

    correction_u += residual_u,   residual_v += a P_uv residual_u for all v that u follows,   residual_u <- 0

Rows of P come from the graph, except those of edited accounts, which are listed apart. Mutual followees are
told by walking along two ascending lists at once: whom u follows, and u's mutual followers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


class Ledgers(NamedTuple):
    """What a push keeps, shared by its calls; n is the number of accounts, new ones included.

    Attributes
    ----------
    residual, correction : float64 (n,)
    active : uint32 (n,)
        Accounts that ever had a residual, ``counts[0]`` of them.
    queue : uint32 (n,)
    is_active, is_queued : uint8 (n,)
    counts : int64 (2,)
        Active accounts; follows along which attention was passed.
    sums : float64 (4,)
        ``|residual|``, kept up; values after each addition to a residual or a correction, and all that was
        passed on, both as absolute sums; attention that evaporated on the way.
    """

    residual: np.ndarray
    correction: np.ndarray
    active: np.ndarray
    queue: np.ndarray
    is_active: np.ndarray
    is_queued: np.ndarray
    counts: np.ndarray
    sums: np.ndarray


@compiled
def _add(ledgers, v, amount):
    """Add to a residual."""
    before = ledgers.residual[v]
    after = before + amount
    ledgers.residual[v] = after
    if not ledgers.is_active[v]:
        ledgers.is_active[v] = 1
        ledgers.active[np.uint64(ledgers.counts[0])] = v
        ledgers.counts[0] += 1
    ledgers.sums[0] += abs(after) - abs(before)
    ledgers.sums[1] += abs(after)
    ledgers.sums[2] += abs(amount)


@compiled
def _pass_row(ledgers, following, followers, mutual_start, weights, out_weights, worth, amount, u):
    """Pass `amount` on along a row of the graph; return what of it arrives, before rounding."""
    start, stop = np.uint64(following.indptr[u]), np.uint64(following.indptr[u + _ONE])
    friend, friends = np.uint64(mutual_start[u]), np.uint64(followers.indptr[u + _ONE])
    arrived = 0.0
    for i in range(start, stop):
        v = np.uint64(following.indices[i])
        part = amount / out_weights[u]
        if weights is not None:
            part *= weights[i]
        while friend < friends and np.uint64(followers.indices[friend]) < v:
            friend += _ONE
        if friend < friends and np.uint64(followers.indices[friend]) == v:
            part *= worth[v]
        arrived += part
        _add(ledgers, v, part)
    ledgers.counts[1] += np.int64(stop - start)
    return arrived


@compiled
def _pass_edited(ledgers, edited, row, amount):
    """The same along an edited row."""
    arrived = 0.0
    for i in range(np.uint64(edited.indptr[row]), np.uint64(edited.indptr[row + _ONE])):
        part = amount * edited.after[i]
        arrived += part
        _add(ledgers, np.uint64(edited.nodes[i]), part)
    ledgers.counts[1] += edited.indptr[row + _ONE] - edited.indptr[row]
    return arrived


@compiled
def _is_large(ledgers, degrees, threshold, v):
    return abs(ledgers.residual[v]) > threshold * (degrees[v] + 1.0)


@compiled
def push_signed(
    ledgers, edited, following, followers, mutual_start, weights, out_weights, worth, degrees, damping,
    threshold, goal, visits_max,
):  # fmt: skip
    """Push every account whose residual exceeds ``threshold (degree + 1)``; O(visits + active accounts).

    Accounts pass on in the order in which they came above the threshold, so the same input gives the same
    bits. It ends early once the residuals sum to `goal`, or `visits_max` follows are visited.

    Parameters
    ----------
    ledgers : Ledgers
    edited : named tuple
        ``row_of`` int32 (n,): the edited row of an account, or -1; ``indptr`` int64, ``nodes`` int64,
        ``after`` float64, ``gives`` uint8: the rows, and whether an account gives attention at all.
    following, followers : Csr
        Of the graph before the edits; rows of edited accounts are not read.
    mutual_start : int64 (n_accounts,)
    weights : float64 (n_follows,) or None
        Aligned with `following`.
    out_weights, worth : float64 (n_accounts,)
        `W_u`, inf for accounts that give nothing; `rho_v` of unedited rows.
    degrees : float64 (n,)
        What pushing each account costs, in follows.
    damping, threshold, goal : float
    visits_max : int
    """
    size = np.uint64(ledgers.queue.size)
    head, waiting = np.uint64(0), np.uint64(0)
    for i in range(np.uint64(ledgers.counts[0])):
        v = np.uint64(ledgers.active[i])
        if _is_large(ledgers, degrees, threshold, v):
            ledgers.queue[waiting] = v
            ledgers.is_queued[v] = 1
            waiting += _ONE
    while waiting > 0:
        u = np.uint64(ledgers.queue[head])
        ledgers.is_queued[u] = 0
        head = head + _ONE if head + _ONE < size else np.uint64(0)
        waiting -= _ONE
        if ledgers.sums[0] <= goal or ledgers.counts[1] >= visits_max:
            continue  # the queue is emptied all the same
        amount = ledgers.residual[u]
        if not _is_large(ledgers, degrees, threshold, u):
            continue
        ledgers.residual[u] = 0.0
        ledgers.correction[u] += amount
        ledgers.sums[0] -= abs(amount)
        ledgers.sums[1] += abs(ledgers.correction[u])
        row = np.int64(edited.row_of[u])
        if row >= 0:
            if not edited.gives[np.uint64(row)]:
                continue
            arrived = _pass_edited(ledgers, edited, np.uint64(row), amount * damping)
            start, stop = np.uint64(edited.indptr[np.uint64(row)]), np.uint64(edited.indptr[np.uint64(row) + _ONE])
        elif u >= np.uint64(out_weights.size) or out_weights[u] == np.inf:
            continue
        else:
            arrived = _pass_row(
                ledgers, following, followers, mutual_start, weights, out_weights, worth, amount * damping, u
            )
            start, stop = np.uint64(following.indptr[u]), np.uint64(following.indptr[u + _ONE])
        ledgers.sums[3] += amount * damping - arrived
        for i in range(start, stop):
            v = np.uint64(edited.nodes[i]) if row >= 0 else np.uint64(following.indices[i])
            if not ledgers.is_queued[v] and _is_large(ledgers, degrees, threshold, v):
                ledgers.is_queued[v] = 1
                place = head + waiting
                ledgers.queue[place if place < size else place - size] = v
                waiting += _ONE
