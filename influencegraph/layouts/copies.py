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

from influencegraph.kernels.arrange import arrange_copies
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.partition import copy_messages
from influencegraph.layouts.cells import Cell, Partition
from influencegraph.layouts.vectors import Floats32

AMOUNTS_MIN = 3 << 20
"""Amounts passed on, 12 MiB of them: fewer are found in the last cache sooner than they are copied."""
ACCOUNTS_MIN = AMOUNTS_MIN // 2
"""Following accounts that may pass on two amounts each."""
GAP_MIN = 4.0
"""Following accounts per message of a cell: below, lines are shared."""
_BITS = 16


class Copies(NamedTuple):
    """The messages of a stage that are copied.

    Attributes
    ----------
    places : ndarray of uint16, shape (n_copies,)
        The follower of each, within its block; one block after the other.
    cuts : ndarray of int64, shape (blocks + 1, 2 cells)
        Where the messages of each block begin: the one-way ones of each cell, and its mutual ones.
    starts : ndarray of int64, shape (blocks, 2 cells)
        The same in `places`.
    """

    places: NDArray[np.uint16]
    cuts: NDArray[np.int64]
    starts: NDArray[np.int64]

    def fill(self, per_weight: Floats32, behind: np.uint64, out: Floats32, crew: Crew) -> None:
        """Copy what every account passes on; O(messages)."""
        crew.run(lambda block: copy_messages(*self, block, per_weight, behind, out), range(len(self.starts)))


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
    bounds = np.cumsum([0] + [len(cells[place].sources) for cells, place in chosen])
    ends = np.arange(((n_spreading - 1) >> _BITS) + 2, dtype=np.int64) << _BITS
    cuts = np.empty((len(ends), 2 * len(chosen)), np.int64)

    def cut(number: int) -> None:
        cells, place = chosen[number]
        sources, start, middle = cells[place].sources, bounds[number], cells[place].mutual_sources
        cuts[:, 2 * number] = start + np.searchsorted(sources[:middle], ends)
        cuts[:, 2 * number + 1] = start + middle + np.searchsorted(sources[middle:], ends)
        cells[place] = cells[place]._replace(first_copy=int(start))

    crew.run(cut, range(len(chosen)))
    sizes = np.diff(cuts, axis=0)
    starts = sizes.cumsum().reshape(sizes.shape) - sizes
    places = np.empty(int(bounds[-1]), np.uint16)

    def arrange(number: int) -> None:
        cells, place = chosen[number]
        arrange_copies(cells[place].sources, cuts, number, starts, places)

    crew.run(arrange, range(len(chosen)))
    return Copies(places, cuts, starts)


def _count_accounts(cell: Cell) -> int:
    """Return over how many accounts the followers of a cell's messages are spread, of both kinds together."""
    kinds = np.split(cell.sources, [cell.mutual_sources])
    return sum(int(each[-1]) - int(each[0]) + 1 for each in kinds if len(each))
