"""What a residual proves: an interval for every account that holds the exact solution.

For any z with residual r = launch + a P^T z - z, the exact solution x has x - z = G^T r with
G = (I - a P)^-1, and every entry of G is bounded (docs/mathematics.md):

    G_vv in [1, g_v],    g_v = min(1/(1 - a^2), 1 + a^2 p_v / (1 - a))
    G_uv in [0, o_v],    o_v = min(a/(1 - a^2), a p_v / (1 - a)),     p_v >= max_u P_uv

so with r in [low, high] for each account (rounding included),

    x_v <= z_v + (g_v if high_v > 0 else 1) high_v + o_v (sum of positive highs elsewhere)

and the like below. The exact step z + r lies inside, and is published: its distance from x is `a` times
that of z. Sums and products here are rounded too; each is widened by more than it can lose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import frozen
from influencegraph.graph import FollowerGraph
from influencegraph.kernels import bounds as kernels
from influencegraph.kernels.bounds import UNIT, WIDEN, WIDEN_SUM
from influencegraph.kernels.jit import Crew
from influencegraph.later import Later
from influencegraph.solvers.transition import Transition

Floats = NDArray[np.float64]

_SPAN = 1 << 16


class Enclosed(NamedTuple):
    """Intervals that hold the exact solution, by position, each (n_accounts,).

    `widest` is the widest distance from a reach to an end of its interval.
    """

    lower: Floats
    upper: Floats
    widest: float


class Bounds(NamedTuple):
    """What was found: `reach` by position, (n_accounts,), and its sum, `attention`.

    `dangling` is the attention of accounts that give it to nobody, in the vector before. `error` and
    `rounding` bound the total error of shares of attention, as in `Certificate`; `drift` bounds that of their
    sum. `enclosed` is found on use: it takes as long as two sweeps, and most questions are about reach alone.
    """

    reach: Floats
    attention: float
    dangling: float
    error: float
    drift: float
    rounding: float
    enclosed: Later[Enclosed]


Sums = TypeVar("Sums", float, Floats)


def total_error(residual_sum: Sums, rounding_sum: Sums, damping: float, n: int) -> Sums:
    """Bound the L1 error of y for the stepped vector: ``(a |r| + rounding) / n``, widened."""
    return (damping * residual_sum + rounding_sum) / max(n, 1) * WIDEN_SUM


class Stepped(NamedTuple):
    """A vector, by node, and one exact-but-for-rounding step of it; each (n_accounts,) float64.

    `launch` and `reach` are kept for the intervals, and must not change. `again` makes the transition anew
    for them; by default it is kept.
    """

    transition: Transition
    launch: Floats
    reach: Floats
    stepped: Floats
    again: Callable[[], Transition] | None = None


def certify(graph: FollowerGraph, vectors: Sequence[Stepped], crew: Crew) -> list[Bounds]:
    """Bound the exact solution of each vector by its step; O(vectors x accounts), weighted O(follows)."""
    n, spans, degrees = graph.n_accounts, cut_spans(graph.n_accounts), graph.in_degrees
    sums, found = np.zeros((len(vectors), len(spans), 6)), [np.empty(n) for _ in vectors]

    def measure(i: int) -> None:
        for (t, _, reach, stepped, _), own in zip(vectors, sums, strict=True):
            kernels.sum_ends(reach, stepped, t.roundings, degrees, t.out_weights, *spans[i], own[i])

    def place(span: tuple[int, int]) -> None:
        for each, values in zip(vectors, found, strict=True):
            kernels.place_values(each.stepped, graph.node_of, *span, values)

    crew.run(measure, range(len(spans)))
    crew.run(place, spans)
    return [
        _bound(graph, each, values, own.sum(axis=0), crew.n_threads)
        for each, values, own in zip(vectors, found, sums, strict=True)
    ]


def _bound(graph: FollowerGraph, vector: Stepped, values: Floats, sums: Floats, n_threads: int) -> Bounds:
    """Return the bounds that the sums of `sum_ends` over all accounts prove; `values` by position."""
    transition, launch, reach, _, again = vector
    residual, rounding, above, below, attention, dangling = sums.tolist()
    damping, n = transition.damping, graph.n_accounts
    find: Callable[[], Transition] = (lambda: transition) if again is None else again

    def enclose() -> Enclosed:  # holds on to `find` alone: transitions may have a weight for each follow
        with Crew(n_threads) as crew:
            return _enclose(graph, find(), launch, reach, values[graph.position_of], (above, below), crew)

    return Bounds(
        values,
        attention,
        dangling,
        error=total_error(residual, rounding, damping, n),
        drift=total_error(max(above, below), rounding, damping, n),
        rounding=total_error(0.0, rounding, damping, n),
        enclosed=Later(enclose),
    )


def _enclose(
    graph: FollowerGraph, transition: Transition, launch: Floats, reach: Floats, stepped: Floats,
    ends: tuple[float, float], crew: Crew,
) -> Enclosed:  # fmt: skip
    t, n, spans = transition, graph.n_accounts, cut_spans(graph.n_accounts)
    by_node, lower, upper = np.empty((n, 2)), np.empty(n), np.empty(n)
    unit_steps = 1.0 / t.out_weights
    if t.weights is None:
        unit_steps = np.nextafter(unit_steps.astype(np.float32), np.float32(np.inf))
    widest = np.zeros((len(spans), 1))

    def bound(i: int) -> None:
        kernels.bound_accounts(
            t.followers, t.mutual_start, t.weights, unit_steps, t.worth, launch, reach, stepped,
            t.roundings, graph.in_degrees, t.damping, *ends, *spans[i], by_node, widest[i],
        )  # fmt: skip

    crew.run(bound, range(len(spans)))
    crew.run(lambda span: kernels.place_intervals(by_node, graph.node_of, *span, lower, upper), spans)
    return Enclosed(frozen(lower), frozen(upper), float(widest.max(initial=0.0)))


def cut_spans(n: int) -> list[tuple[int, int]]:
    """Cut `n` accounts into blocks, the same for any number of threads."""
    return [(first, min(first + _SPAN, n)) for first in range(0, n, _SPAN)]


def bound_share_error(bounds: Bounds, damping: float) -> float:
    """Bound the L1 error of shares: at most ``(|x - x'| + |sum x - sum x'|) / |x'|``.

    For x' = z + r, a step, ``sum x - sum x'`` is the sum of ``r_v (g_v - 1)``, where g_v, the visits of all
    that starts at v, lies in [1, 1 / (1 - a)]: positive and negative parts of r make up for each other, and
    the larger one bounds it, where the error adds them up.
    """
    reach_error = (bounds.error + bounds.drift) * len(bounds.reach) / (1.0 - damping)
    return reach_error / max(bounds.attention, 1.0) * WIDEN + 128 * UNIT
