"""Changes of reach traced back, through followers, to where they began.

A change has what happened at the account itself, `own_v`, and what its followers' changes brought:

    dT_v = own_v + sum over followers of k_uv dT_u

with k_uv the weight of the follower's change (`Pairs.through`). Each cause's own parts o, let through the
same network, give what of every change began with it: ``x = o + K^T x``. The x of all causes but "followers"
sum to the change, because the equation is linear; and no follower passes on more than the larger damping, so
that repeating it converges.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import Csr, frozen
from influencegraph.layouts.pull import cut_rows
from influencegraph.scored import step_attention
from influencegraph.solvers.transition import Transition

Floats = NDArray[np.float64]

_EXACT = 2.0**-40
"""What part of a cause is left to "unresolved"."""


class Links(NamedTuple):
    """Weights of followers' changes, aligned: `counts` (n,) links of each account, then (k,) row by row."""

    counts: NDArray[np.int64]
    followers: NDArray[np.uint32]
    weights: Floats


def trace_back(own: dict[str, Floats], links: Links, damping: float, change: Floats) -> dict[str, Floats]:
    """Return what of each account's change began with each cause, (n,) each; O(sweeps x follows) a cause.

    Parameters
    ----------
    own : dict of str to ndarray of float64, shape (n,)
        What each cause did to each account itself; "followers" is left out.
    links : Links
    damping : float in [0, 1)
        No account passes on more of a change.
    change : ndarray of float64, shape (n,)
        All of it; what the causes do not add up to is "unresolved".
    """
    transition = _arrange(links)
    traced = {cause: _sum_walks(transition, values, damping) for cause, values in own.items()}
    known = sum(values for cause, values in traced.items() if cause != "unresolved")
    traced["unresolved"] = change - known
    return traced


def _arrange(links: Links) -> Transition:
    """Return the step of changes, in the arrays that the kernel reads."""
    n = len(links.counts)
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(links.counts, out=indptr[1:])
    rows = Csr(frozen(indptr), frozen(links.followers))
    return Transition(
        rows, frozen(indptr[1:].copy()), frozen(links.weights), np.ones(n), np.ones(n), 1.0, np.zeros(n),
        cut_rows(indptr, 0, n),
    )  # fmt: skip


def _sum_walks(transition: Transition, own: Floats, damping: float) -> Floats:
    """Return x with ``x = own + K^T x``."""
    total = np.abs(own).sum()
    if total == 0.0:
        return own
    end = _EXACT * (1.0 - damping)
    n_sweeps = 1 if damping == 0.0 else math.ceil(math.log(end) / math.log(damping))
    reached = own.copy()
    for _ in range(n_sweeps):
        reached, sums = step_attention(transition, reached, own, transition.worth, 1.0)
        if sums[0] <= end * total:
            break
    return reached
