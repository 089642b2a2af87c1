"""What a residual proves: an interval for every account that holds the exact solution.

For any z with residual r = launch + a P^T z - z, the exact solution x has x - z = G^T r with
G = (I - a P)^-1, and every entry of G is bounded (docs/mathematics.md):

    G_vv in [1, g_v],    g_v = min(1/(1 - a^2), 1 + a^2 p_v / (1 - a))
    G_uv in [0, o_v],    o_v = min(a/(1 - a^2), a p_v / (1 - a)),     p_v = max_u P_uv

so with r in [low, high] for each account (rounding included),

    x_v <= z_v + (g_v if high_v > 0 else 1) high_v + o_v (sum of positive highs elsewhere)

and the like below. The exact step z + r lies inside, and is published: its distance from x is `a` times
that of z. Sums and products here are rounded too; each is widened by more than it can lose.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNIT = 2.0**-53
"""Largest relative error of one float64 operation."""
VANISHING = 2.0**-800
"""More, for each follower, than all that underflow can lose: a few times 2^-1074 times weights and
values below 2^300."""
WIDEN = 1.0 + 2.0**-40
"""More than a dozen operations can lose."""
WIDEN_SUM = 1.0 + 2.0**-20
"""More than a sum of 2^32 terms can lose, in any order."""


class Bounds(NamedTuple):
    """Intervals of reach, in nodes or positions as the arguments were.

    `error` and `rounding` bound the total error of shares of attention, as in `Certificate`.
    """

    lower: Floats
    upper: Floats
    error: float
    rounding: float


def bound_rounding(stepped: Floats, residual: Floats, roundings: Floats, in_degrees: Floats) -> Floats:
    """Bound the rounding in each account's residual.

    Parameters
    ----------
    stepped, residual : ndarray of float64, shape (n_accounts,)
        The computed step, and its computed distance from the vector it was made from.
    roundings : ndarray of float64, shape (n_accounts,)
        Operations behind each stepped value.
    in_degrees : ndarray, shape (n_accounts,)
        Followers of each account.
    """
    # k operations on terms of one sign lose at most k u / (1 - k u); one operation to spare covers it.
    relative = (roundings + 1.0) * stepped + np.abs(residual)
    return relative * (UNIT * WIDEN) + (in_degrees + 4.0) * VANISHING


def total_error(residual_sum: float, rounding_sum: float, damping: float, n: int) -> float:
    """Bound the L1 error of y for the stepped vector: ``(a |r| + rounding) / n``, widened."""
    return (damping * residual_sum + rounding_sum) / max(n, 1) * WIDEN_SUM


def certify(
    reach: Floats,
    stepped: Floats,
    launch: Floats,
    roundings: Floats,
    in_degrees: NDArray[np.int64],
    largest_step: Floats,
    damping: float,
) -> Bounds:
    """Bound the exact solution from one step `stepped` of `reach`; all arrays (n_accounts,).

    Parameters
    ----------
    reach, stepped, launch : ndarray of float64
        The vector, one exact-but-for-rounding step of it, and the attention launched.
    roundings, in_degrees
        As in `bound_rounding`.
    largest_step : ndarray of float64
        ``p_v``: the largest share of any follower's attention that reaches v in one step.
    damping : float in [0, 1)
    """
    residual = stepped - reach
    rounding = bound_rounding(stepped, residual, roundings, in_degrees.astype(np.float64))
    high = np.nextafter(residual + rounding, np.inf)
    low = np.nextafter(residual - rounding, -np.inf)
    rest = 1.0 - damping
    both = damping / (rest * (1.0 + damping))
    step = largest_step * (damping / rest)
    off = np.minimum(both, step) * WIDEN
    diagonal = np.minimum(1.0 / (rest * (1.0 + damping)), 1.0 + damping * step) * WIDEN
    rise = _reach_out(high, off, diagonal)
    fall = _reach_out(-low, off, diagonal)
    return Bounds(
        lower=np.maximum(np.nextafter(reach - fall, -np.inf), launch * (1.0 - 8 * UNIT)),
        upper=np.nextafter(reach + rise, np.inf),
        error=total_error(float(np.abs(residual).sum()), float(rounding.sum()), damping, len(reach)),
        rounding=total_error(0.0, float(rounding.sum()), damping, len(reach)),
    )


def _reach_out(end: Floats, off: Floats, diagonal: Floats) -> Floats:
    """Return how far the solution can lie beyond the vector, given each residual's `end` that way."""
    positive = np.maximum(end, 0.0)
    own = np.where(end > 0.0, diagonal * end, end)
    others = off * (positive.sum() * WIDEN_SUM - positive)
    distance: Floats = own + others + (np.abs(own) + others) * (8 * UNIT)
    return distance
