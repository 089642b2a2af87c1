"""From residuals to an interval for every account; the formulas are in `influencegraph.solvers.certificate`.

Choices are written as ``x if x > y else y``: numba turns `min` and `max` of floats into branches, which are
mispredicted here and cost five times the arithmetic.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

UNIT = 2.0**-53
"""Largest relative error of one float64 operation."""
VANISHING = 2.0**-700
"""More, for each follower, than all that underflow can lose, a few times 2^-1074 times weights and values
below 2^300, and than what arrives by follows that are worth less than 2^-790."""
WIDEN = 1.0 + 2.0**-40
"""More than a dozen operations can lose."""
WIDEN_SUM = 1.0 + 2.0**-20
"""More than a sum of 2^32 terms can lose, in any order."""

_ZERO, _ONE = np.uint64(0), np.uint64(1)


@compiled
def _bound_rounding(roundings, degree, stepped, residual):
    """Bound the rounding in one account's residual, and in adding it to that.

    k operations on terms of one sign lose at most k u / (1 - k u); one operation to spare covers it.
    """
    relative = (roundings + 1.0) * stepped + abs(residual)
    rounding = relative * (UNIT * WIDEN) + (degree + 4.0) * VANISHING
    return rounding + _lost(residual, rounding)


@compiled
def _lost(value, other):
    """Return more than the rounding of ``value + other``."""
    return (abs(value) + abs(other)) * (4 * UNIT)


@compiled
def _reach_out(end, total, off, diagonal):
    """Return how far the solution can lie beyond the vector, given the residual's `end` that way."""
    positive = end if end > 0.0 else 0.0
    own = (diagonal if end > 0.0 else 1.0) * end
    others = off * (total * WIDEN_SUM - positive)
    return own + others + _lost(own, others) * 2


@compiled
def _largest_step(followers, mutual_start, weights, unit_steps, worth, v):
    """Return at least ``p_v``, the largest share of any follower's attention that reaches v in one step.

    ``c_u`` is left out, which is 1 at most (`influencegraph.worth`).
    """
    start, middle = np.uint64(followers.indptr[v]), np.uint64(mutual_start[v])
    stop = np.uint64(followers.indptr[v + _ONE])
    one_way, mutual = 0.0, 0.0
    if weights is None:  # rows ascend by node, and nodes descend by out-degree: the last step is largest
        one_way = np.float64(unit_steps[followers.indices[middle - _ONE]]) if middle > start else 0.0
        mutual = np.float64(unit_steps[followers.indices[stop - _ONE]]) if stop > middle else 0.0
    else:
        for i in range(start, middle):
            one_way = max(one_way, weights[i] * unit_steps[followers.indices[i]])
        for i in range(middle, stop):
            mutual = max(mutual, weights[i] * unit_steps[followers.indices[i]])
    mutual *= worth[v]
    return one_way if one_way > mutual else mutual


@compiled
def sum_ends(reach, stepped, roundings, degrees, out_weights, first, last, out_sums):
    """Add up what residuals of accounts `first` to `last` can be at most, and attention; O(accounts).

    Parameters
    ----------
    reach, stepped : float64 (n_accounts,)
        The vector, and one step of it.
    roundings : Roundings
        Operations behind each step.
    degrees : int64 (n_accounts,)
        Followers of each account.
    out_weights : float64 (n_accounts,)
        inf for an account that gives its attention to nobody.
    out_sums : out, float64 (6,)
        ``|residual|``; rounding; the residuals' positive upper ends; their negative lower ends; `stepped`;
        the `reach` of accounts that give to nobody.
    """
    total, rounding_total, above, below = 0.0, 0.0, 0.0, 0.0
    attention, dangling = 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        residual = stepped[v] - reach[v]
        rounding = _bound_rounding(roundings.counts[v] + roundings.more, degrees[v], stepped[v], residual)
        total += abs(residual)
        rounding_total += rounding
        above += rounding + residual if rounding + residual > 0.0 else 0.0
        below += rounding - residual if rounding - residual > 0.0 else 0.0
        attention += stepped[v]
        dangling += reach[v] if out_weights[v] == np.inf else 0.0
    out_sums[0], out_sums[1], out_sums[2], out_sums[3] = total, rounding_total, above, below
    out_sums[4], out_sums[5] = attention, dangling


@compiled
def bound_accounts(
    followers, mutual_start, weights, unit_steps, worth, launch, reach, stepped, roundings, degrees,
    damping, above, below, first, last, out, out_widest,
):  # fmt: skip
    """Write the interval of accounts `first` to `last`; O(accounts), weighted O(their follows).

    Parameters
    ----------
    above, below : float
        Sums over all accounts, of `sum_ends`.
    unit_steps : (n_accounts,)
        At least ``1 / W_u``: float32 without weights (half the cache), else float64.
    worth, launch, reach, stepped, degrees : (n_accounts,)
    roundings : Roundings
    out : out, float64 (n_accounts, 2)
        Lower and upper end, by node.
    out_widest : out, float64 (1,)
        The widest distance from a reach to an end of its interval.
    """
    rest = 1.0 - damping
    both = damping / (rest * (1.0 + damping))
    diagonal_max = 1.0 / (rest * (1.0 + damping))
    ratio = damping / rest * WIDEN
    widest = 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        residual = stepped[v] - reach[v]
        rounding = _bound_rounding(roundings.counts[v] + roundings.more, degrees[v], stepped[v], residual)
        step = _largest_step(followers, mutual_start, weights, unit_steps, worth, v) * ratio
        off = (both if both < step else step) * WIDEN
        diagonal = 1.0 + damping * step
        diagonal = (diagonal if diagonal < diagonal_max else diagonal_max) * WIDEN
        rise = _reach_out(rounding + residual, above, off, diagonal)
        fall = _reach_out(rounding - residual, below, off, diagonal)
        lower = reach[v] - (fall + _lost(reach[v], fall))
        started = launch[v] * (1.0 - 8 * UNIT)
        lower = lower if lower > started else started
        upper = reach[v] + (rise + _lost(reach[v], rise))
        out[v, _ZERO], out[v, _ONE] = lower, upper
        distance = upper - stepped[v] if upper - stepped[v] > stepped[v] - lower else stepped[v] - lower
        widest = distance if distance > widest else widest
    out_widest[0] = widest


@compiled
def place_values(by_node, node_of, first, last, out):
    """Write one value of each account by position, `first` to `last`; O(accounts).

    Given `position_of` for `node_of`, values by position are written by node.

    Parameters
    ----------
    by_node : float64 (n_accounts,)
    node_of : uint32 (n_accounts,)
    out : out, float64 (n_accounts,)
    """
    for position in range(np.uint64(first), np.uint64(last)):
        out[position] = by_node[np.uint64(node_of[position])]


@compiled
def place_intervals(by_node, node_of, first, last, out_lower, out_upper):
    """Write what `bound_accounts` found by position, `first` to `last`; O(accounts).

    Both ends lie side by side by node, so that going from one order to the other misses the cache once for
    each account and not twice.

    Parameters
    ----------
    by_node : float64 (n_accounts, 2)
    node_of : uint32 (n_accounts,)
    out_lower, out_upper : out, float64 (n_accounts,)
    """
    for position in range(np.uint64(first), np.uint64(last)):
        v = np.uint64(node_of[position])
        out_lower[position], out_upper[position] = by_node[v, _ZERO], by_node[v, _ONE]
