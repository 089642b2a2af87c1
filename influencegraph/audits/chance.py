"""How many mutual contacts an account would have by chance.

Of networks in which everybody has as many followers and follows as here, and in which as many pairs are
mutual, all as likely, an account with i followers and o follows has about m mutual contacts, where

    m = c (i - m) (o - m)

with one c for the whole network, so that the m sum to what there is: a mutual follow is as likely between
two accounts as their one-way follows allow. Garlaschelli and Loffredo, *Multispecies grand-canonical models
for networks with reciprocity*, Phys. Rev. E 2006, in the limit of sparse networks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import frozen
from influencegraph.graph import FollowerGraph

Floats = NDArray[np.float64]

_HALVINGS = 200


def expect_mutual(graph: FollowerGraph) -> Floats:
    """Return the mutual contacts to be expected of each account, shape (n_accounts,), by position.

    O(accounts), once. They sum to the mutual contacts that there are.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3, 4], [2, 1, 4, 3])
    >>> expect_mutual(graph).round(6).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    known: Floats | None = graph.prepared.get("expected mutual")
    if known is None:
        followers = graph.follower_counts.astype(np.float64)
        follows = graph.out_degrees[graph.node_of].astype(np.float64)
        total = float(graph.mutual_counts.sum())
        known = graph.prepared["expected mutual"] = frozen(_share_out(followers, follows, total))
    return known


def _share_out(followers: Floats, follows: Floats, total: float) -> Floats:
    """Find the c at which mutual contacts sum to `total`, by halving its logarithm's range."""
    most = np.minimum(followers, follows)
    if total <= 0:
        return np.zeros(len(most))
    low, high = -60.0, 60.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _meet(np.exp(middle), followers, follows).sum() < total:
            low = middle
        else:
            high = middle
    found = _meet(np.exp(high), followers, follows)
    shared: Floats = np.minimum(found * (total / found.sum()), most)
    return shared


def _meet(c: float, followers: Floats, follows: Floats) -> Floats:
    """Solve m = c (followers - m) (follows - m) for the smaller m, without a difference of like numbers."""
    half = c * (followers + follows) + 1.0
    root = np.sqrt(np.maximum(half * half - 4.0 * c * c * followers * follows, 0.0))
    met: Floats = 2.0 * c * followers * follows / (half + root)
    return met
