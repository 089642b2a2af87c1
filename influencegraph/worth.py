"""What a follow that is returned is worth.

    rho_uv = c_u min(1, B / m_v),    c_u = min(1, delta (1 + eta g_u)),    g_u = share of u's weight one-way

delta is `mutual_worth`, eta `mutual_giving`, B `mutual_capacity`, m_v the number of v's mutual contacts
(where returns that ended are remembered, the places that both take up, `influencegraph.ghosts`), at least 1.
It depends on the receiver and, unless eta is 0, on the follower, who may also follow where nothing comes
back. What it takes away evaporates: rows are never renormalised, because a ring whose follows are all mutual
would then lose nothing at all (docs/mathematics.md).

v's following back turns u's follow mutual, so g_u falls: nobody gains by it. At delta 0 it is strict and at
delta 1 without a capacity PageRank, whatever eta is (docs/decisions/0011, 0013).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDINGS = 2
"""One for the quotient, one for the product."""


def regard_givers(mutual_worth: float, mutual_giving: float, given: Any) -> Any:
    """Return `c_u`: what a mutual follow of whoever gives so much one-way is worth, room aside, in [0, 1].

    Parameters
    ----------
    mutual_worth : float in [0, 1]
    mutual_giving : float >= 0
    given : float or ndarray of float64
        ``g_u``.

    Examples
    --------
    >>> regard_givers(0.4, 1.5, np.array([0.0, 0.5, 1.0])).tolist()
    [0.4, 0.7000000000000001, 1.0]
    """
    return np.minimum(1.0, mutual_worth * (1.0 + mutual_giving * given))


def find_room(
    mutual_counts: NDArray[Any], mutual_capacity: float, out: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return ``min(1, B / m_v)`` for each account, in (0, 1].

    Parameters
    ----------
    mutual_counts : ndarray of int64 or float64, shape (n_accounts,)
        Mutual contacts of each account, or places taken up: `m_v`.
    mutual_capacity : float > 0 or inf
    out : ndarray of float64, shape (n_accounts,), optional
        Written and returned.

    Examples
    --------
    >>> find_room(np.array([0, 100, 300]), 150).tolist()
    [1.0, 1.0, 0.5]
    """
    room: NDArray[np.float64] = np.maximum(mutual_counts, 1, out=out, dtype=np.float64)
    np.divide(mutual_capacity, room, out=room)
    np.minimum(room, 1.0, out=room)
    return room
