"""Acts that an attack adds to a network's engagement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.layers import Ends, Layer, find_ends, lay_anew

Ids = NDArray[np.int64]

NEW_LAYER = "engagement"


def add_acts(graph: FollowerGraph, follows: Ids, n_acts: int) -> FollowerGraph:
    """Let each follower act `n_acts` times on whom it follows; O(follows + acts).

    They go into the layer in which they are worth most, as late as its latest act; into a new one, with
    `with_layer`'s defaults, where there is none.

    Parameters
    ----------
    graph : FollowerGraph
    follows : ndarray of int64, shape (k, 2)
        Positions; follows that exist.
    n_acts : int
    """
    if not len(follows) or not n_acts:
        return graph
    counts = np.full(len(follows), float(n_acts))
    if not graph.layers:
        ends = graph.labels[follows]
        return graph.with_layer(NEW_LAYER, ends[:, 0], ends[:, 1], counts)
    layers = list(graph.layers)
    worth = [layer.weight * min(n_acts, layer.cap_per_pair) for layer in layers]
    chosen = worth.index(max(worth))
    acts = [find_ends(graph, layer) for layer in layers]
    acts[chosen] = Ends(*(np.append(old, new) for old, new in zip(acts[chosen], follows.T, strict=True)))
    layers[chosen] = _extend(layers[chosen], counts)
    return lay_anew(replace(graph, layers=()), layers, acts)


def _extend(layer: Layer, counts: NDArray[np.float64]) -> Layer:
    """Return `layer` with more acts, whose follows are still to be found."""
    times = layer.times
    if times is not None:
        times = np.append(times, np.full(len(counts), times.max() if len(times) else 0.0))
    return replace(layer, counts=np.append(layer.counts, counts), times=times)
