"""The simulated network with a circle planted in it: accounts that follow each other, and nobody back."""

from __future__ import annotations

import numpy as np

import influencegraph

N_ACCOUNTS = 20_000
CIRCLE_SIZE = 200
CIRCLE_DENSITY = 0.5


def plant_circle(seed: int) -> tuple[influencegraph.FollowerGraph, np.ndarray]:
    """Return the network and the kind of each account; the circle's accounts come last."""
    network = influencegraph.simulate_network(N_ACCOUNTS, rng=seed)
    follows, rng = network.graph.to_arrays(), np.random.default_rng([seed, 1])
    names = np.array([f"circle-{i:03d}" for i in range(CIRCLE_SIZE)], object)
    one, other = np.triu_indices(CIRCLE_SIZE, 1)
    drawn = rng.random(len(one)) < CIRCLE_DENSITY
    turned = rng.random(len(one)) < 0.5
    follower, followed = np.where(turned, one, other)[drawn], np.where(turned, other, one)[drawn]
    graph = influencegraph.FollowerGraph.from_arrays(
        np.concatenate([follows.follower, names[follower]]),
        np.concatenate([follows.followed, names[followed]]),
        labels=np.concatenate([network.graph.labels, names]),
    )
    return graph, np.concatenate([network.kinds, np.full(CIRCLE_SIZE, "circle", object)])
