"""What a partitioned layout is made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.layouts.vectors import Floats32


class Cell(NamedTuple):
    """The follows of one partition from a range of followers.

    Attributes
    ----------
    places, run_slots, lengths : ndarray of uint16
        Followers in runs, within their block; the slot and the length of each run.
    ends : ndarray of int64
        Runs up to the end of each block from `first_block` on: of its one-way follows, of its mutual ones.
    slots, sources : ndarray of uint16 and of uint32
        Messages: slots, the first of each follower marked; the followers.
    place_weights, slot_weights : ndarray of float32, or None
        What each follow in a run, and in a message, passes on of its follower's `per_weight`; None where
        that is all of it.
    first_copy : int
        Where the copies of its messages begin (`influencegraph.layouts.copies`); -1 where there are none.
    """

    places: NDArray[np.uint16]
    run_slots: NDArray[np.uint16]
    lengths: NDArray[np.uint16]
    ends: NDArray[np.int64]
    first_block: int
    slots: NDArray[np.uint16]
    sources: NDArray[np.uint32]
    place_weights: Floats32 | None
    slot_weights: Floats32 | None
    first_copy: int = -1

    @property
    def cost(self) -> int:
        """About how long it takes, in follows of runs."""
        return len(self.places) + 2 * len(self.slots)

    @property
    def n_bytes(self) -> int:
        """Memory of the cell's arrays."""
        return sum(array.nbytes for array in self if isinstance(array, np.ndarray))


class Partition(NamedTuple):
    """Nodes `first` to `last` and the cells of their follows, at least one."""

    first: int
    last: int
    cells: list[Cell]
