"""What followers give where nothing comes back, and what their mutual follows are worth for it.

Where ``c`` is below 1 it tells ``g``, and what an account's own c withholds of its attention is
``(1 - g) (1 - c)``.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled


@compiled
def _withhold(regard, per_worth, per_giving):
    """Return ``(1 - g) (1 - c)``, given ``1 / delta`` and ``1 / eta``."""
    traded = 1.0 - (regard * per_worth - 1.0) * per_giving
    return traded * (1.0 - regard) if traded > 0.0 else 0.0


@compiled
def regard_followers(
    out_degrees, mutual_counts, shares, out_weights, mutual_worth, mutual_giving, first, last,
    out_regard,
):  # fmt: skip
    """Write ``c = min(1, delta (1 + eta g))`` of accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    out_degrees, mutual_counts : int64 (n_accounts,)
    shares : float64 (n_accounts,), or None
        ``g``: what part of its attention each account gives one-way; None where that is a matter of counting.
    out_weights : float64 (n_accounts,)
        ``W``; inf for an account that gives its attention to nobody.
    mutual_worth, mutual_giving : float
        delta and eta, above 0.
    out_regard : out, float64 (n_accounts,)
        ``c``.
    """
    for v in range(np.uint64(first), np.uint64(last)):
        share = (out_degrees[v] - mutual_counts[v]) / out_weights[v] if shares is None else shares[v]
        regard = mutual_worth * (1.0 + mutual_giving * share)
        regard = regard if regard < 1.0 else 1.0
        out_regard[v] = regard


@compiled
def split_inverse(inverse, regard, first, last, out):
    """Write ``inverse`` and behind it ``inverse regard``, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    inverse : float32 (n,)
    regard : float64 (n,) or more
    out : out, float32 (2 n,)
    """
    behind = np.uint64(inverse.size)
    for v in range(np.uint64(first), np.uint64(last)):
        out[v] = inverse[v]
        out[behind + v] = inverse[v] * np.float32(regard[v])


@compiled
def divide_reach(
    reach, out_weights, regard, mutual_worth, mutual_giving, first, last, out_per_weight
):  # fmt: skip
    """Write what accounts `first` to `last` give per unit of weight; O(accounts).

    Parameters
    ----------
    reach, out_weights : float64 (n_accounts,)
    regard, mutual_worth, mutual_giving
        ``c``, float64 (n_accounts,), delta and eta: read where there is room for the second kind.
    out_per_weight : out, float64 (n_accounts,) or larger
        ``reach / W``; where it is larger, ``c reach / W`` from as far on as it is.

    Returns
    -------
    float
        The attention that `c` withholds; 0 without.
    """
    start, stop = np.uint64(first), np.uint64(last)
    for v in range(start, stop):
        out_per_weight[v] = reach[v] / out_weights[v]
    total = 0.0
    if out_per_weight.size > reach.size:
        behind = np.uint64(out_per_weight.size - reach.size)
        per_worth, per_giving = 1.0 / mutual_worth, 1.0 / mutual_giving
        for v in range(start, stop):
            out_per_weight[behind + v] = regard[v] * out_per_weight[v]
            if out_weights[v] < np.inf:
                total += reach[v] * _withhold(regard[v], per_worth, per_giving)
    return total


@compiled
def sum_withheld(reach, given, regards, first, last, out):
    """Write what `c` withholds in each of four lanes, accounts `first` to `last`, who all follow somebody.

    O(accounts).

    Parameters
    ----------
    reach : four of float64 (n_accounts,)
    given : float64 (n_accounts,)
        ``g``.
    regards : float64 (8,)
        Of four lanes, ``delta``, and then ``delta eta``: ``c = min(1, delta + delta eta g)``.
    out : out, float64 (4,)
    """
    for lane in range(4):
        total, held, least, more = 0.0, reach[lane], regards[lane], regards[lane + 4]
        for v in range(np.uint64(first), np.uint64(last)):
            regard = least + more * given[v]
            total += held[v] * (1.0 - given[v]) * (1.0 - (regard if regard < 1.0 else 1.0))
        out[lane] = total
