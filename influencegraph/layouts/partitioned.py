"""The partitioned layout: sums stay in the cache, and attention is read once per partition in order.

What partitions, runs and messages are is said in `influencegraph.kernels.partition`. After
partition-centric PageRank (Lakhotia, Kannan, Prasanna, USENIX ATC 2018), with three differences: mutual
follows have sums of their own, so that the discount costs nothing per follow; runs are added up in
registers; and messages are read where they lie, unless that is too far away (`copies.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels import arrange
from influencegraph.kernels import partition as kernels
from influencegraph.kernels.arrange import RUN_MIN
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lanes import LANES, gather_lanes
from influencegraph.kernels.partition import SPAN, SPREAD
from influencegraph.kernels.spread import Roundings
from influencegraph.layouts.cells import Cell, Partition, StagePart
from influencegraph.layouts.copies import AMOUNTS_MIN, find_copies
from influencegraph.layouts.room import Room, Sums
from influencegraph.layouts.vectors import Floats32, Vectors

Floats = NDArray[np.float64]

_CELL = 1 << 20
"""Follows in a cell, about, at the least; more are cut at blocks of followers."""
_CELLS = 128
"""Cells of a network too large for `_CELL`, about: each costs a pass over its sums."""
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
    roundings : Roundings
        Operations behind each step.
    reach, stepped : ndarray
        The vector, and its step, which is written.
    """

    per_weight: Floats
    launch: Floats
    worth: Floats
    damping: float
    roundings: Roundings
    reach: Floats
    stepped: Floats

    @property
    def behind(self) -> np.uint64:
        """Where what is given along mutual follows begins."""
        return np.uint64(len(self.per_weight) - len(self.reach))


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
        self._shape = shape
        self._stages = [
            [Partition(first, min(first + shape.span, end), []) for first in range(begin, end, shape.span)]
            for begin, end in pairwise(stages)
        ]
        indptr = graph.followers.indptr
        everything = list(chain(*self._stages))
        everything.sort(key=lambda each: indptr[each.first] - indptr[each.last])
        filler = _Filler(graph, weights, stages[-1], shape.spread_bits)
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
        copies = (array.nbytes for each in self._copies if each is not None for array in each)
        cells = (cell.n_bytes for stage in self._stages for each in stage for cell in each.cells)
        return sum(cells) + sum(copies)

    @property
    def n_messages(self) -> int:
        """How often a step reads an account's attention besides runs."""
        return sum(len(cell.sources) for stage in self._stages for each in stage for cell in each.cells)

    def count_copies(self, n_amounts: int) -> int:
        """Return how many messages a step copies first, where `n_amounts` are passed on."""
        if n_amounts < AMOUNTS_MIN:
            return 0
        return sum(len(each.places) for each in self._copies if each is not None)

    def open_room(self) -> Room:
        """Return what the steps of one solve share."""
        n_copies = max((len(each.places) for each in self._copies if each is not None), default=0)
        return Room(self._stages, 2 * SPAN, np.float32, n_copies)

    def step(
        self, stage: int, vectors: Vectors, out: Floats32, room: Room, crew: Crew,
        then: Callable[[int, int, int], None] | None = None,
    ) -> None:  # fmt: skip
        """Step the accounts of a stage; see `Layout`."""
        behind = vectors.behind
        copies = self._copies[stage] if self.count_copies(len(vectors.per_weight)) else None
        if copies is not None:
            copies.fill(vectors.per_weight, behind, room.copies, crew)

        def gather(cell: Cell, sums: Sums) -> None:
            kernels.gather_cell(
                cell, cell.place_weights, cell.target_weights, vectors.per_weight, behind,
                None if copies is None or cell.first_copy < 0 else room.copies, sums,
            )  # fmt: skip

        def close(number: int, first: int, last: int, sums: Sums) -> None:
            kernels.close_partition(sums, first, last, vectors.launch, vectors.worth, vectors.damping, out)
            if then is not None:
                then(number, first, last)

        self._run(stage, gather, close, room, crew)

    def open_lane_room(self) -> Room:
        """Return what steps of eight vectors share."""
        return Room(self._stages, 2 * self._shape.span * LANES, np.float32)

    def step_lanes(
        self, stage: int, per_weight: Floats32 | NDArray[np.uint8], given: Floats32, regards: Floats32,
        close: Callable[[int, int, Sums], None], room: Room, crew: Crew, part: range | None = None,
    ) -> None:  # fmt: skip
        """Add up what all lanes of a stage's accounts get, and have `close` do the rest.

        Parameters
        ----------
        stage : int
        per_weight, given, regards
            As `influencegraph.kernels.lanes` has them, flat, of eight lanes.
        close : callable
            Handed the first and the last account of a partition, and the sums of its cells.
        room : Room
            Of `open_lane_room`.
        crew : Crew
        part : range, optional
            Of `cut_stages`; None is the whole stage.
        """

        def gather(cell: Cell, sums: Sums) -> None:
            gather_lanes(cell, 1 << self._shape.spread_bits, per_weight, given, regards, sums)

        self._run(stage, gather, lambda _, *rest: close(*rest), room, crew, part)

    def cut_stages(self, n_parts: int) -> list[StagePart]:
        """Cut every stage into so many parts, of as many partitions; fewer where it has fewer."""
        found = []
        for stage, partitions in enumerate(self._stages):
            cuts = np.unique(np.linspace(0, len(partitions), n_parts + 1).astype(int)).tolist()
            for first, last in pairwise(cuts):
                bounds = partitions[first].first, partitions[last - 1].last
                found.append(StagePart(stage, range(first, last), *bounds))
        return found

    def count_roundings(self, degrees: NDArray[np.int64]) -> Floats:
        """Bound the operations that any one term goes through in an exact step, by the row's follows.

        Sums run follow by follow, and cell by cell; three operations join the chains of a run.
        """
        n_cells = max((len(each.cells) for stage in self._stages for each in stage), default=0)
        return degrees + np.float64(n_cells + 3)

    def open_exact_room(self) -> Room:
        """Return what float64 steps share."""
        return Room(self._stages, 2 * SPAN, np.float64)

    def step_exactly(self, exact: Exact, room: Room, crew: Crew) -> Floats:
        """Step everybody who follows somebody in float64; return the sums that a certificate asks, (3,).

        Of graphs without weights, which are float32 here. The sums are ``|stepped - reach|``, the roundings
        in units of 2^-53, the attention that evaporated.
        """

        def gather(cell: Cell, sums: Sums) -> None:
            kernels.gather_cell(cell, None, None, exact.per_weight, exact.behind, None, sums)

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
        close: Callable[[int, int, int, Sums], None], room: Room, crew: Crew, part: range | None = None,
    ) -> None:  # fmt: skip
        """Gather every cell of a stage, and close each partition, given its number, bounds and sums.

        `part` are the numbers of partitions, where not all are asked for.
        """
        partitions, shared = self._stages[stage], room.shared[stage]
        part = range(len(partitions)) if part is None else part

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

        crew.run(work, [job for job in self._jobs[stage] if job[0] in part])
        for_close = [(number, sums) for number in part if (sums := shared[number]) is not None]
        crew.run(lambda job: close(job[0], *partitions[job[0]][:2], job[1]), for_close)


class _Filler(NamedTuple):
    """Arranges the follows of one partition after the other."""

    graph: FollowerGraph
    weights: Floats32 | None
    n_spreading: int
    spread_bits: int

    def fill(self, partition: Partition) -> None:
        """Arrange the follows of `partition` in cells; O(its follows).

        Runs are looked for in blocks that follow every other account of it on average.
        """
        followers, mutual_start = self.graph.followers, self.graph.mutual_start
        first, last = partition.first, partition.last
        in_block = np.zeros((self.n_spreading >> self.spread_bits) + 1, np.int64)
        arrange.count_blocks(followers, first, last, self.spread_bits, in_block)
        cuts, has_runs = self._cut_cells(in_block), 2 * in_block >= last - first
        cursors = np.stack([followers.indptr[first:last], mutual_start[first:last]])
        sizes = np.add.reduceat(in_block, cuts[:-1])
        rests = [np.empty(int(sizes.max()), np.uint64) for _ in range(2)]
        for start, stop, size in zip(cuts[:-1].tolist(), cuts[1:].tolist(), sizes.tolist(), strict=True):
            partition.cells.append(
                self._fill_cell(partition, start, stop, has_runs, cursors, (rests[0][:size], rests[1][:size]))
            )

    def _fill_cell(
        self, partition: Partition, start: int, stop: int, has_runs: NDArray[np.bool_],
        cursors: NDArray[np.int64], rests: tuple[NDArray[np.uint64], NDArray[np.uint64]],
    ) -> Cell:  # fmt: skip
        """Arrange the follows from blocks `start` to `stop`; `rests` are room."""
        followers, origin = self.graph.followers, int(self.graph.followers.indptr[partition.first])
        run_blocks = np.flatnonzero(has_runs[start:stop])
        numbers = np.full(stop - start, -1)
        numbers[run_blocks] = np.arange(len(run_blocks))
        runs = np.empty((len(rests[0]) // RUN_MIN if len(run_blocks) else 0, 4), np.int64)
        rests_at: Any = None
        places_at: Any = None
        if self.weights is not None:
            rests_at = tuple(np.empty(len(rests[0]), np.uint32) for _ in range(2))
        *kept, n_runs = arrange.part_follows(
            followers, self.graph.mutual_start, partition.first, partition.last, self.spread_bits,
            start, stop, numbers, cursors, rests, runs, rests_at,
        )  # fmt: skip
        places = np.empty(len(rests[0]) - sum(kept), np.uint16)
        if self.weights is not None:
            places_at = np.empty(len(places), np.uint32)
        run_targets, lengths = (np.empty(n_runs, np.uint16) for _ in range(2))
        ends = np.zeros(2 * len(run_blocks), np.int64)
        arrange.write_runs(
            followers.indices, origin, self.spread_bits, runs[:n_runs], run_targets, lengths, places, ends,
            places_at,
        )  # fmt: skip
        targets, sources = np.empty(sum(kept), np.uint16), np.empty(sum(kept), np.uint32)
        n_messages = self._sort(rests, rests_at, kept, targets, sources)
        place_weights = target_weights = None
        if self.weights is not None:
            own = self.weights[origin:]
            place_weights = own[places_at]
            target_weights = own[np.concatenate([rests_at[0][: kept[0]], rests_at[1][: kept[1]]])]
        return Cell(
            places, run_targets, lengths, start + run_blocks, ends, targets,
            sources[: sum(n_messages)].copy(), kept[0], n_messages[0], place_weights, target_weights,
        )  # fmt: skip

    def _sort(
        self, rests: tuple[NDArray[np.uint64], NDArray[np.uint64]], rests_at: Any, kept: list[int],
        out_targets: NDArray[np.uint16], out_sources: NDArray[np.uint32],
    ) -> list[int]:  # fmt: skip
        """Write the `kept` follows of both kinds as messages; return how many messages each kind has."""
        bits = max(1, (self.n_spreading.bit_length() + 1) // 2)
        counts = np.empty(1 << bits, np.int64)
        n_messages = [0, 0]
        for kind, other in ((0, 1), (1, 0)):
            own, room = slice(kept[kind]), slice(kept[other], sum(kept))
            n_messages[kind] = arrange.sort_messages(
                rests[kind][own], rests[other][room],
                None if rests_at is None else rests_at[kind][own],
                None if rests_at is None else rests_at[other][room],
                bits, counts, out_targets[kind * kept[0] :], out_sources[kind * n_messages[0] :],
            )  # fmt: skip
        return n_messages

    def _cut_cells(self, in_block: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return bounds of a partition's cells, in blocks of followers."""
        before = np.cumsum(in_block)
        n_cells = max(1, round(int(before[-1]) / max(_CELL, self.graph.n_follows // _CELLS)))
        inner = np.searchsorted(before, np.arange(1, n_cells) * (before[-1] / n_cells)) + 1
        return np.unique(np.concatenate([[0], inner, [len(in_block)]]))
