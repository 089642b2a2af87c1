"""Solve for several reaches of one graph at once: topics, seeds, a sweep over settings.

What `influencegraph.solvers.solve` does for one, in lanes of eight: float32 steps of all lanes, a float64
step of all lanes, a certificate for each. Float64 sums of a partition run one follow after the other, so
their rounding is that of an account's followers, not of blocks of 1,024: more than enough for the usual
tolerances. Flat networks are solved in another way (`influencegraph.solvers.flat`). A lane that is not
certified so is solved again alone, which goes to the limit of rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels import interleave, lane_steps
from influencegraph.kernels import lanes as kernels
from influencegraph.kernels.bounds import UNIT
from influencegraph.kernels.giving import sum_withheld
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.lanes import HALF, LANES
from influencegraph.layouts import prepare
from influencegraph.layouts.flat import is_flat
from influencegraph.layouts.lanes import Half, LaneLayout, pays_to_share
from influencegraph.layouts.pull import cut_rows
from influencegraph.layouts.room import Room
from influencegraph.layouts.vectors import narrow
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Progress, Settings
from influencegraph.solvers.cases import LaneSettings, RightHandSide, publish_lanes, read_settings
from influencegraph.solvers.certificate import total_error
from influencegraph.solvers.flat import FlatLanes
from influencegraph.solvers.lanes import approximate_lanes
from influencegraph.solvers.solve import SPARE, Solution, launch_by_node, propagate
from influencegraph.solvers.transition import Transition, make_transition, regards_givers, share_room

Floats = NDArray[np.float64]

_FEW = 3
"""Fewer than these are solved one by one."""
_ACCOUNTS_MAX = 1 << 22
"""Lanes take some 430 bytes an account, less than 900 where all are busy; beyond, one solve at a time."""
_SWEEPS_MIN = 3
"""One approximate, one exact, one to spare."""
_SPAN = 1 << 16


def propagate_together(
    graph: FollowerGraph, cases: Sequence[RightHandSide], effort: Effort
) -> list[Propagation]:
    """Solve every case to a certified error; O(sweeps x follows).

    Raises
    ------
    DidNotConverge
        If a tolerance was not certified and ``effort.not_converged`` is ``"error"``.
    """
    pays = (
        pays_to_share(graph)
        and graph.n_accounts <= _ACCOUNTS_MAX
        and effort.layout == "auto"
        and effort.max_sweeps >= _SWEEPS_MIN
    )
    found: list[Propagation] = []
    for first in range(0, len(cases), LANES):
        group = cases[first : first + LANES]
        if pays and len(group) >= _FEW:
            found += propagate_lanes(graph, group, effort)
        else:
            found += [propagate(graph, *case, effort) for case in group]
    return found


def propagate_lanes(
    graph: FollowerGraph, cases: Sequence[RightHandSide], effort: Effort
) -> list[Propagation]:
    """Solve at most eight cases in lanes; the graph has follows, and no weights."""
    with Crew(effort.n_threads or available_threads()) as crew:
        if is_flat(1.0 / graph.out_degrees[: np.count_nonzero(graph.out_degrees)]):
            found = FlatLanes(graph, cases, crew).solve(effort)
        else:
            lanes = _Lanes(graph, cases, crew)
            found = lanes.publish(cases, lanes.solve(effort), effort)
    return [
        propagate(graph, *case, effort) if each is None else each
        for case, each in zip(cases, found, strict=True)
    ]


class _Lanes:
    """The vectors of one solve, by node; lanes without a case launch nothing."""

    def __init__(self, graph: FollowerGraph, cases: Sequence[RightHandSide], crew: Crew) -> None:
        n = graph.n_accounts
        self._graph, self._crew = graph, crew
        transitions = _vary(graph, [case.settings for case in cases], crew)
        first = transitions[0]
        self._prepared = prepare(graph, None, first.out_weights, "lanes", crew)
        assert isinstance(self._prepared.layout, LaneLayout)
        assert self._prepared.roundings is not None
        self._layout = self._prepared.layout
        more = float(max(each.launch.roundings for each in cases))
        self._roundings = first.round_more(more).round_by(self._prepared.roundings).roundings
        self._transitions = [each._replace(roundings=self._roundings) for each in transitions]
        unused = LANES - len(cases)
        uniform = np.ones(n)
        launched = [
            uniform if each.kind == "uniform" else launch_by_node(graph, each, crew) for _, each in cases
        ]
        self._launch = (*launched, *[np.zeros(n)] * unused)
        self._worth = (*(each.worth for each in self._transitions), *[first.worth] * unused)
        self._chosen, crowd, self._given = read_settings(graph, cases, first.out_weights, crew)
        given = narrow(self._given, crew, np.empty(len(self._given), np.float32))
        self._settings = LaneSettings(self._chosen.ravel().astype(np.float32), crowd, given)
        self._damping = np.array([*(each.damping for each in self._transitions), *[0.0] * unused])
        # One array a lane: the allocator keeps pages of this size, and new ones cost more than a sweep.
        self._reach, self._stepped = (tuple(np.empty(n) for _ in range(LANES)) for _ in range(2))
        self._per_weight = np.empty(self._prepared.n_spreading * HALF)
        self._rest = cut_rows(graph.followers.indptr, self._prepared.n_spreading, n)
        self._evaporated, self._sweeps = np.zeros(LANES), 0

    def solve(self, effort: Effort) -> NDArray[np.bool_]:
        """Sweep until every lane is certain, or no more is gained; return which lanes are."""
        room = self._layout.open_exact_room()
        before = np.full(LANES, np.inf)
        while True:
            self._improve(effort)
            sums = np.concatenate([self._step(half, room) for half in (0, 1)])
            self._sweeps += 1
            residual, noise, self._evaporated = sums.T
            rounding = (noise + residual) * UNIT
            error = total_error(self._damping * residual, rounding, 1.0, self._graph.n_accounts)
            if effort.progress is not None:
                effort.progress(Progress(self._sweeps, float(error.max()), effort.tolerance))
            # The certificate repeats the sums in an order of its own.
            is_certain: NDArray[np.bool_] = error <= effort.tolerance * (1.0 - 2.0**-18)
            gained = np.all(is_certain | (error <= 0.5 * before))
            if is_certain.all() or not gained or self._sweeps + 2 > effort.max_sweeps:
                return is_certain
            before = error

    def _improve(self, effort: Effort) -> None:
        """Approximate the reach of those who follow somebody, or its correction, in float32."""
        goals = SPARE * effort.tolerance * self._graph.n_accounts / np.maximum(self._damping, UNIT)
        start = np.empty(self._prepared.n_spreading * LANES, np.float32)
        if self._sweeps:
            self._over_spans(
                lambda a, b: interleave.interleave_differences(self._stepped, self._reach, a, b, 0, start)
            )
        else:
            self._over_spans(lambda a, b: interleave.interleave(self._launch, a, b, 0, start))
            self._crew.run(lambda reach: reach[: self._prepared.n_spreading].fill(0.0), self._reach)

        def report(done: int, part: float) -> None:
            if effort.progress is not None:
                error = part * SPARE * effort.tolerance
                effort.progress(Progress(self._sweeps + done, error, effort.tolerance))

        found, sweeps = approximate_lanes(
            self._prepared, start, self._settings, goals, effort.max_sweeps - self._sweeps - 1,
            self._crew, report,
        )  # fmt: skip
        self._over_spans(lambda a, b: interleave.add_lanes_to(found, a, b, self._reach))
        self._sweeps += sweeps

    def _share_out(self, lanes: slice, regards: Floats) -> Floats:
        """Write what accounts give per unit of weight; return what `c` withholds in each lane."""
        reach, t, n = self._reach[lanes], self._transitions[0], self._prepared.n_spreading
        spans = [(first, min(first + _SPAN, n)) for first in range(0, n, _SPAN)]
        sums = np.zeros((len(spans), HALF))

        def work(i: int) -> None:
            interleave.interleave_per_weight(reach, t.out_weights, *spans[i], self._per_weight)
            if len(self._given):
                sum_withheld(reach, self._given, regards, *spans[i], sums[i])

        self._crew.run(work, range(len(spans)))
        totals: Floats = sums.sum(axis=0)
        return totals

    def _step(self, half: int, room: Room) -> Floats:
        """Step half of the lanes in float64; return their sums, (4, 3)."""
        lanes, t = slice(half * HALF, (half + 1) * HALF), self._transitions[0]
        reach = self._reach[lanes]
        regards = self._chosen[lane_steps.LEAST // LANES :, lanes].ravel()
        withheld = self._share_out(lanes, regards)
        four = Half(
            self._per_weight, self._given, regards, self._launch[lanes], self._worth[lanes],
            self._damping[lanes], self._roundings, reach, self._stepped[lanes],
        )  # fmt: skip
        totals = self._layout.step_half(four, room, self._crew)
        sums = np.zeros((len(self._rest) - 1, HALF, 3))

        def work(i: int) -> None:
            rows = self._rest[i], self._rest[i + 1]
            kernels.pull_half(t.followers, t.mutual_start, *four[:3], *rows, *four[3:], sums[i])

        self._crew.run(work, range(len(sums)))
        totals += sums.sum(axis=0)
        totals[:, 2] += withheld
        return totals

    def _over_spans(self, work: Callable[[int, int], object]) -> None:
        n = self._prepared.n_spreading
        self._crew.run(lambda first: work(first, min(first + _SPAN, n)), range(0, n, _SPAN))

    def publish(
        self, cases: Sequence[RightHandSide], chosen: NDArray[np.bool_], effort: Effort
    ) -> list[Propagation | None]:
        """Certify the lanes chosen, and say what was found."""
        solutions = {
            lane: Solution(
                self._transitions[lane], self._reach[lane], self._stepped[lane],
                float(self._evaporated[lane]), self._sweeps, None,
            )
            for lane in np.flatnonzero(chosen[: len(cases)]).tolist()
        }  # fmt: skip
        return publish_lanes(self._graph, cases, self._launch, solutions, self._crew, effort)


def _vary(graph: FollowerGraph, settings: Sequence[Settings], crew: Crew) -> list[Transition]:
    """Return the transitions of all settings, but for what followers give, which lanes work out themselves.

    All are that of one which rounds most, with another worth and damping.
    """
    lead = next((each for each in settings if regards_givers(each)), settings[0])
    whole = make_transition(graph, lead, crew)._replace(giving=None)
    worths, found = {_read_room(lead): whole.worth}, []
    for each in settings:
        assert each.damping is not None
        capacity, worth = key = _read_room(each)
        if key not in worths:
            worths[key] = share_room(graph.mutual_counts, capacity, crew) * worth
        found.append(whole._replace(worth=worths[key], damping=each.damping))
    return found


def _read_room(settings: Settings) -> tuple[float, float]:
    """Return the capacity, and what mutual follows are worth whoever follows."""
    assert settings.mutual_capacity is not None
    assert settings.mutual_worth is not None
    return settings.mutual_capacity, 1.0 if regards_givers(settings) else settings.mutual_worth
