"""The scoring methods that the lab puts side by side: each a callable ``graph -> values in label order``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.methods import score

Contestant = Callable[[FollowerGraph], NDArray[np.float64]]


def make_contestants(*, trusted: Any = None, spammers: Any = None) -> dict[str, Contestant]:
    """Return the methods that the lab compares by default.

    Parameters
    ----------
    trusted : array-like of labels, optional
        Accounts known to be good: TrustRank starts there, and so does our reach with trust.
    spammers : array-like of labels, optional
        Known spammers: CollusionRank starts there.
    """
    chosen: dict[str, dict[str, Any]] = {
        "reach": {},
        "reach_strict": {"mutual_worth": 0.0},
        "pagerank": {"method": "pagerank"},
        "followers": {"method": "followers"},
        "hits": {"method": "hits"},
        "tunkrank": {"method": "tunkrank"},
        "tweepcred": {"method": "tweepcred"},
    }
    if trusted is not None:
        chosen["trustrank"] = {"method": "trustrank", "teleport": trusted}
        chosen["reach_trusted"] = {"teleport": trusted}
    if spammers is not None:
        chosen["collusionrank"] = {"method": "collusionrank", "teleport": spammers}
    return {name: partial(_score, options=options) for name, options in chosen.items()}


def _score(graph: FollowerGraph, options: dict[str, Any]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = score(graph, tolerance=1e-8, **options).values
    return values
