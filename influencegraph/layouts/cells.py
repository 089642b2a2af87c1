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
    places, run_targets, lengths : ndarray of uint16
        Followers in runs, within their block; whom each run follows, and its length.
    run_blocks, ends : ndarray of int64
        Blocks with runs; how many there are up to the end of the one-way follows of each, and of its mutual
        ones.
    targets, sources : ndarray of uint16 and of uint32
        Messages: who is followed, the first of each follower marked; the followers.
    mutual_targets, mutual_sources : int
        Where the messages of mutual follows begin in both.
    place_weights, target_weights : ndarray of float32, or None
        What each follow in a run, and in a message, passes on of its follower's `per_weight`; None where
        that is all of it.
    first_copy : int
        Where the copies of its messages begin (`influencegraph.layouts.copies`); -1 where there are none.
    """

    places: NDArray[np.uint16]
    run_targets: NDArray[np.uint16]
    lengths: NDArray[np.uint16]
    run_blocks: NDArray[np.int64]
    ends: NDArray[np.int64]
    targets: NDArray[np.uint16]
    sources: NDArray[np.uint32]
    mutual_targets: int
    mutual_sources: int
    place_weights: Floats32 | None
    target_weights: Floats32 | None
    first_copy: int = -1

    @property
    def cost(self) -> int:
        """About how long it takes, in follows of runs."""
        return len(self.places) + 2 * len(self.targets)

    @property
    def n_bytes(self) -> int:
        """Memory of the cell's arrays."""
        return sum(array.nbytes for array in self if isinstance(array, np.ndarray))


class Partition(NamedTuple):
    """Nodes `first` to `last` and the cells of their follows, at least one."""

    first: int
    last: int
    cells: list[Cell]


class StagePart(NamedTuple):
    """Some partitions of a stage, by number, and their accounts: nodes `first` to `last`."""

    stage: int
    partitions: range
    first: int
    last: int
