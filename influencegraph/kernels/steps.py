"""What the kernels of `influencegraph.kernels.push` read and what they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from influencegraph.csr import Csr

Floats = NDArray[np.float64]


class Steps(NamedTuple):
    """How attention moves in one step, by node and in both directions.

    Attributes
    ----------
    followers : Csr
        Rows are the followed, each ``[one-way | mutual]``, both parts ascending.
    mutual_start : ndarray of int64, shape (n_accounts,)
    weights : ndarray of float64, shape (n_follows,), or None
        Aligned with `followers`.
    following : Csr
        The transpose, rows ascending; rowless where only backward pushes are made.
    following_weights : ndarray of float64, shape (n_follows,), or None
        Aligned with `following`.
    out_weights, mutual_out_weights : ndarray of float64, shape (n_accounts,)
        What follows, and mutual ones, are divided by; inf for an account that gives its attention to nobody.
    worth : ndarray of float64, shape (n_accounts,)
        What mutual follows of an account are multiplied by.
    damping : float
    roundings : float
        Operations behind what one follow passes on, additions not counted.
    """

    followers: Csr
    mutual_start: NDArray[np.int64]
    weights: Floats | None
    following: Csr
    following_weights: Floats | None
    out_weights: Floats
    mutual_out_weights: Floats
    worth: Floats
    damping: float
    roundings: float


class Work(NamedTuple):
    """What a push works on; all zeros in the beginning, and only what is touched changes.

    Attributes
    ----------
    estimate, residual : ndarray of float64, shape (n_accounts,)
        What was settled at each account, and what waits there.
    additions : ndarray of uint32, shape (n_accounts,)
        Terms in each residual that was measured.
    flags : ndarray of uint8, shape (n_accounts,)
    touched, queue : ndarray of uint32, shape (n_accounts,)
        Accounts touched, in that order; accounts to be pushed, in a ring.
    counts : ndarray of uint64, shape (4,)
        Accounts touched; head of the queue; accounts in it; follows read.
    sums : ndarray of float64, shape (2,)
        What waits in all; the least key of this round.
    """

    estimate: Floats
    residual: Floats
    additions: NDArray[np.uint32]
    flags: NDArray[np.uint8]
    touched: NDArray[np.uint32]
    queue: NDArray[np.uint32]
    counts: NDArray[np.uint64]
    sums: Floats
