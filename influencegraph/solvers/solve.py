"""Solve for reach: approximate, measure the residual in float64, certify; repeat until the error is small.

    reach <- launch + a P^T reach

Small networks are stepped in float64 from the launch on. All others are approximated in float32
(`accelerated.py`), and where the float64 residual r of the result is still too large, the correction
d = r + a P^T d is approximated in the same way and added: float32 speed to float64 accuracy. Where that
gains nothing any more, plain steps go on until rounding is the limit.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import DidNotConverge, InfluenceGraphWarning
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT, place_values
from influencegraph.kernels.giving import divide_reach
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.spread import Roundings, spread_attention
from influencegraph.later import Later
from influencegraph.launch import Launch
from influencegraph.layouts import Prepared, prepare
from influencegraph.layouts.partitioned import Exact, PartitionedLayout
from influencegraph.layouts.pull import cut_rows
from influencegraph.layouts.vectors import narrow, reserve, split_inverse
from influencegraph.propagation import Certificate, Ledger, Propagation
from influencegraph.settings import Effort, Progress, Settings
from influencegraph.solvers.accelerated import approximate
from influencegraph.solvers.certificate import (
    Bounds,
    Stepped,
    bound_share_error,
    certify,
    cut_spans,
    total_error,
)
from influencegraph.solvers.scale import ROUNDINGS as SCALE_ROUNDINGS
from influencegraph.solvers.scale import WORTHWHILE, WORTHWHILE_FLAT, find_factor, scale_step
from influencegraph.solvers.staged import Whole
from influencegraph.solvers.transition import Giving, Transition, make_transition, share_out

Floats = NDArray[np.float64]

_SMALL = 1 << 16
"""Below this cost, in follows, plain steps take milliseconds."""
_ALONE = 1 << 18
"""Below this cost, threads cost more than they save."""
_NEAR = 2.0
"""Times the tolerance: where scaling left an error this small, one plain step brings it below."""
SPARE = 0.5
"""Of the tolerance: what an approximation aims at, so that its float64 residual passes."""


class Solution(NamedTuple):
    """The last two vectors, by node; `stepped` is what is published. `floor`: rounding is the limit."""

    transition: Transition
    reach: Floats
    stepped: Floats
    evaporated: float
    sweeps: int
    floor: float | None


def propagate(
    graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort, start: Floats | None = None
) -> Propagation:
    """Solve for reach to a certified error; O(sweeps x follows).

    `start`, by position and >= 0, is a vector to begin with that is nearer than the launch.

    Raises
    ------
    DidNotConverge
        If the tolerance was not certified and ``effort.not_converged`` is ``"error"``.
    """
    with open_crew(graph, effort) as crew:
        launched = launch_by_node(graph, launch, crew)
        transition = make_transition(graph, settings, crew)
        if launch.roundings:
            transition = transition.round_more(launch.roundings)
        prepared = arrange(graph, settings, transition, effort, crew)
        begun = None if start is None else start[graph.position_of]
        solution = _solve(transition, prepared, launched, effort, crew, begun)
        # Weights that engagement is in are some 40 bytes a follow.
        engaged = solution.transition.engaged is not None
        again = partial(_make_again, graph, settings, solution.transition.roundings) if engaged else None
        stepped = Stepped(solution.transition, launched, solution.reach, solution.stepped, again)
        (bounds,) = certify(graph, [stepped], crew)
        return publish(launched, launch.amounts, solution, bounds, effort)


def launch_by_node(graph: FollowerGraph, launch: Launch, crew: Crew) -> Floats:
    """Return where attention starts, by node."""
    if launch.kind == "uniform":
        return launch.amounts
    launched = np.empty(len(launch.amounts))
    spans = cut_spans(len(launched))
    crew.run(lambda span: place_values(launch.amounts, graph.position_of, *span, launched), spans)
    return launched


def _count_cost(n_follows: int, n_accounts: int) -> int:
    """Return what one step costs, in follows."""
    return n_follows + 4 * n_accounts


def find_crew(n_follows: int, n_accounts: int, n_threads: int | None = None) -> Crew:
    """Return as many threads as pay on a network of this size, `n_threads` at most where that is given."""
    return Crew(1 if _count_cost(n_follows, n_accounts) < _ALONE else n_threads or available_threads())


def open_crew(graph: FollowerGraph, effort: Effort) -> Crew:
    """Return as many threads as pay on this graph."""
    return find_crew(graph.n_follows, graph.n_accounts, effort.n_threads)


def pays_to_arrange(graph: FollowerGraph) -> bool:
    """Return whether plain steps take longer than arranging the follows for fast ones."""
    return _count_cost(graph.n_follows, graph.n_accounts) >= _SMALL


def arrange(
    graph: FollowerGraph, settings: Settings, transition: Transition, effort: Effort, crew: Crew
) -> Prepared | None:
    """Return the graph's follows arranged for fast steps; None where plain steps take less."""
    is_small = not pays_to_arrange(graph) and effort.layout == "auto"
    if is_small or transition.out_weights.min(initial=np.inf) == np.inf:
        return None
    share = None if transition.weights is None else partial(share_out, graph, transition)
    variant = settings if transition.engaged else None
    return prepare(graph, share, transition.out_weights, effort.layout, crew, variant)


def publish(start: Floats, launch: Floats, solution: Solution, bounds: Bounds, effort: Effort) -> Propagation:
    """Complain if a solution is not what was asked, and balance its ledger.

    `start` is the launch by node, `launch` by position.
    """
    certificate = _state(solution, bounds, solution.transition.damping, effort)
    complain(certificate, solution.floor, effort)
    return Propagation(
        reach=bounds.reach,
        lower=Later(lambda: bounds.enclosed.get().lower),
        upper=Later(lambda: bounds.enclosed.get().upper),
        launch=launch,
        certificate=certificate,
        ledger=_balance(solution, bounds, start),
    )


def _make_again(graph: FollowerGraph, settings: Settings, roundings: Roundings) -> Transition:
    return make_transition(graph, settings)._replace(roundings=roundings)


class Stepper:
    """Float64 steps of one vector after another: by a partitioned layout where there is one, else by rows.

    Parameters
    ----------
    transition : Transition
    prepared : Prepared or None
        None steps every row by itself, which rounds least.
    launch : ndarray, shape (n_accounts,)
        By node.
    crew : Crew
    """

    def __init__(self, transition: Transition, prepared: Prepared | None, launch: Floats, crew: Crew) -> None:
        self._launch, self._crew = launch, crew
        self._layout, self._counts = None, None
        self.n_spreading = len(launch) if prepared is None else prepared.n_spreading
        self._spans = cut_spans(self.n_spreading)
        self._bounds = transition.bounds
        is_plain = transition.weights is None
        if prepared is not None and is_plain and isinstance(prepared.layout, PartitionedLayout):
            assert prepared.roundings is not None
            self._layout, self._room = prepared.layout, prepared.layout.open_exact_room()
            self._bounds = cut_rows(transition.followers.indptr, self.n_spreading, len(launch))
            self._counts = prepared.roundings
        self._per_weight = np.empty(0)
        self.turn_to(transition, launch)

    def turn_to(self, transition: Transition, launch: Floats) -> None:
        """Go on with another vector of the same graph, in the same room."""
        self.transition = transition if self._counts is None else transition.round_by(self._counts)
        self._launch = launch

    def step(self, reach: Floats, stepped: Floats) -> Floats:
        """Write one step of `reach`; return the sums that a certificate asks, (3,).

        Accounts behind `n_spreading` give their attention to nobody: their reach is set to their step.
        """
        t, bounds, spans = self.transition, self._bounds, self._spans
        # Where two amounts are passed on, the second lies behind whoever gives any.
        n_amounts = len(reach) + (self.n_spreading if t.is_split else 0)
        if len(self._per_weight) < n_amounts:  # not before: float32 steps have given back as much by now
            self._per_weight = np.empty(n_amounts)
        per_weight = self._per_weight[:n_amounts]
        own, giving = np.zeros(len(spans)), t.giving or Giving(t.out_weights, 1.0, 1.0)

        def divide(i: int) -> None:
            own[i] = divide_reach(reach, t.out_weights, *giving, *spans[i], per_weight)

        self._crew.run(divide, range(len(spans)))
        sums = np.zeros((len(bounds) - 1, 3))

        def work(block: int) -> None:
            spread_attention(
                t.followers, t.mutual_start, t.weights, per_weight, self._launch, t.worth, t.damping,
                t.roundings, self.n_spreading, bounds[block], bounds[block + 1], reach, stepped,
                sums[block],
            )  # fmt: skip

        self._crew.run(work, range(len(sums)))
        totals: Floats = sums.sum(axis=0)
        totals[2] += own.sum()
        if self._layout is not None:
            exact = Exact(per_weight, self._launch, t.worth, t.damping, t.roundings, reach, stepped)
            totals += self._layout.step_exactly(exact, self._room, self._crew)
        return totals


def _solve(
    transition: Transition, prepared: Prepared | None, launch: Floats, effort: Effort, crew: Crew,
    start: Floats | None = None,
) -> Solution:  # fmt: skip
    reach, stepped = np.empty(len(launch)), np.empty(len(launch))
    stepper = Stepper(transition, prepared, launch, crew)
    sweeps, before, steps_on, rough = 0, np.inf, start is not None, None
    while True:
        if prepared is not None and not steps_on and sweeps + 1 < effort.max_sweeps:
            rough = rough or _Rough(transition, prepared, launch, effort, crew)
            sweeps += rough.improve(reach, stepped if sweeps else None, sweeps)
        elif not sweeps:
            reach[:] = launch if start is None else start
        aim = np.inf if prepared is None else SPARE * effort.tolerance
        worthwhile = WORTHWHILE_FLAT if prepared is not None and prepared.is_flat else WORTHWHILE
        found = measure(stepper, launch, reach, stepped, aim, worthwhile, crew)
        sweeps += 1
        error, residual, rounding = found.error, found.residual, found.rounding
        if effort.progress is not None:
            effort.progress(Progress(sweeps, error, effort.tolerance))
        # The certificate repeats the sums in an order of its own.
        if error <= effort.tolerance * (1.0 - 2.0**-18) or sweeps >= effort.max_sweeps:
            return Solution(found.transition, reach, stepped, found.evaporated, sweeps, None)
        if prepared is None and residual <= 0.01 * rounding:
            return Solution(found.transition, reach, stepped, found.evaporated, sweeps, error)
        if prepared is not None and not steps_on and error > 0.5 * before:
            prepared, stepper = None, Stepper(transition, None, launch, crew)
        before, steps_on = error, found.is_scaled and not steps_on and error <= _NEAR * effort.tolerance
        if prepared is None or steps_on:
            reach, stepped = stepped, reach


class Measured(NamedTuple):
    """What a float64 step says of a vector; `transition` counts the roundings behind it."""

    transition: Transition
    error: float
    residual: float
    rounding: float
    evaporated: float
    is_scaled: bool


def measure(
    stepper: Stepper, launch: Floats, reach: Floats, stepped: Floats, aim: float, worthwhile: float,
    crew: Crew,
) -> Measured:  # fmt: skip
    """Step `reach`, and scale both where scale is what the aim was missed by."""
    t, n = stepper.transition, len(launch)
    residual, noise, evaporated = stepper.step(reach, stepped).tolist()
    rounding = (noise + residual) * UNIT
    error = total_error(residual, rounding, t.damping, n)
    factor = find_factor(launch, reach, stepped, crew, worthwhile) if error > aim else None
    if factor is not None:
        t = t.round_more(SCALE_ROUNDINGS)
        residual, noise = scale_step(launch, t.roundings, factor, stepper.n_spreading, reach, stepped, crew)
        rounding, evaporated = (noise + residual) * UNIT, factor * evaporated
        error = total_error(residual, rounding, t.damping, n)
    return Measured(t, error, residual, rounding, evaporated, factor is not None)


class _Rough:
    """Approximations of a solution, and of what it lacks, for those who follow somebody."""

    def __init__(
        self, transition: Transition, prepared: Prepared, launch: Floats, effort: Effort, crew: Crew
    ) -> None:
        self._damping, self._n, n = transition.damping, len(launch), prepared.n_spreading
        self._prepared, self._launch, self._effort, self._crew = prepared, launch[:n], effort, crew
        self._worth = narrow(transition.worth[:n], crew, np.empty(n, np.float32))
        self._inverse = split_inverse(prepared.inverse, transition.factor, crew)

    def improve(self, reach: Floats, stepped: Floats | None, sweeps: int) -> int:
        """Write `reach`, or correct it where `stepped`, a step of it, is given; return the sweeps it took.

        `sweeps` are those before.
        """
        prepared, effort, crew, n = self._prepared, self._effort, self._crew, self._prepared.n_spreading

        def report(done: int, residual: float) -> None:
            if effort.progress is not None:
                error = total_error(residual, 0.0, self._damping, self._n)
                effort.progress(Progress(sweeps + done, error, effort.tolerance))

        launch, whole_room = reserve(n, n)
        whole = None
        if stepped is None:
            narrow(self._launch, crew, launch)
        else:
            narrow(stepped[:n], crew, launch, reach[:n])
            if prepared.is_flat:
                whole = Whole(narrow(stepped[:n], crew, whole_room), self._launch)
        found = approximate(
            prepared,
            launch,
            self._worth,
            self._inverse,
            self._damping,
            SPARE * effort.tolerance * self._n / max(self._damping, UNIT),
            effort.max_sweeps - sweeps - 1,
            crew,
            report,
            whole,
        )

        def take(span: tuple[int, int]) -> None:
            here = slice(*span)
            if stepped is None:
                reach[here] = found.reach[here]
            else:
                reach[here] += found.reach[here]
            # Mixtures and corrections may miss 0 by a little; bounds of rounding rest on terms of one sign.
            np.maximum(reach[here], 0.0, out=reach[here])

        crew.run(take, cut_spans(n))
        return found.sweeps


def _state(solution: Solution, bounds: Bounds, damping: float, effort: Effort) -> Certificate:
    return Certificate(
        error=bounds.error,
        reach_error_max=Later(lambda: bounds.enclosed.get().widest),
        share_error=bound_share_error(bounds, damping),
        rounding=bounds.rounding,
        sweeps=solution.sweeps,
        tolerance=effort.tolerance,
        converged=bounds.error <= effort.tolerance,
    )


def complain(certificate: Certificate, floor: float | None, effort: Effort) -> None:
    """Raise or warn where the tolerance was not certified; `floor` is what rounding alone accounts for."""
    if certificate.converged:
        return
    error = DidNotConverge.after(certificate.sweeps, certificate.error, certificate.tolerance, floor)
    raise_or_warn(error, effort, stacklevel=7)


def raise_or_warn(error: DidNotConverge, effort: Effort, stacklevel: int) -> None:
    """Raise `error`, or warn of it where the caller asked for that."""
    if effort.not_converged == "error":
        raise error
    warnings.warn(str(error), InfluenceGraphWarning, stacklevel=stacklevel)


def _balance(solution: Solution, bounds: Bounds, launch: Floats) -> Ledger:
    """Balance the step against the vector that it was made from."""
    n, transition = len(solution.reach), solution.transition
    damping = transition.damping
    if not n:
        return Ledger(0.0, 0.0, 0.0, 0.0)
    kept, dangling = bounds.attention * (1.0 - damping) / n, damping * bounds.dangling / n
    if transition.engaged is None:
        discounted = damping * solution.evaporated / n
    else:  # theta is in the weights, so that only what is passed on is known
        given = damping * float(solution.reach[np.isfinite(transition.out_weights)].sum())
        discounted = max(0.0, given - float((solution.stepped - launch).sum())) / n
    return Ledger(kept, discounted, dangling, 1.0 - kept - discounted - dangling)
