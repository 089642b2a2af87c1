"""Networks by chance: everybody has as many followers and follows as before, and else all is drawn by lot.

Follows are cut into stubs and joined anew by many small exchanges (`influencegraph.kernels.shuffle`), the
double edge swaps of Rao, Jana, Bandyopadhyay, *A Markov chain Monte Carlo method for generating random (0,
1)-matrices with given marginals*, Sankhya A 1996, with mutual pairs kept apart (Newman, Strogatz, Watts,
*Random graphs with arbitrary degree distributions*, Phys. Rev. E 2001, are where the idea of stubs is
from).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.shuffle import NO_PAIR, Stubs, fill_table, switch_stubs
from influencegraph.settings import check_count

_BLOCK = 1 << 20
"""Exchanges tried by one call of the kernel."""


def shuffle_follows(
    graph: FollowerGraph, rng: Any = 0, *, keep_mutual: bool = True, sweeps: int = 10
) -> FollowerGraph:
    """Draw a network in which everybody has as many followers and follows as in `graph`, by lot; O(follows).

    Each account keeps its number of followers and of follows, exactly, and there are as many mutual pairs.
    No self-follow arises, no follow twice. A follow's weight stays with its follower; layers and remembered
    returns are left out. Of the networks that exchanges lead to, each is as likely; in networks of a handful
    of accounts these are not all that there are.

    Parameters
    ----------
    graph : FollowerGraph
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Whatever `numpy.random.default_rng` takes.
    keep_mutual : bool
        Each account keeps its number of mutual contacts as well, and so of one-way followers and one-way
        follows. If not, mutual contacts move between accounts.
    sweeps : int
        Exchanges tried, in multiples of the number of follows.

    Raises
    ------
    InvalidArgument
        If `sweeps` is no integer >= 1.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=10, ring_size=10).graph
    >>> by_chance = shuffle_follows(graph, 7)
    >>> by_chance.report.mutual_pairs == graph.report.mutual_pairs
    True
    >>> (by_chance.follower_counts == graph.follower_counts).all()
    np.True_
    >>> by_chance.followers_of("ring-000").tolist() == graph.followers_of("ring-000").tolist()
    False
    """
    generator, sweeps = np.random.default_rng(rng), check_count("sweeps", sweeps)
    stubs, weights = _cut(graph)
    n = graph.n_follows
    table = np.full(1 << (2 * n).bit_length(), NO_PAIR)
    with np.errstate(over="ignore"):  # hashes wrap around; NumPy says so where kernels run uncompiled
        for start in range(0, n, _BLOCK):
            fill_table(stubs, start, min(start + _BLOCK, n), table)
        for start in range(0, sweeps * n, _BLOCK):
            tries = min(_BLOCK, sweeps * n - start)
            proposals, chances = generator.integers(0, n, (tries, 2)), generator.random((tries, 2))
            switch_stubs(stubs, table, proposals, chances, not keep_mutual)
    everyone = np.arange(graph.n_accounts)
    built = build_graph(stubs.follower, stubs.followed[stubs.to_in], weights, labels=everyone)
    return replace(built, accounts=graph.accounts)


def _cut(graph: FollowerGraph) -> tuple[Stubs, NDArray[np.float64] | None]:
    """Return the stubs of `graph`, joined as they are, in positions; and the weight of each out-stub."""
    n = graph.n_accounts
    csr, weights = graph.rows_by_position()
    follower = np.repeat(np.arange(n, dtype=np.uint32), np.diff(csr.indptr))
    to_out = np.argsort(csr.indices, kind="stable")
    to_in = np.empty(len(to_out), np.int64)
    to_in[to_out] = np.arange(len(to_out))
    in_start = np.concatenate([[0], np.cumsum(graph.follower_counts)])
    alive = np.ones(len(to_out), bool) if weights is None else weights > 0
    twin = np.where(alive, -1, -2)
    pairs = follower.astype(np.int64) * n + csr.indices
    back = csr.indices.astype(np.int64) * n + follower
    places = np.searchsorted(pairs, back).clip(max=max(0, len(pairs) - 1))
    mutual = alive & (pairs[places] == back) & alive[places] if len(pairs) else alive
    twin[mutual] = places[mutual]
    return Stubs(follower, csr.indices[to_out], in_start, to_in, to_out, twin), weights
