"""Attention followed from a few accounts only: forward to whom it goes, or backward to whose it is.

With P the step and a the damping, pushing account u settles what waits at it::

    forward    estimate_u += r_u,    r_z += a P_uz r_u  for all z whom u follows,    r_u = 0
    backward   estimate_u += r_u,    r_z += a P_zu r_u  for all z who follow u,      r_u = 0

so that at any time ``launch G = estimate + r G`` forward and ``G e_v = estimate + G r`` backward, where
``G = (I - a P)^-1``. Accounts are pushed in rounds: all whose key is within a quarter of the largest, first
come first served, then the next. Forward, the key is what waits over the follows that a push reads, because
the total is to fall; backward it is what waits, because the largest is to fall.

One account may *absorb*: attention that arrives there ends there, as if it followed nobody. Forward it is
never pushed, backward nothing is handed to it.

All is serial, in an order that depends on the graph alone. Andersen, Chung, Lang, FOCS 2006 (forward);
Andersen, Borgs, Chayes, Hopcroft, Mirrokni, Teng, WAW 2007 (backward).
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.bounds import UNIT, VANISHING, WIDEN
from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_TOUCHED, _HEAD, _WAITING, _VISITED = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
_TOTAL, _THRESHOLD = np.uint64(0), np.uint64(1)
_IS_TOUCHED, _IS_QUEUED = np.uint8(1), np.uint8(2)
_ROUND = 0.25
"""A round takes what lies within this part of its largest key."""


@compiled
def _dequeue(work):
    """Return who has waited longest."""
    counts, head = work.counts, work.counts[_HEAD]
    node = np.uint64(work.queue[head])
    counts[_HEAD] = head + _ONE if head + _ONE < np.uint64(work.queue.size) else np.uint64(0)
    counts[_WAITING] -= _ONE
    work.flags[node] = _IS_TOUCHED
    return node


@compiled
def _start_round(work, costs, apart, floor):
    """Queue all but `apart` whose key is within a quarter of the largest, and above `floor`; O(touched).

    A key is what waits, over what a push reads where `costs` bounds the rows that it reads.
    """
    residual, touched, queue, flags = work.residual, work.touched, work.queue, work.flags
    largest, total, n_queued = 0.0, 0.0, np.uint64(0)
    for again in range(2):
        for i in range(work.counts[_TOUCHED]):
            node = np.uint64(touched[i])
            if node == apart or not residual[node] > 0.0:
                continue
            cost = 1.0 if costs is None else np.float64(costs[node + _ONE] - costs[node] + 1)
            if not again:
                total += residual[node]
                largest = residual[node] / cost if residual[node] > largest * cost else largest
            elif residual[node] >= work.sums[_THRESHOLD] * cost:
                flags[node] = _IS_QUEUED
                queue[n_queued] = np.uint32(node)
                n_queued += _ONE
        if not again:
            work.sums[_TOTAL] = total
            work.sums[_THRESHOLD] = largest * _ROUND if largest * _ROUND > floor else floor
            if largest <= floor:
                return
    work.counts[_HEAD], work.counts[_WAITING] = np.uint64(0), n_queued


@compiled
def _find(friends, cursor, stop, node):
    """Move `cursor` up to `node` in the ascending `friends`; return it, and whether `node` is there."""
    while cursor < stop and friends[cursor] < node:
        cursor += _ONE
    return cursor, cursor < stop and friends[cursor] == node


@compiled
def _weigh(weights, i):
    """Return the weight of follow `i`."""
    if weights is None:
        return 1.0
    return weights[i]


@compiled
def _hand_on(steps, work, u, amount, absorbing, measuring):
    """Hand `amount`, settled at `u`, to those whom u follows; O(its follows and mutual contacts).

    They are queued if that is enough for this round, or, when measuring, their terms are counted.
    """
    # Arrays are taken out of their tuples once: numba counts references each time.
    indices, indptr, weights = steps.following.indices, steps.following.indptr, steps.following_weights
    friends, worth = steps.followers.indices, steps.worth
    residual, flags, touched, queue = work.residual, work.flags, work.touched, work.queue
    additions, counts, threshold = work.additions, work.counts, work.sums[_THRESHOLD]
    n_touched, tail, size = counts[_TOUCHED], counts[_HEAD] + counts[_WAITING], np.uint64(queue.size)
    start, stop = np.uint64(indptr[u]), np.uint64(indptr[u + _ONE])
    cursor, end = np.uint64(steps.mutual_start[u]), np.uint64(steps.followers.indptr[u + _ONE])
    per_weight, total = steps.damping * (amount / steps.out_weights[u]), 0.0
    mutually = steps.damping * (amount / steps.mutual_out_weights[u])
    for i in range(start, stop):
        z = np.uint64(indices[i])
        while cursor < end and friends[cursor] < z:
            cursor += _ONE
        if cursor < end and friends[cursor] == z:
            passed = mutually * _weigh(weights, i) * worth[z]
        else:
            passed = per_weight * _weigh(weights, i)
        residual[z] += passed
        if not flags[z]:
            flags[z] = _IS_TOUCHED
            touched[n_touched] = np.uint32(z)
            n_touched += _ONE
        if measuring:
            additions[z] += np.uint32(1)
        elif z != absorbing:
            total += passed
            follows = np.float64(indptr[z + _ONE] - indptr[z] + 1)
            if flags[z] == _IS_TOUCHED and residual[z] >= threshold * follows:
                flags[z] = _IS_QUEUED
                queue[tail - size if tail >= size else tail] = np.uint32(z)
                tail += _ONE
    counts[_TOUCHED], counts[_WAITING] = n_touched, tail - counts[_HEAD]
    counts[_VISITED] += stop - start
    work.sums[_TOTAL] += total


@compiled
def _hand_back(steps, work, z, amount, absorbing, measuring):
    """Hand `amount`, settled at `z`, back to those who follow z, as `_hand_on`; O(its followers)."""
    indices, weights = steps.followers.indices, steps.weights
    out_weights, mutual_out_weights = steps.out_weights, steps.mutual_out_weights
    residual, flags, touched, queue = work.residual, work.flags, work.touched, work.queue
    additions, counts, threshold = work.additions, work.counts, work.sums[_THRESHOLD]
    n_touched, tail, size = counts[_TOUCHED], counts[_HEAD] + counts[_WAITING], np.uint64(queue.size)
    start, stop = np.uint64(steps.followers.indptr[z]), np.uint64(steps.followers.indptr[z + _ONE])
    middle = np.uint64(steps.mutual_start[z])
    one_way = steps.damping * amount
    mutual = one_way * steps.worth[z]
    for i in range(start, stop):
        u = np.uint64(indices[i])
        if u == absorbing:
            continue
        passed = mutual / mutual_out_weights[u] if i >= middle else one_way / out_weights[u]
        residual[u] += passed * _weigh(weights, i)
        if not flags[u]:
            flags[u] = _IS_TOUCHED
            touched[n_touched] = np.uint32(u)
            n_touched += _ONE
        if measuring:
            additions[u] += np.uint32(1)
        elif flags[u] == _IS_TOUCHED and residual[u] >= threshold:
            flags[u] = _IS_QUEUED
            queue[tail - size if tail >= size else tail] = np.uint32(u)
            tail += _ONE
    counts[_TOUCHED], counts[_WAITING] = n_touched, tail - counts[_HEAD]
    counts[_VISITED] += stop - start


@compiled
def _start(work, node, amount):
    """Let `amount` wait at `node`, and nothing else."""
    if not work.flags[node]:
        work.flags[node] = _IS_TOUCHED
        work.touched[work.counts[_TOUCHED]] = np.uint32(node)
        work.counts[_TOUCHED] += _ONE
    work.residual[node] = amount


@compiled
def start_pushes(work, nodes, amounts):
    """Let `amounts` wait at `nodes`, int64, and nothing elsewhere; no terms are counted so far."""
    for i in range(work.counts[_TOUCHED]):
        work.residual[np.uint64(work.touched[i])] = 0.0
        work.additions[np.uint64(work.touched[i])] = np.uint32(0)
    for i in range(nodes.size):
        _start(work, np.uint64(nodes[i]), amounts[i])


@compiled
def push_forward(steps, absorbing, goal, follows_max, work):
    """Push until no more than `goal` waits in all, what waits at `absorbing` not counted.

    Parameters
    ----------
    steps : influencegraph.kernels.steps.Steps
    absorbing : uint64
        A node, or n_accounts for none.
    goal : float
    follows_max : uint64
        Return after reading so many follows, to be called again.
    work : influencegraph.kernels.steps.Work

    Returns
    -------
    bool
        Whether the goal is reached.
    """
    limit = work.counts[_VISITED] + follows_max
    while work.counts[_VISITED] < limit:
        if work.counts[_WAITING] == 0:
            _start_round(work, steps.following.indptr, absorbing, VANISHING)
        if work.sums[_TOTAL] <= goal or work.counts[_WAITING] == 0:
            return True
        u = _dequeue(work)
        amount = work.residual[u]
        work.residual[u] = 0.0
        work.estimate[u] += amount
        work.sums[_TOTAL] -= amount
        _hand_on(steps, work, u, amount, absorbing, False)
    return False


@compiled
def push_backward(steps, absorbing, goal, follows_max, work):
    """Push until nowhere more than `goal` waits; `absorbing` may be pushed, but nothing is handed to it.

    Parameters and result are those of `push_forward`.
    """
    limit = work.counts[_VISITED] + follows_max
    floor = goal if goal > VANISHING else VANISHING
    while work.counts[_VISITED] < limit:
        if work.counts[_WAITING] == 0:
            _start_round(work, None, np.uint64(work.flags.size), floor)
        if work.counts[_WAITING] == 0:
            return True
        z = _dequeue(work)
        amount = work.residual[z]
        work.residual[z] = 0.0
        work.estimate[z] += amount
        _hand_back(steps, work, z, amount, absorbing, False)
    return False


@compiled
def measure_forward(steps, absorbing, first, follows_max, work):
    """Add one step of the estimates to the residuals, which hold the launch; O(follows of those pushed).

    So it does not matter how the estimates were found: the true residual is ``residual - estimate`` up to a
    few roundings for each of `additions`.

    Parameters
    ----------
    steps, absorbing, follows_max, work : as in `push_forward`
    first : uint64
        Which of the touched is next.

    Returns
    -------
    uint64
        Which of the touched is next; their number at the end.
    """
    limit = work.counts[_VISITED] + follows_max
    i = first
    while i < work.counts[_TOUCHED] and work.counts[_VISITED] < limit:
        node = np.uint64(work.touched[i])
        if work.estimate[node] > 0.0 and node != absorbing:
            _hand_on(steps, work, node, work.estimate[node], absorbing, True)
        i += _ONE
    return i


@compiled
def measure_backward(steps, absorbing, first, follows_max, work):
    """Add one step back of the estimates to the residuals; otherwise as `measure_forward`."""
    limit = work.counts[_VISITED] + follows_max
    i = first
    while i < work.counts[_TOUCHED] and work.counts[_VISITED] < limit:
        node = np.uint64(work.touched[i])
        if work.estimate[node] > 0.0:
            _hand_back(steps, work, node, work.estimate[node], absorbing, True)
        i += _ONE
    return i


@compiled
def _clear(work):
    """Make everything zero again; O(touched)."""
    for i in range(work.counts[_TOUCHED]):
        node = np.uint64(work.touched[i])
        work.estimate[node] = work.residual[node] = 0.0
        work.additions[node] = np.uint32(0)
        work.flags[node] = np.uint8(0)
    for i in range(work.counts.size):
        work.counts[i] = np.uint64(0)


@compiled
def _bound_rounding(roundings, additions, stepped, residual):
    """Bound the rounding in a measured residual, and in adding that to it.

    k operations on terms of one sign lose at most k u / (1 - k u); one operation to spare covers it.
    """
    relative = (roundings + additions + 1.0) * stepped + 8.0 * abs(residual)
    return relative * (UNIT * WIDEN) * (1.0 + 8.0 * UNIT) + (additions + 4.0) * VANISHING


@compiled
def _sum_row(steps, v, work):
    """Return the sum of what v's follows pass on, and of that times the steps there: lower and upper ends."""
    following, friends = steps.following, steps.followers.indices
    cursor, end = np.uint64(steps.mutual_start[v]), np.uint64(steps.followers.indptr[v + _ONE])
    per_weight = steps.damping / steps.out_weights[v]
    mutually = steps.damping / steps.mutual_out_weights[v]
    total, lower, upper = 0.0, 0.0, 0.0
    for i in range(np.uint64(following.indptr[v]), np.uint64(following.indptr[v + _ONE])):
        x = np.uint64(following.indices[i])
        cursor, is_mutual = _find(friends, cursor, end, x)
        weight = _weigh(steps.following_weights, i)
        passed = mutually * weight * steps.worth[x] if is_mutual else per_weight * weight
        stepped = work.residual[x]
        rounding = _bound_rounding(steps.roundings, work.additions[x], stepped, 0.0)
        total += passed
        lower += passed * (stepped - rounding if stepped > rounding else 0.0)
        upper += passed * (stepped + rounding)
    return total, lower, upper


@compiled
def _bound_return(steps, v, work):
    """Bound how likely a walk from v comes back, from measured backward residuals of v, which absorbs.

    It is ``b F`` with b what v's follows pass on and ``F = estimate + N r``, where the rows of N sum to at
    most ``1 / (1 - a)``; so F lies within ``a max(r) / (1 - a)`` of the step.
    """
    above, below = 0.0, 0.0
    for i in range(work.counts[_TOUCHED]):
        node = np.uint64(work.touched[i])
        residual = work.residual[node] - work.estimate[node]
        rounding = _bound_rounding(steps.roundings, work.additions[node], work.residual[node], residual)
        above = rounding + residual if rounding + residual > above else above
        below = rounding - residual if rounding - residual > below else below
    total, lower, upper = _sum_row(steps, v, work)
    degree = np.float64(steps.following.indptr[v + _ONE] - steps.following.indptr[v])
    ratio = total * steps.damping / (1.0 - steps.damping)
    lost = (steps.roundings + degree + 16.0) * (2.0 * UNIT)
    lower = lower * (1.0 - lost) - ratio * below * (1.0 + lost) - VANISHING
    upper = (upper + ratio * above) * (1.0 + lost) + (degree + 4.0) * VANISHING
    most = total * steps.damping * (1.0 + lost) + VANISHING
    return lower if lower > 0.0 else 0.0, upper if upper < most else most


@compiled
def measure_returns(steps, nodes, tolerance, follows_max, work, out, out_follows):
    """Bound how likely a walk from each of `nodes` ever comes back, by a backward push from each.

    Parameters
    ----------
    steps : influencegraph.kernels.steps.Steps
    nodes : int64 (k,)
    tolerance : float
        How wide an interval may be before rounding.
    follows_max : uint64
        A push ends after reading so many follows; its interval is then as wide as it is.
    work : influencegraph.kernels.steps.Work
        Zeros before and after.
    out : out, float64 (k, 2)
        Lower and upper end, in [0, damping^2].
    out_follows : out, int64 (k,)
        Follows read for each.
    """
    for k in range(nodes.size):
        v = np.uint64(nodes[k])
        total = _sum_row(steps, v, work)[0]
        out[k, 0] = out[k, 1] = 0.0
        out_follows[k] = 0
        if total == 0.0:
            continue
        goal = tolerance * (1.0 - steps.damping) / (total * steps.damping)
        _start(work, v, 1.0)
        push_backward(steps, v, goal, follows_max, work)
        for i in range(work.counts[_TOUCHED]):
            work.residual[np.uint64(work.touched[i])] = 0.0
        _start(work, v, 1.0)
        measure_backward(steps, v, np.uint64(0), ~np.uint64(0) >> _ONE, work)
        out[k, 0], out[k, 1] = _bound_return(steps, v, work)
        out_follows[k] = np.int64(work.counts[_VISITED])
        _clear(work)
