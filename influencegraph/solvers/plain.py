"""Plain float64 steps, for methods whose fixed point is not that of reach.

    x_v = launch_v + a sum over the entries u of row v of w_vu x_u / divisor_u

Rows are followers of each account, or those that each account follows. Where a step takes any vector z to
M z with |M z| <= c |z| (L1) and c < 1, a step from z to z + r is within c |r| / (1 - c) of the solution,
and rounding adds its own |.| / (1 - c). That is what stops it, for any z at all; so the next z may be mixed
from the last steps (`_Mixer`), which takes a tenth of the sweeps where c is near 1.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import Csr
from influencegraph.engagement import count_engagement
from influencegraph.errors import DidNotConverge
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT, WIDEN_SUM
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.shares import find_shares
from influencegraph.kernels.spread import Roundings, count_roundings, spread_attention
from influencegraph.layouts.pull import cut_rows
from influencegraph.settings import Effort, Progress, Settings
from influencegraph.solvers.solve import open_crew, raise_or_warn
from influencegraph.solvers.transition import make_transition

Floats = NDArray[np.float64]

_WINDOW = 6
"""Steps that are mixed, the newest included: 2, 3, 4, 6 took 211, 69, 48, 41 sweeps; plain steps 509."""
_ROUNDINGS = 16.0
"""Behind each term beside the sums: divisor, quotient, weight, damping and launch; some to spare."""


class Rows(NamedTuple):
    """Entries to be added up for each account, in node numbers.

    Attributes
    ----------
    csr : Csr
    weights : ndarray of float64, shape (n_follows,), or None
        Aligned with ``csr.indices``; None where every entry weighs 1.
    """

    csr: Csr
    weights: Floats | None


class Equation(NamedTuple):
    """``x = launch + damping sum w x / divisor``; arrays (n_accounts,) float64, by node.

    Attributes
    ----------
    launch, divisors : ndarray
        A divisor of inf passes nothing on.
    damping : float
    contraction : float in [0, 1)
        A step makes any vector at most this times as large (L1).
    unit : float
        What an error of 1 in x is in the unit of `tolerance`.
    """

    launch: Floats
    divisors: Floats
    damping: float
    contraction: float
    unit: float


def flatten(graph: FollowerGraph, settings: Settings) -> FollowerGraph:
    """Return the graph with its layers of engagement in the weights, and none besides."""
    if not graph.layers:
        return graph
    weights = count_engagement(graph, settings.half_life, settings.as_of)
    weights += 1.0 if graph.follow_weights is None else graph.follow_weights
    return replace(graph, follow_weights=weights, layers=())


def read_rows(graph: FollowerGraph) -> tuple[Rows, Floats]:
    """Return the followers of each account, and `W_u`: inf for those who give attention to nobody.

    Of a graph without layers.
    """
    transition = make_transition(graph, Settings("pagerank", 0.0, 1.0, math.inf))
    return Rows(graph.followers, transition.weights), transition.out_weights


def count_following(graph: FollowerGraph) -> NDArray[np.int64]:
    """Return how many accounts each node follows with a weight above 0."""
    if graph.follow_weights is None:
        return graph.out_degrees
    carrying = graph.followers.indices[graph.follow_weights > 0]
    return np.bincount(carrying, minlength=graph.n_accounts)


def add_links(graph: FollowerGraph, out_weights: Floats, added: float) -> tuple[Floats, float]:
    """Return `W_u` as if each node followed `added` more accounts, and what is left to its follows at most.

    The added ones have its average weight: its follows are left ``d/(d + added)`` of its attention.
    """
    counts = count_following(graph)
    follows = counts > 0
    divisors = np.full(len(counts), np.inf)
    divisors[follows] = out_weights[follows] * ((counts[follows] + added) / counts[follows])
    most = float(counts.max(initial=0))
    return divisors, most / (most + added) if most else 0.0


class Stepper:
    """Adds up the entries of all rows, again and again, in an order that threads do not change.

    Parameters
    ----------
    rows : Rows
    crew : Crew
    """

    def __init__(self, rows: Rows, crew: Crew) -> None:
        n = len(rows.csr.indptr) - 1
        self._rows, self._crew = rows, crew
        self._bounds = cut_rows(rows.csr.indptr, 0, n)
        self._zeros, self._ones = np.zeros(n), np.ones(n)
        self._roundings = Roundings(count_roundings(np.diff(rows.csr.indptr)), _ROUNDINGS)

    def add_up(self, amounts: Floats) -> Floats:
        """Return the sum of ``w amounts`` over the entries of each row; O(follows)."""
        return self._step(amounts, self._zeros, 1.0, self._zeros)[0]

    def step(self, equation: Equation, values: Floats) -> tuple[Floats, float, float]:
        """Return one step from `values`, how far it went, and what it may have lost to rounding."""
        stepped, sums = self._step(values / equation.divisors, equation.launch, equation.damping, values)
        residual, noise, _ = sums.sum(axis=0).tolist()
        return stepped, residual, (noise + residual) * UNIT

    def _step(self, amounts: Floats, launch: Floats, damping: float, before: Floats) -> tuple[Floats, Floats]:
        csr, weights = self._rows
        n, bounds = len(launch), self._bounds
        stepped, sums = np.empty(n), np.zeros((len(bounds) - 1, 3))

        def work(block: int) -> None:
            # Every entry is on the one-way side of its row, where it counts in full.
            spread_attention(
                csr, csr.indptr[1:], weights, amounts, launch, self._ones, damping, self._roundings,
                n, bounds[block], bounds[block + 1], before, stepped, sums[block],
            )  # fmt: skip

        self._crew.run(work, range(len(bounds) - 1))
        return stepped, sums


def solve_plainly(graph: FollowerGraph, rows: Rows, equation: Equation, effort: Effort) -> Floats:
    """Solve `equation` to a certified total error; O(sweeps x follows).

    Raises
    ------
    DidNotConverge
        If the tolerance was not certified and ``effort.not_converged`` is ``"error"``.
    """
    with open_crew(graph, effort) as crew:
        stepper, mixer, values, sweeps = Stepper(rows, crew), _Mixer(), equation.launch, 0
        while True:
            stepped, residual, rounding = stepper.step(equation, values)
            sweeps += 1
            scale = equation.unit / (1.0 - equation.contraction) * WIDEN_SUM
            error = (equation.contraction * residual + rounding) * scale
            if effort.progress is not None:
                effort.progress(Progress(sweeps, error, effort.tolerance))
            if error <= effort.tolerance:
                return stepped
            stuck = residual <= rounding and rounding * scale > effort.tolerance
            if stuck or sweeps >= effort.max_sweeps:
                break
            values = mixer.mix(values, stepped)
    floor = rounding * scale if stuck else None
    raise_or_warn(DidNotConverge.after(sweeps, error, effort.tolerance, floor), effort, stacklevel=5)
    return stepped


class _Mixer:
    """Mixes the last steps so that what they still move nearly cancels (Anderson 1965).

    Sums are NumPy's own, whose order is fixed, and not those of BLAS.
    """

    def __init__(self) -> None:
        self._past: list[tuple[Floats, Floats]] = []  # each step, and what it moved; newest first

    def mix(self, values: Floats, stepped: Floats) -> Floats:
        """Return where to step from next: nowhere below 0, as the bound on rounding asks."""
        self._past = [(stepped, stepped - values), *self._past][:_WINDOW]
        products = np.array([[(one * other).sum() for _, other in self._past] for _, one in self._past])
        mixed, shares = np.zeros(len(stepped)), np.empty((len(products), 1))
        find_shares(products[..., None], np.arange(len(products)), np.zeros(1, np.bool_), shares)
        for share, (step, _) in zip(shares[:, 0].tolist(), self._past, strict=True):
            mixed += share * step
        return np.maximum(mixed, 0.0)
