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
_ZERO = np.uint64(0)
_ACTIVE, _QUEUED = np.uint8(1), np.uint8(2)
N_ACTIVE, VISITS, HEAD, WAITING = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
"""Places in `Ledgers.counts`."""
LEFT, ADDED, PASSED, EVAPORATED = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
"""Places in `Ledgers.sums`."""


class Ledgers(NamedTuple):
    """What a push keeps, shared by its calls; n is the number of accounts, new ones included.

    Attributes
    ----------
    residual : float64 (n, 2)
        The residual, and beside it what a push of the account costs, in follows: read together.
    correction : float64 (n,)
    active : uint32 (n,)
        Accounts that ever had a residual.
    queue : uint32 (n,)
        Accounts to be pushed, in a ring.
    flags : uint8 (n,)
        1 of accounts that are active, 2 of those that are queued as well.
    parts : float64 (longest row,)
        Room for what one push passes on.
    counts : int64 (4,)
        Active accounts; follows along which attention was passed; head and length of the queue.
    sums : float64 (4,)
        ``|residual|``, kept up; ``|value|`` after each addition to a residual or a correction; ``|amount|``
        of all that was passed on; attention that evaporated on the way.
    """

    residual: np.ndarray
    correction: np.ndarray
    active: np.ndarray
    queue: np.ndarray
    flags: np.ndarray
    parts: np.ndarray
    counts: np.ndarray
    sums: np.ndarray


@compiled
def _divide_row(
    following, followers, mutual_start, weights, out_weights, mutual_out_weights, worth, amount, u, out_parts
):  # fmt: skip
    """Write what of `amount` arrives at each account that u follows; return what arrives in all."""
    start, stop = np.uint64(following.indptr[u]), np.uint64(following.indptr[u + _ONE])
    friend, friends = np.uint64(mutual_start[u]), np.uint64(followers.indptr[u + _ONE])
    theirs, backs = following.indices, followers.indices
    share, mutually, arrived = amount / out_weights[u], amount / mutual_out_weights[u], 0.0
    for i in range(start, stop):
        v = theirs[i]
        while friend < friends and backs[friend] < v:
            friend += _ONE
        part = mutually * worth[v] if friend < friends and backs[friend] == v else share
        if weights is not None:
            part *= weights[i]
        arrived += part
        out_parts[i - start] = part
    return arrived


@compiled
def _scatter(ledgers, row_of, edited_indptr, following_indptr, threshold, targets, start, stop):
    """Add ``ledgers.parts`` to the residuals of `targets`, and queue those that are large now.

    The counters are kept apart from the arrays meanwhile: passing tuples of arrays to a function for each
    follow would count references all the time, which costs ten times the work.
    """
    residual, flags, active, queue, parts = (
        ledgers.residual, ledgers.flags, ledgers.active, ledgers.queue, ledgers.parts,
    )  # fmt: skip
    n_active, size = np.uint64(ledgers.counts[N_ACTIVE]), np.uint64(queue.size)
    end = np.uint64(ledgers.counts[HEAD] + ledgers.counts[WAITING])
    queued = np.uint64(0)
    left, added, passed = 0.0, 0.0, 0.0
    for i in range(start, stop):
        v, part = np.uint64(targets[i]), parts[i - start]
        flag = flags[v]
        if flag == 0:
            row = np.int64(row_of[v])
            if row >= 0:
                cost = edited_indptr[np.uint64(row) + _ONE] - edited_indptr[np.uint64(row)]
            elif v + _ONE < np.uint64(following_indptr.size):
                cost = following_indptr[v + _ONE] - following_indptr[v]
            else:
                cost = 0
            residual[v, _ONE] = cost + 1.0
            flag = flags[v] = _ACTIVE
            active[n_active] = np.uint32(v)
            n_active += _ONE
        before = residual[v, _ZERO]
        after = before + part
        residual[v, _ZERO] = after
        left += abs(after) - abs(before)
        added += abs(after)
        passed += abs(part)
        if flag == _ACTIVE and abs(after) > threshold * residual[v, _ONE]:
            place = end + queued
            queue[place if place < size else place - size] = np.uint32(v)
            queued += _ONE
            flags[v] = _QUEUED
    ledgers.counts[N_ACTIVE] = np.int64(n_active)
    ledgers.counts[WAITING] += np.int64(queued)
    ledgers.counts[VISITS] += np.int64(stop - start)
    ledgers.sums[LEFT] += left
    ledgers.sums[ADDED] += added
    ledgers.sums[PASSED] += passed


@compiled
def _pass_on(ledgers, edited, following, followers, mutual_start, weights, out_weights, mutual_out_weights,
             worth, threshold, flow, u):  # fmt: skip
    """Pass `flow` on along u's row, an edited one or one of the graph."""
    row = np.int64(edited.row_of[u])
    if row >= 0:
        if not edited.gives[np.uint64(row)]:
            return
        start, stop = (
            np.uint64(edited.indptr[np.uint64(row)]),
            np.uint64(edited.indptr[np.uint64(row) + _ONE]),
        )
        arrived = 0.0
        for i in range(start, stop):
            ledgers.parts[i - start] = flow * edited.after[i]
            arrived += ledgers.parts[i - start]
        _scatter(
            ledgers, edited.row_of, edited.indptr, following.indptr, threshold, edited.nodes, start, stop
        )
    elif u < np.uint64(out_weights.size) and out_weights[u] < np.inf:
        arrived = _divide_row(
            following,
            followers,
            mutual_start,
            weights,
            out_weights,
            mutual_out_weights,
            worth,
            flow,
            u,
            ledgers.parts,
        )
        start, stop = np.uint64(following.indptr[u]), np.uint64(following.indptr[u + _ONE])
        _scatter(
            ledgers, edited.row_of, edited.indptr, following.indptr, threshold, following.indices, start, stop
        )
    else:
        return
    ledgers.sums[EVAPORATED] += flow - arrived


@compiled
def _find_large(ledgers, threshold):
    """Queue who is above the threshold; many are looked through in the order in which they lie."""
    residual, flags, queue = ledgers.residual, ledgers.flags, ledgers.queue
    n_active, size, waiting = np.uint64(ledgers.counts[N_ACTIVE]), np.uint64(flags.size), 0
    scattered = n_active < size // np.uint64(16)
    for i in range(n_active if scattered else size):
        v = np.uint64(ledgers.active[i]) if scattered else np.uint64(i)
        if flags[v] and abs(residual[v, _ZERO]) > threshold * residual[v, _ONE]:
            queue[np.uint64(waiting)] = np.uint32(v)
            flags[v] = _QUEUED
            waiting += 1
    ledgers.counts[HEAD], ledgers.counts[WAITING] = 0, waiting


@compiled
def push_signed(
    ledgers, edited, following, followers, mutual_start, weights, out_weights, mutual_out_weights, worth,
    damping, threshold, goal, visits_max,
):  # fmt: skip
    """Push every account whose residual exceeds `threshold` times its cost; O(visits + active accounts).

    Accounts pass on in the order in which they came above the threshold, so the same input gives the same
    bits. It ends early once the residuals sum to `goal`, or `visits_max` follows are visited.

    Parameters
    ----------
    ledgers : Ledgers
        After `open_residuals`.
    edited : named tuple
        ``row_of`` int32 (n,): the edited row of an account, or -1; ``indptr`` int64, ``nodes`` int64,
        ``after`` float64, ``gives`` uint8: the rows, and whether an account gives attention at all.
    following, followers : Csr
        Of the graph before the edits; rows of edited accounts are not read.
    mutual_start : int64 (n_accounts,)
    weights : float64 (n_follows,) or None
        Aligned with `following`.
    out_weights, mutual_out_weights, worth : float64 (n_accounts,)
        `W_u`, and what mutual follows are divided by, inf for accounts that give nothing; `rho_v` of unedited
        rows.
    damping, threshold, goal : float
    visits_max : int
    """
    _find_large(ledgers, threshold)
    while ledgers.counts[WAITING] > 0 and ledgers.sums[LEFT] > goal and ledgers.counts[VISITS] < visits_max:
        u = np.uint64(ledgers.queue[np.uint64(ledgers.counts[HEAD])])
        ledgers.counts[HEAD] = (ledgers.counts[HEAD] + 1) % ledgers.queue.size
        ledgers.counts[WAITING] -= 1
        ledgers.flags[u] = _ACTIVE
        amount = ledgers.residual[u, _ZERO]
        if abs(amount) <= threshold * ledgers.residual[u, _ONE]:
            continue
        ledgers.residual[u, _ZERO] = 0.0
        ledgers.correction[u] += amount
        ledgers.sums[LEFT] -= abs(amount)
        ledgers.sums[ADDED] += abs(ledgers.correction[u])
        _pass_on(
            ledgers, edited, following, followers, mutual_start, weights, out_weights, mutual_out_weights,
            worth, threshold, amount * damping, u,
        )  # fmt: skip
    while ledgers.counts[WAITING] > 0:  # left over where it ended early
        ledgers.flags[np.uint64(ledgers.queue[np.uint64(ledgers.counts[HEAD])])] = _ACTIVE
        ledgers.counts[HEAD] = (ledgers.counts[HEAD] + 1) % ledgers.queue.size
        ledgers.counts[WAITING] -= 1


@compiled
def open_residuals(ledgers, edited, following, nodes):
    """Give `nodes`, int64 (k,), distinct, their first residuals: ``ledgers.parts``."""
    stop = np.uint64(nodes.size)
    _scatter(ledgers, edited.row_of, edited.indptr, following.indptr, np.inf, nodes, np.uint64(0), stop)


@compiled
def widen_intervals(
    reach, lower, upper, launch, largest, damping, shared, total, out_lower, out_upper, out_widest
):  # fmt: skip
    """Widen every account's interval by what residuals elsewhere can do to it; O(accounts).

    Parameters
    ----------
    reach, lower, upper, launch : float64 (n,)
        Before the edits, `launch` afterwards.
    largest : float64 (n,)
        At least ``p_v``.
    damping : float
    shared, total : float
        What may lie at any one account; what may lie anywhere, `shared` included.
    out_lower, out_upper : out, float64 (n,)
    out_widest : out, float64 (1,)
        The widest distance from a reach to an end of its interval.
    """
    slack = 2.0**-48
    rest = 1.0 - damping
    ratio = damping / rest * (1.0 + 2.0**-40)
    both = damping / (rest * (1.0 + damping))
    diagonal_max = 1.0 / (rest * (1.0 + damping))
    widest = 0.0
    for v in range(np.uint64(reach.size)):
        step = largest[v] * ratio
        off = both if both < step else step
        diagonal = 1.0 + damping * step
        diagonal = diagonal if diagonal < diagonal_max else diagonal_max
        wide = (diagonal * shared + off * total) * (1.0 + 2.0**-30)
        high = upper[v] + wide
        high += (abs(high) + wide) * slack
        low = lower[v] - wide
        low -= (abs(low) + wide) * slack
        started = launch[v] * (1.0 - slack)
        started = started if started < reach[v] else reach[v]
        low = low if low > started else started
        out_lower[v], out_upper[v] = low, high
        distance = high - reach[v] if high - reach[v] > reach[v] - low else reach[v] - low
        widest = distance if distance > widest else widest
    out_widest[0] = widest
