"""What followers give where nothing comes back, and what their mutual follows are worth for it."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled


@compiled
def regard_followers(
    out_degrees, mutual_counts, shares, out_weights, mutual_worth, mutual_giving, first, last,
    out_regard, out_mutual_out_weights, out_withheld,
):  # fmt: skip
    """Write ``c = min(1, delta (1 + eta g))`` of accounts `first` to `last`, and what follows; O(accounts).

    Parameters
    ----------
    out_degrees, mutual_counts : int64 (n_accounts,)
    shares : float64 (n_accounts,), or None
        ``g``: what part of its attention each account gives one-way; None where that is a matter of counting.
    out_weights : float64 (n_accounts,)
        ``W``; inf for an account that gives its attention to nobody.
    mutual_worth, mutual_giving : float
        delta and eta, above 0.
    out_regard, out_mutual_out_weights : out, float64 (n_accounts,)
        ``c``, and ``W / c``.
    out_withheld : out, float64 (n_accounts,)
        What part of its attention evaporates because of an account's own ``c``.
    """
    for v in range(np.uint64(first), np.uint64(last)):
        share = (out_degrees[v] - mutual_counts[v]) / out_weights[v] if shares is None else shares[v]
        regard = mutual_worth * (1.0 + mutual_giving * share)
        regard = regard if regard < 1.0 else 1.0
        traded = 1.0 - share if share < 1.0 else 0.0
        out_regard[v] = regard
        out_mutual_out_weights[v] = out_weights[v] / regard
        out_withheld[v] = traded * (1.0 - regard) if out_weights[v] < np.inf else 0.0
