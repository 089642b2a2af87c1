"""The partitioned layout: sums stay in the cache, and attention is read once per partition in order.

What partitions, slots, runs and messages are is said in `influencegraph.kernels.partition`. After
partition-centric PageRank (Lakhotia, Kannan, Prasanna, USENIX ATC 2018), with three differences: a mutual
follow lands in a slot of its own, so that the discount costs nothing per follow; runs are added up in
registers; and messages are read where they lie, unless that is too far away (`copies.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels import partition as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.partition import RUN_MIN, SLOTS, SPAN, SPREAD
from influencegraph.layouts.cells import Cell, Partition
from influencegraph.layouts.copies import find_copies
from influencegraph.layouts.vectors import Floats32, Vectors

Floats = NDArray[np.float64]
Sums = NDArray[np.floating[Any]]

_CELL = 1 << 20
"""Follows in a cell, about; more are cut at blocks of followers."""
_FOLLOWS_MIN = 1 << 19


class Shape(NamedTuple):
    """What fits the cache: accounts in a partition, and bits of a place in a block of followers."""

    span: int
    spread_bits: int


ONE_VECTOR = Shape(SPAN, SPREAD.bit_length() - 1)


class Exact(NamedTuple):
    """What a float64 step reads and writes, each array (n_accounts,) unless said.

    Attributes
    ----------
    per_weight : ndarray of shape (n_accounts,) or larger
        Attention that each account gives per unit of weight; `behind` it what it gives along mutual follows.
    launch, worth : ndarray
    damping : float
    roundings : ndarray
        Operations behind each step.
    reach, stepped : ndarray
        The vector, and its step, which is written.
    """

    per_weight: Floats
    launch: Floats
    worth: Floats
    damping: float
    roundings: Floats
    reach: Floats
    stepped: Floats

    @property
    def behind(self) -> np.uint64:
        """Where what is given along mutual follows begins."""
        return np.uint64(len(self.per_weight) - len(self.reach))


class Room:
    """Sums of one solve: of every cell of a partition that has several, and for each thread of one more.

    `width` numbers of `dtype` for each cell. `copies` has room for `n_copies` messages.
    """

    def __init__(
        self, stages: list[list[Partition]], width: int, dtype: type[np.floating[Any]], n_copies: int = 0
    ) -> None:
        self._width, self._dtype = width, dtype
        self._n_copies, self.copies = n_copies, np.empty(0, np.float32)
        self.shared = [
            [self._make(len(each.cells)) if len(each.cells) > 1 else None for each in stage]
            for stage in stages
        ]
        self._own: deque[Sums] = deque()

    def _make(self, n_cells: int) -> Sums:
        return np.empty((n_cells, self._width), self._dtype)

    def take_copies(self, n_kinds: int) -> Floats32:
        """Return room for copies of so many amounts of each follower, the same each time."""
        if len(self.copies) < n_kinds * self._n_copies:
            self.copies = np.empty(n_kinds * self._n_copies, np.float32)
        return self.copies

    def take(self) -> Sums:
        """Return sums for one cell, to be given back."""
        try:
            return self._own.pop()
        except IndexError:
            return self._make(1)

    def give_back(self, sums: Sums) -> None:
        """Take `sums` back."""
        self._own.append(sums)


def count_roundings(indptr: NDArray[np.int64], n_cells: int, more: float, out: Floats) -> None:
    """Bound the operations that any one term of a row goes through: one for each follow and each cell.

    Sums of a slot run follow by follow.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
    n_cells : int
        The most cells of any partition.
    more : float
        Operations besides.
    out : ndarray of float64, shape (n_rows,)
    """
    np.subtract(indptr[1:], indptr[:-1], out=out)
    out += more + n_cells + 3.0  # three to join the chains of a run


def pays_to_partition(graph: FollowerGraph) -> bool:
    """Return whether the layout is worth its making (docs/decisions/0006)."""
    return graph.n_follows >= _FOLLOWS_MIN


class PartitionedLayout:
    """Follows in partitions.

    Parameters
    ----------
    graph : FollowerGraph
    weights : ndarray of float32, shape (n_follows,), or None
        What each follow passes on of ``per_weight``.
    stages : tuple of int
        Where the stages begin, and the last one ends, in nodes.
    crew : Crew
    shape : Shape
    """

    def __init__(
        self, graph: FollowerGraph, weights: Floats32 | None, stages: tuple[int, ...], crew: Crew,
        shape: Shape = ONE_VECTOR,
    ) -> None:  # fmt: skip
        run_blocks = count_run_blocks(graph.out_degrees[: stages[-1]], 1 << shape.spread_bits)
        self._stages = [
            [Partition(first, min(first + shape.span, end), []) for first in range(begin, end, shape.span)]
            for begin, end in pairwise(stages)
        ]
        indptr = graph.followers.indptr
        everything = list(chain(*self._stages))
        everything.sort(key=lambda each: indptr[each.first] - indptr[each.last])
        filler = _Filler(graph, weights, stages[-1], shape.spread_bits, run_blocks)
        crew.run(filler.fill, everything)
        self._copies = [find_copies(stage, stages[-1], crew) for stage in self._stages]
        self._jobs = [
            sorted(
                ((number, place) for number, each in enumerate(stage) for place in range(len(each.cells))),
                key=lambda job: -stage[job[0]].cells[job[1]].cost,
            )
            for stage in self._stages
        ]

    @property
    def n_bytes(self) -> int:
        """Memory of the layout."""
        return sum(cell.n_bytes for stage in self._stages for each in stage for cell in each.cells)

    @property
    def n_messages(self) -> int:
        """How often a step reads an account's attention besides runs."""
        return sum(len(cell.sources) for stage in self._stages for each in stage for cell in each.cells)

    def open_room(self) -> Room:
        """Return what the steps of one solve share."""
        n_copies = max((len(each.places) for each in self._copies if each is not None), default=0)
        return Room(self._stages, SLOTS, np.float32, n_copies)

    def step(
        self, stage: int, vectors: Vectors, out: Floats32, room: Room, crew: Crew,
        then: Callable[[int, int, int], None] | None = None,
    ) -> None:  # fmt: skip
        """Step the accounts of a stage; see `Layout`."""
        copies, behind = self._copies[stage], vectors.behind
        copied, copies_behind = room.copies, np.uint64(0)
        if copies is not None:
            copied = room.take_copies(2 if behind else 1)
            copies.fill(vectors.per_weight, copied, crew)
            if behind:
                copies_behind = np.uint64(len(copies.places))
                copies.fill(vectors.per_weight[behind:], copied[copies_behind:], crew)

        def gather(cell: Cell, sums: Sums) -> None:
            kernels.gather_cell(
                cell, cell.place_weights, cell.slot_weights, vectors.per_weight, behind,
                None if cell.first_copy < 0 else copied, copies_behind, sums,
            )  # fmt: skip

        def close(number: int, first: int, last: int, sums: Sums) -> None:
            kernels.close_partition(sums, first, last, vectors.launch, vectors.worth, vectors.damping, out)
            if then is not None:
                then(number, first, last)

        self._run(stage, gather, close, room, crew)

    @property
    def n_cells_max(self) -> int:
        """The most cells of any partition."""
        return max((len(each.cells) for stage in self._stages for each in stage), default=0)

    def open_exact_room(self) -> Room:
        """Return what float64 steps share."""
        return Room(self._stages, SLOTS, np.float64)

    def step_exactly(self, exact: Exact, room: Room, crew: Crew) -> Floats:
        """Step everybody who follows somebody in float64; return the sums that a certificate asks, (3,).

        Of graphs without weights, which are float32 here. The sums are ``|stepped - reach|``, the roundings
        in units of 2^-53, the attention that evaporated.
        """

        def gather(cell: Cell, sums: Sums) -> None:
            kernels.gather_cell(cell, None, None, exact.per_weight, exact.behind, None, np.uint64(0), sums)

        def close(first: int, last: int, sums: Sums, out: Floats) -> None:
            kernels.close_exactly(sums, first, last, *exact[1:], out)

        return self._run_exactly(gather, close, (3,), room, crew)

    def _run_exactly(
        self, gather: Callable[[Cell, Sums], None], close: Callable[[int, int, Sums, Floats], None],
        shape: tuple[int, ...], room: Room, crew: Crew,
    ) -> Floats:  # fmt: skip
        """Step both stages, and add up what `close` writes of each partition."""
        totals = np.zeros(shape)
        for stage, partitions in enumerate(self._stages):
            sums_of = np.zeros((len(partitions), *shape))

            def write(number: int, first: int, last: int, sums: Sums, sums_of: Floats = sums_of) -> None:
                close(first, last, sums, sums_of[number])

            self._run(stage, gather, write, room, crew)
            totals += sums_of.sum(axis=0)
        return totals

    def _run(
        self, stage: int, gather: Callable[[Cell, Sums], None],
        close: Callable[[int, int, int, Sums], None], room: Room, crew: Crew,
    ) -> None:  # fmt: skip
        """Gather every cell of a stage, and close each partition, given its number, bounds and sums."""
        partitions, shared = self._stages[stage], room.shared[stage]

        def work(job: tuple[int, int]) -> None:
            number, place = job
            each, sums = partitions[number], shared[number]
            if sums is not None:
                gather(each.cells[place], sums[place])
            else:
                sums = room.take()
                gather(each.cells[place], sums[0])
                close(number, each.first, each.last, sums)
                room.give_back(sums)

        crew.run(work, self._jobs[stage])
        for_close = [(number, sums) for number, sums in enumerate(shared) if sums is not None]
        crew.run(lambda job: close(job[0], *partitions[job[0]][:2], job[1]), for_close)


def count_run_blocks(out_degrees: NDArray[np.int64], spread: int) -> int:
    """Return how many blocks of followers may hold runs: those that follow each account once on average.

    `out_degrees` are those of accounts that follow somebody, `spread` is the size of a block.
    """
    starts = np.arange(0, len(out_degrees), spread)
    return int((np.add.reduceat(out_degrees, starts) >= len(out_degrees)).sum()) if len(starts) else 0


class _Filler(NamedTuple):
    """Arranges the follows of one partition after the other."""

    graph: FollowerGraph
    weights: Floats32 | None
    n_spreading: int
    spread_bits: int
    run_blocks: int

    def fill(self, partition: Partition) -> None:
        """Arrange the follows of `partition` in cells; O(its follows)."""
        followers, mutual_start = self.graph.followers, self.graph.mutual_start
        first, last = partition.first, partition.last
        in_block = np.zeros((self.n_spreading >> self.spread_bits) + 1, np.int64)
        kernels.count_blocks(followers, first, last, self.spread_bits, in_block)
        cuts = _cut_cells(in_block)
        cursors = np.empty(2 * (last - first), np.int64)
        cursors[0::2], cursors[1::2] = followers.indptr[first:last], mutual_start[first:last]
        sizes = np.add.reduceat(in_block, cuts[:-1])
        rest, other = (np.empty(int(sizes.max()), np.uint64) for _ in range(2))
        for start, stop, size in zip(cuts[:-1].tolist(), cuts[1:].tolist(), sizes.tolist(), strict=True):
            partition.cells.append(
                self._fill_cell(partition, start, stop, cursors, rest[:size], other[:size])
            )

    def _fill_cell(
        self, partition: Partition, start: int, stop: int, cursors: NDArray[np.int64],
        rest: NDArray[np.uint64], other: NDArray[np.uint64],
    ) -> Cell:  # fmt: skip
        """Arrange the follows from blocks `start` to `stop`; `rest` and `other` are room."""
        size, run_blocks = len(rest), self.run_blocks
        places = np.empty(size, np.uint16)
        slots, lengths = (np.empty(size // RUN_MIN + 1, np.uint16) for _ in range(2))
        ends = np.zeros(2 * max(0, min(stop, run_blocks) - start), np.int64)
        at: list[Any] = [None if self.weights is None else np.empty(size, np.uint32) for _ in range(3)]
        n_rest, n_runs, n_places = kernels.collect_runs(
            self.graph.followers, self.graph.mutual_start, partition.first, partition.last,
            1 << self.spread_bits, start, stop, run_blocks, cursors, rest, slots, lengths, places, ends,
            at[0], at[1],
        )  # fmt: skip
        messages, sources = np.empty(n_rest, np.uint16), np.empty(n_rest, np.uint32)
        bits = max(1, (self.n_spreading.bit_length() + 1) // 2)
        n_messages = kernels.sort_messages(
            rest[:n_rest],
            other[:n_rest],
            at[0],
            at[2],
            bits,
            np.empty(1 << bits, np.int64),
            messages,
            sources,
        )
        place_weights = slot_weights = None
        if self.weights is not None:
            own = self.weights[self.graph.followers.indptr[partition.first] :]
            place_weights, slot_weights = own[at[1][:n_places]], own[at[0][:n_rest]]
        return Cell(
            places[:n_places].copy(), slots[:n_runs].copy(), lengths[:n_runs].copy(), ends, start,
            messages, sources[:n_messages].copy(), place_weights, slot_weights,
        )  # fmt: skip


def _cut_cells(in_block: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return bounds of cells, in blocks of followers, each of about `_CELL` follows."""
    before = np.cumsum(in_block)
    n_cells = max(1, round(int(before[-1]) / _CELL))
    inner = np.searchsorted(before, np.arange(1, n_cells) * (before[-1] / n_cells)) + 1
    return np.unique(np.concatenate([[0], inner, [len(in_block)]]))
