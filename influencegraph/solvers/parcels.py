"""The solver for flat networks with eight launches at once: what changed is passed on, in eight bits.

Where everybody follows many, nearly every follow reads its follower's lanes from far away, so that a sweep
takes as long as it takes to move them: eight lanes of float32, as long as eight sweeps of one. So an account
sends *parcels* of eight bits a lane, of which a million lie in a fourth of the memory. They are rounded
coarsely, by up to an eighth; but what rounding took away is left with the account, and sent in a later sweep:

    amount = left + what arrived,    sent = round(amount / W) W,    left = amount - sent

Nothing is lost. With x all that an account has sent, and what is under way counted as arrived,

    left = b + a P^T x - x

always: x solves the problem but for what is left, whatever was rounded. Each sweep leaves what a plain step
leaves, and some hundredths of what it sent (error feedback, as in the compressed gradients of Seide et al.,
2014).

Stages are those of `influencegraph.solvers.staged`, cut in two, which saves a sweep. The one error that
fades slowly is that of scale, as there: a multiple of b that would leave nothing is taken from what is left,

    left <- left - c b,    c = R / sum of b

where R is the sum of what would be left if all that is under way had arrived. The first vector solves for
``(1 - sum of c) b`` then, and is divided by that. A correction lacks ``sum of c`` of the whole vector.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels import interleave
from influencegraph.kernels import parcels as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lane_steps import DAMPING, LEAST
from influencegraph.kernels.lanes import LANES
from influencegraph.kernels.vector import TINY_MAX
from influencegraph.layouts import Prepared
from influencegraph.layouts.partitioned import PartitionedLayout
from influencegraph.layouts.room import Sums
from influencegraph.layouts.vectors import Floats32
from influencegraph.solvers.cases import LaneSettings
from influencegraph.solvers.staged import HOPELESS, NOISE, PATIENCE, SLOW

Floats = NDArray[np.float64]

_SPAN = 1 << 14
"""Accounts in a block of lanes: 512 KiB."""
_PARTS = 2
"""What every stage of the network is cut into, to be stages here. Three or four saved hardly a sweep more."""
_HEADROOM = 12
"""Powers of 2 between the first parcels and the largest number: hubs get more than anybody began with."""
_OCTAVES_MIN = -120
"""Of scales, so that float32 holds what they stand for."""
_SMALL = 16
"""Powers of 2 below the largest number: smaller parcels are scaled anew, to `_NEAR`."""
_NEAR = 4


class Parcels:
    """The vectors of one solve; flat unless said.

    Parameters
    ----------
    graph : FollowerGraph
    prepared : Prepared
        ``"partitioned"``, and flat.
    settings : LaneSettings
    launch : eight ndarrays of float64, shape (n_accounts,)
        None negative.
    crew : Crew
    """

    def __init__(
        self, graph: FollowerGraph, prepared: Prepared, settings: LaneSettings, launch: tuple[Floats, ...],
        crew: Crew,
    ) -> None:  # fmt: skip
        assert isinstance(prepared.layout, PartitionedLayout)
        self._graph = graph
        self._prepared, self._layout, self._settings = prepared, prepared.layout, settings
        self._giving = settings.given, settings.chosen[LEAST:]
        self._damping = settings.chosen[DAMPING : DAMPING + LANES].astype(np.float64)
        self._room = self._layout.open_lane_room()
        n = prepared.n_spreading
        self._parcels, self._new = (np.empty(n * LANES, np.uint8) for _ in range(2))
        self._stages = self._layout.cut_stages(_PARTS)
        self._spans = [
            (number, first, min(first + _SPAN, each.last))
            for number, each in enumerate(self._stages)
            for first in range(each.first, each.last, _SPAN)
        ]
        # In pieces, which the allocator keeps where it would map all of a million accounts anew.
        self._launch, self._left, self._sent = (
            [np.empty((each.last - each.first) * LANES, np.float32) for each in self._stages]
            for _ in range(3)
        )
        self._over_spans(lambda stage, *here: interleave.interleave(launch, *here, self._launch[stage]), crew)
        starts = [each.first for each in self._stages]
        self._launched = np.array([np.add.reduceat(each[:n], starts) for each in launch]).T
        sizes = np.diff([*starts, n]) / n
        self._gets = sizes[:, np.newaxis] * self._damping
        """What part of attention each stage gets, by lane."""
        self._lane = np.zeros((4, LANES), np.float32)
        self._sent_sums, self._corrects = np.zeros_like(self._launched), False
        self._taken, self._largest = np.zeros(LANES), np.zeros(LANES)

    def _over_spans(self, work: Callable[[int, int, int, int], object], crew: Crew) -> None:
        """Call `work` for blocks of accounts: its stage, from, to, and the first account of the stage."""
        crew.run(lambda span: work(*span, self._stages[span[0]].first), self._spans)

    def leave(self, stepped: tuple[Floats, ...], reach: tuple[Floats, ...], crew: Crew) -> None:
        """Leave with everybody what a step changes, by lane, for `solve` to correct."""

        def work(stage: int, first: int, last: int, origin: int) -> None:
            interleave.interleave_differences(stepped, reach, first, last, origin, self._left[stage])

        self._over_spans(work, crew)

    def solve(
        self, goals: Floats, sweeps_max: int, crew: Crew, report: Callable[[int, float], None],
        reach: tuple[Floats, ...], corrects: bool = False,
    ) -> int:  # fmt: skip
        """Sweep until each lane's next change would be below its goal, or noise, or sweeps help too little.

        Parameters
        ----------
        goals, sweeps_max, crew, report
            As in `influencegraph.solvers.lanes.approximate_lanes`.
        reach : eight ndarrays of shape (n_accounts,)
            By lane. What was found of those who follow somebody is written, or added where it corrects.
        corrects : bool
            Whether what `leave` left is corrected.

        Returns
        -------
        int
            The sweeps it took.
        """
        self._taken, self._corrects = np.zeros(LANES), corrects
        unseen = self._begin(crew)
        size, before = self._sent_sums.sum(axis=0), np.zeros(LANES)
        for sweeps in range(1, sweeps_max + 1):
            changed, unseen = self._sweep(self._take(unseen), crew)
            size += changed
            ratio = np.divide(changed, before, out=np.ones(LANES), where=changed < before)
            before = changed
            noise, lacking = NOISE * size / self._asked, ratio * changed / self._asked
            report(sweeps, float((lacking / goals).max()))
            least = np.where(goals > HOPELESS * noise, noise, 2.0 * noise)
            is_slow = (sweeps >= PATIENCE) & (ratio > SLOW)
            if np.all((lacking <= np.maximum(goals, least)) | is_slow):
                break
        self._take(unseen)
        factors, multiples = (1.0 / self._asked).astype(np.float32), self._taken if corrects else None

        def add(stage: int, first: int, last: int, origin: int) -> None:
            own = self._sent[stage], self._left[stage]
            kernels.add_sent(*own, factors, multiples, first, last, origin, reach)

        self._over_spans(add, crew)
        return sweeps

    @property
    def _asked(self) -> Floats:
        """What part of what is launched is solved for, by lane."""
        return np.ones(LANES) if self._corrects else 1.0 - self._taken

    def _take(self, unseen: Floats) -> Floats:
        """Choose what multiples of the launch are to be taken from what is left, which sums to `unseen`."""
        launched = self._launched.sum(axis=0)
        taken: Floats = np.divide(unseen, launched, out=np.zeros(LANES), where=launched > 0.0)
        taken[taken >= self._asked] = 0.0
        self._taken = self._taken + taken
        return taken

    def _begin(self, crew: Crew) -> Floats:
        """Choose the scale of parcels, and what was sent before; return the sum of what is left, by lane.

        Before a correction nobody sent anything. Otherwise everybody sent as much per unit of weight, all
        that is launched in the end, where nothing is lost on the way.
        """
        graph, inverse = self._graph, self._prepared.inverse
        amount = self._launched.sum(axis=0) / ((1.0 - self._damping) * graph.n_follows)
        self._lane[kernels.UNIT // LANES] = amount
        self._lane[kernels.RECEIVED // LANES] = self._damping * amount
        lane, found = self._lane.ravel(), np.empty((len(self._spans), 3 * LANES), np.float32)

        def begin(i: int) -> None:
            stage, *here = self._spans[i]
            here.append(self._stages[stage].first)
            left, out = self._left[stage], (self._sent[stage], self._parcels, found[i])
            if self._corrects:
                kernels.begin_again(left, inverse, *here, *out)
            else:
                kernels.begin(
                    graph.followers, graph.mutual_start, *here, *self._settings, lane, inverse,
                    self._launch[stage], left, *out,
                )  # fmt: skip

        crew.run(begin, range(len(found)))
        self._sent_sums = np.zeros_like(self._launched)
        for (stage, *_), each in zip(self._spans, found[:, LANES : 2 * LANES], strict=True):
            self._sent_sums[stage] += each
        left, _, largest = _add_up(found)
        self._lane[kernels.SCALE // LANES] = 1.0
        self._scale(np.maximum(_count_octaves(largest) - _HEADROOM, _OCTAVES_MIN))
        self._largest = np.zeros(LANES)
        return left

    def _scale(self, octaves: NDArray[np.int64]) -> None:
        """Make the numbers of parcels larger by powers of 2."""
        scale = self._lane[kernels.SCALE // LANES] * np.exp2(octaves)
        self._lane[kernels.SCALE // LANES] = scale
        self._lane[kernels.UNIT // LANES] = 1.0 / scale
        self._lane[kernels.RECEIVED // LANES] = self._damping / scale

    def _sweep(self, taken: Floats, crew: Crew) -> tuple[Floats, Floats]:
        """Step every stage, and send what it got but for `taken` of the launch.

        Return how much that was, and the sum of what would be left of it if it had arrived, by lane.
        """
        self._rescale(crew)
        self._lane[kernels.TAKEN // LANES] = taken
        changed, self._largest, totals = np.zeros(LANES), np.zeros(LANES), np.zeros_like(self._launched)
        for stage in range(len(self._stages)):
            totals[stage], size, largest = self._step(stage, crew)
            if not self._corrects:
                got = self._sent_sums[stage] + totals[stage] - self._asked * self._launched[stage]
                seen = self._sent_sums.sum(axis=0)
                np.divide(got, seen, out=self._gets[stage], where=seen > 0.0)
            self._sent_sums[stage] += totals[stage]
            changed += size
            self._largest = np.maximum(self._largest, largest)
        unseen: Floats = np.sum(self._gets * np.cumsum(totals[::-1], axis=0)[::-1], axis=0)
        return changed, unseen

    def _rescale(self, crew: Crew) -> None:
        """Scale parcels that are small."""
        octaves = _count_octaves(self._largest)
        octaves = np.where(octaves >= _SMALL, octaves - _NEAR, 0)
        if octaves.any():
            self._scale(octaves)
            by = octaves.astype(np.uint8)
            crew.run(lambda span: kernels.rescale(self._parcels, by, *span[1:]), self._spans)

    def _step(self, stage: int, crew: Crew) -> tuple[Floats, Floats, Floats]:
        """Add up the parcels of a stage, and send on what they brought; return what `_add_up` does.

        Its own accounts read each other's old parcels until all are done.
        """
        chosen, crowd, _ = self._settings
        lane, inverse, found = self._lane.ravel(), self._prepared.inverse, {}
        own = self._stages[stage]

        def close(first: int, last: int, sums: Sums) -> None:
            found[first] = np.empty(3 * LANES, np.float32)
            kernels.send(
                sums, first, last, own.first, chosen, crowd, lane, inverse, self._launch[stage],
                self._left[stage], self._sent[stage], self._new, found[first],
            )  # fmt: skip

        self._layout.step_lanes(
            own.stage, self._parcels, *self._giving, close, self._room, crew, own.partitions
        )

        def take(span: tuple[int, int, int]) -> None:
            here = slice(span[1] * LANES, span[2] * LANES)
            self._parcels[here] = self._new[here]

        crew.run(take, [span for span in self._spans if span[0] == stage])
        return _add_up(np.array([found[first] for first in sorted(found)]))


def _add_up(found: Floats32) -> tuple[Floats, Floats, Floats]:
    """Return the totals, the sizes and the largest of all that kernels found, by lane."""
    total, size, largest = found.astype(np.float64).reshape(-1, 3, LANES).transpose(1, 0, 2)
    return total.sum(axis=0), size.sum(axis=0), largest.max(axis=0)


def _count_octaves(largest: Floats) -> NDArray[np.int64]:
    """Return how many powers of 2 the largest number of eight bits is above each; 0 of none."""
    above = np.divide(TINY_MAX, largest, out=np.ones(LANES), where=largest > 0.0)
    return np.floor(np.log2(above)).astype(np.int64)
