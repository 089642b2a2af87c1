"""What eight cases ask, in lanes, and what is published of their solutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lanes import LANES
from influencegraph.launch import Launch
from influencegraph.layouts.vectors import Floats32
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.certificate import Stepped, certify
from influencegraph.solvers.solve import Solution, publish
from influencegraph.solvers.transition import regards_givers

Floats = NDArray[np.float64]

_SPAN = 1 << 16
_MUCH = 1e30
"""More than any account has contacts, and less than float32 overflows at."""


class RightHandSide(NamedTuple):
    """Settings, and where attention starts."""

    settings: Settings
    launch: Launch


class LaneSettings(NamedTuple):
    """What the lanes' settings are, and what they apply to; see `influencegraph.kernels.lane_steps`.

    Attributes
    ----------
    chosen : ndarray of float32, shape (5 x 8,)
    crowd, given : ndarray of float32, shape (n_spreading,)
        `given` is empty where followers count alike in all lanes.
    """

    chosen: Floats32
    crowd: Floats32
    given: Floats32


def read_settings(
    graph: FollowerGraph, cases: Sequence[RightHandSide], out_weights: Floats, crew: Crew
) -> tuple[Floats, Floats32, Floats]:
    """Return what `LaneSettings` has of the settings, not narrowed but for crowds.

    Lanes without a case pass nothing on.
    """
    is_split = any(regards_givers(each.settings) for each in cases)
    chosen = np.zeros((LANES, 5))
    chosen[:, 1:4] = 1.0
    for lane, (each, _) in enumerate(cases):
        assert each.damping is not None
        assert each.mutual_worth is not None
        assert each.mutual_capacity is not None
        worth, least, more = each.mutual_worth, 1.0, 0.0
        if regards_givers(each):
            assert each.mutual_giving is not None
            worth, least, more = 1.0, worth, min(worth * each.mutual_giving, _MUCH)
        chosen[lane] = each.damping, worth, min(each.mutual_capacity, _MUCH), least, more
    n = int(np.count_nonzero(graph.out_degrees))
    crowd, given = np.empty(n, np.float32), np.empty(n if is_split else 0)

    def measure(first: int) -> None:
        here = slice(first, min(first + _SPAN, n))
        mutual = graph.mutual_counts[here]
        np.divide(1.0, np.maximum(mutual, 1), out=crowd[here], casting="same_kind")
        if is_split:
            np.divide(graph.out_degrees[here] - mutual, out_weights[here], out=given[here])

    crew.run(measure, range(0, n, _SPAN))
    return np.ascontiguousarray(chosen.T), crowd, given


def publish_lanes(
    graph: FollowerGraph, cases: Sequence[RightHandSide], launch: Sequence[Floats],
    solutions: dict[int, Solution], crew: Crew, effort: Effort,
) -> list[Propagation | None]:  # fmt: skip
    """Certify the solutions, by lane, and say what was found; None of a case that has none.

    `launch` are those of all lanes, by node.
    """
    stepped = [
        Stepped(each.transition, launch[lane], each.reach, each.stepped) for lane, each in solutions.items()
    ]
    certified = certify(graph, stepped, crew)
    found: list[Propagation | None] = [None] * len(cases)
    for (lane, solution), bounds in zip(solutions.items(), certified, strict=True):
        found[lane] = publish(launch[lane], cases[lane].launch.amounts, solution, bounds, effort)
    return found
