"""Ways to lay follows out in memory for one fast float32 step, one per file: graph in, Layout out.

A layout steps stages, which together are all accounts that follow somebody. Of most networks there are two:

* the *busy*, who follow many: nodes 0 to `split`. The solver's vectors are theirs alone;
* the *tail*, who follow few: nodes `split` to `n_spreading`. Their reach follows from that of the busy and
  from the few follows within the tail, which are kept apart as well (`tail.py`) and repeated a few times
  for each step of the others. What makes PageRank slow to converge, small groups who follow only each
  other, lies there.

Of a *flat* network, in which nearly everybody follows many, all are busy, in several stages that are stepped
one after the other (`influencegraph.solvers.staged`).

Accounts that follow nobody come behind; no layout has a row for them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.spread import count_roundings
from influencegraph.layouts.flat import FLAT_STAGES, is_flat
from influencegraph.layouts.lanes import LaneLayout
from influencegraph.layouts.partitioned import PartitionedLayout, pays_to_partition
from influencegraph.layouts.pull import PullLayout
from influencegraph.layouts.tail import Tail, cut_tail, find_split
from influencegraph.layouts.vectors import Floats32, Vectors
from influencegraph.settings import LayoutName

TAIL_SHARE = {"pull": 0.02, "partitioned": 0.008, "lanes": 0.008}
"""Of all follows, how many may lie within the tail. A step within it costs some 4 and 10 times that of
any other follow."""


Then = Callable[[int, int, int], None]


class Layout(Protocol):
    """Follows arranged for one step."""

    def open_room(self) -> Any:
        """Return what the steps of one solve share; several threads may solve with one layout."""

    def step(
        self, stage: int, vectors: Vectors, out: Floats32, room: Any, crew: Crew, then: Then | None = None
    ) -> None:
        """Write ``launch + damping (one-way + worth mutual)`` for the accounts of a stage.

        Parameters
        ----------
        stage : int
            The last one is the tail.
        vectors : Vectors
        out : ndarray of float32, shape (n_spreading,)
        room : object
            Of `open_room`.
        crew : Crew
        then : callable, optional
            Called with the number of a block of accounts, the first and the one behind the last, by the
            thread that has just stepped them. Blocks do not depend on the threads.
        """


class Prepared(NamedTuple):
    """What the accelerated solver needs of a graph, whatever the settings.

    Attributes
    ----------
    n_spreading : int
        Accounts that follow somebody; they come first.
    stages : tuple of int
        Where the stages of the busy begin, and the last one ends.
    inverse : ndarray of float32, shape (n_spreading,)
        ``1 / W_u``; ones where weights are shares already.
    indptr, mutual_start : ndarray of int64
        The graph's: where the followers of each account begin, and its mutual ones.
    tail : Tail
    layout : Layout
    roundings : ndarray of float64, shape (n_accounts,), or None
        Operations behind each account's sum in a float64 step through the layout; None where it has none.
    """

    n_spreading: int
    stages: tuple[int, ...]
    inverse: Floats32
    indptr: NDArray[np.int64]
    mutual_start: NDArray[np.int64]
    tail: Tail
    layout: Layout
    roundings: NDArray[np.float64] | None

    @property
    def split(self) -> int:
        """How many of them are busy; these come first again."""
        return self.stages[-1]

    @property
    def n_busy_stages(self) -> int:
        """How many stages the busy have; the tail's comes behind them."""
        return len(self.stages) - 1

    @property
    def is_flat(self) -> bool:
        """Whether nearly everybody follows many."""
        return self.n_busy_stages > 1


def prepare(
    graph: FollowerGraph, share_out: Callable[[], Floats32] | None, out_weights: NDArray[np.float64],
    name: LayoutName | Literal["lanes"], crew: Crew, variant: Hashable = None,
) -> Prepared:  # fmt: skip
    """Arrange a graph's follows, or return them as they were arranged before; O(follows).

    Parameters
    ----------
    graph : FollowerGraph
    share_out : callable, or None
        Returns what share of its follower's attention each follow carries, float32 (n_follows,); called
        where nothing is arranged yet. None where all weights are equal.
    out_weights : ndarray of float64, shape (n_accounts,)
        inf for accounts that give their attention to nobody.
    name : str
        ``"auto"`` chooses by size (docs/decisions/0006); ``"lanes"`` is for eight vectors at once, and its
        layout steps no single one and has no weights.
    variant : hashable, optional
        What the shares depend on besides the graph; the last one is kept.
    """
    if name == "auto":
        name = "partitioned" if pays_to_partition(graph) else "pull"
    key = f"layout {name}"
    known: tuple[Hashable, Prepared] | None = graph.prepared.get(key)
    if known is None or known[0] != variant:
        weights = None if share_out is None else share_out()
        # With those whose follows all weigh 0: these are in the rows, and read what they pass on.
        n_spreading = int(np.count_nonzero(graph.out_degrees))
        inverse = 1.0 / out_weights[:n_spreading] if weights is None else np.ones(n_spreading)
        if name != "lanes" and is_flat(inverse):
            split, n_stages = n_spreading, FLAT_STAGES
        else:
            split, n_stages = find_split(graph, n_spreading, TAIL_SHARE[name], crew), 1
        busy = tuple(split * stage // n_stages for stage in range(n_stages + 1))
        stages = (*busy, n_spreading)
        layout: PullLayout | PartitionedLayout
        if name == "pull":
            layout = PullLayout(graph, weights, stages)
        elif name == "partitioned":
            layout = PartitionedLayout(graph, weights, stages, crew)
        else:
            layout = LaneLayout(graph, stages, crew)
        roundings = None
        if weights is None and isinstance(layout, PartitionedLayout):
            busy_rows, others = np.split(graph.in_degrees, [n_spreading])
            roundings = np.concatenate([layout.count_roundings(busy_rows), count_roundings(others)])
        prepared = Prepared(
            n_spreading,
            busy,
            inverse.astype(np.float32),
            graph.followers.indptr,
            graph.mutual_start,
            cut_tail(graph, weights, split, n_spreading),
            layout,
            roundings,
        )
        known = graph.prepared[key] = variant, prepared
    return known[1]
