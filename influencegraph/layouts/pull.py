"""The pull layout: the graph's own rows. Every follow reads its follower's attention where it lies.

For networks too small to gain from another, and for weights.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.spread import pull_rows
from influencegraph.layouts.vectors import Floats32, Vectors

_COST = 1 << 18
"""Follows in a block of rows: enough to pay for a call, few enough for Ctrl-C."""


class PullLayout:
    """Rows as they are in `graph`, cut into blocks of about equal cost.

    Parameters
    ----------
    graph : FollowerGraph
    weights : ndarray of float32, shape (n_follows,), or None
        What each follow passes on of ``per_weight``.
    stages : tuple of int
        Where the stages begin, and the last one ends, in nodes.
    """

    def __init__(self, graph: FollowerGraph, weights: Floats32 | None, stages: tuple[int, ...]) -> None:
        self._followers, self._mutual_start, self._weights = graph.followers, graph.mutual_start, weights
        self._bounds = [cut_rows(graph.followers.indptr, first, last) for first, last in pairwise(stages)]

    def open_room(self) -> None:
        """Return None: the steps of a solve share nothing."""

    def step(
        self, stage: int, vectors: Vectors, out: Floats32, room: None, crew: Crew,
        then: Callable[[int, int, int], None] | None = None,
    ) -> None:  # fmt: skip
        """Step the accounts of a stage; see `Layout`."""
        bounds = self._bounds[stage]

        def work(block: int) -> None:
            pull_rows(
                self._followers, self._mutual_start, self._weights, *vectors,
                bounds[block], bounds[block + 1], out,
            )  # fmt: skip
            if then is not None:
                then(block, bounds[block], bounds[block + 1])

        crew.run(work, range(len(bounds) - 1))


def cut_rows(indptr: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
    """Return bounds of blocks of rows of about equal cost, whatever the threads, from `first` to `last`."""
    cost = indptr[first : last + 1] - indptr[first] + 4 * np.arange(last - first + 1)
    n_blocks = max(1, int(cost[-1]) // _COST)
    inner = np.searchsorted(cost, np.linspace(0, cost[-1], n_blocks + 1)[1:-1])
    return np.unique(np.concatenate([[0], inner, [last - first]])).astype(np.int64) + first
