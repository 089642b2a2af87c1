"""How far a post travels if followers pass it on by chance: a second truth, beside engagement.

    independent cascades: a post goes from v to its follower u, along u -> v, with chance p_uv, once

    each follow alike      p_uv = 1 - (1 - p)^w_uv        a weight of 2 is two chances
    attention shared out   p_uv = p w_uv / W_u            who follows many passes on little from each

Source: Kempe, Kleinberg, Tardos, *Maximizing the spread of influence through a social network*, KDD 2003. A
post that travels from v to u does so with a chance that owes nothing to whether v follows u back: this truth
does not hold that returned follows are worth less, and tells what a discount costs where they are not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels.cascade import count_reached
from influencegraph.methods import check_graph
from influencegraph.settings import check_count, check_number, make_generator

Floats = NDArray[np.float64]


def independent_cascade_reach(
    graph: FollowerGraph, probability: float = 0.01, n_cascades: int = 200, rng: Any = 0, *,
    shared: bool = False,
) -> Floats:  # fmt: skip
    """Return how many other accounts a post of each account reaches on average, by simulation.

    In each of `n_cascades` worlds every follow passes posts on or does not, by lot; the post of every account
    is followed through the same world. The same arguments and seed give the same numbers. Layers take no
    part. O(n_cascades x (follows + accounts reached)); where nearly everybody is reached from nearly
    everybody that is quadratic in the accounts.

    Parameters
    ----------
    graph : FollowerGraph
    probability : float in [0, 1]
        Chance that a follower passes a post on: of each follow of weight 1, or, with `shared`, of all that an
        account follows together.
    n_cascades : int >= 1
        Worlds drawn. The error falls with its square root.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Whatever `numpy.random.default_rng` takes.
    shared : bool
        Whether an account shares its attention out among those it follows.

    Returns
    -------
    ndarray of float64, shape (n_accounts,)
        In accounts, in the order of ``graph.labels``; the author does not count.

    Raises
    ------
    InvalidArgument
        If an argument is out of range.

    Examples
    --------
    Ann's post reaches bob with chance 1/2, and cat, who follows bob, with chance 1/4:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["bob", "cat"], ["ann", "bob"])
    >>> influencegraph.independent_cascade_reach(graph, 0.5, 10_000).round(1).tolist()
    [0.7, 0.5, 0.0]
    """
    check_graph(graph)
    probability = check_number(
        "probability", probability, 0.0, 1.0, "lie in [0, 1]", "0.01 passes one post in a hundred on."
    )
    n_cascades = check_count("n_cascades", n_cascades)
    chances = _find_chances(graph, probability, shared)
    generator, n = make_generator(rng), graph.n_accounts
    reached, starts = np.zeros(n), np.zeros(n + 1, np.int64)
    seen, queue = np.empty(n, np.uint32), np.empty(max(n, 1), np.uint32)
    followed = np.repeat(np.arange(n), graph.in_degrees)
    for _ in range(n_cascades):
        passes = generator.random(graph.n_follows) < chances
        np.cumsum(np.bincount(followed[passes], minlength=n), out=starts[1:])
        count_reached(starts, graph.followers.indices[passes], seen, queue, reached)
    mean: Floats = reached[graph.node_of] / n_cascades
    return mean


def _find_chances(graph: FollowerGraph, probability: float, shared: bool) -> Floats | float:
    """Return the chance of each follow, in the order of the graph's rows."""
    weights = graph.follow_weights
    if not shared:
        if weights is None:
            return probability
        return -np.expm1(weights * np.log1p(-probability)) if probability < 1.0 else np.sign(weights)
    given = np.ones(graph.n_follows) if weights is None else weights
    follower = graph.followers.indices
    largest = np.zeros(graph.n_accounts)
    np.maximum.at(largest, follower, given)
    scaled = np.divide(given, largest[follower], out=np.zeros_like(given), where=given > 0)  # no overflow
    total = np.bincount(follower, scaled, minlength=graph.n_accounts)[follower]
    return np.divide(probability * scaled, total, out=np.zeros_like(given), where=given > 0)
