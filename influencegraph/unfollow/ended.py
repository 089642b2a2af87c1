"""What is left of an account's attention once one of its follows ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention, Passed
from influencegraph.intervals import Interval

_TINY = 2.0**-700
"""Weights this small beside others are not known well enough to be all that an account gives."""


def weigh_rest(row: Passed, attention: Attention, node: int) -> tuple[Interval, NDArray[Any], NDArray[Any]]:
    """Return ``1 - pi`` for each follow, and whether it is the only one, or its rest too small to tell.

    There 1 stands for the rest, so that nothing is divided by 0.
    """
    weights, total = row.weights, math.fsum(row.weights.tolist())
    nobody = np.zeros(len(weights), np.bool_)
    if total == 0.0:
        return Interval.exactly(np.ones(len(weights))), nobody, nobody
    others = total - weights
    is_lonely, is_unknown = nobody.copy(), nobody.copy()
    for k in np.flatnonzero(weights > 0.5 * total):
        rest = np.arange(len(weights)) != k
        others[k] = math.fsum(weights[rest].tolist())
        if others[k] < _TINY * total:
            some = others[k] > 0.0 or any(
                _has_weight(attention, node, each) for each in row.nodes[rest].tolist()
            )
            is_lonely[k], is_unknown[k] = not some, some
            others[k] = total
    # Each weight may hold a rounding; what is left of all is at least half of them, or was summed itself.
    return Interval.around(others, 8.0) / Interval.around(total, 2.0), is_lonely, is_unknown


def _has_weight(attention: Attention, follower: int, followed: int) -> bool:
    """Return whether a follow carries anything, before weights are scaled."""
    graph, engaged = attention.graph, attention.transition.engaged
    row = slice(graph.followers.indptr[followed], graph.followers.indptr[followed + 1])
    place = int(row.start + np.flatnonzero(graph.followers.indices[row] == follower)[0])
    base = 1.0 if graph.follow_weights is None else graph.follow_weights[place]
    return bool(base > 0.0 or (engaged is not None and engaged.engagement[place] > 0.0))
