"""What eight cases ask, in lanes."""

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
from influencegraph.settings import Settings
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
