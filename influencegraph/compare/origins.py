"""Changes of reach traced back, through followers, to where they began.

A change has what happened at the account itself, `own_v`, and what its followers' changes brought:

    dT_v = own_v + sum over followers of k_uv dT_u

with k_uv the weight of the follower's change (`Pairs.through`). Each cause's own parts o, let through the
same network, give what of every change began with it: ``x = o + K^T x``. The x of all causes but "followers"
sum to the change, because the equation is linear; and no follower passes on more than the larger damping, so
that repeating it converges.

For one account, or for a sum over accounts, one solution serves all causes: with ``s = c + K s``, c being 1
at those accounts and 0 elsewhere, the x of a cause add up to ``s . o`` over them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import Csr, frozen
from influencegraph.kernels.spread import Roundings
from influencegraph.layouts.pull import cut_rows
from influencegraph.scored import step_attention
from influencegraph.solvers.transition import Transition

Floats = NDArray[np.float64]

_EXACT = 2.0**-40
"""What part of a cause at most is left to "unresolved"."""


class Links(NamedTuple):
    """Weights of followers' changes, aligned: `counts` (n,) links of each account, then (k,) row by row."""

    counts: NDArray[np.int64]
    followers: NDArray[np.uint32]
    weights: Floats

    def turn(self) -> Links:
        """Return the same links by follower."""
        order = np.argsort(self.followers, kind="stable")
        rows = np.repeat(np.arange(len(self.counts), dtype=np.uint32), self.counts)
        counts = np.bincount(self.followers, minlength=len(self.counts))
        return Links(counts, rows[order], self.weights[order])


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
    traced = {
        cause: _sum_walks(transition, values, damping)
        for cause, values in own.items()
        if cause != "unresolved"
    }
    traced["unresolved"] = change - sum(traced.values())
    return traced


def trace_sums(
    own: dict[str, Floats], turned: Links, damping: float, chosen: Floats, change: float
) -> dict[str, float]:
    """Return what of the summed change of some accounts began with each cause; O(sweeps x follows).

    Parameters
    ----------
    own : dict of str to ndarray of float64, shape (n,)
        As for `trace_back`.
    turned : Links
        By follower.
    damping : float in [0, 1)
    chosen : ndarray of float64, shape (n,)
        1 at the accounts, 0 elsewhere.
    change : float
        All of their change.
    """
    brought = _sum_walks(_arrange(turned), chosen, damping)
    traced = {
        cause: float((brought * values).sum()) for cause, values in own.items() if cause != "unresolved"
    }
    traced["unresolved"] = change - math.fsum(traced.values())
    return traced


def _arrange(links: Links) -> Transition:
    """Return the step of changes, in the arrays that the kernel reads."""
    n = len(links.counts)
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(links.counts, out=indptr[1:])
    rows = Csr(frozen(indptr), frozen(links.followers))
    ones = np.ones(n)
    return Transition(
        rows, frozen(indptr[1:].copy()), frozen(links.weights), ones, ones, 1.0,
        Roundings(np.zeros(n), 0.0), cut_rows(indptr, 0, n),
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
        reached, sums = step_attention(transition, reached, own, 1.0)
        if sums[0] <= end * total:
            break
    return reached
