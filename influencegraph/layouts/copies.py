"""Messages copied before they are read, where followers are too many for the cache.

A cell reads what its followers pass on in their order. Where it has few of them, it reads a cache line of 64
bytes for nearly each, from memory once the vector is larger than the cache: 0.8 ns a message and more. So
blocks of 2^16 followers, which fit the cache, copy what they pass on to where the cells read it one after the
other (the scatter phase of Lakhotia, Kannan, Prasanna, USENIX ATC 2018): some 14 bytes of traffic a message.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels.jit import Crew
from influencegraph.kernels.partition import copy_messages
from influencegraph.layouts.cells import Cell, Partition
from influencegraph.layouts.vectors import Floats32

ACCOUNTS_MIN = 1 << 23
"""Following accounts whose vector is 32 MiB: below, it stays in the last cache."""
GAP_MIN = 4.0
"""Following accounts per message of a cell: below, lines are shared."""
_BITS = 16


class Copies(NamedTuple):
    """The messages of a stage that are copied.

    Attributes
    ----------
    places : ndarray of uint16, shape (n_copies,)
        The follower of each, within its block; one cell after the other.
    cuts : ndarray of int64, shape (blocks + 1, cells)
        Where the messages of each cell and block begin.
    """

    places: NDArray[np.uint16]
    cuts: NDArray[np.int64]

    def fill(self, per_weight: Floats32, out: Floats32, crew: Crew) -> None:
        """Copy what every account passes on; O(messages)."""
        n_blocks = self.cuts.shape[0] - 1
        crew.run(lambda block: copy_messages(self.places, self.cuts, block, per_weight, out), range(n_blocks))


def find_copies(stage: list[Partition], n_spreading: int, crew: Crew) -> Copies | None:
    """Note in the cells of a stage which are to be copied, and return these; None where none are."""
    if n_spreading < ACCOUNTS_MIN:
        return None
    chosen = [
        (partition.cells, place)
        for partition in stage
        for place, cell in enumerate(partition.cells)
        if len(cell.sources) and _count_accounts(cell) >= GAP_MIN * len(cell.sources)
    ]
    if not chosen:
        return None
    sizes = [len(cells[place].sources) for cells, place in chosen]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ends = np.arange(((n_spreading - 1) >> _BITS) + 2, dtype=np.int64) << _BITS
    places, cuts = np.empty(int(starts[-1]), np.uint16), np.empty((len(ends), len(chosen)), np.int64)

    def note(number: int) -> None:
        cells, place = chosen[number]
        start, stop = starts[number], starts[number + 1]
        sources = cells[place].sources
        places[start:stop] = sources  # the lowest 16 bits
        cuts[:, number] = start + np.searchsorted(sources, ends)
        cells[place] = cells[place]._replace(first_copy=int(start))

    crew.run(note, range(len(chosen)))
    return Copies(places, cuts)


def _count_accounts(cell: Cell) -> int:
    """Return over how many accounts the followers of a cell's messages are spread."""
    return int(cell.sources[-1]) - int(cell.sources[0]) + 1
