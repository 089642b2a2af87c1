"""The few follows among those who follow few."""

import numpy as np

from influencegraph import FollowerGraph
from influencegraph.layouts.tail import cut_tail


def test_cut_tail__lays_rows_that_most_repetitions_read_alike_together():
    rng = np.random.default_rng(0)
    follower, followed = rng.integers(0, 3000, (2, 4500))
    back = rng.random(4500) < 0.3
    graph = FollowerGraph.from_arrays(
        np.append(follower, followed[back]), np.append(followed, follower[back]), labels=range(3000)
    )
    n_spreading = int(np.count_nonzero(graph.out_degrees))
    tail = cut_tail(graph, None, 0, n_spreading)
    n_core, n_inner = len(tail.core.middle), len(tail.inner.middle)
    assert 100 < n_core < n_inner < len(tail.accounts)
    for rows, first in ((tail.core, 0), (tail.inner, n_core), (tail.outer, n_inner)):
        one_way, mutual = rows.middle - rows.indptr[:-1], rows.indptr[1:] - rows.middle
        lengths = list(zip(one_way[first:].tolist(), mutual[first:].tolist(), strict=True))
        assert lengths == sorted(lengths)
    assert np.array_equal(np.sort(tail.accounts), np.unique(tail.accounts))
