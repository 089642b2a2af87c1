"""Partitions for eight vectors at once: smaller, because each account takes eight times the cache.

See `influencegraph.kernels.lanes`. A step costs some 2.5 times that of one vector (docs/decisions/0008).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels import lanes as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lanes import HALF
from influencegraph.kernels.spread import Roundings
from influencegraph.layouts.cells import Cell
from influencegraph.layouts.flat import is_flat
from influencegraph.layouts.partitioned import (
    PartitionedLayout,
    Shape,
    pays_to_partition,
)
from influencegraph.layouts.room import Room, Sums

Floats = NDArray[np.float64]

SHAPE = Shape(1 << 13, 10)
"""32 KiB of followers' lanes in a block, 512 KiB of sums. Half the accounts took 10 % longer: more
followers reach several partitions."""
_CROWD = 1 << 12
"""Accounts side by side that reach everybody, where many follow."""


def pays_to_share(graph: FollowerGraph) -> bool:
    """Return whether eight vectors side by side take less than one after the other (docs/decisions/0008).

    Not with weights, which lanes have no room for. Where no `_CROWD` of followers reaches every account,
    nearly each follow is a message of its own, and reads its follower's lanes from far away: that pays in
    flat networks only, where eight bits a lane are read (`influencegraph.solvers.parcels`).
    """
    is_plain = graph.follow_weights is None and not graph.layers and graph.ghosts is None
    if not is_plain or not pays_to_partition(graph):
        return False
    n_spreading = int(np.count_nonzero(graph.out_degrees))
    in_crowds = np.add.reduceat(graph.out_degrees[:n_spreading], np.arange(0, n_spreading, _CROWD))
    return bool(np.any(in_crowds >= n_spreading)) or is_flat(1.0 / graph.out_degrees[:n_spreading])


class Half(NamedTuple):
    """What a float64 step of four lanes reads and writes.

    Attributes
    ----------
    per_weight : ndarray, flat, (n_spreading x 4,)
        Attention that each account gives per unit of weight.
    given : ndarray, (n_spreading,) or (0,)
        What share of it goes where nothing comes back; empty where mutual follows count alike in all lanes.
    regards : ndarray, (8,)
        What mutual follows count for it: least of each lane, and how much more.
    launch, worth : tuple of four ndarrays, (n_accounts,)
    damping : ndarray, (4,)
    roundings : Roundings
        Operations behind each step.
    reach, stepped : tuple of four ndarrays, (n_accounts,)
        The vectors, and their step, which is written.
    """

    per_weight: Floats
    given: Floats
    regards: Floats
    launch: tuple[Floats, ...]
    worth: tuple[Floats, ...]
    damping: Floats
    roundings: Roundings
    reach: tuple[Floats, ...]
    stepped: tuple[Floats, ...]


class LaneLayout(PartitionedLayout):
    """Follows of an unweighted graph in partitions that fit eight vectors.

    Parameters
    ----------
    graph : FollowerGraph
        Without weights.
    stages : tuple of int
        Where the stages begin, and the last one ends, in nodes.
    crew : Crew
    """

    def __init__(self, graph: FollowerGraph, stages: tuple[int, ...], crew: Crew) -> None:
        super().__init__(graph, None, stages, crew, SHAPE)

    def open_exact_room(self) -> Room:
        """Return what float64 steps share."""
        return Room(self._stages, 2 * SHAPE.span * HALF, np.float64)

    def step_half(self, half: Half, room: Room, crew: Crew) -> Floats:
        """Step four lanes of everybody who follows somebody; return each lane's sums, (4, 3).

        They are those of `PartitionedLayout.step_exactly`.
        """

        def gather(cell: Cell, sums: Sums) -> None:
            kernels.gather_lanes(cell, 1 << SHAPE.spread_bits, *half[:3], sums)

        def close(first: int, last: int, sums: Sums, out: Floats) -> None:
            kernels.close_half(sums, first, last, *half[3:], out)

        return self._run_exactly(gather, close, (HALF, 3), room, crew)
