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
_ACTIVE, _QUEUED = 1, 2
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
        Which accounts are active, and which are queued.
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
    counts: np.ndarray
    sums: np.ndarray


@compiled
def _activate(ledgers, edited, following, v):
    """Note an account that gets its first residual, and what pushing it costs."""
    row, cost = np.int64(edited.row_of[v]), 0
    if row >= 0:
        cost = edited.indptr[np.uint64(row) + _ONE] - edited.indptr[np.uint64(row)]
    elif v + _ONE < np.uint64(following.indptr.size):
        cost = following.indptr[v + _ONE] - following.indptr[v]
    ledgers.residual[v, _ONE] = cost + 1.0
    ledgers.flags[v] = _ACTIVE
    ledgers.active[np.uint64(ledgers.counts[N_ACTIVE])] = v
    ledgers.counts[N_ACTIVE] += 1


@compiled
def _enqueue(ledgers, v):
    size = np.uint64(ledgers.queue.size)
    place = np.uint64(ledgers.counts[HEAD]) + np.uint64(ledgers.counts[WAITING])
    ledgers.queue[place if place < size else place - size] = v
    ledgers.counts[WAITING] += 1
    ledgers.flags[v] = _ACTIVE | _QUEUED


@compiled
def _add(ledgers, edited, following, threshold, v, amount):
    """Add to a residual; queue its account if it is large now."""
    flag = ledgers.flags[v]
    if flag == 0:
        _activate(ledgers, edited, following, v)
    before = ledgers.residual[v, _ZERO]
    after = before + amount
    ledgers.residual[v, _ZERO] = after
    ledgers.sums[LEFT] += abs(after) - abs(before)
    ledgers.sums[ADDED] += abs(after)
    ledgers.sums[PASSED] += abs(amount)
    if flag < _QUEUED and abs(after) > threshold * ledgers.residual[v, _ONE]:
        _enqueue(ledgers, v)


@compiled
def _pass_edited(ledgers, edited, following, threshold, amount, row):
    """Pass `amount` on along an edited row; return what arrives."""
    arrived = 0.0
    for i in range(np.uint64(edited.indptr[row]), np.uint64(edited.indptr[row + _ONE])):
        part = amount * edited.after[i]
        arrived += part
        _add(ledgers, edited, following, threshold, np.uint64(edited.nodes[i]), part)
    ledgers.counts[VISITS] += edited.indptr[row + _ONE] - edited.indptr[row]
    return arrived


@compiled
def _pass_row(
    ledgers, edited, following, followers, mutual_start, weights, out_weights, worth, threshold, amount, u
):  # fmt: skip
    """Pass `amount` on along a row of the graph; return what arrives."""
    start, stop = np.uint64(following.indptr[u]), np.uint64(following.indptr[u + _ONE])
    friend, friends = np.uint64(mutual_start[u]), np.uint64(followers.indptr[u + _ONE])
    share, arrived = amount / out_weights[u], 0.0
    for i in range(start, stop):
        v = np.uint64(following.indices[i])
        part = share if weights is None else share * weights[i]
        while friend < friends and np.uint64(followers.indices[friend]) < v:
            friend += _ONE
        if friend < friends and np.uint64(followers.indices[friend]) == v:
            part *= worth[v]
        arrived += part
        _add(ledgers, edited, following, threshold, v, part)
    ledgers.counts[VISITS] += np.int64(stop - start)
    return arrived


@compiled
def _find_large(ledgers, threshold):
    """Queue who is above the threshold; many are looked through in the order in which they lie."""
    n_active, size = np.uint64(ledgers.counts[N_ACTIVE]), np.uint64(ledgers.flags.size)
    scattered = n_active < size // np.uint64(16)
    for i in range(n_active if scattered else size):
        v = np.uint64(ledgers.active[i]) if scattered else np.uint64(i)
        if ledgers.flags[v] and abs(ledgers.residual[v, _ZERO]) > threshold * ledgers.residual[v, _ONE]:
            _enqueue(ledgers, v)


@compiled
def push_signed(
    ledgers, edited, following, followers, mutual_start, weights, out_weights, worth, damping, threshold, goal,
    visits_max,
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
    out_weights, worth : float64 (n_accounts,)
        `W_u`, inf for accounts that give nothing; `rho_v` of unedited rows.
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
        row, flow = np.int64(edited.row_of[u]), amount * damping
        if row >= 0:
            if edited.gives[np.uint64(row)]:
                arrived = _pass_edited(ledgers, edited, following, threshold, flow, np.uint64(row))
                ledgers.sums[EVAPORATED] += flow - arrived
        elif u < np.uint64(out_weights.size) and out_weights[u] < np.inf:
            arrived = _pass_row(
                ledgers, edited, following, followers, mutual_start, weights, out_weights, worth, threshold,
                flow, u,
            )  # fmt: skip
            ledgers.sums[EVAPORATED] += flow - arrived
    while ledgers.counts[WAITING] > 0:  # left over where it ended early
        ledgers.flags[np.uint64(ledgers.queue[np.uint64(ledgers.counts[HEAD])])] = _ACTIVE
        ledgers.counts[HEAD] = (ledgers.counts[HEAD] + 1) % ledgers.queue.size
        ledgers.counts[WAITING] -= 1


@compiled
def open_residuals(ledgers, edited, following, nodes, amounts):
    """Give `nodes`, int64 (k,), distinct, their first residuals, float64 (k,)."""
    for i in range(np.uint64(nodes.size)):
        v = np.uint64(nodes[i])
        _activate(ledgers, edited, following, v)
        ledgers.residual[v, _ZERO] = amounts[i]
        ledgers.sums[LEFT] += abs(amounts[i])


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
