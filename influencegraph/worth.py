"""What a follow that is returned is worth.

    rho_v = delta min(1, B / m_v)

delta is `mutual_worth`, B is `mutual_capacity`, m_v the number of v's mutual contacts (where returns that
ended are remembered, the places that both take up, `influencegraph.ghosts`), at least 1. It depends on the
receiver alone, and what it takes away evaporates: rows are never renormalised, because a ring whose follows
are all mutual would then lose nothing at all (docs/mathematics.md).

With `mutual_giving`, eta, followers who also follow where nothing comes back are spared a part of it:

    rho_uv = (delta + (1 - delta) eta g_u) min(1, B / m_v),    g_u = share of u's weight on one-way follows

v's following back turns u's follow mutual, so g_u falls: nobody gains by it (docs/decisions/0011).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDINGS = 2
"""One for the quotient, one for the product."""


def spare_for_giving(mutual_worth: float, room: Any, given: Any) -> Any:
    """Return `rho_uv`: what a follow back is worth of whoever gives so much one-way, in [0, 1].

    Parameters
    ----------
    mutual_worth : float in [0, 1]
    room : float or ndarray of float64
        ``min(1, B / m_v)``.
    given : float or ndarray of float64
        ``eta g_u``.
    """
    return np.minimum(1.0, mutual_worth * room + ((1.0 - mutual_worth) * room) * given)


def weigh_follow_backs(
    mutual_counts: NDArray[Any], mutual_worth: float, mutual_capacity: float
) -> NDArray[np.float64]:
    """Return `rho_v` for each account, in [0, 1].

    Parameters
    ----------
    mutual_counts : ndarray of int64 or float64, shape (n_accounts,)
        Mutual contacts of each account, or places taken up: `m_v`.
    mutual_worth : float in [0, 1]
    mutual_capacity : float > 0 or inf

    Examples
    --------
    >>> weigh_follow_backs(np.array([0, 100, 300]), 0.5, 150).tolist()
    [0.5, 0.5, 0.25]
    """
    worth: NDArray[np.float64] = np.maximum(mutual_counts, 1, dtype=np.float64)
    np.divide(mutual_capacity, worth, out=worth)
    np.minimum(worth, 1.0, out=worth)
    worth *= mutual_worth
    return worth
